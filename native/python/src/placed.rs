//! What the guard has put into modules and classes of others, and into its own modules: whether it still stands there.
//!
//! What stands in front of ours and leads to it is no tampering: libraries that watch calls wrap what they find. So what
//! stands there is followed, through what it refers to, until ours is found.
//!
//! Does not see: a wrapper that holds ours and does not call it; what a subclass or an instance has of its own

use crate::behind::{leads_to, referents};
use crate::event_gate::EventGate;
use crate::function_code;
use crate::moved::Moved;
use crate::watched::{WatchedFunction, WatchedMethod};
use pyo3::exceptions::PyTypeError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule, PyString, PyType};
use std::sync::{Mutex, PoisonError};

/// One member of a module or class.
struct Placed {
    owner: Py<PyAny>,
    members: Py<PyDict>,
    name: Py<PyString>,
    ours: Py<PyAny>,
    /// Of a function of the guard's: what it runs.
    code: Option<Py<PyAny>>,
    /// Whether this is ours to put back: a module of ours has its own functions.
    is_own: bool,
}

impl Placed {
    fn is_at(&self, members: &Bound<'_, PyDict>, name: &Bound<'_, PyString>) -> bool {
        self.members.is(members) && self.name.bind(name.py()).as_any().eq(name).unwrap_or(false)
    }
}

static PLACED: Mutex<Vec<Placed>> = Mutex::new(Vec::new());

/// Puts `ours` at `name` of a module or class, also of a type that is written in C and takes none; it is watched from
/// now on. Raises `TypeError` where something of the guard stands already and is not behind `ours`: what is watched
/// stays so, whoever calls this.
#[pyfunction]
pub fn put(
    owner: &Bound<'_, PyAny>,
    name: &Bound<'_, PyString>,
    ours: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let members = members(owner)?;
    // Another text may run code of its own while it is compared.
    if !name.is_exact_instance_of::<PyString>() {
        return Err(PyTypeError::new_err("a name is a str"));
    }
    if let Some((before, is_own)) = kept(&members, name)
        && !before.bind(owner.py()).is(ours)
        && (is_own
            || before.bind(owner.py()).is_instance_of::<EventGate>()
            || !leads_to(ours, &before)?)
    {
        return Err(PyTypeError::new_err("the guard's own stands here already"));
    }
    if is_already(&members, name, ours) {
        return Ok(());
    }
    set(owner, &members, name, ours)?;
    keep(owner, &members, name, ours, false);
    Ok(())
}

/// Whether what stands there is watched already, and `ours` would only watch that: a module that ran once more.
fn is_already(
    members: &Bound<'_, PyDict>,
    name: &Bound<'_, PyString>,
    ours: &Bound<'_, PyAny>,
) -> bool {
    let over = match (ours.cast::<WatchedMethod>(), ours.cast::<WatchedFunction>()) {
        (Ok(method), _) => method.get().original(),
        (_, Ok(function)) => function.get().original(),
        _ => return false,
    };
    kept(members, name).is_some_and(|(before, _)| before.is(over))
}

/// What is watched at a name, and whether it is of a module of ours.
fn kept(members: &Bound<'_, PyDict>, name: &Bound<'_, PyString>) -> Option<(Py<PyAny>, bool)> {
    let placed = PLACED.lock().unwrap_or_else(PoisonError::into_inner);
    let one = placed.iter().find(|one| one.is_at(members, name))?;
    Some((one.ours.clone_ref(members.py()), one.is_own))
}

/// Watches a module of the guard's own: each of its names stays what it was the first time.
#[pyfunction]
pub fn keep_module(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let own = module.name()?;
    if !own.to_string_lossy().starts_with("hauberk.") {
        return Err(PyTypeError::new_err("no module of the guard's"));
    }
    let members = module.dict();
    for (name, value) in members.iter() {
        let Ok(name) = name.cast_exact::<PyString>() else {
            continue;
        };
        if name.to_string_lossy().starts_with("__")
            || value.is_instance_of::<PyModule>()
            || kept(&members, name).is_some()
        {
            continue;
        }
        keep(module.as_any(), &members, name, &value, true);
        if let Ok(class) = value.cast::<PyType>()
            && class.getattr("__module__")?.eq(&own)?
        {
            keep_class(class)?;
        }
    }
    Ok(())
}

/// Watches the methods of a class of the guard's own.
fn keep_class(class: &Bound<'_, PyType>) -> PyResult<()> {
    let members = members(class)?;
    for (name, value) in members.iter() {
        if let Ok(name) = name.cast_exact::<PyString>()
            && function_code::of(&value).is_some()
            && kept(&members, name).is_none()
        {
            keep(class, &members, name, &value, true);
        }
    }
    Ok(())
}

fn keep(
    owner: &Bound<'_, PyAny>,
    members: &Bound<'_, PyDict>,
    name: &Bound<'_, PyString>,
    ours: &Bound<'_, PyAny>,
    is_own: bool,
) {
    let mut placed = PLACED.lock().unwrap_or_else(PoisonError::into_inner);
    // A second place of the same name takes over from the first.
    placed.retain(|one| !one.is_at(members, name));
    placed.push(Placed {
        owner: owner.clone().unbind(),
        members: members.clone().unbind(),
        name: name.clone().unbind(),
        ours: ours.clone().unbind(),
        code: function_code::of(ours).filter(|_| is_own),
        is_own,
    });
}

/// The dictionary in which a module or class has its members.
fn members<'py>(owner: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    if let Ok(module) = owner.cast::<PyModule>() {
        return Ok(module.dict());
    }
    // A type's `__dict__` is a view; what it refers to is the dictionary itself.
    let view = owner.getattr("__dict__")?;
    for found in referents(&view)?.try_iter()? {
        if let Ok(members) = found?.cast_into::<PyDict>() {
            return Ok(members);
        }
    }
    Err(PyTypeError::new_err("no module and no class"))
}

fn set(
    owner: &Bound<'_, PyAny>,
    members: &Bound<'_, PyDict>,
    name: &Bound<'_, PyString>,
    ours: &Bound<'_, PyAny>,
) -> PyResult<()> {
    match owner.setattr(name, ours) {
        Err(error) if error.is_instance_of::<PyTypeError>(owner.py()) => {}
        set => return set,
    }
    members.set_item(name, ours)?;
    if let Ok(of) = owner.cast::<PyType>() {
        // SAFETY: `of` is a live type object and the GIL is held; no cache may keep the old method.
        unsafe { ffi::PyType_Modified(of.as_type_ptr()) };
    }
    Ok(())
}

/// What is not as it was placed, and leads to ours no more. No Python code runs where all is as it was.
pub(crate) fn moved(python: Python<'_>) -> Vec<Moved> {
    let mut found = differing(python);
    found.retain(|one| {
        let leads = |there: &Py<PyAny>| leads_to(there.bind(python), &one.ours).unwrap_or(false);
        one.is_own || !one.there.as_ref().is_some_and(leads) || one.is_gate(python)
    });
    found
}

fn differing(python: Python<'_>) -> Vec<Moved> {
    // Where another thread is in here, it looks.
    let Ok(placed) = PLACED.try_lock() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for one in placed.iter() {
        // SAFETY: both are live and the GIL is held; what is given is borrowed.
        let there: *mut PyObject =
            unsafe { ffi::PyDict_GetItemWithError(one.members.as_ptr(), one.name.as_ptr()) };
        let is_there = there == one.ours.as_ptr();
        let code = one
            .code
            .as_ref()
            .filter(|code| is_there && !function_code::is(one.ours.bind(python), code));
        if is_there && code.is_none() {
            continue;
        }
        if there.is_null() {
            // SAFETY: as above.
            unsafe { ffi::PyErr_Clear() };
        }
        found.push(Moved {
            owner: one.owner.clone_ref(python),
            name: one.name.clone_ref(python),
            ours: one.ours.clone_ref(python),
            // SAFETY: null, or live and borrowed.
            there: unsafe { Bound::from_borrowed_ptr_or_opt(python, there) }.map(Bound::unbind),
            code: code.map(|code| code.clone_ref(python)),
            is_own: one.is_own,
        });
    }
    found
}

/// Puts `ours` there again.
pub(crate) fn put_as(
    owner: &Bound<'_, PyAny>,
    name: &Bound<'_, PyString>,
    ours: &Bound<'_, PyAny>,
    is_own: bool,
) -> PyResult<()> {
    let members = members(owner)?;
    set(owner, &members, name, ours)?;
    keep(owner, &members, name, ours, is_own);
    Ok(())
}
