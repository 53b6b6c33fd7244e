//! The calling code: for records, and for what is said of the code that acts.

use crate::arguments;
use hauberk_system::paths;
use pyo3::ffi::{self, PyObject};
use std::ffi::{CStr, c_int};

/// Calls that a record shows, and frames that are looked at to find them.
const MOST_SHOWN: usize = 6;
const MOST_FRAMES: usize = 40;

unsafe extern "C" {
    /// Exported since CPython 3.9; the first two are in later limited APIs only.
    fn PyFrame_GetBack(frame: *mut PyObject) -> *mut PyObject;
    fn PyFrame_GetCode(frame: *mut PyObject) -> *mut PyObject;
    fn PyFrame_GetLineNumber(frame: *mut PyObject) -> c_int;
    fn PyEval_GetFrame() -> *mut PyObject;
}

/// An object of which we hold one reference. It lives and dies while the GIL is held.
pub(crate) struct Owned(*mut PyObject);

impl Owned {
    /// # Safety
    /// The reference is the caller's to give, or null; the GIL is held as long as this lives.
    pub(crate) unsafe fn new(object: *mut PyObject) -> Option<Owned> {
        (!object.is_null()).then_some(Owned(object))
    }

    pub(crate) fn pointer(&self) -> *mut PyObject {
        self.0
    }

    /// An attribute; none where there is no such.
    pub(crate) fn attribute(&self, name: &CStr) -> Option<Owned> {
        // SAFETY: the object is live and the GIL is held, as `new` asks.
        unsafe {
            let found = Owned::new(ffi::PyObject_GetAttrString(self.0, name.as_ptr()));
            if found.is_none() {
                ffi::PyErr_Clear();
            }
            found
        }
    }

    /// The text of an attribute.
    pub(crate) fn text(&self, name: &CStr) -> Option<Vec<u8>> {
        let found = self.attribute(name)?;
        // SAFETY: as above.
        unsafe { arguments::bytes(found.0) }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: as `new` asks.
        unsafe { ffi::Py_DecRef(self.0) };
    }
}

/// A call that is going on.
pub(crate) struct Frame(pub(crate) Owned);

impl Frame {
    /// The innermost one of this thread; none where no Python code runs.
    ///
    /// # Safety
    /// The GIL is held as long as this lives.
    pub(crate) unsafe fn innermost() -> Option<Frame> {
        unsafe {
            let frame = PyEval_GetFrame();
            ffi::Py_IncRef(frame); // it is borrowed; null stays null
            Owned::new(frame).map(Frame)
        }
    }

    /// The one that called it.
    pub(crate) fn back(&self) -> Option<Frame> {
        // SAFETY: the frame is live and the GIL is held.
        unsafe { Owned::new(PyFrame_GetBack(self.0.0)).map(Frame) }
    }

    pub(crate) fn code(&self) -> Option<Owned> {
        // SAFETY: as above.
        unsafe { Owned::new(PyFrame_GetCode(self.0.0)) }
    }

    /// The file of its code, as it is written there.
    pub(crate) fn file(&self) -> Option<Vec<u8>> {
        self.code()?.text(c"co_filename")
    }

    fn described(&self) -> Option<String> {
        let code = self.code()?;
        let shown = |name| {
            code.text(name)
                .map(|text| String::from_utf8_lossy(&text).into_owned())
        };
        let (file, function) = (shown(c"co_filename")?, shown(c"co_name")?);
        let is_ours = file.contains("/hauberk/guard/") || file.starts_with("<frozen importlib");
        // SAFETY: as above.
        let line = unsafe { PyFrame_GetLineNumber(self.0.0) };
        (!is_ours).then(|| format!("{file}:{line} {function}"))
    }
}

/// `file:line function` of each caller, innermost first, without the guard's and the import system's own.
pub(crate) fn calling() -> Vec<String> {
    // SAFETY: called with the GIL held.
    calls(unsafe { Frame::innermost() })
}

/// The same of a thread, from its innermost frame.
pub(crate) fn calls(mut next: Option<Frame>) -> Vec<String> {
    let mut calls = Vec::new();
    for _ in 0..MOST_FRAMES {
        let Some(frame) = next else { break };
        calls.extend(frame.described());
        if calls.len() == MOST_SHOWN {
            break;
        }
        next = frame.back();
    }
    calls
}

/// Folders of packages that send what they have measured when they find the time: tracers and error trackers.
const TELEMETRY: [&str; 9] = [
    "/opentelemetry/",
    "/ddtrace/",
    "/datadog/",
    "/datadog_lambda/",
    "/sentry_sdk/",
    "/newrelic/",
    "/elasticapm/",
    "/aws_xray_sdk/",
    "/lumigo_tracer/",
];

/// Whether a tracer or an error tracker calls, from a file of the package or its layers.
///
/// # Safety
/// The GIL is held.
pub(crate) unsafe fn is_telemetry() -> bool {
    let is_of = |file: Vec<u8>| {
        let text = String::from_utf8_lossy(&file);
        TELEMETRY.iter().any(|folder| text.contains(folder)) && paths::is_in_roots(&file)
    };
    let mut next = unsafe { Frame::innermost() };
    for _ in 0..MOST_FRAMES {
        let Some(frame) = next else { return false };
        if frame.file().is_some_and(is_of) {
            return true;
        }
        next = frame.back();
    }
    false
}

/// Whether a file imports for others, and has their words in no name of its own.
fn is_importer(file: &[u8]) -> bool {
    file.starts_with(b"<frozen importlib")
        || file.ends_with(b"/importlib/__init__.py")
        || file.ends_with(b"/pkgutil.py")
        || file.ends_with(b"/hauberk/guard/imports.py")
}

/// Whether code that calls imports a module by a word of its own: by `import`, not by a name that it was given.
///
/// # Safety
/// The GIL is held.
pub(crate) unsafe fn imports(module: &[u8]) -> bool {
    let mut next = unsafe { Frame::innermost() };
    for _ in 0..MOST_FRAMES {
        let Some(frame) = next else { return false };
        if !frame.file().is_some_and(|file| is_importer(&file)) {
            let names = frame.code().and_then(|code| code.attribute(c"co_names"));
            let names = names.map(|names| unsafe { arguments::texts(names.pointer()) });
            return names.is_some_and(|names| names.iter().any(|own| is_of(own, module)));
        }
        next = frame.back();
    }
    false
}

/// Whether a word of an `import` leads to a module: it is its name, what encloses it, or a last part of it (`from a
/// import b`).
fn is_of(own: &[u8], module: &[u8]) -> bool {
    let follows = |whole: &[u8], part: &[u8]| {
        whole.len() > part.len() && whole.starts_with(part) && whole[part.len()] == b'.'
    };
    let ends = |whole: &[u8], part: &[u8]| {
        whole.len() > part.len()
            && whole.ends_with(part)
            && whole[whole.len() - part.len() - 1] == b'.'
    };
    own == module || follows(own, module) || ends(module, own)
}

/// Whether the innermost call is in a file whose path has one of these ends.
///
/// # Safety
/// The GIL is held.
pub(crate) unsafe fn is_calling(files: &[&[u8]]) -> bool {
    let file = unsafe { Frame::innermost() }.and_then(|frame| frame.file());
    file.is_some_and(|path| files.iter().any(|file| path.ends_with(file)))
}

/// The code of the innermost call of which `is_wanted` says so; only its address may be used, and compared with that of
/// code that lives.
///
/// # Safety
/// The GIL is held.
pub(crate) unsafe fn first_code(
    is_wanted: impl Fn(*mut PyObject) -> bool,
) -> Option<*mut PyObject> {
    let mut next = unsafe { Frame::innermost() };
    for _ in 0..MOST_FRAMES {
        let frame = next?;
        let code = frame.code()?.pointer();
        if is_wanted(code) {
            return Some(code);
        }
        next = frame.back();
    }
    None
}
