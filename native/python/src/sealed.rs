//! Classes of ours that no code can change: what they do when they are called decides for every watched call.
//!
//! Python 3.9 knows no such classes: there it is looked whether they are as they were made.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;
use std::ffi::c_ulong;
use std::sync::OnceLock;

/// Since CPython 3.10: `setattr` on the class raises `TypeError`.
const IMMUTABLE: c_ulong = 1 << 8;
/// Where a class has its flags: behind the head of an object with a size and eighteen words, on each CPython so far.
const FLAGS: usize = size_of::<ffi::PyVarObject>() + 18 * size_of::<usize>();

/// Classes that can be changed, as they were made.
static OPEN: OnceLock<Vec<Open>> = OnceLock::new();

struct Open {
    class: Py<PyType>,
    members: Vec<(String, Py<PyAny>)>,
}

/// Makes classes as unchangeable as those that are written in C, or remembers what they are.
pub(crate) fn seal(classes: &[Bound<'_, PyType>]) -> PyResult<()> {
    let Some(python) = classes.first().map(Bound::py) else {
        return Ok(());
    };
    if python.version_info() < (3, 10) {
        let open = classes.iter().map(Open::of).collect::<PyResult<_>>()?;
        let _ = OPEN.set(open); // the first are
        return Ok(());
    }
    for class in classes {
        // SAFETY: the class is live and the GIL is held; that its flags are where they are taken to be is seen first.
        unsafe {
            let class = class.as_type_ptr();
            let flags = class.byte_add(FLAGS).cast::<c_ulong>();
            if *flags == ffi::PyType_GetFlags(class) {
                *flags |= IMMUTABLE;
            }
        }
    }
    Ok(())
}

/// The classes that are not as they were made, and whether each is again.
pub(crate) fn altered(python: Python<'_>, puts_back: bool) -> Vec<(String, bool)> {
    let open = OPEN.get().map_or(&[][..], Vec::as_slice);
    let changed = open
        .iter()
        .filter(|one| !one.is_as_made(python).unwrap_or(false));
    let told = |one: &Open| {
        let name = one.class.bind(python).name().map(|name| name.to_string());
        let is_put_back = puts_back && one.put_back(python).is_ok();
        (name.unwrap_or_default(), is_put_back)
    };
    changed.map(told).collect()
}

impl Open {
    fn of(class: &Bound<'_, PyType>) -> PyResult<Open> {
        let mut members = Vec::new();
        for pair in class
            .getattr("__dict__")?
            .call_method0("items")?
            .try_iter()?
        {
            members.push(pair?.extract::<(String, Py<PyAny>)>()?);
        }
        Ok(Open {
            class: class.clone().unbind(),
            members,
        })
    }

    fn is_as_made(&self, python: Python<'_>) -> PyResult<bool> {
        let now = self.class.bind(python).getattr("__dict__")?;
        if now.len()? != self.members.len() {
            return Ok(false);
        }
        for (name, value) in &self.members {
            if !now.get_item(name)?.is(value.bind(python)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn put_back(&self, python: Python<'_>) -> PyResult<()> {
        let class = self.class.bind(python);
        for (name, value) in Open::of(class)?.members {
            let before = self.members.iter().find(|(known, _)| *known == name);
            match before {
                None => class.delattr(name)?,
                Some((_, before)) if !value.bind(python).is(before.bind(python)) => {
                    class.setattr(name, before)?;
                }
                Some(_) => {}
            }
        }
        let now = class.getattr("__dict__")?;
        for (name, value) in &self.members {
            if !now.contains(name)? {
                class.setattr(name, value)?;
            }
        }
        Ok(())
    }
}
