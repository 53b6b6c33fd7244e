//! Which code acts: that of the package, its layers and the runtime, or code that came from elsewhere.
//!
//! Sees:         code in files elsewhere (`/tmp`), text that was given to `exec` and `eval`, code objects that were
//!               read from bytes or sent along in a pickle, in each frame of the stack, on the main interpreter
//! Does not see: text that was compiled under a name of its own (`compile(text, "<name>", …)`) or of the package; code
//!               objects put into a function that was there (`f.__code__ = …`); text that a package of the list below was
//!               made to run; native code where the second wall does not stand, which sees libraries on the stack

mod made;
mod makers;
mod packaged;
mod place;
mod sdk;

use crate::arguments;
use crate::stack::{Frame, Owned};
use crate::wall;
use made::{made, note};
use makers::is_maker;
use place::{Place, place};
use pyo3::ffi::{self, PyObject};
pub(crate) use sdk::is_by_sdk;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, ThreadId};

/// Frames that are looked at: more than Python lets calls be nested, unless it is asked to.
const MOST_FRAMES: usize = 20_000;

/// How the names of the import system begin.
const IMPORTERS: [&[u8]; 2] = [b"<frozen importlib", b"<frozen zipimport"];

/// The thread that the program runs in; set once the guard is armed.
static MAIN: OnceLock<ThreadId> = OnceLock::new();
/// Whether the function has read a code object from bytes: from then on a name tells nothing.
static HAS_UNMARSHALLED: AtomicBool = AtomicBool::new(false);

fn held<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says where code of the package is. What runs now is the runtime's.
pub(crate) fn arm(roots: &[String]) {
    // SAFETY: called with the GIL held.
    unsafe { place::set_folders(roots) };
    sdk::keep_address();
    let _ = MAIN.set(thread::current().id());
    // SAFETY: called with the GIL held.
    unsafe {
        let mut next = Frame::innermost();
        while let Some(frame) = next {
            frame
                .code()
                .iter()
                .for_each(|code| note(code.pointer(), true));
            next = frame.back();
        }
    }
}

/// The file of the innermost code of the stack that is no part of the package: Python's, else a library's.
pub(crate) fn foreign() -> Option<Vec<u8>> {
    let main = *MAIN.get()?;
    // SAFETY: called with the GIL held.
    let innermost = unsafe { Frame::innermost() };
    let found = first_foreign(innermost, main == thread::current().id());
    // Where a package is may be known to Python alone.
    found.or_else(|| wall::foreign().filter(|file| place(file) != Place::Package))
}

/// The same of the stack of another thread, from its innermost frame.
pub(crate) fn foreign_in(innermost: Option<Frame>) -> Option<Vec<u8>> {
    MAIN.get()?;
    first_foreign(innermost, false)
}

fn first_foreign(mut next: Option<Frame>, is_main_thread: bool) -> Option<Vec<u8>> {
    for _ in 0..MOST_FRAMES {
        let frame = next?;
        if let Some(file) = foreign_file(&frame, is_main_thread) {
            return Some(file);
        }
        next = frame.back();
    }
    None
}

fn foreign_file(frame: &Frame, is_main_thread: bool) -> Option<Vec<u8>> {
    let code = frame.code()?;
    let is_main = is_main_interpreter();
    if is_main && packaged::is_known(code.pointer()) {
        return None;
    }
    let file = code.text(c"co_filename")?;
    let place = place(&file);
    if place == Place::Package {
        if is_main {
            // SAFETY: called with the GIL held, by code of this interpreter.
            unsafe { packaged::remember(code.pointer()) };
        }
        return None;
    }
    let made = if is_main { made(code.pointer()) } else { None };
    let is_foreign = match place {
        Place::Package => false,
        Place::Elsewhere => made != Some(true),
        Place::Unnamed => {
            is_main && made != Some(true) && !(is_main_thread && is_program(frame, &code))
        }
        Place::Named => made == Some(false),
    };
    is_foreign.then_some(file)
}

/// `python -c`: it is what the main thread was started with.
fn is_program(frame: &Frame, code: &Owned) -> bool {
    frame.back().is_none()
        && code
            .text(c"co_name")
            .is_some_and(|name| name == b"<module>")
}

pub(crate) fn is_main_interpreter() -> bool {
    // SAFETY: the GIL is held, so there is a current interpreter.
    unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) == 0 }
}

/// A code object is about to be run, or made a function of: whose is it?
///
/// # Safety
/// The object is live and the GIL is held.
pub(crate) unsafe fn begins(code: *mut PyObject) {
    unsafe {
        ffi::Py_IncRef(code);
        let Some(held) = Owned::new(code) else { return };
        let Some(file) = held.text(c"co_filename") else {
            return;
        };
        let place = place(&file);
        if place == Place::Package || MAIN.get().is_none() || !is_main_interpreter() {
            return;
        }
        let Some(frame) = Frame::innermost() else {
            return;
        };
        let maker = frame.file().unwrap_or_default();
        let is_trusted = || is_maker(&maker) && self::place(&maker) == Place::Package;
        match place {
            Place::Package => {}
            Place::Elsewhere if is_importer(&maker) => {
                if module_file(&frame).is_some_and(|file| self::place(&file) == Place::Package) {
                    note(code, true); // compiled elsewhere, deployed here
                }
            }
            Place::Unnamed | Place::Elsewhere => {
                if is_trusted() {
                    note(code, true);
                }
            }
            Place::Named => {
                if HAS_UNMARSHALLED.load(Ordering::Relaxed) && !is_importer(&maker) && !is_trusted()
                {
                    note(code, false);
                }
            }
        }
    }
}

fn is_importer(file: &[u8]) -> bool {
    IMPORTERS.iter().any(|start| file.starts_with(start))
}

/// The file of the module that the import system is about to run: `_call_with_frames_removed(exec, code, names)`.
unsafe fn module_file(frame: &Frame) -> Option<Vec<u8>> {
    let locals = frame.0.attribute(c"f_locals")?;
    unsafe {
        let args = Owned::new(ffi::PyMapping_GetItemString(
            locals.pointer(),
            c"args".as_ptr(),
        ));
        let Some(args) = args else {
            ffi::PyErr_Clear();
            return None;
        };
        let names = if ffi::PyTuple_Check(args.pointer()) == 0 {
            return None;
        } else {
            arguments::item(args.pointer(), 1)
        };
        arguments::entry(names, c"__file__")
    }
}

/// Bytes are about to be read as objects: by the import system, by whom keeps code of its own, or by the function.
///
/// # Safety
/// `bytes` is null, where a file is read, or live; the GIL is held.
pub(crate) unsafe fn unmarshals(bytes: *mut PyObject) {
    if HAS_UNMARSHALLED.load(Ordering::Relaxed) {
        return;
    }
    let file = unsafe { Frame::innermost() }.and_then(|frame| frame.file());
    let is_usual = |file: &Vec<u8>| is_importer(file) || is_maker(file);
    if file.is_none_or(|file| is_usual(&file)) {
        return;
    }
    // A code object begins so, with or without the mark of one that is referred to.
    let is_code = bytes.is_null()
        || unsafe { arguments::bytes(bytes) }
            .and_then(|bytes| bytes.first().copied())
            .is_some_and(|first| first & 0x7F == b'c');
    HAS_UNMARSHALLED.fetch_or(is_code, Ordering::Relaxed);
}
