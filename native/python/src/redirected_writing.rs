//! `os.write`, `os.writev` and `os.sendfile`: what they give to a socket is sent as by the socket itself.
//!
//! Does not see: `os.splice`

use crate::arguments;
use crate::lent::{MOST_COPIED, Several};
use crate::method_table::{Redirect, original};
use crate::outgoing::Way;
use crate::peer;
use crate::redirected::{WithNames, WithWords, named};
use crate::redirected_methods::with_one;
use crate::sending::send_by;
use crate::stack::Owned;
use pyo3::ffi::{self, PyObject};
use std::ffi::{CStr, c_int, c_void};
use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::os::unix::fs::FileExt;
use std::ptr::null_mut;
use std::sync::atomic::AtomicPtr;

static WRITE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static WRITE_SEVERAL: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static SEND_FILE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

pub(crate) fn redirects() -> [Redirect; 3] {
    let with_words = |name, original, ours: WithWords| Redirect {
        with_words: ours as *const c_void,
        ..Redirect::of(c"posix", name, original)
    };
    [
        with_words("write", &WRITE, write),
        with_words("writev", &WRITE_SEVERAL, write_several),
        Redirect {
            with_names: send_file as WithNames as *const c_void,
            ..Redirect::of(c"posix", "sendfile", &SEND_FILE)
        },
    ]
}

/// A whole number as it is asked for once; none with an exception where it is none.
unsafe fn number(object: *mut PyObject) -> Option<Owned> {
    unsafe { Owned::new(ffi::PyNumber_Index(object)) }
}

/// The descriptor that a number is, where that is a socket.
unsafe fn socket(number: &Owned) -> Option<c_int> {
    let descriptor = c_int::try_from(unsafe { arguments::integer(number.pointer()) }).ok()?;
    peer::identity(descriptor).map(|_| descriptor)
}

/// SAFETY, of this function and the ones below: CPython calls each as it would call the original, with the GIL held.
unsafe extern "C" fn write(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
) -> *mut PyObject {
    unsafe {
        let call = original::<WithWords>(&WRITE);
        if count != 2 {
            return call(module, words, count); // fails by itself
        }
        let Some(at) = number(*words) else {
            return null_mut();
        };
        let data = *words.add(1);
        let onward = |data| call(module, [at.pointer(), data].as_ptr(), 2);
        match socket(&at) {
            Some(socket) => with_one(Way::Socket(socket), data, onward),
            None => onward(data),
        }
    }
}

unsafe extern "C" fn write_several(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
) -> *mut PyObject {
    unsafe {
        let call = original::<WithWords>(&WRITE_SEVERAL);
        if count != 2 {
            return call(module, words, count);
        }
        let Some(at) = number(*words) else {
            return null_mut();
        };
        let data = *words.add(1);
        let onward = |data| call(module, [at.pointer(), data].as_ptr(), 2);
        // All else than a sequence it refuses itself.
        let Some(socket) = socket(&at).filter(|_| ffi::PySequence_Check(data) != 0) else {
            return onward(data);
        };
        match Several::read(data, c"writev() arg 2 must be a sequence") {
            Some(several) => send_by(Way::Socket(socket), None, &several.bytes, false, || {
                onward(several.list())
            }),
            None => null_mut(),
        }
    }
}

/// What `os.sendfile` is given on Linux.
const NAMES: [&CStr; 4] = [c"out_fd", c"in_fd", c"offset", c"count"];

/// Its arguments, each asked for once. Where one is not given the call fails by itself; none where one is wrong, with an
/// exception.
unsafe fn given(
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> Result<[Owned; 4], Option<()>> {
    let of = |place: isize| unsafe {
        let one = if place < count {
            *words.offset(place)
        } else {
            named(NAMES[place.unsigned_abs()], words, count, names)
        };
        if one.is_null() {
            return Err(Some(()));
        }
        if one == ffi::Py_None() {
            ffi::Py_IncRef(one);
            return Owned::new(one).ok_or(None);
        }
        number(one).ok_or(None)
    };
    Ok([of(0)?, of(1)?, of(2)?, of(3)?])
}

/// Of a file a part is read and sent: what is looked at is what goes out, whoever changes the file.
unsafe extern "C" fn send_file(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        let call = original::<WithNames>(&SEND_FILE);
        let [to, from, offset, size] = match given(words, count, names) {
            Ok(given) => given,
            Err(Some(())) => return call(module, words, count, names),
            Err(None) => return null_mut(),
        };
        let onward = || {
            let words = [&to, &from, &offset, &size].map(Owned::pointer);
            call(module, words.as_ptr(), 4, null_mut())
        };
        let Some(socket) = socket(&to) else {
            return onward();
        };
        match read(&from, &offset, &size) {
            Some((bytes, moves)) => send_read(module, &to, socket, &bytes, moves),
            None => onward(), // what cannot be read so cannot be sent so
        }
    }
}

/// A part of a file from some place on, and the file where its own place moves on.
unsafe fn read(from: &Owned, offset: &Owned, size: &Owned) -> Option<(Vec<u8>, Option<c_int>)> {
    unsafe {
        let descriptor = c_int::try_from(arguments::integer(from.pointer())).ok()?;
        if descriptor < 0 {
            return None;
        }
        let file = ManuallyDrop::new(File::from_raw_fd(descriptor));
        let moves = offset.pointer() == ffi::Py_None();
        let at = if moves {
            std::io::Seek::stream_position(&mut &*file).ok()?
        } else {
            u64::try_from(arguments::integer(offset.pointer())).ok()?
        };
        let size = usize::try_from(arguments::integer(size.pointer())).ok()?;
        let mut bytes = vec![0; size.min(MOST_COPIED)];
        let length = file.read_at(&mut bytes, at).ok()?;
        bytes.truncate(length);
        Some((bytes, moves.then_some(descriptor)))
    }
}

/// Sends what was read by `os.write`, which waits, goes on after signals and fails as `os.sendfile` does.
unsafe fn send_read(
    module: *mut PyObject,
    to: &Owned,
    socket: c_int,
    bytes: &[u8],
    moves: Option<c_int>,
) -> *mut PyObject {
    unsafe {
        if bytes.is_empty() {
            return ffi::PyLong_FromLong(0); // its end
        }
        let Some(copy) = Owned::new(crate::lent::copy(bytes)) else {
            return null_mut();
        };
        let answer = send_by(
            Way::Socket(socket),
            None,
            crate::lent::copied(copy.pointer()),
            false,
            || {
                let words = [to.pointer(), copy.pointer()];
                original::<WithWords>(&WRITE)(module, words.as_ptr(), 2)
            },
        );
        if let (Some(file), false) = (moves, answer.is_null()) {
            let file = ManuallyDrop::new(File::from_raw_fd(file));
            let by = arguments::integer(answer);
            let _ = std::io::Seek::seek(&mut &*file, std::io::SeekFrom::Current(by));
        }
        answer
    }
}
