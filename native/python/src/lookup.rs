//! Which addresses a host has, from the answers of the look-ups that `_socket` was compiled with.
//!
//! An answer vouches for addresses, so it is taken where it is made: there is nothing that Python code could tell instead.

use crate::arguments;
use crate::guard;
use crate::watched::WatchedFunction;
use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use std::ffi::CStr;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A look-up, by how its answer holds the addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// `getaddrinfo`: a list of (family, type, protocol, name, (address, …)).
    Entries,
    /// `gethostbyname`: an address.
    One,
    /// `gethostbyname_ex`: (name, aliases, addresses).
    Several,
}

impl Lookup {
    /// What a function is, if it is one of those that the module `_socket` was compiled with.
    pub(crate) fn of(function: &Bound<'_, PyAny>) -> Option<Self> {
        if !is_compiled_as(function, c"_socket") {
            return None;
        }
        let name = function
            .getattr("__name__")
            .ok()?
            .extract::<String>()
            .ok()?;
        match name.as_str() {
            "getaddrinfo" => Some(Lookup::Entries),
            "gethostbyname" => Some(Lookup::One),
            "gethostbyname_ex" => Some(Lookup::Several),
            _ => None,
        }
    }

    /// Remembers the addresses of the host that was asked for.
    pub(crate) fn answered(
        self,
        arguments: &Bound<'_, PyTuple>,
        named: Option<&Bound<'_, PyDict>>,
        answer: &Bound<'_, PyAny>,
    ) {
        // Nothing was judged where nothing was named; an address is told from a name by the core.
        let Some(host) = host(arguments, named) else {
            return;
        };
        let addresses = self.addresses(answer);
        let _ = catch_unwind(AssertUnwindSafe(|| {
            if let Some(engine) = guard::engine().as_mut() {
                engine.resolved(&host, &addresses);
            }
        }));
    }

    fn addresses(self, answer: &Bound<'_, PyAny>) -> Vec<IpAddr> {
        let texts = match self {
            Lookup::One => vec![answer.clone()],
            Lookup::Entries => list(answer)
                .iter()
                .filter_map(|entry| item(&item(entry, 4)?, 0))
                .collect(),
            Lookup::Several => item(answer, 2)
                .map(|addresses| list(&addresses))
                .unwrap_or_default(),
        };
        texts.iter().filter_map(address).collect()
    }
}

/// Watches a look-up of `_socket`: the addresses that it gives of an admitted host are this host's. One that is watched
/// stays what it is; raises `TypeError` for every other function.
#[pyfunction]
pub fn watch_lookup(function: Bound<'_, PyAny>) -> PyResult<Bound<'_, WatchedFunction>> {
    let function = match function.cast_into::<WatchedFunction>() {
        Ok(watched) if watched.get().is_lookup() => return Ok(watched),
        Ok(watched) => watched.into_any(),
        Err(error) => error.into_inner(),
    };
    let lookup =
        Lookup::of(&function).ok_or_else(|| PyTypeError::new_err("no look-up of _socket"))?;
    Bound::new(function.py(), WatchedFunction::of_lookup(&function, lookup))
}

/// Whether a function is bound to a module that was compiled under this name. No name that Python code can set is asked.
pub(crate) fn is_compiled_as(function: &Bound<'_, PyAny>, name: &CStr) -> bool {
    // SAFETY: `function` is live and the GIL is held; each pointer is looked at as what the check before said it is, and
    // the definition of a module and its name live as long as the process.
    unsafe {
        if ffi::PyCFunction_Check(function.as_ptr()) == 0 {
            return false;
        }
        let module = ffi::PyCFunction_GetSelf(function.as_ptr());
        if module.is_null() || ffi::PyModule_Check(module) == 0 {
            return false;
        }
        let definition = ffi::PyModule_GetDef(module);
        !definition.is_null()
            && !(*definition).m_name.is_null()
            && CStr::from_ptr((*definition).m_name) == name
    }
}

fn host(arguments: &Bound<'_, PyTuple>, named: Option<&Bound<'_, PyDict>>) -> Option<String> {
    let host = match arguments.get_item(0) {
        Ok(first) => first,
        Err(_) => named?.get_item("host").ok()??,
    };
    let is_name = host.is_instance_of::<PyBytes>() || host.is_instance_of::<PyString>();
    // SAFETY: `host` is live and the GIL is held.
    let name = is_name.then(|| unsafe { arguments::host(host.as_ptr()) })??;
    Some(String::from_utf8_lossy(&name).into_owned())
}

fn list<'py>(of: &Bound<'py, PyAny>) -> Vec<Bound<'py, PyAny>> {
    of.cast::<PyList>()
        .map(|list| list.iter().collect())
        .unwrap_or_default()
}

fn item<'py>(of: &Bound<'py, PyAny>, index: usize) -> Option<Bound<'py, PyAny>> {
    of.cast::<PyTuple>().ok()?.get_item(index).ok()
}

fn address(text: &Bound<'_, PyAny>) -> Option<IpAddr> {
    text.cast::<PyString>().ok()?.to_string_lossy().parse().ok()
}
