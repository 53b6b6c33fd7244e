//! Programs that run a text of their arguments: interpreters, `ssh`, `tar --to-command`, `mysql -e`; and those that
//! fetch what an argument names.

use super::grammar::Part;
use crate::flow::sql::Dialect;

/// What a text is to the program that gets it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Run {
    /// A command for a shell, here or elsewhere.
    Shell,
    Python,
    JavaScript,
    /// Perl, Ruby, PHP, awk.
    Code,
    /// A script of `sed`.
    Stream,
    Sql(Dialect),
    /// Where a request goes.
    Url,
    /// Where git finds a repository; of some kinds by running a program.
    Repository,
}

/// What the operands of a program are.
#[derive(Clone, Copy)]
enum Operands {
    /// Values.
    Values,
    /// The first is run, unless an option brought what is.
    FirstIs(Run),
    /// The first is a file that is run, unless an option brought what is; the standard input where there is none.
    Program(Run),
    /// Behind the first one stands what is run.
    BehindFirst(Run),
    Each(Run),
}

/// One such program.
pub struct Runner {
    names: &'static [&'static [u8]],
    /// The short and long options whose value is run, without their dashes.
    options: &'static [(&'static [u8], Run)],
    /// Other short options that take a value.
    with_value: &'static [u8],
    operands: Operands,
}

const fn runner(
    names: &'static [&'static [u8]],
    options: &'static [(&'static [u8], Run)],
    with_value: &'static [u8],
    operands: Operands,
) -> Runner {
    Runner {
        names,
        options,
        with_value,
        operands,
    }
}

const OF_TAR: [(&[u8], Run); 8] = [
    (b"I", Run::Shell),
    (b"F", Run::Shell),
    (b"checkpoint-action", Run::Shell),
    (b"info-script", Run::Shell),
    (b"new-volume-script", Run::Shell),
    (b"rsh-command", Run::Shell),
    (b"to-command", Run::Shell),
    (b"use-compress-program", Run::Shell),
];
const OF_GIT: [(&[u8], Run); 3] = [
    (b"exec", Run::Shell),
    (b"receive-pack", Run::Shell),
    (b"upload-pack", Run::Shell),
];
const OF_SU: [(&[u8], Run); 3] = [
    (b"c", Run::Shell),
    (b"command", Run::Shell),
    (b"session-command", Run::Shell),
];
const OF_PHP: [(&[u8], Run); 4] = [
    (b"r", Run::Code),
    (b"B", Run::Code),
    (b"R", Run::Code),
    (b"E", Run::Code),
];
const OF_NODE: [(&[u8], Run); 4] = [
    (b"e", Run::JavaScript),
    (b"p", Run::JavaScript),
    (b"eval", Run::JavaScript),
    (b"print", Run::JavaScript),
];

#[rustfmt::skip]
static RUNNERS: [Runner; 15] = [
    runner(&[b"python", b"python2", b"python3", b"pypy", b"pypy3"], &[(b"c", Run::Python)], b"WX", Operands::Program(Run::Python)),
    runner(&[b"node", b"nodejs"], &OF_NODE, b"rC", Operands::Program(Run::JavaScript)),
    runner(&[b"perl"], &[(b"e", Run::Code), (b"E", Run::Code)], b"IMm", Operands::Program(Run::Code)),
    runner(&[b"ruby"], &[(b"e", Run::Code)], b"IrC", Operands::Program(Run::Code)),
    runner(&[b"php"], &OF_PHP, b"dcfz", Operands::Program(Run::Code)),
    runner(&[b"awk", b"gawk", b"mawk", b"nawk"], &[(b"e", Run::Code), (b"source", Run::Code)], b"Fvf", Operands::FirstIs(Run::Code)),
    runner(&[b"sed", b"gsed"], &[(b"e", Run::Stream), (b"expression", Run::Stream)], b"fl", Operands::FirstIs(Run::Stream)),
    runner(&[b"ssh"], &[], b"BbcDEeFIiJLlmOopQRSWw", Operands::BehindFirst(Run::Shell)),
    runner(&[b"tar", b"gtar", b"bsdtar"], &OF_TAR, b"bCfgHKLNTVX", Operands::Values),
    runner(&[b"rsync"], &[(b"e", Run::Shell), (b"rsh", Run::Shell), (b"rsync-path", Run::Shell)], b"BfMT", Operands::Values),
    runner(&[b"git"], &OF_GIT, b"C", Operands::Each(Run::Repository)),
    runner(&[b"su", b"runuser", b"script"], &OF_SU, b"gGsTw", Operands::Values),
    runner(&[b"mysql", b"mariadb"], &[(b"e", Run::Sql(Dialect::MySql)), (b"execute", Run::Sql(Dialect::MySql))], b"DhPSu", Operands::Values),
    runner(&[b"psql"], &[(b"c", Run::Sql(Dialect::Postgres)), (b"command", Run::Sql(Dialect::Postgres))], b"dfFhLoPpRTUv", Operands::Values),
    runner(&[b"curl", b"wget"], &[(b"url", Run::Url)], b"ACDEFHKOPQTUXYbcdehmortuwxyz", Operands::Each(Run::Url)),
];

/// Options of any of them that bring what is run, in a file.
const FILES: [&[u8]; 2] = [b"f", b"file"];

/// In front of a command that is only a part of an option's value.
const IN_VALUES: [&[u8]; 4] = [
    b"exec=",
    b"proxycommand=",
    b"localcommand=",
    b"knownhostscommand=",
];

/// The arguments of one such program, so far.
#[derive(Clone, Copy)]
pub struct Running {
    of: &'static Runner,
    next: Next,
    /// Whether what is run is known, or that it is no operand.
    is_brought: bool,
    /// No option may follow.
    is_over: bool,
    operands: u8,
}

/// What the next word is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Any,
    Value,
    Run(Run),
}

impl Running {
    /// Of the program with this file name.
    pub fn named(name: &[u8]) -> Option<Self> {
        // `python3.12` is `python3`.
        let base = name.split(|byte| *byte == b'.').next().unwrap_or(name);
        let of = RUNNERS.iter().find(|one| one.names.contains(&base))?;
        Some(Self {
            of,
            next: Next::Any,
            is_brought: false,
            is_over: false,
            operands: 0,
        })
    }

    /// What the program makes of its standard input.
    pub fn reads(&self) -> Option<Run> {
        match self.of.operands {
            Operands::Program(run) if !self.is_brought => Some(run),
            Operands::BehindFirst(run) if self.operands == 1 => Some(run),
            _ => None,
        }
    }

    /// Takes the next word, without its quotes; whether the rest are arguments of what is run.
    pub fn step(&mut self, word: &[u8]) -> (Part, bool) {
        match std::mem::replace(&mut self.next, Next::Any) {
            Next::Value => return (in_value(word, 0), false),
            Next::Run(run) => {
                self.is_brought = true;
                let is_last = matches!(self.of.operands, Operands::Program(Run::Python));
                return (run_from(word, run, 0), is_last);
            }
            Next::Any => {}
        }
        match word {
            _ if self.is_over => self.operand(word),
            b"-" => (Part::Argument, false),
            b"--" => {
                self.is_over = true;
                (Part::Argument, false)
            }
            [b'-', b'-', long @ ..] => (self.long(word, long), false),
            [b'-', ..] => self.short(word),
            _ => self.operand(word),
        }
    }

    fn operand(&mut self, word: &[u8]) -> (Part, bool) {
        self.operands = self.operands.saturating_add(1);
        match self.of.operands {
            Operands::Values => (Part::Argument, false),
            Operands::FirstIs(run) if !self.is_brought => (run_from(word, run, 0), true),
            Operands::Program(_) if !self.is_brought => (Part::File, true),
            Operands::FirstIs(_) | Operands::Program(_) => (Part::Argument, true),
            Operands::BehindFirst(_) if self.operands == 1 => (Part::Argument, false),
            Operands::BehindFirst(run) => {
                self.is_over = true;
                (run_from(word, run, 0), false)
            }
            Operands::Each(run) => (run_from(word, run, 0), false),
        }
    }

    fn long(&mut self, word: &[u8], long: &[u8]) -> Part {
        let name = long.split(|byte| *byte == b'=').next().unwrap_or(long);
        self.is_brought |= FILES.contains(&name);
        let run = self.of.options.iter().find(|(option, _)| *option == name);
        match run {
            Some((_, run)) if name.len() < long.len() => {
                self.is_brought = true;
                run_from(word, *run, name.len() + 3)
            }
            Some((_, run)) => {
                self.next = Next::Run(*run);
                Part::Argument
            }
            None => Part::Argument,
        }
    }

    fn short(&mut self, word: &[u8]) -> (Part, bool) {
        for (at, letter) in word.iter().enumerate().skip(1) {
            let (letter, behind) = (std::slice::from_ref(letter), at + 1);
            let is_attached = behind < word.len();
            if let Some((_, run)) = self.of.options.iter().find(|(option, _)| *option == letter) {
                if is_attached {
                    self.is_brought = true;
                    return (run_from(word, *run, behind), false);
                }
                self.next = Next::Run(*run);
                return (Part::Argument, false);
            }
            self.is_brought |=
                FILES.contains(&letter) && !matches!(self.of.operands, Operands::Values);
            if self.of.with_value.contains(&letter[0]) {
                if is_attached {
                    return (in_value(word, behind), false);
                }
                self.next = Next::Value;
                return (Part::Argument, false);
            }
            if letter == b"m" && matches!(self.of.operands, Operands::Program(Run::Python)) {
                return (Part::Argument, true);
            }
        }
        (Part::Argument, false)
    }
}

fn run_from(word: &[u8], run: Run, from: usize) -> Part {
    match in_value(word, from) {
        part @ Part::Inner { .. } if run == Run::Shell => part,
        _ => Part::Inner { run, from },
    }
}

/// The command in a value like `ProxyCommand=nc %h`.
fn in_value(word: &[u8], from: usize) -> Part {
    let value = word[from..].to_ascii_lowercase();
    match IN_VALUES.iter().find(|name| value.starts_with(name)) {
        Some(name) => Part::Inner {
            run: Run::Shell,
            from: from + name.len(),
        },
        None => Part::Argument,
    }
}
