//! Programs that start the program named in their arguments.

/// One such program.
pub struct Wrapper {
    name: &'static [u8],
    /// Its short options that take a value.
    with_value: &'static [u8],
    /// Its operands before the program.
    pub operands: u8,
}

const fn wrapper(name: &'static [u8], with_value: &'static [u8], operands: u8) -> Wrapper {
    Wrapper {
        name,
        with_value,
        operands,
    }
}

static WRAPPERS: [Wrapper; 21] = [
    wrapper(b"builtin", b"", 0),
    wrapper(b"busybox", b"", 0),
    wrapper(b"chroot", b"", 1),
    wrapper(b"command", b"", 0),
    wrapper(b"doas", b"Cu", 0),
    wrapper(b"env", b"uCa", 0),
    wrapper(b"exec", b"a", 0),
    wrapper(b"flock", b"wE", 1),
    wrapper(b"ionice", b"cn", 0),
    wrapper(b"ld-linux-aarch64.so.1", b"", 0),
    wrapper(b"ld-linux-x86-64.so.2", b"", 0),
    wrapper(b"ld.so", b"", 0),
    wrapper(b"nice", b"n", 0),
    wrapper(b"nohup", b"", 0),
    wrapper(b"setsid", b"", 0),
    wrapper(b"stdbuf", b"ioe", 0),
    wrapper(b"sudo", b"ugphCrtTRD", 0),
    wrapper(b"time", b"fo", 0),
    wrapper(b"timeout", b"sk", 1),
    wrapper(b"watch", b"n", 0),
    wrapper(b"xargs", b"InPLdEsa", 0),
];

/// Long options of any of them whose value is the next word.
const LONG_WITH_VALUE: [&[u8]; 26] = [
    b"-adjustment",
    b"-arg-file",
    b"-argv0",
    b"-audit",
    b"-chdir",
    b"-class",
    b"-classdata",
    b"-delimiter",
    b"-error",
    b"-format",
    b"-group",
    b"-host",
    b"-inhibit-rpath",
    b"-input",
    b"-interval",
    b"-kill-after",
    b"-library-path",
    b"-max-args",
    b"-max-chars",
    b"-max-procs",
    b"-output",
    b"-preload",
    b"-prompt",
    b"-signal",
    b"-unset",
    b"-user",
];

impl Wrapper {
    /// The wrapper with this file name.
    pub fn named(name: &[u8]) -> Option<&'static Self> {
        WRAPPERS.iter().find(|wrapper| wrapper.name == name)
    }

    /// Whether the word behind this one is a command for a shell.
    pub fn runs_option(&self, word: &[u8]) -> bool {
        self.name == b"flock" && matches!(word, b"-c" | b"--command")
    }

    /// Whether the next word is the value of this option, given without its first dash.
    pub fn takes_next(&self, option: &[u8]) -> bool {
        if option.starts_with(b"-") {
            return LONG_WITH_VALUE.contains(&option);
        }
        let takes_value = |letter: &u8| self.with_value.contains(letter);
        option.iter().position(takes_value) == option.len().checked_sub(1) && !option.is_empty()
    }
}
