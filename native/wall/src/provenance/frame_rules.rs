//! How the registers of a caller are found, as compilers write it down for each instruction (DWARF, call frames).
//!
//! Total: what is unknown, broken or not there ends it.

use super::memory::{Cursor, Memory};
use super::registers::{REGISTERS, Registers};

/// States that are put aside at a time.
const MOST_KEPT: usize = 4;
/// Values of an expression at a time, and its steps.
const DEEPEST: usize = 8;
const MOST_STEPS: usize = 64;

/// Where the value of a caller's register is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Where it is now.
    Same,
    Undefined,
    /// In memory, so far from the frame.
    At(isize),
    /// It is the frame's place and so much.
    Value(isize),
    In(usize),
    /// In memory, where the expression at this place says.
    AtExpression(usize),
    Expression(usize),
}

/// The place of a frame.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    From(usize, isize),
    Expression(usize),
}

/// What is true at one instruction.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    pub place: Place,
    pub registers: [Rule; REGISTERS],
}

pub const NO_RULES: Rules = Rules {
    place: Place::From(usize::MAX, 0),
    registers: [Rule::Same; REGISTERS],
};

/// What all instructions of a list share.
#[derive(Debug, Clone, Copy)]
pub struct Factors {
    pub code: usize,
    pub data: isize,
    /// Bytes of an address in the list.
    pub address: usize,
}

/// A list of instructions, which is carried out up to one place of the code.
pub struct Program<'a, 'b> {
    pub from: &'a mut Cursor<'b>,
    pub factors: Factors,
    /// Where the rules are true from, so far.
    pub now: usize,
    /// Up to which place.
    pub until: usize,
    pub first: Rules,
    kept: [Rules; MOST_KEPT],
    kept_count: usize,
}

impl<'a, 'b> Program<'a, 'b> {
    pub fn new(
        from: &'a mut Cursor<'b>,
        factors: Factors,
        (now, until): (usize, usize),
        first: Rules,
    ) -> Program<'a, 'b> {
        Program {
            from,
            factors,
            now,
            until,
            first,
            kept: [NO_RULES; MOST_KEPT],
            kept_count: 0,
        }
    }

    /// Carries it out.
    pub fn run(mut self, mut rules: Rules) -> Option<Rules> {
        while !self.from.is_over() {
            let instruction = self.from.byte()?;
            let low = usize::from(instruction & 0x3F);
            match instruction >> 6 {
                1 => self.advance(low)?,
                2 => {
                    let offset = self.offset()?;
                    put(&mut rules, low, Rule::At(offset));
                }
                3 => put(&mut rules, low, rule_of(&self.first, low)),
                _ => self.extended(instruction, &mut rules)?,
            }
            if self.now > self.until {
                break;
            }
        }
        Some(rules)
    }

    fn advance(&mut self, by: usize) -> Option<()> {
        self.now = self.now.checked_add(by.checked_mul(self.factors.code)?)?;
        Some(())
    }

    /// The next number, unsigned, as a distance.
    fn offset(&mut self) -> Option<isize> {
        isize::try_from(self.from.packed()?)
            .ok()?
            .checked_mul(self.factors.data)
    }

    fn signed_offset(&mut self) -> Option<isize> {
        self.from.packed_signed()?.checked_mul(self.factors.data)
    }

    fn extended(&mut self, instruction: u8, rules: &mut Rules) -> Option<()> {
        match instruction {
            0x00 => {}
            0x01 => self.now = self.from.unsigned(self.factors.address)?,
            0x02..=0x04 => {
                let by = self.from.unsigned(1 << (instruction - 2))?;
                self.advance(by)?;
            }
            0x0A => {
                *self.kept.get_mut(self.kept_count)? = *rules;
                self.kept_count += 1;
            }
            0x0B => {
                self.kept_count = self.kept_count.checked_sub(1)?;
                *rules = self.kept[self.kept_count];
            }
            0x0C..=0x0F | 0x12 | 0x13 => rules.place = self.place(instruction, rules.place)?,
            0x2D => {} // whether the return address is signed: the mark is taken off anyway
            0x2E => {
                self.from.packed()?; // the size of arguments on the stack
            }
            _ => self.register(instruction, rules)?,
        }
        Some(())
    }

    fn place(&mut self, instruction: u8, before: Place) -> Option<Place> {
        Some(match (instruction, before) {
            (0x0C, _) => Place::From(self.from.packed()?, self.plain()?),
            (0x12, _) => Place::From(self.from.packed()?, self.signed_offset()?),
            (0x0D, Place::From(_, offset)) => Place::From(self.from.packed()?, offset),
            (0x0E, Place::From(register, _)) => Place::From(register, self.plain()?),
            (0x13, Place::From(register, _)) => Place::From(register, self.signed_offset()?),
            (0x0F, _) => Place::Expression(self.expression()?),
            _ => return None,
        })
    }

    /// The next number, as it is.
    fn plain(&mut self) -> Option<isize> {
        isize::try_from(self.from.packed()?).ok()
    }

    /// Where an expression begins; it is passed over.
    fn expression(&mut self) -> Option<usize> {
        let at = self.from.at;
        let length = self.from.packed()?;
        self.from.skip(length)?;
        Some(at)
    }

    fn register(&mut self, instruction: u8, rules: &mut Rules) -> Option<()> {
        let register = self.from.packed()?;
        let rule = match instruction {
            0x05 => Rule::At(self.offset()?),
            0x06 => rule_of(&self.first, register),
            0x07 => Rule::Undefined,
            0x08 => Rule::Same,
            0x09 => Rule::In(self.from.packed()?),
            0x10 => Rule::AtExpression(self.expression()?),
            0x11 => Rule::At(self.signed_offset()?),
            0x14 => Rule::Value(self.offset()?),
            0x15 => Rule::Value(self.signed_offset()?),
            0x16 => Rule::Expression(self.expression()?),
            _ => return None,
        };
        put(rules, register, rule);
        Some(())
    }
}

/// Registers that are not kept, as those of numbers with points, lead to no caller.
fn put(rules: &mut Rules, register: usize, rule: Rule) {
    if let Some(place) = rules.registers.get_mut(register) {
        *place = rule;
    }
}

fn rule_of(rules: &Rules, register: usize) -> Rule {
    rules.registers.get(register).copied().unwrap_or(Rule::Same)
}

/// The value of an expression, whose length stands at its place.
pub fn value(
    memory: &mut Memory,
    at: usize,
    registers: &Registers,
    first: Option<usize>,
) -> Option<usize> {
    let mut from = Cursor::new(memory, at, usize::MAX);
    let length = from.packed()?;
    from.end = from.at.checked_add(length)?;
    let mut stack = Stack {
        values: [0; DEEPEST],
        count: 0,
    };
    first.map_or(Some(()), |first| stack.push(first))?;
    for _ in 0..MOST_STEPS {
        if from.is_over() {
            return stack.pop();
        }
        step(&mut from, &mut stack, registers)?;
    }
    None
}

struct Stack {
    values: [usize; DEEPEST],
    count: usize,
}

impl Stack {
    fn push(&mut self, value: usize) -> Option<()> {
        *self.values.get_mut(self.count)? = value;
        self.count += 1;
        Some(())
    }

    fn pop(&mut self) -> Option<usize> {
        self.count = self.count.checked_sub(1)?;
        Some(self.values[self.count])
    }
}

fn step(from: &mut Cursor<'_>, stack: &mut Stack, registers: &Registers) -> Option<()> {
    let operation = from.byte()?;
    let value = match operation {
        0x06 => {
            let at = stack.pop()?;
            from.memory().word(at)?
        }
        0x08 | 0x0A | 0x0C | 0x0E => from.unsigned(1 << ((operation - 0x08) / 2))?,
        0x09 | 0x0B | 0x0D | 0x0F => from.signed(1 << ((operation - 0x09) / 2))?.cast_unsigned(),
        0x10 => from.packed()?,
        0x11 => from.packed_signed()?.cast_unsigned(),
        0x23 => stack.pop()?.wrapping_add(from.packed()?),
        0x1A | 0x1C | 0x22 | 0x24 | 0x2A => {
            let (second, first) = (stack.pop()?, stack.pop()?);
            of_two(operation, first, second)
        }
        0x30..=0x4F => usize::from(operation - 0x30),
        0x70..=0x8F => {
            let register = registers.get(usize::from(operation - 0x70)).copied()?;
            register.wrapping_add_signed(from.packed_signed()?)
        }
        _ => return None,
    };
    stack.push(value)
}

fn of_two(operation: u8, first: usize, second: usize) -> usize {
    match operation {
        0x1A => first & second,
        0x1C => first.wrapping_sub(second),
        0x22 => first.wrapping_add(second),
        0x24 => u32::try_from(second).map_or(0, |by| first.checked_shl(by).unwrap_or(0)),
        _ => usize::from(first.cast_signed() >= second.cast_signed()),
    }
}
