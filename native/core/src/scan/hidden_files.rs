//! Names that end a path: what a web server must not show, what lies in a person's home, what installers leave.
//!
//! In lower case with slashes.

/// Files of a web application that its server must not show; they end a name.
const HIDDEN: [&[u8]; 19] = [
    b"web-inf/web.xml",
    b".git/config",
    b".git/head",
    b".git/index",
    b".svn/entries",
    b".svn/wc.db",
    b".aws/credentials",
    b".aws/config",
    b".ssh/id_rsa",
    b".ssh/authorized_keys",
    b".docker/config.json",
    b".kube/config",
    b"/.passwd",
    b".htpasswd",
    b"wp-config.php.bak",
    b"wp-config.php~",
    b"/global.asa",
    b"win.ini",
    b"boot.ini",
];

/// What is asked for from the root of a web server, to see whether it was forgotten there.
const FORGOTTEN: [&[u8]; 10] = [
    b"/wp-config.php",
    b".php~",
    b".php.bak",
    b".php.old",
    b".php.save",
    b".php.swp",
    b".inc.bak",
    b".jsp.bak",
    b".asp.bak",
    b".sql.bak",
];

/// What a person's home holds of secrets and habits.
const HOME: [&[u8]; 31] = [
    b".bash_history",
    b".zsh_history",
    b".sh_history",
    b".history",
    b".mysql_history",
    b".psql_history",
    b".sqlite_history",
    b".python_history",
    b".node_repl_history",
    b".viminfo",
    b".bash_profile",
    b".bash_logout",
    b".bashrc",
    b".cshrc",
    b".profile",
    b".login",
    b".logout",
    b".forward",
    b".rhosts",
    b".shosts",
    b".netrc",
    b".pgpass",
    b".my.cnf",
    b".xauthority",
    b".git-credentials",
    b".npmrc",
    b".pypirc",
    b".dockercfg",
    b".s3cfg",
    b".boto",
    b".pass",
];

/// What an installation of Windows leaves, with passwords in it.
const SETUP: [&[u8]; 14] = [
    b"sysprep.inf",
    b"sysprep.xml",
    b"unattend.xml",
    b"unattend.txt",
    b"unattended.xml",
    b"unattended.txt",
    b"autounattend.xml",
    b"ntuser.dat",
    b"ntuser.ini",
    b"desktop.ini",
    b"/sessions/",
    b"phpinfo.php",
    b"config.inc.php",
    b"webdav.txt",
];

/// Configuration of a web application, where a climb leads to it.
const CONFIGURATION: [&[u8]; 8] = [
    b"config.php",
    b"config.inc.php",
    b"configuration.php",
    b"settings.php",
    b"web.config",
    b"database.yml",
    b"secrets.yml",
    b"local_settings.py",
];

/// Does a path on a drive end in what an installation leaves?
pub(super) fn is_of_setup(path: &[u8]) -> bool {
    SETUP.iter().any(|ending| path.ends_with(ending))
}

/// Does a climb that goes on with `after` lead to configuration or to a person's files?
pub(super) fn is_configuration(after: &[u8]) -> bool {
    let name = after
        .rsplit(|byte| b"/\\".contains(byte))
        .next()
        .unwrap_or_default();
    CONFIGURATION.contains(&name) || HOME.contains(&name)
}

/// Does a name end in a file that a web server must not show?
pub(super) fn is_hidden(path: &[u8]) -> bool {
    let last = path.last();
    HIDDEN
        .iter()
        .any(|name| name.last() == last && path.ends_with(name))
}

/// Does a name end in what was forgotten on a server, or belongs to a person's home?
pub(super) fn is_forgotten(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    name == b".env"
        || HOME.contains(&name)
        || name.starts_with(b".env.")
        || FORGOTTEN.iter().any(|ending| path.ends_with(ending))
}
