//! Acts of a function on the world outside it.

/// The kinds of activity, in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    Process,
    File,
    Api,
    Host,
    Address,
    Code,
}

impl Kind {
    pub const ALL: [Kind; 6] = [
        Kind::Process,
        Kind::File,
        Kind::Api,
        Kind::Host,
        Kind::Address,
        Kind::Code,
    ];

    /// The name in policies and records.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["process", "file", "api", "host", "address", "code"][self as usize]
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a single `*` in a pattern does not cross.
    #[must_use]
    pub fn separator(self) -> Option<u8> {
        match self {
            Kind::Process | Kind::File | Kind::Code => Some(b'/'),
            Kind::Host => Some(b'.'),
            Kind::Api | Kind::Address => None,
        }
    }

    /// The detector that speaks when a target is not on the allowlist.
    #[must_use]
    pub fn unlisted(self) -> &'static str {
        [
            "unlisted-process",
            "unlisted-file",
            "unlisted-api",
            "unlisted-host",
            "unlisted-address",
            "unlisted-code",
        ][self as usize]
    }

    /// The detector that speaks when a rule denies.
    #[must_use]
    pub fn denied(self) -> &'static str {
        [
            "denied-process",
            "denied-file",
            "denied-api",
            "denied-host",
            "denied-address",
            "denied-code",
        ][self as usize]
    }
}

/// One act of a function: starting `/usr/bin/ls`, reading `/tmp/a`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Activity {
    pub kind: Kind,
    pub operation: String,
    /// Bytes, because a path need not be text.
    pub target: Vec<u8>,
}

/// The operation of a process whose target is a program and the shape of its arguments (`argument_shape`).
pub const ARGUMENTS: &str = "arguments";

/// Whether an operation does more than look: who does it matters. Of the arguments of a program its start is asked.
#[must_use]
pub fn leaves_traces(kind: Kind, operation: &str) -> bool {
    match kind {
        Kind::File => !matches!(operation, "read" | "list"),
        Kind::Process => operation != ARGUMENTS,
        _ => true,
    }
}

impl Activity {
    /// Whether it tells of the arguments that a program is started with, beside its start.
    #[must_use]
    pub fn is_of_arguments(&self) -> bool {
        self.kind == Kind::Process && self.operation == ARGUMENTS
    }

    #[must_use]
    pub fn new(kind: Kind, operation: &str, target: impl Into<Vec<u8>>) -> Activity {
        Activity {
            kind,
            operation: operation.to_owned(),
            target: target.into(),
        }
    }
}
