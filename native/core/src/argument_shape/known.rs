//! What is known of single programs: which of their words are commands, and which options run or name something.

/// One program whose first words are commands of its own.
struct Commanded {
    names: &'static [&'static [u8]],
    /// How many words are kept.
    words: u8,
    /// Whether it is the first word or none, with or without a dash: `tar xzf`.
    is_first: bool,
}

const fn commanded(names: &'static [&'static [u8]], words: u8) -> Commanded {
    Commanded {
        names,
        words,
        is_first: false,
    }
}

#[rustfmt::skip]
static COMMANDED: [Commanded; 4] = [
    commanded(&[b"gcloud"], 3),
    commanded(&[b"aws", b"az", b"gh"], 2),
    commanded(&[
        b"git", b"docker", b"podman", b"kubectl", b"helm", b"pip", b"pip3", b"npm", b"npx", b"yarn", b"pnpm", b"cargo",
        b"go", b"terraform", b"tofu", b"apt", b"apt-get", b"yum", b"dnf", b"microdnf", b"apk", b"systemctl", b"openssl",
        b"sam", b"cdk", b"rclone", b"s5cmd", b"poetry", b"uv", b"conda", b"svn", b"hg", b"magick", b"dotnet", b"vips",
        b"mutool", b"restic", b"dvc", b"dbt", b"deno", b"bun", b"qsv", b"mlr", b"ip",
    ], 1),
    Commanded {
        names: &[b"tar", b"bsdtar", b"gtar", b"ar", b"jar", b"7z", b"7za", b"7zr", b"7zz"],
        words: 1,
        is_first: true,
    },
];

/// How many of a program's words are commands, and whether only its first one may be.
pub(super) fn commands_of(program: &[u8]) -> (u8, bool) {
    let found = COMMANDED.iter().find(|one| one.names.contains(&program));
    found.map_or((0, false), |one| (one.words, one.is_first))
}

/// Options in front of a command whose value is the next word.
#[rustfmt::skip]
const BEFORE_VALUE: [&[u8]; 18] = [
    b"-C", b"-c", b"-n", b"-H", b"--git-dir", b"--work-tree", b"--namespace", b"--context", b"--profile", b"--region",
    b"--output", b"--endpoint-url", b"--query", b"--host", b"--project", b"--prefix", b"--config", b"--cwd",
];

pub(super) fn takes_value(option: &[u8]) -> bool {
    BEFORE_VALUE.contains(&option)
}

/// Options of programs behind which a name is set: `git -c core.pager=less`, `ssh -o Port=22`; `dd` has no others.
const SETTING: [(&[u8], &[u8]); 5] = [
    (b"git", b"-c"),
    (b"ssh", b"-o"),
    (b"scp", b"-o"),
    (b"sftp", b"-o"),
    (b"git", b"--config-env"),
];

pub(super) fn sets(program: &[u8], option: &[u8]) -> bool {
    program == b"dd" || SETTING.contains(&(program, option))
}

/// How names of settings begin, in small letters, whose value is run or leads to what is.
#[rustfmt::skip]
const RUNNING_SETTINGS: [&[u8]; 25] = [
    b"core.sshcommand", b"core.pager", b"core.editor", b"core.fsmonitor", b"core.hookspath", b"core.gitproxy",
    b"core.askpass", b"core.alternaterefscommand", b"alias.", b"filter.", b"diff.", b"difftool.", b"merge.",
    b"mergetool.", b"credential.", b"gpg.", b"pager.", b"sequence.", b"uploadpack.", b"remote.", b"protocol.ext",
    b"include.path", b"proxycommand", b"localcommand", b"knownhostscommand",
];

pub(super) fn runs_setting(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    RUNNING_SETTINGS.iter().any(|one| name.starts_with(one))
}

/// Options of programs behind which something is run, beside those that flow knows.
#[rustfmt::skip]
const RUNNING: [(&[u8], &[u8]); 18] = [
    (b"rscript", b"-e"), (b"lua", b"-e"), (b"luajit", b"-e"), (b"julia", b"-e"), (b"julia", b"-E"), (b"groovy", b"-e"),
    (b"osascript", b"-e"), (b"zip", b"-TT"), (b"zip", b"--unzip-command"), (b"vim", b"-c"), (b"vi", b"-c"),
    (b"gdb", b"-ex"), (b"sqlite3", b"-cmd"), (b"wget", b"--use-askpass"), (b"man", b"-P"), (b"bun", b"-e"),
    (b"env", b"-S"), (b"env", b"--split-string"),
];

pub(super) fn runs(program: &[u8], option: &[u8]) -> bool {
    let program = program.to_ascii_lowercase();
    RUNNING.iter().any(|(name, of)| {
        let is_it = program.strip_prefix(*name);
        let is_version = |rest: &[u8]| rest.iter().all(|one| matches!(one, b'0'..=b'9' | b'.'));
        *of == option && is_it.is_some_and(is_version)
    })
}

/// What the names of programs begin with, and the letters behind which a value stands in the same word.
const ATTACHED: [(&[u8], &[u8]); 9] = [
    (b"mysql", b"puhDP"),
    (b"mariadb", b"puhDP"),
    (b"sshpass", b"pfed"),
    (b"psql", b"Uhpd"),
    (b"pg_", b"Uhpd"),
    (b"7z", b"po"),
    (b"zip", b"P"),
    (b"unzip", b"Pd"),
    (b"unrar", b"p"),
];

/// Whether a value stands behind this letter of an option of one dash.
pub(super) fn attaches(program: &[u8], letter: u8) -> bool {
    let is_of =
        |(name, letters): &(&[u8], &[u8])| program.starts_with(name) && letters.contains(&letter);
    ATTACHED.iter().any(is_of)
}

/// Whether this is Python, whatever its version.
pub(super) fn is_python(program: &[u8]) -> bool {
    program.starts_with(b"python") || program.starts_with(b"pypy")
}
