//! Names of programs, as those who test a shell try them (GTFOBins, LOLBAS, the tools of every system).

/// Programs whose names are no words of English; sorted.
#[rustfmt::skip]
static PROGRAMS: [&str; 292] = [
    "7z", "aa-exec", "adduser", "agetty", "ansible", "ansible-config", "ansible-console",
    "ansible-playbook", "ansible-pull", "ansible-test", "apache2ctl", "apachectl", "apt", "apt-get",
    "aria2c", "arp", "ascii-xfr", "ash", "awk", "base32", "base64", "basenc", "bash", "batcat",
    "bitsadmin", "bpftrace", "bunzip2", "busctl", "busybox", "byebug", "bzcat", "bzip2", "c89",
    "c99", "capsh", "cat", "certbot", "certutil", "chattr", "chgrp", "chmod", "chown", "chroot",
    "chsh", "cmd.exe", "cpan", "cpio", "crontab", "cscript", "csh", "csplit", "csvtool", "curl",
    "dash", "dd", "debugfs", "df", "dir", "dmesg", "dmidecode", "dmsetup", "dnf", "docker",
    "dos2unix", "dosbox", "dotnet", "dpkg", "du", "dumpcap", "easy_install", "egrep", "elvish",
    "enscript", "ethtool", "exiftool", "fdisk", "fgrep", "fping", "ftp", "ftpget", "g++", "gawk",
    "gcc", "gdb", "getcap", "getent", "getfacl", "ghci", "gimp", "git", "grep", "groupadd",
    "gunzip", "gzip", "hexdump", "hostname", "hping3", "htop", "iconv", "id", "ifconfig", "ifdown",
    "iftop", "ifup", "ionice", "ip", "ipconfig", "iptables", "irb", "java", "javac", "jjs",
    "journalctl", "jq", "jrunscript", "killall", "ksh", "kubectl", "lastlog", "ldconfig", "ldd",
    "lftp", "ln", "loginctl", "ls", "lsattr", "lsb_release", "lsblk", "lscpu", "lshw", "lsmod",
    "lsof", "lspci", "lsusb", "ltrace", "lua", "lwp-download", "lwp-request", "lynx", "lzma",
    "mawk", "md5sum", "mkdir", "mkfifo", "mknod", "mshta", "mtr", "mutt", "mv", "mysql",
    "mysqldump", "nano", "nasm", "nawk", "nc", "ncat", "ncdu", "neofetch", "net.exe", "netcat",
    "netsh", "netstat", "netuser", "nltest", "nmap", "nohup", "npm", "nproc", "nsenter", "nslookup",
    "ntpdate", "od", "openssl", "openvpn", "pacman", "pandoc", "passwd", "perl", "perl5", "pgrep",
    "php", "php5", "php7", "pico", "pidstat", "ping", "ping6", "pip", "pip3", "pkexec", "pkill",
    "poweroff", "powershell", "powershell.exe", "printenv", "ps", "psftp", "psql", "pwd", "pwsh",
    "python", "python2", "python3", "rake", "rbash", "reg", "regsvr32", "rlogin", "rm", "rmdir",
    "rmt-tar", "rpm", "rsync", "rtorrent", "rundll32", "rvim", "sc.exe", "schtasks", "scp", "sed",
    "setcap", "setenforce", "sftp", "sh", "sha1sum", "shred", "sleep", "smbclient", "socat",
    "sqlite3", "sqlmap", "ss", "ssh", "sshpass", "stat", "strace", "stty", "su", "sudo", "sysctl",
    "sysinfo", "systemctl", "systeminfo", "tac", "tail", "taskkill", "tasklist", "tclsh", "tcpdump",
    "tcping", "tcsh", "telnet", "tftp", "tmux", "traceroute", "tshark", "tty", "ulimit", "umount",
    "uname", "unlink", "unshare", "unzip", "uptime", "useradd", "userdel", "usermod", "uudecode",
    "uuencode", "valgrind", "vi", "vigr", "vim", "vimdiff", "vipw", "visudo", "vmstat", "wc",
    "wget", "whoami", "whois", "wmic", "wscript", "xargs", "xterm", "xxd", "xz", "yum", "zcat",
    "zgrep", "zsh", "zypper",
];

/// Programs and builtins that are words, too; sorted.
#[rustfmt::skip]
static WORDS: [&str; 110] = [
    "alias", "at", "attrib", "base", "builtin", "cancel", "cmd", "column", "comm", "command",
    "copy", "cp", "crash", "cut", "date", "declare", "del", "dialog", "diff", "dig", "echo", "ed",
    "emacs", "env", "erase", "eval", "ex", "exec", "expand", "expect", "export", "file", "find",
    "finger", "fish", "fold", "free", "genie", "halt", "head", "help", "highlight", "history",
    "host", "install", "jobs", "join", "kill", "last", "less", "link", "links", "logname", "look",
    "mail", "make", "man", "more", "mount", "move", "net", "nice", "nl", "node", "pager", "paste",
    "pr", "printf", "read", "reboot", "ren", "rename", "route", "ruby", "sc", "scan", "screen",
    "script", "service", "set", "shutdown", "sort", "source", "split", "start", "strings", "task",
    "tee", "test", "time", "timeout", "top", "touch", "trap", "tree", "type", "ul", "uniq", "unset",
    "ver", "view", "w", "wall", "watch", "where", "which", "who", "xcopy", "yes", "zip",
];

/// What a name in command position says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Name {
    /// A program, and nothing else.
    Program,
    /// A program, or a word of a sentence.
    Word,
}

/// Whether `name`, in lower case, is a program's.
pub(super) fn named(name: &[u8]) -> Option<Name> {
    let is_in = |names: &[&str]| {
        names
            .binary_search_by(|known| known.as_bytes().cmp(name))
            .is_ok()
    };
    if is_in(&PROGRAMS) {
        Some(Name::Program)
    } else if is_in(&WORDS) {
        Some(Name::Word)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_in_order() {
        assert!(PROGRAMS.is_sorted() && WORDS.is_sorted());
        assert_eq!(named(b"wget"), Some(Name::Program));
        assert_eq!(named(b"more"), Some(Name::Word));
        assert_eq!(named(b"shoes"), None);
    }
}
