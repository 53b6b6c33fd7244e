//! What a pickle asks for (protocols 0 to 5), without making an object of it.
//!
//! Sees:         globals that run code, by GLOBAL, INST and STACK_GLOBAL, also by way of the memo
//! Does not see: what stands behind the first pickle of several, behind the first 64 K opcodes, or behind an opcode
//!               that no unpickler knows or that takes what is not there

use super::escapes::backslash_decoded;
use crate::dangerous_global::is_dangerous_global;
use std::borrow::Cow;
use std::collections::HashMap;

const MOST_OPCODES: usize = 64 << 10;
/// Longer texts are no names.
const MOST_NAME_BYTES: usize = 256;
/// Globals of one pickle that are told.
const MOST_TOLD: usize = 8;

/// What a pickle does, as far as it was read.
#[derive(Default)]
pub(super) struct Pickle<'a> {
    /// The dangerous globals that it asks for, as `module name`.
    pub(super) asks_for: Vec<String>,
    /// Bytes that were read of it.
    pub(super) read: usize,
    /// Whether it calls something, or comes to its end: text that is none does not.
    is_sound: bool,
    /// What stands on the stack: texts, and all else.
    stack: Vec<Option<Cow<'a, [u8]>>>,
    marks: Vec<usize>,
    memo: HashMap<u32, Option<Cow<'a, [u8]>>>,
}

/// Reads a pickle; one that asks for nothing where the bytes are none.
pub(super) fn pickle(bytes: &[u8]) -> Pickle<'_> {
    let mut pickle = Pickle::default();
    let mut rest = bytes;
    for _ in 0..MOST_OPCODES {
        match pickle.step(rest) {
            Some(Some(behind)) => rest = behind,
            Some(None) => {
                pickle.is_sound = true;
                break;
            }
            None => break,
        }
    }
    pickle.read = bytes.len() - rest.len();
    if !pickle.is_sound {
        pickle.asks_for.clear();
    }
    pickle
}

impl<'a> Pickle<'a> {
    /// Does what one opcode says: what is behind it, or nothing behind the last one. None where it is no pickle's.
    fn step(&mut self, text: &'a [u8]) -> Option<Option<&'a [u8]>> {
        let (opcode, rest) = text.split_first()?;
        let rest = match opcode {
            b'.' => {
                self.stack.pop()?;
                return Some(None);
            }
            b'c' | b'i' | 0x93 => self.find_global(*opcode, rest)?,
            b'S' | b'V' | b'T' | b'U' | b'X' | 0x8C | 0x8D => self.push_text(*opcode, rest)?,
            b'p' | b'q' | b'r' | 0x94 | b'g' | b'h' | b'j' => self.remember(*opcode, rest)?,
            b'F' | b'I' | b'L' | b'P' => self.push_other(line(rest)?.1),
            b'G' | b'J' | b'K' | b'M' | 0x82..=0x84 => {
                let length = [8, 4, 1, 2, 1, 2, 4];
                let at = b"GJKM\x82\x83\x84".iter().position(|one| one == opcode)?;
                self.push_other(rest.get(length[at]..)?)
            }
            b'B' | b'C' | 0x8A | 0x8B | 0x8E | 0x96 => {
                let width = [4, 1, 1, 4, 8, 8];
                let at = b"BC\x8A\x8B\x8E\x96".iter().position(|one| one == opcode)?;
                let (_, rest) = counted(rest, width[at])?;
                self.push_other(rest)
            }
            0x80 => rest.get(1..)?,
            0x95 => rest.get(8..)?,
            _ => {
                self.turn(*opcode)?;
                rest
            }
        };
        Some(Some(rest))
    }

    /// What only moves what stands on the stack.
    fn turn(&mut self, opcode: u8) -> Option<()> {
        match opcode {
            b'(' => self.marks.push(self.stack.len()),
            b'0' => {
                let is_mark = self.marks.last() == Some(&self.stack.len());
                if is_mark {
                    self.marks.pop().map(|_| ())
                } else {
                    self.stack.pop().map(|_| ())
                }?;
            }
            b'1' => self.stack.truncate(self.marks.pop()?),
            b'2' => self.stack.push(self.stack.last()?.clone()),
            b'N' | b']' | b'}' | b')' | 0x88 | 0x89 | 0x8F | 0x97 => self.stack.push(None),
            b't' | b'l' | b'd' | 0x91 => {
                self.stack.truncate(self.marks.pop()?);
                self.stack.push(None);
            }
            b'a' => self.take(1, false)?,
            b's' => self.take(2, false)?,
            b'e' | b'u' | 0x90 => self.stack.truncate(self.marks.pop()?),
            b'R' | b'b' | 0x81 => self.take(1, true)?,
            0x92 => self.take(2, true)?,
            b'o' => {
                self.stack.truncate(self.marks.pop()?);
                self.stack.push(None);
                self.is_sound = true;
            }
            b'Q' | 0x85 | 0x98 => self.replace(1)?,
            0x86 => self.replace(2)?,
            0x87 => self.replace(3)?,
            _ => return None,
        }
        Some(())
    }

    /// Takes so many items that go into the one below them, or that it is called with.
    fn take(&mut self, items: usize, is_call: bool) -> Option<()> {
        let below = self.stack.len().checked_sub(items + 1)?;
        self.stack.truncate(below + 1);
        if is_call {
            self.stack[below] = None;
            self.is_sound = true;
        }
        Some(())
    }

    fn replace(&mut self, items: usize) -> Option<()> {
        self.stack.truncate(self.stack.len().checked_sub(items)?);
        self.stack.push(None);
        Some(())
    }

    fn push_other(&mut self, rest: &'a [u8]) -> &'a [u8] {
        self.stack.push(None);
        rest
    }

    fn push_text(&mut self, opcode: u8, rest: &'a [u8]) -> Option<&'a [u8]> {
        let (text, rest) = match opcode {
            b'S' | b'V' => line(rest)?,
            b'U' | 0x8C => counted(rest, 1)?,
            0x8D => counted(rest, 8)?,
            _ => counted(rest, 4)?,
        };
        let text = match opcode {
            b'S' => text.get(1..text.len().checked_sub(1)?)?,
            _ => text,
        };
        let is_escaped = matches!(opcode, b'S' | b'V');
        let is_name = text.len() <= MOST_NAME_BYTES;
        self.stack.push(is_name.then(|| {
            let plain = is_escaped.then(|| backslash_decoded(text)).flatten();
            plain.map_or(Cow::Borrowed(text), Cow::Owned)
        }));
        Some(rest)
    }

    fn remember(&mut self, opcode: u8, rest: &'a [u8]) -> Option<&'a [u8]> {
        let (number, rest) = match opcode {
            0x94 => (u32::try_from(self.memo.len()).ok()?, rest),
            b'p' | b'g' => {
                let (number, rest) = line(rest)?;
                (std::str::from_utf8(number).ok()?.trim().parse().ok()?, rest)
            }
            b'q' | b'h' => (u32::from(*rest.first()?), &rest[1..]),
            _ => (u32::from_le_bytes(*rest.first_chunk()?), &rest[4..]),
        };
        if matches!(opcode, b'g' | b'h' | b'j') {
            self.stack.push(self.memo.get(&number)?.clone());
        } else {
            self.memo.insert(number, self.stack.last()?.clone());
        }
        Some(rest)
    }

    fn find_global(&mut self, opcode: u8, rest: &'a [u8]) -> Option<&'a [u8]> {
        if opcode == 0x93 {
            let name = self.stack.pop()??;
            let module = self.stack.pop()??;
            self.tell(&module, &name);
            self.stack.push(None);
            return Some(rest);
        }
        let (module, rest) = line(rest)?;
        let (name, rest) = line(rest)?;
        self.tell(module, name);
        if opcode == b'i' {
            self.stack.truncate(self.marks.pop()?);
            self.is_sound = true;
        }
        self.stack.push(None);
        Some(rest)
    }

    fn tell(&mut self, module: &[u8], name: &[u8]) {
        let (module, name) = (
            String::from_utf8_lossy(module),
            String::from_utf8_lossy(name),
        );
        let sign = if name.contains('.') { ':' } else { '.' };
        if self.asks_for.len() < MOST_TOLD && is_dangerous_global(&format!("{module}{sign}{name}"))
        {
            self.asks_for.push(format!("{module} {name}"));
        }
    }
}

/// Up to the next line feed, and what is behind that.
fn line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', text)?;
    let line = &text[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), &text[end + 1..]))
}

/// As many bytes as the number of `width` bytes in front of them says, and what is behind them.
fn counted(text: &[u8], width: usize) -> Option<(&[u8], &[u8])> {
    let mut number = [0; 8];
    number[..width].copy_from_slice(text.get(..width)?);
    let length = usize::try_from(u64::from_le_bytes(number)).ok()?;
    let rest = &text[width..];
    Some((rest.get(..length)?, rest.get(length..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pickle_asks_for_is_told_in_each_protocol() {
        let rows: [(&[u8], &[&str]); 17] = [
            (b"cos\nsystem\n(S'id'\ntR.", &["os system"]),
            (b"(S'id'\nios\nsystem\n.", &["os system"]),
            (b"(cos\nsystem\nS'id'\no.", &["os system"]),
            (b"crunpy\nrun_path\n(S'/tmp/x'\ntR.", &["runpy run_path"]),
            (b"cctypes\nCDLL\n(S'/tmp/x'\ntR.", &["ctypes CDLL"]),
            (
                b"\x80\x02cposix\nsystem\nq\x00X\x02\x00\x00\x00idq\x01\x85q\x02Rq\x03.",
                &["posix system"],
            ),
            (
                b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.",
                &["posix system"],
            ),
            (
                b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.",
                &["builtins eval"],
            ),
            // By way of the memo, in other spellings, behind other values.
            (
                b"\x80\x04\x8c\x06system\x94\x8c\x05posix\x94h\x00\x93\x8c\x02id\x85R.",
                &["posix system"],
            ),
            (b"S'o\\x73'\nV\\u0073ystem\n\x93(S'id'\ntR.", &["os system"]),
            (
                b"\x80\x03}q\x00(K\x01N\x88]cpty\nspawn\nX\x02\x00\x00\x00sh\x85Rs.",
                &["pty spawn"],
            ),
            // It runs before the rest is read.
            (b"cos\nsystem\n(S'id'\ntRno more", &["os system"]),
            (
                b"\x80\x04\x8c\x0bcollections\x8c\x0bOrderedDict\x93)R.",
                &[],
            ),
            (b"cos\nsin\ntan\nlog\n", &[]),
            (b"cos\nsystem\n", &[]),
            (b"It is late\n", &[]),
            (b"", &[]),
        ];
        for (bytes, expected) in rows {
            let shown = String::from_utf8_lossy(bytes);
            assert_eq!(pickle(bytes).asks_for, expected, "{shown}");
        }
    }
}
