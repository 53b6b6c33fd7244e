//! The wall's records: what the guard would say of the same, in the function's log.

use crate::wall::Wall;
use crate::{kernel, log, owner, path};
use hauberk_core::activity::Activity;
use hauberk_core::afterwards::is_attack;
use hauberk_core::alone::Finding;
use hauberk_core::keyed::number;
use hauberk_core::policy::Mode;
use hauberk_core::record::{Body, Entry};
use std::sync::atomic::Ordering;

impl Wall {
    pub fn say(&self, finding: &Finding, activity: &Activity, arguments: &[&[u8]]) {
        let now_ms = kernel::now_ms();
        let count = match finding.detector() {
            None if self.shared.is_new(self.activity_number(activity)) => None,
            None => return,
            Some(detector) => {
                if is_attack(detector) {
                    self.shared.attacked();
                }
                let of = self.number(&[
                    detector.as_bytes(),
                    activity.operation.as_bytes(),
                    &activity.target,
                ]);
                let Some(count) = self.shared.counted(of, now_ms) else {
                    return;
                };
                Some(count)
            }
        };
        // What tells of an environment comes after what announces it.
        if self.shared.is_to_be_announced() {
            owner::announce(self, false);
        }
        let (kind, level) = finding.labels();
        let body = Body {
            attacked: count.is_none() && self.shared.is_attacked(),
            count,
            stack: program(),
            ..finding.body(activity, arguments, &self.setting.secrets)
        };
        self.write(now_ms, kind, level, body);
    }

    /// Writes a status record, once for each message.
    pub fn report(&self, state: &'static str, message: &str) {
        let now_ms = kernel::now_ms();
        let of = self.number(&[b"status", state.as_bytes(), message.as_bytes()]);
        if self.shared.is_new(of) {
            let body = Body {
                message: Some(message.to_owned()),
                ..self.state(state)
            };
            let level = if matches!(state, "armed" | "gap") {
                "ERROR"
            } else {
                "FATAL"
            };
            self.write(now_ms, "status", level, body);
        }
    }

    pub fn state(&self, state: &'static str) -> Body {
        Body {
            state: Some(state),
            mode: Mode::named(&self.setting.mode).map(|mode| mode.name()),
            policy: Some(self.setting.state.clone()),
            faults: Some(self.shared.faults.load(Ordering::Relaxed)),
            ..Body::default()
        }
    }

    /// Writes a record; what is lost is counted, and told before anything else.
    pub fn write(&self, now_ms: u64, kind: &'static str, level: &'static str, body: Body) {
        let lost = self.shared.dropped.swap(0, Ordering::Relaxed);
        let is_told = lost == 0 || self.line(now_ms, "status", "ERROR", self.lost(lost));
        let is_written = is_told && self.line(now_ms, kind, level, body);
        let lost_now = u64::from(!is_written) + if is_told { 0 } else { lost };
        self.shared.dropped.fetch_add(lost_now, Ordering::Relaxed);
    }

    fn lost(&self, count: u64) -> Body {
        Body {
            message: Some(format!("records that a full log had no room for: {count}")),
            dropped: Some(count),
            ..self.state("gap")
        }
    }

    fn line(&self, now_ms: u64, kind: &'static str, level: &'static str, body: Body) -> bool {
        let record = self.shared.records.fetch_add(1, Ordering::Relaxed);
        let id = number(
            self.setting.key(),
            &[&self.setting.seed.to_le_bytes(), &record.to_le_bytes()],
        );
        let request_id = self.shared.request_id();
        let entry = Entry {
            kind,
            level,
            now_ms,
            id,
            request_id,
            body,
        };
        log::write(&self.setting, &entry.line(&self.setting.origin))
    }
}

/// The program that acts, for records.
fn program() -> Vec<String> {
    let path = path::linked(c"/proc/self/exe");
    path.map(|path| vec![String::from_utf8_lossy(&path).into_owned()])
        .unwrap_or_default()
}
