//! What of the guard itself is not as it was put in place.

use super::Engine;
use crate::act::Act;
use crate::escaped::escaped;
use crate::found::Found;
use crate::inputs;
use crate::judge::{Action, Reason, Verdict};
use crate::keyed::Key;
use crate::policy::{Mode, Policy, Protection};
use crate::record::{Body, Entry};
use crate::show;

/// The detector's name.
pub const GUARD_TAMPERED: &str = "guard-tampered";
/// Protection mechanism failure.
const CWE: u16 = 693;

/// One piece of the guard that is not as it was put in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// `audit hook`, `method redis.client.Redis.execute_command`.
    pub piece: String,
    /// What was expected, and what is there.
    pub found: String,
    pub is_put_back: bool,
}

impl Deviation {
    fn told(&self) -> String {
        let found = &self.found;
        let end = if self.is_put_back {
            "; it was put back"
        } else {
            ""
        };
        format!("{found}{end}")
    }
}

impl Engine {
    /// What a policy is known by from now on.
    pub fn seal_policy(&mut self, key: Key) {
        self.seal = (key, self.policy.seal(key));
    }

    /// Whether the policy is as it was read.
    #[must_use]
    pub fn has_its_policy(&self) -> bool {
        let (key, seal) = self.seal;
        self.policy.seal(key) == seal
    }

    /// Takes the policy anew, as it was read again.
    pub fn take_policy(&mut self, policy: Policy) {
        self.policy = policy;
        self.seal_policy(self.seal.0);
    }

    /// Whether what was changed of the guard is put back.
    #[must_use]
    pub fn puts_back(&self) -> bool {
        self.verdict_of_tampering("") >= Action::Block
    }

    /// Whether what was changed of the guard is looked for.
    #[must_use]
    pub fn watches_itself(&self) -> bool {
        self.policy.mode_of(Protection::Lambda) != Mode::Off
    }

    /// What is answered in the place of a refused event; none where no trigger waits for HTTP.
    #[must_use]
    pub fn refusal(&self) -> Option<&'static str> {
        inputs::refusal(&self.event.sender())
    }

    /// Why an invocation is refused of whose guard this was changed; none where it is not.
    #[must_use]
    pub fn refuses_tampered(&self, deviations: &[Deviation]) -> Option<String> {
        let refuses = |one: &&Deviation| self.answer_to(&one.piece) == Action::Block;
        let first = deviations.iter().find(refuses)?;
        Some(escaped(&format!(
            "{GUARD_TAMPERED}: {}: {}",
            first.piece,
            first.told()
        )))
    }

    /// Tells what was changed of the guard.
    pub fn tampered(&mut self, now_ms: u64, deviations: &[Deviation]) -> Vec<Entry> {
        let mut entries = Vec::new();
        for deviation in deviations {
            let piece = &deviation.piece;
            let action = self.answer_to(piece);
            if action == Action::Allow {
                continue;
            }
            self.ledger.attacked();
            let Some(count) = self.ledger.counted(&format!("{GUARD_TAMPERED} {piece}")) else {
                continue;
            };
            let reason = deviation.told();
            let found = Found::sure(Protection::Lambda, GUARD_TAMPERED, CWE, reason);
            let verdict = Verdict {
                action,
                reason: Reason::Detected,
            };
            let secrets = &self.setting.secrets;
            let act = show::act(None, &Act::nothing(), secrets);
            let body = Body {
                count: Some(count),
                operation: Some("alter".to_owned()),
                target: Some(piece.clone()),
                ..show::detection(&found, &verdict, act, secrets)
            };
            // Whatever was answered: the guard is not what it was.
            let entry = self.ledger.entry(now_ms, "detection", "FATAL", body);
            entries.push(entry);
        }
        entries
    }

    /// The invocation is refused where a fault of ours refuses it, too; else what can be is put back.
    fn answer_to(&self, piece: &str) -> Action {
        match self.verdict_of_tampering(piece) {
            Action::Block if !self.policy.blocks_on_error => Action::Alert,
            action => action,
        }
    }

    fn verdict_of_tampering(&self, piece: &str) -> Action {
        let found = Found::sure(Protection::Lambda, GUARD_TAMPERED, CWE, "");
        self.judged(&found, piece.as_bytes()).action
    }
}
