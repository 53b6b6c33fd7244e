//! Code that comes from outside: names that a pickle asks for, native libraries.
//!
//! Does not see: libraries by a bare name, which the system looks for in its own folders

use crate::{arguments, guard};
use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
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
