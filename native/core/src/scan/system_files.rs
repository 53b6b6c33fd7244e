//! Names of files that an outsider has no business with.
//!
//! All names are in lower case with slashes; backslashes count as such. Names that end a path are in
//! `hidden_files.rs`.

use super::etc_names::is_of_program;
use super::hidden_files::{is_forgotten, is_hidden, is_of_setup};

/// How private a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Privacy {
    /// Accounts, keys, variables, or a file by which attackers see that they can read.
    Secret,
    /// A place of the system or of a server's configuration and logs.
    System,
}

/// Files that attackers read to see that they can; they stand behind a slash.
const SECRET: [&[u8]; 48] = [
    b"/etc/passwd",
    b"/run/secrets/kubernetes.io/",
    b"/run/secrets/eks.amazonaws.com/",
    b"/etc/shadow",
    b"/etc/group",
    b"/etc/gshadow",
    b"/etc/master.passwd",
    b"/etc/hosts",
    b"/etc/hostname",
    b"/etc/issue",
    b"/etc/motd",
    b"/etc/crontab",
    b"/etc/sudoers",
    b"/etc/fstab",
    b"/etc/services",
    b"/etc/security/",
    b"/etc/ssh/",
    b"/etc/apache",
    b"/etc/nginx/",
    b"/etc/httpd/",
    b"/etc/mysql/",
    b"/etc/php",
    b"/proc/self/",
    b"/proc/version",
    b"/proc/cmdline",
    b"/proc/environ",
    b"/proc/mounts",
    b"/proc/net/",
    b"/proc/sched_debug",
    b"/proc/1/",
    b"/.ssh/",
    b"/.aws/",
    b"/.bash_history",
    b"/.htpasswd",
    b"/.passwd",
    b"/.git/config",
    b"/.git/head",
    b"/web-inf/",
    b"/meta-inf/context.xml",
    b"/boot.ini",
    b"/win.ini",
    b"/system32/",
    b"/windows/system",
    b"/windows/repair/",
    b"/inetpub/",
    b"/var/log/",
    b"/var/task/",
    b"/var/runtime/",
];

/// Of these the whole name of a text is not enough to be sure: configuration and stack traces name them.
const COMMON: [&[u8]; 12] = [
    b"/etc/hosts",
    b"/etc/hostname",
    b"/etc/services",
    b"/etc/ssh/",
    b"/etc/nginx/",
    b"/etc/httpd/",
    b"/etc/mysql/",
    b"/etc/apache",
    b"/etc/php",
    b"/var/log/",
    b"/var/task/",
    b"/var/runtime/",
];

/// Folders whose files belong to the system.
const SYSTEM: [&[u8]; 32] = [
    b"/etc/",
    b"/proc/",
    b"/sys/",
    b"/root/",
    b"/boot/",
    b"/dev/tcp/",
    b"/dev/random",
    b"/dev/urandom",
    b"/dev/mem",
    b"/dev/zero",
    b"/var/log",
    b"/var/adm",
    b"/var/mail",
    b"/var/spool/",
    b"/var/www/",
    b"/var/lib/php",
    b"/var/lib/mysql/",
    b"/var/lib/mlocate",
    b"/var/cpanel/",
    b"/var/mysql",
    b"/var/run/secrets/",
    b"/var/run/utmp",
    b"/private/etc/",
    b"/private/var/",
    b"/opt/lampp/",
    b"/opt/xampp/",
    b"/usr/ports/",
    b"/usr/pkgsrc/",
    b"/usr/lib/security/",
    b"/winnt/",
    b"/system volume information",
    b"/minint/",
];

/// Of those, what configuration names every day.
const EVERYDAY: [&[u8]; 9] = [
    b"/etc/ssl/",
    b"/etc/pki/",
    b"/etc/localtime",
    b"/etc/timezone",
    b"/etc/ca-certificates",
    b"/var/run/docker.sock",
    b"/sys/fs/cgroup",
    b"/root/.cache/",
    b"/var/www/html",
];

const ROOTS: [&[u8]; 19] = [
    b"/applications/",
    b"/library/webserver/",
    b"/usr/",
    b"/opt/",
    b"/bin/",
    b"/lib/",
    b"/home",
    b"/volumes/",
    b"/users/",
    b"/local/",
    b"/srv/",
    b"/apache",
    b"/php",
    b"/www/",
    b"/web/",
    b"/logs/",
    b"/program files",
    b"/xampp",
    b"/var/",
];

/// Services whose configuration and logs are read.
const SERVICES: [&[u8]; 24] = [
    b"apache",
    b"httpd",
    b"nginx",
    b"php",
    b"mysql",
    b"ftp",
    b"zend",
    b"tomcat",
    b"lampp",
    b"xampp",
    b"wamp",
    b"appserv",
    b"cpanel",
    b"exim",
    b"squid",
    b"inetpub",
    b"inetsrv",
    b"postgres",
    b"jboss",
    b"filezilla",
    b"/logs/access",
    b"/logs/error",
    b"/log/access",
    b"/log/error",
];

const ENDINGS: [&[u8]; 21] = [
    b".conf",
    b".cnf",
    b".ini",
    b".log",
    b"_log",
    b".err",
    b".pid",
    b".bak",
    b".old",
    b".passwd",
    b".htpasswd",
    b".default",
    b".conf.php",
    b".config",
    b".allow",
    b".include",
    b"/sam",
    b"metabase.xml",
    b"tomcat-users.xml",
    b"mysql",
    b"/log",
];

/// Bytes with which such names go on behind their slash.
static SECRET_SECONDS: [bool; 256] = {
    let (mut seconds, mut at) = ([false; 256], 0);
    while at < SECRET.len() {
        seconds[SECRET[at][1] as usize] = true;
        at += 1;
    }
    seconds
};

/// Where in `path` a secret file is named first, and the length of its name.
pub fn secret_in(path: &[u8]) -> Option<(usize, usize)> {
    memchr::memchr_iter(b'/', path).take(4096).find_map(|at| {
        let second = path.get(at + 1)?;
        if !SECRET_SECONDS[usize::from(*second)] {
            return None;
        }
        let stands = |name: &&&[u8]| name[1] == *second && path[at..].starts_with(name);
        SECRET.iter().find(stands).map(|name| (at, name.len()))
    })
}

/// Is `path`, which is all of a text, the name of a private file?
pub fn privacy(path: &[u8]) -> Option<Privacy> {
    let path = path.strip_prefix(b"%00").unwrap_or(path);
    let path = path
        .split(|byte| *byte == 0)
        .find(|name| !name.is_empty())?;
    let is_rooted_drive = matches!(path, [b'/', b'a'..=b'z', b':', b'/', ..]);
    let path = path.strip_suffix(b"%00").unwrap_or(path);
    let (is_drive, path) = rooted(path)?;
    let starts = |names: &[&[u8]]| names.iter().any(|name| path.starts_with(name));
    let is_mounted = path.strip_prefix(b"/etc/").is_some_and(is_of_program);
    if starts(&EVERYDAY) || path.contains(&b':') || is_mounted && !starts(&SECRET) {
        return None;
    }
    if starts(&SECRET) && !is_common(path) {
        return Some(Privacy::Secret);
    }
    let is_server = (is_drive || starts(&ROOTS)) && is_of_server(path);
    let is_windows = is_drive
        && (path.starts_with(b"/windows") || path.starts_with(b"/winnt") || is_of_setup(path));
    (is_rooted_drive
        || starts(&COMMON)
        || starts(&SYSTEM)
        || is_server
        || is_windows
        || is_hidden(path)
        || is_forgotten(path))
    .then_some(Privacy::System)
}

/// Does everyday text name this file too?
pub fn is_common(path: &[u8]) -> bool {
    COMMON.iter().any(|name| path.starts_with(name))
}

/// Is it configuration or a log of a service?
pub(super) fn is_of_server(path: &[u8]) -> bool {
    let names = |word: &&[u8]| memchr::memmem::find(path, word).is_some();
    SERVICES.iter().any(names) && ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// The absolute name behind `file:`, slashes and a drive; and whether there is a drive.
fn rooted(path: &[u8]) -> Option<(bool, &[u8])> {
    let path = path.strip_prefix(b"url:").unwrap_or(path);
    let url = path
        .strip_prefix(b"file:")
        .or(path.strip_prefix(b"local_file:"));
    let path = url.unwrap_or(path);
    let slashes = path.iter().take_while(|byte| **byte == b'/').count();
    match &path[slashes..] {
        [b'a'..=b'z', b':' | b'|', rest @ ..] if rest.starts_with(b"/") => Some((true, rest)),
        _ if slashes > 0 => Some((false, &path[slashes - 1..])),
        _ => None,
    }
}
