//! What stands in `/etc` of a machine, and what only a program's own folder there is called.

/// Beginnings of names in `/etc` that systems have, with or without an ending.
const OF_SYSTEM: [&[u8]; 85] = [
    b"aliases",
    b"alpine-release",
    b"anacrontab",
    b"apache",
    b"apt/",
    b"at.",
    b"bash",
    b"bind/",
    b"centos-release",
    b"chkconfig",
    b"cpanel",
    b"cron",
    b"csh",
    b"cups/",
    b"cvs",
    b"debian_version",
    b"default/",
    b"dhcp",
    b"dovecot",
    b"environment",
    b"exim",
    b"exports",
    b"fedora-release",
    b"firewall",
    b"ftp",
    b"hosts",
    b"http",
    b"inetd",
    b"init",
    b"iptables",
    b"issue",
    b"java",
    b"kubernetes",
    b"ld.so",
    b"ldap",
    b"lighttpd",
    b"login",
    b"logrotate",
    b"lsb-release",
    b"machine-id",
    b"mail",
    b"modprobe",
    b"modules",
    b"motd",
    b"mtab",
    b"muddleftpd",
    b"my.cnf",
    b"my",
    b"named",
    b"network",
    b"nginx",
    b"nsswitch",
    b"openldap",
    b"openvpn",
    b"os-release",
    b"pam",
    b"passwd",
    b"php",
    b"postfix",
    b"postgresql",
    b"printcap",
    b"profile",
    b"proftpd",
    b"protocols",
    b"pure-ftpd",
    b"rc",
    b"redhat-release",
    b"resolv",
    b"rpc",
    b"rsync",
    b"samba",
    b"securetty",
    b"sendmail",
    b"shells",
    b"skel",
    b"snmp",
    b"squid",
    b"subuid",
    b"sys",
    b"system-release",
    b"tomcat",
    b"updatedb",
    b"vsftpd",
    b"wu-ftpd/",
    b"xinetd",
];

/// Endings of what such a folder holds.
const ENDINGS: [&[u8]; 7] = [
    b".d", b".yml", b".yaml", b".json", b".toml", b".crt", b".pem",
];

/// `grafana`, `cni/net.d`, `adapter/config.yaml`: is `name`, which stands behind `/etc/`, a folder of a program that no
/// system has, or a file in one? Configuration says where it is mounted.
pub(super) fn is_of_program(name: &[u8]) -> bool {
    let name = name.strip_suffix(b"/").unwrap_or(name);
    let last = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-/".contains(byte);
    let own = ENDINGS.iter().find_map(|ending| last.strip_suffix(*ending));
    let plain = own.unwrap_or(last);
    let folders = &name[..name.len() - last.len()];
    !plain.is_empty()
        && folders.iter().chain(plain).all(is_plain)
        && !OF_SYSTEM.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::is_of_program;

    #[test]
    fn folders_of_programs_are_told_from_what_systems_have() {
        for name in [
            "grafana",
            "cni/net.d",
            "blackbox_exporter/",
            "adapter/config.yaml",
        ] {
            assert!(is_of_program(name.as_bytes()), "{name}");
        }
        for name in [
            "",
            "/",
            "passwd",
            "mtab",
            "rc.d",
            "init.d/ssh",
            "grafana/grafana.ini",
            "a.conf",
            "../x",
        ] {
            assert!(!is_of_program(name.as_bytes()), "{name}");
        }
    }
}
