//! Code that comes from outside: names that a pickle asks for, native libraries, source text, marshalled code.
//!
//! Does not see: libraries by a bare name, which the system looks for in its own folders; modules by a name that an
//! input chose; a syntax tree that was changed between its making and its run

use crate::{arguments, guard, stack};
use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::flow::Language;
use hauberk_system::paths;
use pyo3::ffi::PyObject;

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

/// `eval`, `exec` and `compile` of a text. Modules of the package and its layers are compiled, too: they are as they
/// were deployed. What `ast.parse` makes is no code yet.
pub(super) unsafe fn compile(source: *mut PyObject, file: *mut PyObject) -> Option<String> {
    if !guard::has_inputs() {
        return None;
    }
    let file = unsafe { arguments::text(file) }.unwrap_or_default();
    if paths::is_in_roots(&file) || unsafe { stack::is_calling(b"/ast.py", b"parse") } {
        return None;
    }
    let source = unsafe { arguments::bytes(source)? };
    admit_text(Resource::Code(&source, Language::Python))
}

pub(super) unsafe fn unmarshal(bytes: *mut PyObject) -> Option<String> {
    if !guard::has_inputs() {
        return None;
    }
    let bytes = unsafe { arguments::bytes(bytes)? };
    admit_text(Resource::Serialized(&bytes))
}

fn admit_text(resource: Resource<'_>) -> Option<String> {
    guard::admit(&Act {
        activities: Vec::new(),
        resource,
        arguments: Vec::new(),
    })
}
