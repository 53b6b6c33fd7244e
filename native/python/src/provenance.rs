//! Which code acts: that of the package, its layers and the runtime, or code that came from elsewhere.
//!
//! Sees:         code in files elsewhere (`/tmp`), text that was given to `exec` and `eval`, code objects that were
//!               read from bytes or sent along in a pickle, in each frame of the stack, on the main interpreter
//! Does not see: text that was compiled under a name of its own (`compile(text, "<name>", …)`) or of the package; code
//!               objects put into a function that was there (`f.__code__ = …`); text that a package of the list below was
//!               made to run; native code

use crate::arguments;
use crate::stack::{Frame, Owned};
use hauberk_system::paths;
use pyo3::ffi::{self, PyObject};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, ThreadId};

/// Frames that are looked at: more than Python lets calls be nested, unless it is asked to.
const MOST_FRAMES: usize = 20_000;
/// Names that are remembered.
const MOST_NAMES: usize = 4_096;
/// How deep code stands in code.
const MOST_NESTED: u8 = 20;

/// Names of code that has none.
const UNNAMED: [&[u8]; 4] = [b"<string>", b"<stdin>", b"<console>", b""];
/// How the names of the import system begin.
const IMPORTERS: [&[u8]; 2] = [b"<frozen importlib", b"<frozen zipimport"];
/// Files that make code of their own, and run it: methods of classes, functions of templates.
const MAKERS: [&[u8]; 24] = [
    b"/attr/_make.py",
    b"/beartype/_util/func/utilfuncmake.py",
    b"/boltons/funcutils.py",
    b"/bottle.py",
    b"/cattrs/gen/__init__.py",
    b"/collections/__init__.py",
    b"/dataclasses.py",
    b"/decorator.py",
    b"/fastjsonschema/__init__.py",
    b"/jinja2/bccache.py",
    b"/jinja2/environment.py",
    b"/makefun/main.py",
    b"/mako/template.py",
    b"/mashumaro/core/meta/code/builder.py",
    b"/multiprocessing/managers.py",
    b"/networkx/utils/decorators.py",
    b"/scipy/_lib/decorator.py",
    b"/serde/core.py",
    b"/site.py",
    b"/sqlalchemy/orm/instrumentation.py",
    b"/sqlalchemy/util/langhelpers.py",
    b"/sympy/utilities/lambdify.py",
    b"/tornado/template.py",
    b"/torch/fx/graph_module.py",
];

/// Where code is from, by the name of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Package,
    Elsewhere,
    Unnamed,
    /// A name that is no file's: it tells who made it (`<attrs generated init app.A>`).
    Named,
}

/// A code object that was made while the function runs, and whether the package made it.
struct Made {
    /// Its weak reference, which tells whether it still lives: another one may come to stand in its place.
    weak: usize,
    is_own: bool,
}

/// Where code of the package is, and the thread that the program runs in.
struct Home {
    folders: Vec<Vec<u8>>,
    thread: ThreadId,
}

static HOME: OnceLock<Home> = OnceLock::new();
static NAMES: Mutex<Option<HashMap<Vec<u8>, Place>>> = Mutex::new(None);
static MADE: Mutex<Option<HashMap<usize, Made>>> = Mutex::new(None);
/// Whether the function has read a code object from bytes: from then on a name tells nothing.
static HAS_UNMARSHALLED: AtomicBool = AtomicBool::new(false);

unsafe extern "C" {
    /// Of CPython up to 3.14 at least; deprecated there.
    fn PyWeakref_GetObject(weak: *mut PyObject) -> *mut PyObject;
}

fn held<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says where code of the package is: the roots, and what `PYTHONPATH` names, which whoever configures the function
/// chose. What runs now is the runtime's.
pub(crate) fn arm(roots: &[String]) {
    let search_path = std::env::var("PYTHONPATH").unwrap_or_default();
    let named = search_path
        .split(':')
        .map(|folder| folder.trim_end_matches('/'));
    let mut folders: Vec<Vec<u8>> = Vec::new();
    for folder in roots.iter().map(String::as_str).chain(named) {
        if folder.len() > 1 && folder.starts_with('/') {
            folders.extend([
                folder.as_bytes().to_vec(),
                paths::absolute(folder.as_bytes()),
            ]);
        }
    }
    folders.sort();
    folders.dedup();
    let thread = thread::current().id();
    let _ = HOME.set(Home { folders, thread });
    // SAFETY: called with the GIL held.
    unsafe {
        let mut next = Frame::innermost();
        while let Some(frame) = next {
            frame
                .code()
                .iter()
                .for_each(|code| note(code.pointer(), true, 0));
            next = frame.back();
        }
    }
}

fn is_in(folders: &[Vec<u8>], path: &[u8]) -> bool {
    let below = |folder: &Vec<u8>| {
        path.strip_prefix(&folder[..])
            .is_some_and(|rest| rest.starts_with(b"/"))
    };
    folders.iter().any(below)
}

fn place(file: &[u8]) -> Place {
    if paths::is_in_roots(file) {
        return Place::Package;
    }
    if UNNAMED.contains(&file) {
        return Place::Unnamed;
    }
    let known = held(&NAMES)
        .as_ref()
        .and_then(|names| names.get(file).copied());
    known.unwrap_or_else(|| {
        let found = looked_up(file);
        let mut names = held(&NAMES);
        let names = names.get_or_insert_default();
        if names.len() < MOST_NAMES {
            names.insert(file.to_vec(), found);
        }
        found
    })
}

/// As the file system has it: links and `..` followed; a relative name that no file has is a name only.
fn looked_up(file: &[u8]) -> Place {
    let reached = paths::absolute(file);
    let is_file = file.starts_with(b"/") || hauberk_system::process::exists(&reached);
    let folders = HOME.get().map_or(&[][..], |home| &home.folders);
    match is_file {
        true if is_in(folders, &reached) => Place::Package,
        true => Place::Elsewhere,
        false => Place::Named,
    }
}

/// The file of the innermost code of the stack that is no part of the package.
pub(crate) fn foreign() -> Option<Vec<u8>> {
    HOME.get()?;
    // SAFETY: called with the GIL held.
    let mut next = unsafe { Frame::innermost() };
    for _ in 0..MOST_FRAMES {
        let frame = next?;
        if let Some(file) = foreign_file(&frame) {
            return Some(file);
        }
        next = frame.back();
    }
    None
}

fn foreign_file(frame: &Frame) -> Option<Vec<u8>> {
    let code = frame.code()?;
    let file = code.text(c"co_filename")?;
    let place = place(&file);
    if place == Place::Package {
        return None;
    }
    let is_main = is_main_interpreter();
    let made = if is_main { made(code.pointer()) } else { None };
    let is_foreign = match place {
        Place::Package => false,
        Place::Elsewhere => made != Some(true),
        Place::Unnamed => is_main && made != Some(true) && !is_program(frame, &code),
        Place::Named => made == Some(false),
    };
    is_foreign.then_some(file)
}

/// `python -c`: it is what the process was started with.
fn is_program(frame: &Frame, code: &Owned) -> bool {
    let is_first = frame.back().is_none()
        && code
            .text(c"co_name")
            .is_some_and(|name| name == b"<module>");
    is_first
        && HOME
            .get()
            .is_some_and(|home| home.thread == thread::current().id())
}

fn is_main_interpreter() -> bool {
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
        if place == Place::Package || HOME.get().is_none() || !is_main_interpreter() {
            return;
        }
        let Some(frame) = Frame::innermost() else {
            return;
        };
        let maker = frame.file().unwrap_or_default();
        let is_maker = || {
            MAKERS.iter().any(|known| maker.ends_with(known))
                && self::place(&maker) == Place::Package
        };
        match place {
            Place::Package => {}
            Place::Elsewhere if is_importer(&maker) => {
                if module_file(&frame).is_some_and(|file| self::place(&file) == Place::Package) {
                    note(code, true, 0); // compiled elsewhere, deployed here
                }
            }
            Place::Unnamed | Place::Elsewhere => {
                if is_maker() {
                    note(code, true, 0);
                }
            }
            Place::Named => {
                if HAS_UNMARSHALLED.load(Ordering::Relaxed) && !is_importer(&maker) && !is_maker() {
                    note(code, false, 0);
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
    let is_usual =
        |file: &Vec<u8>| is_importer(file) || MAKERS.iter().any(|known| file.ends_with(known));
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

/// Whether the package made a code object; none where nothing is known of it.
fn made(code: *mut PyObject) -> Option<bool> {
    let made = held(&MADE);
    let one = made.as_ref()?.get(&(code as usize))?;
    one.is_of(code).then_some(one.is_own)
}

impl Made {
    fn is_of(&self, code: *mut PyObject) -> bool {
        // SAFETY: we hold the weak reference, and the GIL of the main interpreter, whose it is.
        unsafe { PyWeakref_GetObject(self.weak as *mut PyObject) == code }
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { ffi::Py_DecRef(self.weak as *mut PyObject) };
    }
}

/// Remembers whose a code object is, and all code in it.
///
/// # Safety
/// The object is live and the GIL of the main interpreter is held.
unsafe fn note(code: *mut PyObject, is_own: bool, depth: u8) {
    unsafe {
        if depth > MOST_NESTED || made(code) == Some(is_own) {
            return;
        }
        let weak = ffi::PyWeakref_NewRef(code, std::ptr::null_mut());
        if weak.is_null() {
            ffi::PyErr_Clear();
            return;
        }
        remember(
            code as usize,
            Made {
                weak: weak as usize,
                is_own,
            },
        );
        ffi::Py_IncRef(code);
        let constants = Owned::new(code).and_then(|code| code.attribute(c"co_consts"));
        let Some(constants) = constants else { return };
        for index in 0.. {
            let one = arguments::item(constants.pointer(), index);
            if one.is_null() {
                break;
            }
            if ffi::Py_TYPE(one) == ffi::Py_TYPE(code) {
                note(one, is_own, depth + 1);
            }
        }
    }
}

fn remember(at: usize, one: Made) {
    let mut made = held(&MADE);
    let made = made.get_or_insert_default();
    if made.len() == made.capacity() {
        made.retain(|at, one| one.is_of(*at as *mut PyObject)); // before it grows
    }
    made.insert(at, one);
}
