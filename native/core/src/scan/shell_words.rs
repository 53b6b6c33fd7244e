//! Names of programs, as those who test a shell try them (GTFOBins, LOLBAS, the tools of every system).

/// Programs whose names are no words of English; sorted.
#[rustfmt::skip]
static PROGRAMS: [&str; 670] = [
    "7z", "aa-exec", "add-content", "add-mppreference", "add-type", "adduser", "agetty", "ansible",
    "ansible-config", "ansible-console", "ansible-doc", "ansible-galaxy", "ansible-inventory",
    "ansible-playbook", "ansible-pull", "ansible-test", "ansible-vault", "apache2ctl", "apachectl",
    "apk", "apt", "apt-get", "aptitude", "aria2", "aria2c", "arj", "arp", "arp.exe", "arping",
    "arptables", "ascii-xfr", "ash", "aspell", "awk", "base32", "base64", "basenc", "bash",
    "batcat", "bcdedit", "bconsole", "bitsadmin", "blkid", "bpftrace", "bsdtar", "bunzip2",
    "busctl", "busybox", "byebug", "bzcat", "bzgrep", "bzip", "bzip2", "bzless", "bzmore", "c89",
    "c99", "cabal", "cacls", "capsh", "cat", "certbot", "certutil", "chage", "chattr", "chcon",
    "check_by_ssh", "check_cups", "check_log", "check_memory", "check_raid", "check_ssl_cert",
    "check_statusfile", "chef-apply", "chef-client", "chef-run", "chef-server-ctl", "chef-shell",
    "chef-solo", "chef-vault", "chgrp", "chmod", "choom", "chown", "chpass", "chronyc", "chroot",
    "chsh", "clambc", "clamscan", "cmd.exe", "cmp", "cobc", "compress-archive",
    "convertto-securestring", "copy-item", "cowsay", "cowthink", "cpan", "cpio", "cpuid",
    "cpulimit", "crackmapexec", "crontab", "crsctl", "cscli", "cscript", "csh", "csplit", "csvtool",
    "curl", "dash", "datamash", "dd", "ddate", "debugfs", "df", "dir", "dirb", "dmesg", "dmidecode",
    "dmsetup", "dnf", "doas", "docker", "docker-compose", "dos2unix", "dosbox", "dotnet", "dpkg",
    "dpkg-query", "driverquery", "dscl", "dsquery", "du", "dumpcap", "dvips", "easy_install",
    "easyrsa", "ebuild", "efax", "egrep", "elvish", "emacsclient", "enscript", "enter-pssession", "env",
    "eqn", "esentutl", "ethtool", "evil-winrm", "exiftool", "expand-archive", "extrac32",
    "fastfetch", "fc.exe", "fdisk", "fgrep", "findstr", "flock", "forfiles", "fping", "fsutil",
    "ftp", "ftpget", "ftpwho", "g++", "gawk", "gcc", "gci", "gcloud", "gcm", "gcore", "gdb",
    "genisoimage", "get-acl", "get-childitem", "get-ciminstance", "get-command", "get-content",
    "get-credential", "get-host", "get-item", "get-itemproperty", "get-localuser", "get-location",
    "get-netipaddress", "get-process", "get-service", "get-wmiobject", "getcap", "getent",
    "getfacl", "getmac", "ghc", "ghci", "gimp", "git", "gobuster", "gpasswd", "gpresult", "gprof",
    "grc", "grep", "groff", "groupadd", "groupdel", "groupmod", "gsutil", "gtester", "gunzip",
    "gwmi", "gzip", "hashcat", "hd", "hexdump", "hexedit", "hh.exe", "hostname", "hostname.exe",
    "hping", "hping3", "htop", "icacls", "icm", "iconv", "id", "iex", "ifconfig", "ifdown",
    "ifstat", "iftop", "ifup", "import-module", "installutil", "invoke-cimmethod", "invoke-command",
    "invoke-expression", "invoke-item", "invoke-restmethod", "invoke-webrequest",
    "invoke-wmimethod", "ionice", "ip", "ip6tables", "ipconfig", "ipconfig.exe", "iptables", "irb",
    "irm", "iwmi", "iwr", "java", "javac", "jjs", "journalctl", "jq", "jrunscript", "killall",
    "ksh", "kubectl", "kubelet", "lastb", "lastlog", "lastlogin", "latexmk", "launchctl", "ld.so",
    "ldconfig", "ldd", "lessecho", "lesspipe", "lftp", "links2", "ln", "localectl", "loginctl",
    "logsave", "lpadmin", "ls", "lsattr", "lsb_release", "lsblk", "lscpu", "lshw", "lsmod", "lsof",
    "lspci", "lsusb", "ltrace", "lua", "lualatex", "luatex", "lwp-download", "lwp-mirror",
    "lwp-request", "lynx", "lz4", "lz4c", "lz4cat", "lzcat", "lzcmp", "lzdiff", "lzegrep",
    "lzfgrep", "lzgrep", "lzless", "lzma", "lzmore", "makecab", "mavinject", "mawk", "md5sum",
    "mkdir", "mkfifo", "mkisofs", "mknod", "mlocate", "mlr", "mongodump", "mongosh", "mosquitto",
    "move-item", "msbuild", "msdt", "msfconsole", "msgattrib", "msgcat", "msgconv", "msgfilter",
    "msgmerge", "msguniq", "mshta", "msiexec", "mtr", "multitime", "mutt", "mv", "mysql",
    "mysqladmin", "mysqldump", "nano", "nasm", "nawk", "nbtstat", "nc", "ncat", "ncdu", "ncftp",
    "needrestart", "neofetch", "net.exe", "netcat", "netkit-ftp", "netsh", "netstat", "netstat.exe",
    "netuser", "new-item", "new-localuser", "new-object", "new-service", "newgidmap", "newgrp",
    "nft", "ngrep", "nltest", "nmap", "nohup", "npm", "nproc", "nroff", "nsenter", "nslookup",
    "nslookup.exe", "nsupdate", "ntdsutil", "ntpdate", "ntpq", "od", "odbcconf", "openssl",
    "openvpn", "openvt", "opkg", "out-file", "out-string", "pacat", "pacman", "pandoc", "passwd",
    "patchelf", "pathping", "pdflatex", "pdftex", "perl", "perl5", "perlbug", "pexec", "pg_dump",
    "pgcli", "pgrep", "php", "php-cgi", "php5", "php7", "php8", "pico", "pidstat", "ping",
    "ping.exe", "ping6", "pip", "pip2", "pip3", "pkexec", "pkg_info", "pkginfo", "pkill", "pnputil",
    "poweroff", "powershell", "powershell.exe", "printenv", "printui", "procdump", "pry", "ps",
    "psad", "psexec", "psftp", "psql", "ptx", "pwck", "pwd", "pwsh", "pyenv", "python", "python2",
    "python3", "pyversions", "quser", "qwinsta", "rake", "rbash", "readelf", "redcarpet",
    "redis-cli", "reg", "regasm", "regedit", "regini", "regsvr32", "remove-item", "rename-item",
    "resolve-dnsname", "restic", "rlogin", "rlwrap", "rm", "rmdir", "rmt-tar", "robocopy",
    "rpcclient", "rpcping", "rpm", "rpmdb", "rpmquery", "rpmverify", "rscript", "rsync", "rtorrent",
    "run-mailcap", "run-parts", "runas", "rundll32", "rustc", "rview", "rvim", "saps", "sc.exe",
    "schtasks", "scp", "scrot", "secedit", "sed", "sendmail", "set-content", "set-executionpolicy",
    "set-item", "set-itemproperty", "set-location", "set-mppreference", "setarch", "setcap",
    "setenforce", "setfacl", "setfattr", "setsid", "setx", "sftp", "sh", "sha1sum", "sha224sum",
    "sha256sum", "sha384sum", "sha512sum", "shred", "shutdown.exe", "sleep", "slsh", "smbclient",
    "smbmap", "socat", "softflowd", "sqlcmd", "sqlite3", "sqlmap", "ss", "ssh", "ssh-agent",
    "ssh-copy-id", "ssh-keygen", "ssh-keyscan", "sshfs", "sshpass", "start-bitstransfer",
    "start-job", "start-process", "start-service", "start-stop-daemon", "stat", "stdbuf",
    "stop-process", "stop-service", "strace", "stty", "su", "sudo", "sudoedit", "svn", "swaks",
    "sysctl", "sysinfo", "sysprep", "systemctl", "systemd-resolve", "systemd-run", "systeminfo",
    "tac", "tail", "takeown", "taskkill", "tasklist", "tasklist.exe", "tclsh", "tcpdump", "tcping",
    "tcpkill", "tcsh", "telnet", "test-connection", "test-netconnection", "test-path", "tftp",
    "tftpd", "timedatectl", "tmux", "torify", "torsocks", "traceroute", "tracert", "tsc", "tscon",
    "tshark", "tty", "ttytter", "tzselect", "uconv", "ugrep", "ulimit", "umount", "uname",
    "unexpand", "unlink", "unlz4", "unlzma", "unpigz", "unrar", "unshare", "unxz", "unzip",
    "unzstd", "update-alternatives", "updatedb", "uptime", "useradd", "userdel", "usermod",
    "uudecode", "uuencode", "valgrind", "varnishncsa", "vi", "vigr", "vim", "vimdiff", "vipw",
    "virsh", "visudo", "vmstat", "volatility", "vssadmin", "w3m", "wc", "wevtutil", "wfuzz", "wget",
    "whiptail", "whoami", "whoami.exe", "whois", "winrm", "winrs", "wireshark", "wmic",
    "write-host", "write-output", "wscript", "wusa", "xargs", "xcopy.exe", "xdg-user-dir",
    "xdotool", "xelatex", "xetex", "xmodmap", "xmore", "xterm", "xxd", "xz", "xzcat", "xzcmp",
    "xzdiff", "xzegrep", "xzfgrep", "xzgrep", "xzless", "xzmore", "yelp", "yum", "zathura", "zcat",
    "zcmp", "zdiff", "zegrep", "zfgrep", "zgrep", "ziptool", "zless", "zmore", "zrun", "zsh",
    "zsoelim", "zstd", "zstdcat", "zstdgrep", "zstdless", "zstdmt", "zypper",
];

/// Programs and builtins that are words, too; sorted.
#[rustfmt::skip]
static WORDS: [&str; 177] = [
    "alias", "ar", "asterisk", "at", "attrib", "base", "batch", "bc", "bg", "builtin", "bundler",
    "cancel", "cd", "chef", "cls", "cmd", "column", "comm", "command", "compgen", "composer",
    "copy", "cp", "crash", "cut", "date", "dc", "declare", "del", "dialog", "diff", "dig", "dirs",
    "echo", "ed", "emacs", "erase", "eval", "ex", "exec", "expand", "expect", "export",
    "expr", "false", "fc", "fetch", "fg", "file", "find", "finger", "fish", "fmt", "fold", "free",
    "gdbserver", "gem", "genie", "getopts", "halt", "head", "help", "highlight", "history", "host",
    "hydra", "install", "jobs", "joe", "john", "join", "julia", "kill", "knife", "last", "less",
    "let", "link", "links", "ll", "local", "locate", "logger", "logname", "logout", "look", "mail",
    "make", "man", "mapfile", "md", "more", "mount", "move", "net", "nice", "nl", "node", "octave",
    "pager", "paste", "pax", "popd", "pr", "printf", "puppet", "pushd", "pw", "rc", "rd", "read",
    "readonly", "reboot", "ren", "rename", "rev", "route", "ruby", "rustup", "sash", "sc", "scan",
    "screen", "script", "service", "set", "sg", "shutdown", "snap", "sort", "source", "split",
    "start", "strings", "subst", "sum", "suspend", "sync", "tar", "task", "tbl", "tee", "test",
    "tic", "time", "timeout", "top", "touch", "trap", "tree", "troff", "true", "truncate", "type",
    "typeset", "ul", "umask", "unalias", "uniq", "unset", "vagrant", "ver", "view", "w", "wait",
    "wall", "watch", "where", "which", "who", "write", "xcopy", "yarn", "yash", "yes", "zed", "zip",
];

/// What a name in command position says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Name {
    /// A program, and nothing else.
    Program,
    /// A program, or a word of a sentence.
    Word,
}

/// Words of the filter in front of the names: most texts begin with none of them.
const FILTER_WORDS: usize = 64;
static FILTER: [u64; FILTER_WORDS] = filter();

const fn filter() -> [u64; FILTER_WORDS] {
    let mut filter = [0; FILTER_WORDS];
    let mut at = 0;
    while at < PROGRAMS.len() + WORDS.len() {
        let name = if at < PROGRAMS.len() {
            PROGRAMS[at].as_bytes()
        } else {
            WORDS[at - PROGRAMS.len()].as_bytes()
        };
        let bit = bit(name);
        filter[bit / 64] |= 1 << (bit % 64);
        at += 1;
    }
    filter
}

/// By the first, the last and the number of its bytes.
const fn bit(name: &[u8]) -> usize {
    let (first, last) = (name[0] as usize, name[name.len() - 1] as usize);
    (first * 67 + last * 1_031 + name.len() * 293) % (FILTER_WORDS * 64)
}

/// Whether `name`, in lower case, is a program's.
pub(super) fn named(name: &[u8]) -> Option<Name> {
    if name.is_empty() || FILTER[bit(name) / 64] & 1 << (bit(name) % 64) == 0 {
        return None;
    }
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
