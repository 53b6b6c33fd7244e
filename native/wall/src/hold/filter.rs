//! The filter of system calls: a program of the kernel's own small machine, which answers to each call of this process
//! and of all below it.
//!
//! It refuses what would undo the walls (other processes' memory, other mounts, another kernel), what acts without a
//! call (`io_uring`), and, where no program is listed, starting any. All else passes. What asks by the numbers of
//! another architecture is answered alike; what has no numbers here is no call.

use super::numbers::{NEW_MOUNTS, Numbers, RING, SHORT_POINTERS, SOCKETCALL, X86_64};
use crate::real::{EACCES, ENOSYS};
use std::ffi::c_int;

const EPERM: c_int = 1;
pub const EOPNOTSUPP: c_int = 95;
const EPROTONOSUPPORT: c_int = 93;

const MSG_FASTOPEN: u32 = 0x2000_0000;
const IPPROTO_MPTCP: u32 = 262;

/// What is refused beyond what would undo the walls.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// No program may be started.
    pub no_starts: bool,
    /// TCP by ports: no connection without `connect`, no protocol whose connections the kernel does not look at.
    pub ports: bool,
}

/// One instruction (`struct sock_filter`).
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instruction {
    code: u16,
    if_true: u8,
    if_false: u8,
    value: u32,
}

const LOAD: u16 = 0x20; // a word of the call
const EQUAL: u16 = 0x15;
const AT_LEAST: u16 = 0x35;
const HAS_BITS: u16 = 0x45;
const ANSWER: u16 = 0x06;
/// Where in the call its number, its architecture, and the lower half of an argument stand.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const fn argument(at: u32) -> u32 {
    16 + 8 * at
}

const PASS: u32 = 0x7FFF_0000;
const fn failing(errno: c_int) -> u32 {
    0x0005_0000 | errno.unsigned_abs()
}

const fn one(code: u16, value: u32, if_true: u8, if_false: u8) -> Instruction {
    Instruction {
        code,
        if_true,
        if_false,
        value,
    }
}

/// The filter.
#[must_use]
pub fn filter(asked: Asked, all: &[Numbers]) -> Vec<Instruction> {
    let mut out = vec![one(LOAD, ARCHITECTURE, 0, 0)];
    for numbers in all {
        let body = calls(asked, numbers);
        // Over the body, which is longer than a jump may be: by an answer that is jumped to from here.
        out.push(one(EQUAL, numbers.architecture, 1, 0));
        out.push(Instruction {
            code: 0x05, // a jump of any length
            if_true: 0,
            if_false: 0,
            value: u32::try_from(body.len()).unwrap_or(0),
        });
        out.extend(body);
    }
    out.push(one(ANSWER, failing(ENOSYS), 0, 0));
    out
}

/// What is answered to the calls of one architecture.
fn calls(asked: Asked, numbers: &Numbers) -> Vec<Instruction> {
    let mut out = vec![one(LOAD, NUMBER, 0, 0)];
    let mut refuse = |number: u32, errno: c_int| {
        out.push(one(EQUAL, number, 0, 1));
        out.push(one(ANSWER, failing(errno), 0, 0));
    };
    RING.iter().for_each(|number| refuse(*number, ENOSYS));
    let undoing = numbers.undoing.iter().chain(&NEW_MOUNTS);
    undoing.for_each(|number| refuse(*number, EPERM));
    if asked.no_starts {
        numbers
            .starts
            .iter()
            .for_each(|number| refuse(*number, EACCES));
    }
    if asked.ports {
        if numbers.architecture == SOCKETCALL.0 {
            refuse(SOCKETCALL.1, ENOSYS);
        }
        let [socket, sendto, sendmsg, sendmmsg] = numbers.sockets;
        out.extend(looked_at(
            socket,
            2,
            one(EQUAL, IPPROTO_MPTCP, 0, 1),
            EPROTONOSUPPORT,
        ));
        for (number, flags) in [(sendto, 3), (sendmsg, 2), (sendmmsg, 3)] {
            out.extend(looked_at(
                number,
                flags,
                one(HAS_BITS, MSG_FASTOPEN, 0, 1),
                EOPNOTSUPP,
            ));
        }
    }
    if numbers.architecture == X86_64.architecture {
        out.push(one(AT_LEAST, SHORT_POINTERS, 0, 1));
        out.push(one(ANSWER, failing(ENOSYS), 0, 0));
    }
    out.push(one(ANSWER, PASS, 0, 0));
    out
}

/// A call that is refused for one of its arguments.
fn looked_at(number: u32, at: u32, condition: Instruction, errno: c_int) -> [Instruction; 5] {
    [
        one(EQUAL, number, 0, 4),
        one(LOAD, argument(at), 0, 0),
        condition,
        one(ANSWER, failing(errno), 0, 0),
        one(ANSWER, PASS, 0, 0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hold::numbers::{AARCH64, ARM, I386, OF_ARM, OF_INTEL};

    /// What the kernel's machine answers to a call: 0 where it passes.
    fn answer(program: &[Instruction], architecture: u32, number: u32, arguments: [u32; 6]) -> u32 {
        let (mut at, mut word) = (0, 0);
        loop {
            let Instruction {
                code,
                if_true,
                if_false,
                value,
            } = program[at];
            at += 1;
            let is_so = match code {
                LOAD => {
                    word = match value {
                        NUMBER => number,
                        ARCHITECTURE => architecture,
                        at => arguments[(at as usize - 16) / 8],
                    };
                    continue;
                }
                0x05 => {
                    at += value as usize;
                    continue;
                }
                ANSWER => return if value == PASS { 0 } else { value & 0xFFFF },
                EQUAL => word == value,
                AT_LEAST => word >= value,
                HAS_BITS => word & value != 0,
                _ => panic!("{code:#x}"),
            };
            at += usize::from(if is_so { if_true } else { if_false });
        }
    }

    #[test]
    fn each_call_is_answered_as_the_table_says() {
        let bare = Asked::default();
        let all = Asked {
            no_starts: true,
            ports: true,
        };
        let none = [0; 6];
        let third = |value: u32| [0, 0, value, 0, 0, 0];
        let fourth = |value: u32| [0, 0, 0, value, 0, 0];
        let (x, i) = (X86_64.architecture, I386.architecture);
        let rows = [
            (bare, x, 0, none, 0),  // read
            (bare, x, 59, none, 0), // execve
            (all, x, 59, none, EACCES),
            (all, x, 322, none, EACCES),
            (all, i, 11, none, EACCES),
            (all, x, 11, none, 0),        // munmap there
            (bare, x, 425, none, ENOSYS), // io_uring_setup
            (bare, i, 425, none, ENOSYS),
            (bare, x, 101, none, EPERM), // ptrace
            (bare, x, 310, none, EPERM),
            (bare, x, 323, none, EPERM), // userfaultfd
            (bare, x, 442, none, EPERM), // mount_setattr
            (bare, x, 257, none, 0),     // openat
            (bare, x, 435, none, 0),     // clone3
            (bare, x, 272, none, 0),     // unshare
            (bare, x, SHORT_POINTERS | 59, none, ENOSYS),
            (bare, 0xC000_0015, 59, none, ENOSYS), // another machine's
            (bare, x, 41, third(IPPROTO_MPTCP), 0),
            (all, x, 41, third(IPPROTO_MPTCP), EPROTONOSUPPORT),
            (all, x, 41, third(6), 0),
            (all, x, 44, fourth(MSG_FASTOPEN | 1), EOPNOTSUPP),
            (all, x, 44, fourth(0x4000), 0),
            (all, x, 46, third(MSG_FASTOPEN), EOPNOTSUPP),
            (all, x, 307, fourth(MSG_FASTOPEN), EOPNOTSUPP),
            (all, x, 42, none, 0),       // connect
            (all, i, 102, none, ENOSYS), // socketcall
            (bare, i, 102, none, 0),
        ];
        for (asked, architecture, number, arguments, expected) in rows {
            let told = answer(&filter(asked, &OF_INTEL), architecture, number, arguments);
            assert_eq!(
                told,
                expected.unsigned_abs(),
                "{asked:?} {architecture:#x} {number}"
            );
        }
    }

    #[test]
    fn other_machines_have_their_own_numbers() {
        let all = Asked {
            no_starts: true,
            ports: true,
        };
        let program = filter(all, &OF_ARM);
        for (architecture, number, expected) in [
            (AARCH64.architecture, 221, EACCES),
            (AARCH64.architecture, 117, EPERM),
            (AARCH64.architecture, 59, 0),
            (AARCH64.architecture, 102, 0),
            (ARM.architecture, 11, EACCES),
            (ARM.architecture, 388, EPERM),
            (X86_64.architecture, 59, ENOSYS),
        ] {
            let told = answer(&program, architecture, number, [0; 6]);
            assert_eq!(told, expected.unsigned_abs(), "{architecture:#x} {number}");
        }
    }
}
