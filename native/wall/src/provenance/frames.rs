//! The calls that are going on in this thread, innermost first, found as exceptions find them: by the tables that each
//! library brings (`.eh_frame`), without the loader's lock and without a frame that is only guessed.
//!
//! Does not see: what is behind a function without such a table (machine code made in memory, hand-written)

use super::frame_rules::{Factors, NO_RULES, Place, Program, Rule, Rules, value};
use super::memory::{Cursor, Memory};
use super::registers::{CODE, REGISTERS, Registers, STACK, unsigned};

/// Bits of how an address is written.
const FROM_HERE: u8 = 0x10;
const FROM_TABLE_4_SIGNED: u8 = 0x3B;
const UNSIGNED_4: u8 = 0x03;

/// A call.
pub struct Frame {
    pub registers: Registers,
    /// Whether its place is that of an instruction that is next; else of one behind a call.
    pub is_exact: bool,
}

impl Frame {
    /// An address in the function that is called here.
    pub fn code(&self) -> usize {
        self.registers[CODE].wrapping_sub(usize::from(!self.is_exact))
    }

    /// Who called it, by the table of its library; none where that does not tell.
    pub fn caller(&self, memory: &mut Memory, table: usize) -> Option<Frame> {
        let code = self.code();
        let described = described(memory, table, code)?;
        let rules = described.rules(memory, code)?;
        let registers = self.behind(memory, &rules, described.shared.returns)?;
        let is_exact = described.shared.is_interrupted;
        let is_further = is_exact || registers[STACK] > self.registers[STACK];
        (is_further && registers[CODE] != 0).then_some(Frame {
            registers,
            is_exact,
        })
    }

    fn behind(&self, memory: &mut Memory, rules: &Rules, returns: usize) -> Option<Registers> {
        let place = match rules.place {
            Place::From(register, offset) => {
                self.registers.get(register)?.wrapping_add_signed(offset)
            }
            Place::Expression(at) => value(memory, at, &self.registers, None)?,
        };
        let mut registers = self.registers;
        registers[STACK] = place;
        for (register, rule) in rules.registers.iter().enumerate() {
            let found = match *rule {
                Rule::Same => continue,
                Rule::Undefined if register == returns => return None,
                Rule::Undefined => continue,
                Rule::At(offset) => memory.word(place.wrapping_add_signed(offset))?,
                Rule::Value(offset) => place.wrapping_add_signed(offset),
                Rule::In(other) => *self.registers.get(other)?,
                Rule::AtExpression(at) => {
                    let at = value(memory, at, &self.registers, Some(place))?;
                    memory.word(at)?
                }
                Rule::Expression(at) => value(memory, at, &self.registers, Some(place))?,
            };
            registers[register] = found;
        }
        registers[CODE] = unsigned(*registers.get(returns)?);
        Some(registers)
    }
}

/// What all functions of a part of a library share.
struct Shared {
    factors: Factors,
    /// The register that holds the address of the caller.
    returns: usize,
    /// How addresses are written.
    form: u8,
    /// Whether a signal handler returns through it.
    is_interrupted: bool,
    has_length: bool,
    program: (usize, usize),
}

/// What is told of one function.
struct Described {
    shared: Shared,
    start: usize,
    program: (usize, usize),
}

impl Described {
    fn rules(&self, memory: &mut Memory, code: usize) -> Option<Rules> {
        let mut rules = NO_RULES;
        for (start, end) in [self.shared.program, self.program] {
            let mut from = Cursor::new(memory, start, end);
            let places = (self.start, code);
            rules = Program::new(&mut from, self.shared.factors, places, rules).run(rules)?;
        }
        Some(rules)
    }
}

/// The function that an address is in, found in the sorted table of a library.
fn described(memory: &mut Memory, table: usize, code: usize) -> Option<Described> {
    let mut from = Cursor::new(memory, table, usize::MAX);
    let [version, form] = [from.byte()?, from.byte()?];
    let [counted, sorted] = [from.byte()?, from.byte()?];
    if (version, counted, sorted) != (1, UNSIGNED_4, FROM_TABLE_4_SIGNED) {
        return None;
    }
    from.skip(size(form)?)?;
    let count = from.unsigned(4)?;
    let entries = from.at;
    let mut entry = |number: usize| {
        let mut from = Cursor::new(
            memory,
            entries.checked_add(number.checked_mul(8)?)?,
            usize::MAX,
        );
        let start = table.wrapping_add_signed(from.signed(4)?);
        Some((start, table.wrapping_add_signed(from.signed(4)?)))
    };
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if entry(middle)?.0 <= code {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let (_, at) = entry(low.checked_sub(1)?)?;
    function(memory, at, code)
}

fn function(memory: &mut Memory, at: usize, code: usize) -> Option<Described> {
    let mut from = part(memory, at)?;
    let here = from.at;
    let shared_at = here.checked_sub(from.unsigned(4)?)?;
    let (at, end) = (from.at, from.end);
    let shared = shared(memory, shared_at)?;
    let mut from = Cursor::new(memory, at, end);
    let start = address(&mut from, shared.form)?;
    let length = from.unsigned(size(shared.form)?)?;
    if !(start..start.checked_add(length)?).contains(&code) {
        return None;
    }
    if shared.has_length {
        let length = from.packed()?;
        from.skip(length)?;
    }
    let program = (from.at, from.end);
    Some(Described {
        shared,
        start,
        program,
    })
}

/// A part of the list: its length stands first.
fn part(memory: &mut Memory, at: usize) -> Option<Cursor<'_>> {
    const IS_LONG: usize = 0xFFFF_FFF0;
    let mut from = Cursor::new(memory, at, usize::MAX);
    let length = from.unsigned(4)?;
    from.end = from.at.checked_add(length)?;
    (length != 0 && length < IS_LONG).then_some(from)
}

fn shared(memory: &mut Memory, at: usize) -> Option<Shared> {
    let mut from = part(memory, at)?;
    let is_shared = from.unsigned(4)? == 0;
    let version = from.byte()?;
    if !is_shared || !matches!(version, 1 | 3) {
        return None;
    }
    let mut marks = [0; 8];
    let mut count = 0;
    loop {
        match from.byte()? {
            0 => break,
            mark => *marks.get_mut(count)? = mark,
        }
        count += 1;
    }
    let code = from.packed()?;
    let data = from.packed_signed()?;
    let returns = if version == 1 {
        from.byte()?.into()
    } else {
        from.packed()?
    };
    let mut shared = Shared {
        factors: Factors {
            code,
            data,
            address: 0,
        },
        returns: if returns < REGISTERS {
            returns
        } else {
            return None;
        },
        form: 0,
        is_interrupted: false,
        has_length: count > 0,
        program: (0, 0),
    };
    if count > 0 {
        shared.marked(&mut from, &marks[..count])?;
    }
    shared.factors.address = size(shared.form)?;
    shared.program = (from.at, from.end);
    Some(shared)
}

impl Shared {
    fn marked(&mut self, from: &mut Cursor<'_>, marks: &[u8]) -> Option<()> {
        let (b'z', marks) = marks.split_first()? else {
            return None;
        };
        let length = from.packed()?;
        let end = from.at.checked_add(length)?;
        for mark in marks {
            match mark {
                b'R' => self.form = from.byte()?,
                b'L' => from.skip(1)?,
                b'P' => {
                    let form = from.byte()?;
                    from.skip(size(form)?)?;
                }
                b'S' => self.is_interrupted = true,
                _ => {} // B, G: how return addresses and memory are marked
            }
        }
        from.at = end;
        (end <= from.end).then_some(())
    }
}

/// Bytes of an address that is written so.
fn size(form: u8) -> Option<usize> {
    match form & 0x0F {
        0x00 | 0x04 | 0x0C => Some(8),
        0x02 | 0x0A => Some(2),
        0x03 | 0x0B => Some(4),
        _ => None,
    }
}

fn address(from: &mut Cursor<'_>, form: u8) -> Option<usize> {
    let here = from.at;
    let number = from.signed(size(form)?)?;
    match form & 0xF0 {
        0 => Some(number.cast_unsigned()),
        FROM_HERE => Some(here.wrapping_add_signed(number)),
        _ => None,
    }
}
