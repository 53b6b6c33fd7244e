//! The registers by which a caller is found, by the numbers that compilers give them.

use std::arch::asm;

/// The stack, the place of the code, and how many there are.
#[cfg(target_arch = "x86_64")]
mod numbers {
    pub const STACK: usize = 7;
    pub const CODE: usize = 16;
    pub const REGISTERS: usize = 17;
}
#[cfg(target_arch = "aarch64")]
mod numbers {
    pub const STACK: usize = 31;
    /// A number of ours: it has none there.
    pub const CODE: usize = 32;
    pub const REGISTERS: usize = 33;
}
pub use numbers::{CODE, REGISTERS, STACK};

pub type Registers = [usize; REGISTERS];

/// Those of the function in which this stands, as far as calls keep them.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub fn here() -> Registers {
    let mut registers = [0; REGISTERS];
    // SAFETY: it writes to the list alone.
    unsafe {
        asm!(
            "mov [{to} + 24], rbx", "mov [{to} + 48], rbp", "mov [{to} + 56], rsp", "mov [{to} + 96], r12",
            "mov [{to} + 104], r13", "mov [{to} + 112], r14", "mov [{to} + 120], r15", "lea {code}, [rip]",
            "mov [{to} + 128], {code}",
            to = in(reg) registers.as_mut_ptr(), code = out(reg) _, options(nostack, preserves_flags),
        );
    }
    registers
}

/// Those of the function in which this stands, as far as calls keep them.
#[cfg(target_arch = "aarch64")]
#[inline(always)]
pub fn here() -> Registers {
    let mut registers = [0; REGISTERS];
    // SAFETY: it writes to the list alone.
    unsafe {
        asm!(
            "stp x19, x20, [{to}, #152]", "stp x21, x22, [{to}, #168]", "stp x23, x24, [{to}, #184]",
            "stp x25, x26, [{to}, #200]", "stp x27, x28, [{to}, #216]", "stp x29, x30, [{to}, #232]",
            "mov {code}, sp", "str {code}, [{to}, #248]", "adr {code}, .", "str {code}, [{to}, #256]",
            to = in(reg) registers.as_mut_ptr(), code = out(reg) _, options(nostack, preserves_flags),
        );
    }
    registers
}

/// An address of code without the mark by which it may be signed.
pub fn unsigned(address: usize) -> usize {
    if cfg!(target_arch = "aarch64") {
        address & ((1 << 48) - 1)
    } else {
        address
    }
}
