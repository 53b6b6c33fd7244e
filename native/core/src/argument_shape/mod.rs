//! The shape of a program's arguments: what honest uses of it have in common, and no value of any of them.
//!
//! Kept:     names of options, commands of a program (`git clone`), modules (`python3 -m venv`), programs that are started
//!           in turn, paths of what was deployed
//! Classes:  `<number>`, `<url>`, `<text>`, `/tmp/<path>` … for all other words (`class.rs`); `<code>` for what the program
//!           runs, `<script>` for a file with it that was not deployed
//! Not told: which commands a program of the function's own has; what a file holds that an option names (`-f`, `@file`);
//!           what is different in two texts, numbers or paths of one folder
//!
//! It holds no wildcard of a pattern (`*`, `?`, `[`), and is at most some 200 bytes long.

mod class;
mod folder;
mod known;
mod line;
mod option;
mod told;

use self::class::{CODE, PATH, class, is_number, value};
use self::folder::is_of_kept;
use self::option::option;
use self::told::Secrets;
use crate::activity::{ARGUMENTS, Activity, Kind};
use crate::flow::{Part, Run, State, script_of};
use crate::judge::Action;
use crate::policy::Policy;

/// Words that are looked at; a wall that collects words needs one more, to tell that there are more.
pub const MOST_WORDS: usize = 256;
/// A file that is run, which was not deployed.
const SCRIPT: &str = "<script>";
/// Bytes of a word that is kept for what it is.
const LONGEST_KEPT: usize = 40;

/// What is to be judged beside the start of a program: its arguments by their shape. None where the policy does not watch
/// them, or does not let the program be started. `words` are those that it is started with, itself the first of them.
#[must_use]
pub fn watched(
    policy: &Policy,
    start: &Activity,
    words: &[&[u8]],
    secrets: &[Vec<u8>],
) -> Option<Activity> {
    let is_asked = policy.watches_arguments && start.kind == Kind::Process;
    if !is_asked || policy.judge(start).action != Action::Allow {
        return None;
    }
    let shape = shape(&start.target, words.get(1..).unwrap_or_default(), secrets);
    let target = [&start.target, b" ".as_slice(), shape.as_bytes()].concat();
    Some(Activity::new(Kind::Process, ARGUMENTS, target))
}

/// The shape of the arguments that a program is started with. Gives one for any bytes.
#[must_use]
pub fn shape(program: &[u8], arguments: &[&[u8]], secrets: &[Vec<u8>]) -> String {
    let mut shaping = Shaping::of(program, Secrets(secrets));
    let looked_at = &arguments[..arguments.len().min(MOST_WORDS)];
    let words: Vec<String> = looked_at.iter().map(|word| shaping.take(word)).collect();
    line::line(&words, arguments.len() > looked_at.len())
}

/// What the words so far lead to.
struct Shaping<'a> {
    secrets: Secrets<'a>,
    state: State,
    /// The file name of the program whose words these are.
    program: &'a [u8],
    before: &'a [u8],
    /// Whether it is `find`, or a program that this starts.
    is_find: bool,
    /// How many commands may still come.
    commands: u8,
    /// Whether only the next word may be one.
    is_first_only: bool,
    /// No option may follow.
    is_over: bool,
}

impl<'a> Shaping<'a> {
    fn of(program: &'a [u8], secrets: Secrets<'a>) -> Self {
        let mut shaping = Shaping {
            secrets,
            state: State::after_program(program),
            program: b"",
            before: b"",
            is_find: false,
            commands: 0,
            is_first_only: false,
            is_over: false,
        };
        shaping.turn_to(program);
        shaping.is_find = shaping.program == b"find";
        shaping
    }

    fn turn_to(&mut self, program: &'a [u8]) {
        let name = program.rsplit(|byte| *byte == b'/').next();
        self.program = name.unwrap_or(program);
        (self.commands, self.is_first_only) = known::commands_of(self.program);
        self.is_over = false;
    }

    /// What stands for the next word.
    fn take(&mut self, word: &'a [u8]) -> String {
        let part = self.state.step(word);
        let told = match part {
            Part::Program => {
                self.turn_to(word);
                self.named(word)
            }
            Part::Script => self.running(word, word.len() - script_of(word).len()),
            Part::File => self.script(word),
            Part::Inner { run, from } => self.inner(word, run, from),
            Part::Setting => self.setting(word),
            Part::Argument => self.argument(word),
        };
        self.before = word;
        if part != Part::Program && self.is_first_only {
            self.commands = 0;
        }
        told
    }

    /// What the program runs, or fetches as any other of its arguments.
    fn inner(&mut self, word: &'a [u8], run: Run, from: usize) -> String {
        let starts_a_program = word.starts_with(b"ext::") || word.starts_with(b"fd::");
        match run {
            Run::Url => self.argument(word),
            Run::Repository if !starts_a_program => self.argument(word),
            _ => self.running(word, from),
        }
    }

    /// What is run, behind so many bytes that name the option or the setting.
    fn running(&self, word: &[u8], from: usize) -> String {
        let name = &word[..from.min(word.len())];
        if is_plain(name) && self.secrets.spare(name) {
            format!("{}{CODE}", String::from_utf8_lossy(name))
        } else {
            CODE.to_owned()
        }
    }

    /// A file that is run: where it was deployed, its path.
    fn script(&self, word: &[u8]) -> String {
        let found = class(word, SCRIPT, self.secrets);
        if found.starts_with('/') {
            found
        } else {
            SCRIPT.to_owned()
        }
    }

    fn argument(&mut self, word: &'a [u8]) -> String {
        let before = self.before;
        let is_option = word.len() > 1 && word.starts_with(b"-") && !self.is_over;
        if self.is_find && matches!(word, b"{}" | b";" | b"+") {
            return String::from_utf8_lossy(word).into_owned();
        }
        if known::runs(self.program, before) {
            return CODE.to_owned();
        }
        if known::sets(self.program, before) {
            return self.setting(word);
        }
        if word == b"--" && !self.is_over {
            self.is_over = true;
            return "--".to_owned();
        }
        if is_option && !is_number(word) {
            return option(self.program, word, self.secrets);
        }
        if names_a_module(self.program, before) && is_plain(word) {
            self.turn_to(word);
            return self.named(word);
        }
        if self.is_command(word) {
            self.commands -= 1;
            return self.named(word);
        }
        class(word, PATH, self.secrets)
    }

    /// Whether a word is a command of the program: `clone` of git.
    fn is_command(&self, word: &[u8]) -> bool {
        let is_of_command = |byte: &u8| byte.is_ascii_lowercase() || b"-0123456789".contains(byte);
        self.commands > 0
            && !known::takes_value(self.before)
            && word.len() <= LONGEST_KEPT
            && word.first().is_some_and(u8::is_ascii_lowercase)
            && word.iter().all(is_of_command)
    }

    /// `PATH=/tmp/<path>`, `core.pager=<code>`: the name of a setting and the class of its value.
    fn setting(&self, word: &[u8]) -> String {
        let Some(at) = word.iter().position(|byte| *byte == b'=') else {
            return class(word, PATH, self.secrets);
        };
        let (name, text) = (&word[..at], &word[at + 1..]);
        if !is_plain(name) || !self.secrets.spare(name) {
            return class(word, PATH, self.secrets);
        }
        let told = if known::runs_setting(name) {
            CODE.to_owned()
        } else {
            value(text, self.secrets)
        };
        format!("{}={told}", String::from_utf8_lossy(name))
    }

    /// A name or a path that is a program, a command or a module.
    fn named(&self, word: &[u8]) -> String {
        if is_plain(word) && !word.contains(&b'/') && self.secrets.spare(word) {
            return String::from_utf8_lossy(word).into_owned();
        }
        class(word, PATH, self.secrets)
    }
}

/// Whether the next word is a module of Python's: `-m`, also behind other letters.
fn names_a_module(program: &[u8], before: &[u8]) -> bool {
    let is_short = before.len() > 1 && before.starts_with(b"-") && !before.starts_with(b"--");
    is_short && before.ends_with(b"m") && known::is_python(program)
}

/// Whether a word is short, and holds no sign that a pattern or a shape has for something else.
fn is_plain(word: &[u8]) -> bool {
    !word.is_empty() && word.len() <= LONGEST_KEPT && word.iter().copied().all(is_of_kept)
}

#[cfg(test)]
mod tests;
