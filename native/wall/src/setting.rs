//! What the owner of an environment knows at its start, written once into a sealed file for all processes below it.

use crate::kernel::Identity;
use hauberk_core::keyed::Key;
use hauberk_core::policy::{Mode, Policy};
use hauberk_core::record::{Origin, PolicyState};
use hauberk_system::surroundings;

/// The first word of the file; it changes with what stands in it.
pub const FORM: u64 = u64::from_le_bytes(*b"HAUBERK2");

/// Everything that a process needs to judge as the owner does.
#[derive(Debug, Default, Clone)]
pub struct Setting {
    pub nonce: u64,
    /// The number of the owner's process, and of its descriptors.
    pub owner: u32,
    pub shared_file: i32,
    pub log_file: i32,
    pub log: Identity,
    pub key: [u64; 2],
    pub seed: u64,
    /// Whether the runtime's own client speaks in children that were forked, too.
    pub has_workers: bool,
    pub blocks_on_error: bool,
    /// Whether a rule is about files, so that no read may pass without a look.
    pub judges_all_reads: bool,
    pub origin: Origin,
    pub runtime_api: String,
    pub mode: String,
    pub state: PolicyState,
    /// The verified policy; empty where it is the built-in one.
    pub document: Vec<u8>,
    pub problem: String,
    pub secrets: Vec<Vec<u8>>,
    pub roots: Vec<String>,
    /// Further folders of code, which whoever configures the function chose.
    pub folders: Vec<String>,
    /// Which wall holds what, by kind of activity and by part of a kind.
    pub walls: Vec<(String, String)>,
}

impl Setting {
    /// As bytes, for [`Setting::read`].
    #[must_use]
    pub fn written(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(4_096 + self.document.len());
        let descriptor = |number: i32| u64::from(number.unsigned_abs());
        for number in [
            FORM,
            self.nonce,
            u64::from(self.owner),
            descriptor(self.shared_file),
            descriptor(self.log_file),
            self.log.device,
            self.log.inode,
            u64::from(self.log.is_ordinary),
            self.key[0],
            self.key[1],
            self.seed,
            u64::from(self.has_workers),
            u64::from(self.blocks_on_error),
            u64::from(self.judges_all_reads),
            self.state
                .serial
                .map_or(0, |serial| serial.saturating_add(1)),
        ] {
            out.extend(number.to_le_bytes());
        }
        let Origin {
            function,
            version,
            environment,
            stream,
        } = &self.origin;
        let texts = [
            function,
            version,
            environment,
            stream.as_deref().unwrap_or_default(),
            &self.runtime_api,
            &self.mode,
            self.state.state,
            self.state.fingerprint.as_deref().unwrap_or_default(),
            &self.problem,
        ];
        texts
            .into_iter()
            .for_each(|text| write_part(&mut out, text.as_bytes()));
        write_part(&mut out, &self.document);
        write_parts(&mut out, self.secrets.iter().map(Vec::as_slice));
        write_parts(&mut out, self.roots.iter().map(String::as_bytes));
        write_parts(&mut out, self.folders.iter().map(String::as_bytes));
        write_parts(&mut out, self.walls.iter().map(|(name, _)| name.as_bytes()));
        write_parts(&mut out, self.walls.iter().map(|(_, word)| word.as_bytes()));
        out
    }

    /// What was written; none where it is anything else.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Setting> {
        let mut from = Reader(bytes);
        if from.number()? != FORM {
            return None;
        }
        let some = |text: String| (!text.is_empty()).then_some(text);
        let mut setting = Setting {
            nonce: from.number()?,
            owner: from.small()?,
            shared_file: from.small()?,
            log_file: from.small()?,
            log: Identity {
                device: from.number()?,
                inode: from.number()?,
                is_ordinary: from.number()? != 0,
            },
            key: [from.number()?, from.number()?],
            seed: from.number()?,
            has_workers: from.number()? != 0,
            blocks_on_error: from.number()? != 0,
            judges_all_reads: from.number()? != 0,
            ..Setting::default()
        };
        setting.state.serial = from.number()?.checked_sub(1);
        setting.origin = Origin {
            function: from.text()?,
            version: from.text()?,
            environment: from.text()?,
            stream: some(from.text()?),
        };
        setting.runtime_api = from.text()?;
        setting.mode = from.text()?;
        setting.state.state = state_named(&from.text()?);
        setting.state.fingerprint = some(from.text()?);
        setting.problem = from.text()?;
        setting.document = from.part()?.to_vec();
        setting.secrets = from.parts()?.into_iter().map(<[u8]>::to_vec).collect();
        setting.roots = from.texts()?;
        setting.folders = from.texts()?;
        setting.walls = from.texts()?.into_iter().zip(from.texts()?).collect();
        Some(setting)
    }

    #[must_use]
    pub fn key(&self) -> Key {
        Key(self.key)
    }

    /// The policy, which the owner has verified.
    #[must_use]
    pub fn policy(&self, now_s: u64) -> Policy {
        let mode = Mode::named(&self.mode).unwrap_or(Mode::Detect);
        let signed = (!self.document.is_empty())
            .then(|| Policy::read(&self.document).ok())
            .flatten();
        let mut policy = signed.unwrap_or_else(|| Policy::built_in(mode));
        policy.lapse(now_s);
        surroundings::add_platform(&mut policy, &self.roots);
        policy
    }
}

fn state_named(name: &str) -> &'static str {
    let known = ["signed", "stale", "refused"];
    known
        .into_iter()
        .find(|known| *known == name)
        .unwrap_or("built-in")
}

fn write_part(out: &mut Vec<u8>, part: &[u8]) {
    out.extend((part.len() as u64).to_le_bytes());
    out.extend_from_slice(part);
}

fn write_parts<'a>(out: &mut Vec<u8>, parts: impl ExactSizeIterator<Item = &'a [u8]>) {
    out.extend((parts.len() as u64).to_le_bytes());
    parts.for_each(|part| write_part(out, part));
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u64> {
        let (word, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*word))
    }

    fn small<T: TryFrom<u64>>(&mut self) -> Option<T> {
        T::try_from(self.number()?).ok()
    }

    fn part(&mut self) -> Option<&'a [u8]> {
        let length: usize = self.small()?;
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }

    fn text(&mut self) -> Option<String> {
        self.part()
            .map(|part| String::from_utf8_lossy(part).into_owned())
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        let text = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
        Some(self.parts()?.into_iter().map(text).collect())
    }

    fn parts(&mut self) -> Option<Vec<&'a [u8]>> {
        let count: usize = self.small()?;
        let mut parts = Vec::new();
        for _ in 0..count {
            parts.push(self.part()?);
        }
        Some(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_written() {
        let setting = Setting {
            nonce: 1,
            owner: 2,
            shared_file: 500,
            log_file: 502,
            log: Identity {
                device: 3,
                inode: 4,
                is_ordinary: true,
            },
            key: [5, 6],
            has_workers: true,
            origin: Origin {
                function: "orders".to_owned(),
                stream: Some("s".to_owned()),
                ..Origin::default()
            },
            mode: "prevent".to_owned(),
            state: PolicyState {
                state: "signed",
                serial: Some(0),
                fingerprint: Some("ab".to_owned()),
            },
            document: b"{}".to_vec(),
            secrets: vec![b"one".to_vec(), Vec::new()],
            roots: vec!["/var/task".to_owned()],
            folders: vec!["/function".to_owned()],
            walls: vec![("process".to_owned(), "kernel".to_owned())],
            ..Setting::default()
        };
        let written = setting.written();
        let read = Setting::read(&written).unwrap();
        assert_eq!(format!("{read:?}"), format!("{setting:?}"));
        for end in 0..written.len() {
            assert!(Setting::read(&written[..end]).is_none(), "{end}");
        }
        assert!(Setting::read(&[0xFF; 400]).is_none());
    }
}
