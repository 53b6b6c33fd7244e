//! Which wall holds what, in words: `kernel` where an act that is not listed was tried and refused, else `library`, and
//! why where the policy asks for more.

use hauberk_core::confine::{Confinement, Held};

/// How raising the wall went.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Why a part of it was not raised.
    pub refused: Option<String>,
    pub programs: bool,
    pub reads: bool,
    pub writes: bool,
    pub ports: bool,
}

impl Outcome {
    pub fn refused(by: &str, answer: isize) -> Outcome {
        Outcome {
            refused: Some(refusal(by, answer)),
            ..Outcome::default()
        }
    }

    /// Why something is not held: what the policy says, or what the kernel does. None where nothing asks for it, an
    /// error where it is.
    fn why_not<T>(&self, asked: &Held<T>, is_proven: bool) -> Result<Option<&str>, Proof> {
        match asked {
            Held::Unasked => Ok(None),
            Held::Open(why) => Ok(Some(why)),
            Held::Only(_) if is_proven => Err(Proof),
            Held::Only(_) => Ok(Some(self.refused.as_deref().unwrap_or(UNPROVEN))),
        }
    }
}

/// That something is held.
struct Proof;

const UNPROVEN: &str = "nothing that was tried here was refused";
const BY_LOADER: &str = "the loader of a listed program starts any file that may be read";
const BY_PORT: &str = "the kernel knows the ports of TCP alone";

/// What a call answered, in words.
pub fn refusal(by: &str, answer: isize) -> String {
    format!("{by}: error {}", answer.unsigned_abs())
}

pub fn of_landlock(is_there: bool, answer: isize) -> String {
    match answer {
        0 => "this kernel's Landlock is too old".to_owned(),
        _ if is_there => refusal("Landlock", answer),
        _ => "this kernel has no Landlock".to_owned(),
    }
}

/// The wall of each kind of activity, and of parts of a kind that the kernel holds.
pub fn of(plan: &Confinement, outcome: &Outcome) -> Vec<(String, String)> {
    let library = |why: Option<&str>| match why {
        None => "library".to_owned(),
        Some(why) => format!("library: {why}"),
    };
    let kernel = "kernel".to_owned();
    let mut words = Vec::new();
    let mut say = |name: &str, word: String| words.push((name.to_owned(), word));
    match outcome.why_not(&plan.programs, outcome.programs) {
        Ok(why) => say("process", library(why)),
        Err(Proof)
            if plan
                .programs
                .only()
                .is_some_and(|programs| programs.is_empty()) =>
        {
            say("process", kernel.clone());
        }
        Err(Proof) => {
            say("process", library(Some(BY_LOADER)));
            say("process.programs", kernel.clone());
        }
    }
    let writes = outcome.why_not(&plan.writes, outcome.writes);
    match (outcome.why_not(&plan.reads, outcome.reads), writes) {
        (Err(Proof), Err(Proof)) => say("file", kernel.clone()),
        (Ok(why), Err(Proof)) => {
            say("file", library(why));
            say("file.write", kernel.clone());
        }
        (_, Ok(why)) => say("file", library(why)),
    }
    match outcome.why_not(&plan.ports, outcome.ports) {
        Ok(why) => say("address", library(why)),
        Err(Proof) => {
            say("address", library(Some(BY_PORT)));
            say("address.tcp", kernel);
        }
    }
    ["host", "code"]
        .into_iter()
        .for_each(|kind| say(kind, library(None)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use hauberk_core::confine::Ports;
    use std::collections::BTreeSet;

    fn told(plan: &Confinement, outcome: &Outcome) -> String {
        let words = of(plan, outcome);
        let words = words.iter().map(|(name, word)| format!("{name} {word}"));
        words.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn only_what_was_refused_is_the_kernels() {
        let mut plan = Confinement {
            programs: Held::Only(BTreeSet::new()),
            reads: Held::Only(Vec::new()),
            writes: Held::Only(Vec::new()),
            ports: Held::Only(Ports::default()),
            refuses_names: false,
        };
        let mut outcome = Outcome {
            programs: true,
            reads: true,
            writes: true,
            ports: true,
            ..Outcome::default()
        };
        assert_eq!(
            told(&plan, &outcome),
            format!(
                "process kernel\nfile kernel\naddress library: {BY_PORT}\naddress.tcp kernel\nhost library\ncode library"
            )
        );
        outcome.reads = false;
        plan.programs = Held::Only(BTreeSet::from([b"/bin/sh".to_vec()]));
        plan.ports = Held::Open("why");
        assert_eq!(
            told(&plan, &outcome),
            format!(
                "process library: {BY_LOADER}\nprocess.programs kernel\nfile library: {UNPROVEN}\nfile.write kernel\naddress library: why\nhost library\ncode library"
            )
        );
        let outcome = Outcome {
            refused: Some("no Landlock".to_owned()),
            ..Outcome::default()
        };
        plan.ports = Held::Unasked;
        assert_eq!(
            told(&plan, &outcome),
            "process library: no Landlock\nfile library: no Landlock\naddress library\nhost library\ncode library"
        );
    }
}
