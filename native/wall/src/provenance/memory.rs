//! Memory that is read only where it can be: what a stack or a table says may lead anywhere.

use crate::kernel;

const PAGE: usize = 4_096;
const WORD: usize = size_of::<usize>();
/// Pages that are remembered to be there, as long as one stack is looked at.
const PLACES: usize = 64;

/// What is known of this process' memory.
pub struct Memory {
    pages: [usize; PLACES],
}

impl Memory {
    pub const fn new() -> Memory {
        Memory { pages: [0; PLACES] }
    }

    /// The word there; none where it cannot be read.
    pub fn word(&mut self, at: usize) -> Option<usize> {
        self.bytes(at).map(usize::from_ne_bytes)
    }

    /// So many bytes from there.
    pub fn bytes<const SIZE: usize>(&mut self, at: usize) -> Option<[u8; SIZE]> {
        let last = at.checked_add(SIZE)?.checked_sub(1)?;
        let is_there = self.has(at / PAGE) && self.has(last / PAGE);
        // SAFETY: the kernel has read both pages, and any bytes are bytes.
        is_there.then(|| unsafe { (at as *const [u8; SIZE]).read_unaligned() })
    }

    fn has(&mut self, page: usize) -> bool {
        let known = &mut self.pages[page % PLACES];
        if page != 0 && *known == page {
            return true;
        }
        let is_there = page != 0 && kernel::is_readable(page * PAGE);
        if is_there {
            *known = page;
        }
        is_there
    }
}

/// A place in memory that is read on from, no further than its end.
pub struct Cursor<'a> {
    memory: &'a mut Memory,
    pub at: usize,
    pub end: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(memory: &'a mut Memory, at: usize, end: usize) -> Cursor<'a> {
        Cursor { memory, at, end }
    }

    pub fn is_over(&self) -> bool {
        self.at >= self.end
    }

    pub fn memory(&mut self) -> &mut Memory {
        self.memory
    }

    fn next<const SIZE: usize>(&mut self) -> Option<[u8; SIZE]> {
        let bytes = self.memory.bytes(self.at)?;
        let after = self.at.checked_add(SIZE)?;
        if after > self.end {
            return None;
        }
        self.at = after;
        Some(bytes)
    }

    pub fn skip(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        (self.at <= self.end).then_some(())
    }

    pub fn byte(&mut self) -> Option<u8> {
        self.next().map(u8::from_ne_bytes)
    }

    /// A number of so many bytes.
    pub fn unsigned(&mut self, size: usize) -> Option<usize> {
        Some(match size {
            1 => self.byte()?.into(),
            2 => self.next().map(u16::from_ne_bytes)?.into(),
            4 => usize::try_from(self.next().map(u32::from_ne_bytes)?).ok()?,
            WORD => self.next().map(usize::from_ne_bytes)?,
            _ => return None,
        })
    }

    /// The same with a sign.
    pub fn signed(&mut self, size: usize) -> Option<isize> {
        let bits = u32::try_from(8 * (WORD - size.min(WORD))).ok()?;
        let number = self.unsigned(size)?.cast_signed();
        Some(number << bits >> bits)
    }

    /// A number with seven bits to a byte.
    pub fn packed(&mut self) -> Option<usize> {
        self.seven_bits().map(|(number, _)| number)
    }

    /// The same with a sign.
    pub fn packed_signed(&mut self) -> Option<isize> {
        let (number, bits) = self.seven_bits()?;
        let number = number.cast_signed();
        let rest = usize::BITS.saturating_sub(bits);
        Some(number << rest >> rest)
    }

    fn seven_bits(&mut self) -> Option<(usize, u32)> {
        let (mut number, mut bits) = (0, 0);
        loop {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7F).checked_shl(bits).unwrap_or(0);
            bits += 7;
            if byte & 0x80 == 0 {
                return Some((number, bits));
            }
            if bits > usize::BITS {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(bytes: &[u8], read: impl FnOnce(&mut Cursor<'_>) -> T) -> T {
        let at = bytes.as_ptr() as usize;
        read(&mut Cursor::new(&mut Memory::new(), at, at + bytes.len()))
    }

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let packed = [
            (&[0x7F][..], 127, -1),
            (&[0xE5, 0x8E, 0x26], 624_485, 624_485),
        ];
        for (bytes, unsigned, signed) in packed {
            assert_eq!(read(bytes, |from| from.packed()), Some(unsigned));
            assert_eq!(read(bytes, |from| from.packed_signed()), Some(signed));
        }
        assert_eq!(
            read(&[0x9B, 0xF1, 0x59], |from| from.packed_signed()),
            Some(-624_485)
        );
        assert_eq!(read(&[0xFE, 0xFF], |from| from.signed(2)), Some(-2));
        assert_eq!(read(&[0xFE, 0xFF], |from| from.unsigned(2)), Some(0xFFFE));
        assert_eq!(read(&[0xFE, 0xFF], |from| from.unsigned(4)), None);
        assert_eq!(read(&[0xFF; 30], |from| from.packed()), None);
    }

    #[test]
    fn what_is_not_there_is_not_read() {
        let mut memory = Memory::new();
        for at in [0, 8, usize::MAX - 3, usize::MAX] {
            assert_eq!(memory.word(at), None, "{at:x}");
        }
        let here = [7_usize, 9];
        assert_eq!(memory.word(&raw const here[1] as usize), Some(9));
    }
}
