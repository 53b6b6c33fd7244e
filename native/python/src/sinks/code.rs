//! Code that comes from outside: names that a pickle asks for, native libraries, source text, marshalled code; and
//! the ways from Python to any function of C: `ctypes` and `cffi`, and the functions that `ctypes` looks up.
//!
//! Does not see: libraries by a bare name, which the system looks for in its own folders; modules that are loaded
//! already, by a name that an input chose; a syntax tree that was changed between its making and its run; functions of C by an address that was
//! computed, or through `cffi`

use super::foreign_functions;
use crate::{arguments, finder, guard, provenance, stack};
use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::flow::Language;
use hauberk_system::paths;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use std::env;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Where the function's code is; read once.
static TASK_ROOT: OnceLock<Option<PathBuf>> = OnceLock::new();

pub(super) unsafe fn unpickle(module: *mut PyObject, name: *mut PyObject) -> Option<String> {
    let (module, name) = unsafe { (arguments::bytes(module)?, arguments::bytes(name)?) };
    // A name with dots leads through other names: it is told apart from a module's.
    let separator: &[u8] = if name.contains(&b'.') { b":" } else { b"." };
    guard::admit(&Act {
        activities: vec![Activity::new(
            Kind::Code,
            "unpickle",
            [&module, separator, &name].concat(),
        )],
        resource: Resource::None,
        arguments: Vec::new(),
    })
}

pub(super) unsafe fn load(library: *mut PyObject) -> Option<String> {
    // None is the program itself.
    if library.is_null() || library == unsafe { ffi::Py_None() } {
        return None;
    }
    let path = unsafe { arguments::text(library)? };
    // A bare name is looked for in the system's own folders.
    if !path.contains(&b'/') || guard::platform_reads_are_free() && paths::is_in_roots(&path) {
        return None;
    }
    guard::admit(&Act {
        activities: vec![Activity::new(Kind::Code, "load", paths::absolute(&path))],
        resource: Resource::Path(&path),
        arguments: Vec::new(),
    })
}

/// The first import of a module tells its name, the load of its library the path as well.
pub(super) unsafe fn import(module: *mut PyObject, library: *mut PyObject) -> Option<String> {
    let name = unsafe { arguments::bytes(module) }.unwrap_or_default();
    unsafe { finder::begins(module) };
    let is_of_library = library != unsafe { ffi::Py_None() };
    let path = is_of_library
        .then(|| unsafe { arguments::text(library) })
        .flatten()
        .unwrap_or_default();
    // Its file tells what a module is that is loaded under another name.
    for way in [&b"_ctypes"[..], b"_cffi_backend"] {
        if last(&name, b'.') == way
            || last(&path, b'/').split(|byte| *byte == b'.').next() == Some(way)
        {
            let reason = admit_code("load", way);
            if reason.is_some() {
                return reason;
            }
        }
    }
    is_of_library.then(|| unsafe { load(library) }).flatten()
}

/// What stands behind the last `separator`.
fn last(text: &[u8], separator: u8) -> &[u8] {
    text.rsplit(|byte| *byte == separator)
        .next()
        .unwrap_or_default()
}

/// Decides about a module that is about to be looked for, whoever asks for it: `import`, or importlib by a name. Which of
/// the package's own modules is loaded callers may choose: they are what was deployed.
#[pyfunction]
pub(crate) fn admit_module(name: &Bound<'_, PyAny>) -> Option<String> {
    if !guard::has_inputs() {
        return None;
    }
    // SAFETY: the name is live and the GIL is held.
    let name = unsafe { arguments::bytes(name.as_ptr()) }?;
    // SAFETY: as above.
    if is_of_package(&name) || unsafe { stack::imports(&name) } {
        return None;
    }
    admit_text(Resource::Module(&name))
}

/// Whether a module is below the folder of the function's code.
fn is_of_package(name: &[u8]) -> bool {
    let Some(root) = TASK_ROOT.get_or_init(|| env::var_os("LAMBDA_TASK_ROOT").map(PathBuf::from))
    else {
        return false;
    };
    let first = name.split(|byte| *byte == b'.').next().unwrap_or_default();
    let path = root.join(OsStr::from_bytes(first));
    path.is_dir() || path.with_extension("py").is_file()
}

/// A function of C that `ctypes` looks up by its name, where it is one that acts.
pub(super) unsafe fn foreign_function(name: *mut PyObject) -> Option<String> {
    let name = unsafe { arguments::bytes(name)? };
    if foreign_functions::acts(&name) {
        admit_code("call", &name)
    } else {
        None
    }
}

/// From here on a query may load extensions by itself.
pub(super) unsafe fn allow_extensions(are_allowed: *mut PyObject) -> Option<String> {
    if unsafe { ffi::PyObject_IsTrue(are_allowed) } != 1 {
        return None;
    }
    admit_code("load", b"sqlite3.enable_load_extension")
}

pub(crate) fn admit_code(operation: &str, target: &[u8]) -> Option<String> {
    guard::admit(&Act {
        activities: vec![Activity::new(Kind::Code, operation, target)],
        resource: Resource::None,
        arguments: Vec::new(),
    })
}

/// Files of the standard library that compile what no input can change: `ast.parse` makes no code yet, data classes and
/// named tuples check the names that they make code of.
const MAKERS: [&[u8]; 3] = [b"/ast.py", b"/dataclasses.py", b"/collections/__init__.py"];

/// `eval`, `exec` and `compile` of a text. Modules of the package and its layers are compiled, too: they are as they
/// were deployed.
pub(super) unsafe fn compile(source: *mut PyObject, file: *mut PyObject) -> Option<String> {
    if !guard::has_inputs() {
        return None;
    }
    let file = unsafe { arguments::text(file) }.unwrap_or_default();
    if paths::is_in_roots(&file) || unsafe { stack::is_calling(&MAKERS) } {
        return None;
    }
    let source = unsafe { arguments::bytes(source)? };
    admit_text(Resource::Code(&source, Language::Python))
}

pub(super) unsafe fn unmarshal(bytes: *mut PyObject) -> Option<String> {
    unsafe { provenance::unmarshals(bytes) };
    if !guard::has_inputs() {
        return None;
    }
    is_carried(&unsafe { arguments::bytes(bytes)? })
}

/// Bytes that become objects: does an input carry them?
pub(crate) fn is_carried(bytes: &[u8]) -> Option<String> {
    admit_text(Resource::Serialized(bytes))
}

fn admit_text(resource: Resource<'_>) -> Option<String> {
    guard::admit(&Act {
        activities: Vec::new(),
        resource,
        arguments: Vec::new(),
    })
}
