//! Connections that another process hands over: to take one is judged as to make it.
//!
//! Does not see: what is taken by `pidfd_getfd` or machine code; sockets of datagrams that have no peer

use super::network;
use crate::kernel;
use crate::real::{self, ECONNREFUSED};
use crate::wall::wall;
use std::ffi::{c_int, c_uint, c_void};

const SOL_SOCKET: c_int = 1;
const SCM_RIGHTS: c_int = 1;
const WORD: usize = size_of::<usize>();
/// Bytes of a `struct cmsghdr` (a length, a level, a kind); each begins at a multiple of a word.
const HEADER: usize = WORD + 8;

/// `struct msghdr`.
#[repr(C)]
struct Message {
    _address: *mut c_void,
    _length: c_uint,
    _vectors: *mut c_void,
    _count: usize,
    control: *const u8,
    size: usize,
    _flags: c_int,
}

/// `struct mmsghdr`.
#[repr(C)]
struct Counted {
    message: Message,
    _length: c_uint,
}

/// Descriptors that came with what was received.
fn handed_over(control: &[u8], take: &mut impl FnMut(c_int)) {
    let mut rest = control;
    while let Some((length, head)) = rest.split_first_chunk::<WORD>() {
        let length = usize::from_ne_bytes(*length);
        let (Some(head), Some(data)) = (head.first_chunk::<8>(), rest.get(HEADER..length)) else {
            return;
        };
        if numbers(head).eq([SOL_SOCKET, SCM_RIGHTS]) {
            numbers(data).for_each(&mut *take);
        }
        rest = rest
            .get(length.next_multiple_of(WORD)..)
            .unwrap_or_default();
    }
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = c_int> {
    let each = bytes.chunks_exact(size_of::<c_int>());
    each.filter_map(|one| Some(c_int::from_ne_bytes(one.try_into().ok()?)))
}

/// Whether what came may be kept; if not, all that was handed over is closed.
///
/// # Safety
/// The message was filled by the kernel.
unsafe fn admits(message: &Message) -> bool {
    if message.control.is_null() || message.size < HEADER || wall().is_none() {
        return true;
    }
    // SAFETY: the kernel says how much of the room it has filled.
    let control = unsafe { std::slice::from_raw_parts(message.control, message.size) };
    let mut are_admitted = true;
    handed_over(control, &mut |one| {
        are_admitted = are_admitted && network::admits_peer(one);
    });
    if !are_admitted {
        handed_over(control, &mut kernel::close);
    }
    are_admitted
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn recvmsg(socket: c_int, message: *mut c_void, flags: c_int) -> isize {
    // SAFETY: the arguments are the caller's, passed on as they are; what came is in the message.
    unsafe {
        let got = real::recvmsg(socket, message, flags);
        if got >= 0
            && !message
                .cast::<Message>()
                .as_ref()
                .is_none_or(|one| admits(one))
        {
            real::set_errno(ECONNREFUSED);
            return -1;
        }
        got
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn recvmmsg(
    socket: c_int,
    messages: *mut c_void,
    count: c_uint,
    flags: c_int,
    timeout: *mut c_void,
) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are; so many messages were filled as the answer says.
    unsafe {
        let got = real::recvmmsg(socket, messages, count, flags, timeout);
        let filled = usize::try_from(got).unwrap_or(0);
        let each = |at: usize| messages.cast::<Counted>().wrapping_add(at);
        let mut are_admitted = true;
        for at in 0..filled {
            are_admitted &= each(at).as_ref().is_none_or(|one| admits(&one.message));
        }
        if !are_admitted {
            real::set_errno(ECONNREFUSED);
            return -1;
        }
        got
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(length: usize, kind: c_int) -> Vec<u8> {
        let words = [
            &length.to_ne_bytes()[..],
            &SOL_SOCKET.to_ne_bytes(),
            &kind.to_ne_bytes(),
        ];
        words.concat()
    }

    fn found(control: &[u8]) -> Vec<c_int> {
        let mut all = Vec::new();
        handed_over(control, &mut |one| all.push(one));
        all
    }

    #[test]
    fn what_is_handed_over_is_found_among_other_messages() {
        let one = [header(HEADER + 4, SCM_RIGHTS), vec![7, 0, 0, 0, 0, 0, 0, 0]].concat();
        let two = [header(HEADER + 8, SCM_RIGHTS), vec![8, 0, 0, 0, 9, 0, 0, 0]].concat();
        let other = [header(HEADER + 4, 2), vec![5; 8]].concat();
        assert_eq!(found(&one), [7]);
        assert_eq!(
            found(&[other.clone(), two, one.clone()].concat()),
            [8, 9, 7]
        );
        assert!(found(&other).is_empty());
        for wrong in [
            &one[..HEADER + 2],
            &header(0, SCM_RIGHTS),
            &header(usize::MAX, SCM_RIGHTS),
            &[],
        ] {
            assert!(found(wrong).is_empty(), "{wrong:?}");
        }
    }
}
