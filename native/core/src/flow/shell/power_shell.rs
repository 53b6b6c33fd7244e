//! The options of PowerShell, which is on every Windows and in Lambda's own PowerShell runtime.

/// What an option of PowerShell says about the words behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// They are the command.
    Command,
    /// The next one is a script.
    File,
    /// The next one is a value.
    Value,
    /// Nothing.
    Flag,
}

const COMMANDS: [&[u8]; 4] = [b"command", b"commandwithargs", b"c", b"cwa"];
const FILES: [&[u8]; 2] = [b"file", b"f"];
const WITH_VALUE: [&[u8]; 14] = [
    b"configurationname",
    b"custompipename",
    b"encodedcommand",
    b"ep",
    b"ex",
    b"executionpolicy",
    b"inputformat",
    b"outputformat",
    b"settingsfile",
    b"version",
    b"w",
    b"wd",
    b"windowstyle",
    b"workingdirectory",
];

/// Is this PowerShell, however Windows spells it (`C:\…\POWERSHELL.EXE`)?
pub fn is_named(program: &[u8]) -> bool {
    let name = program.rsplit(|byte| b"/\\".contains(byte)).next();
    let name = name.unwrap_or(program).to_ascii_lowercase();
    let name = name.strip_suffix(b".exe").unwrap_or(&name);
    name == b"pwsh" || name == b"powershell"
}

/// The meaning of `word`; none where it is no option.
pub fn meaning(word: &[u8]) -> Option<Meaning> {
    let option = match word {
        [b'-', b'-', name @ ..] | [b'-' | b'/', name @ ..] => name.to_ascii_lowercase(),
        _ => return None,
    };
    let is_in = |names: &[&[u8]]| names.contains(&option.as_slice());
    Some(if is_in(&COMMANDS) {
        Meaning::Command
    } else if is_in(&FILES) {
        Meaning::File
    } else if is_in(&WITH_VALUE) {
        Meaning::Value
    } else {
        Meaning::Flag
    })
}
