//! Functions and methods that are looked at when they are called, without a frame of ours on the stack: a traceback
//! through them is the one that it would be without us.

use crate::lookup::Lookup;
use crate::{function_code, tamper};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

unsafe extern "C" {
    /// Exported by each CPython, though not in the limited API.
    fn PyMethod_New(function: *mut ffi::PyObject, of: *mut ffi::PyObject) -> *mut ffi::PyObject;
}

/// What a wrapper that stands in front of ours asks for by name: these are ours, or it would go past us.
const OURS: [&str; 2] = ["__call__", "__get__"];

/// A function with what is asked before it is called, which may raise, and what is told after it has answered.
struct Watched {
    original: Py<PyAny>,
    before: Option<Ours>,
    after: Option<After>,
}

/// A function of the guard's, with the code that it was made of.
struct Ours {
    function: Py<PyAny>,
    code: Option<Py<PyAny>>,
}

impl Ours {
    fn new(python: Python<'_>, function: Py<PyAny>) -> Ours {
        let code = function_code::of(function.bind(python));
        Ours { function, code }
    }

    fn clone_ref(&self, python: Python<'_>) -> Ours {
        Ours {
            function: self.function.clone_ref(python),
            code: self.code.as_ref().map(|code| code.clone_ref(python)),
        }
    }

    /// The function, of its own code: what was exchanged in place is undone, and told.
    fn whole<'py>(&self, python: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        let function = self.function.bind(python);
        if let Some(code) = &self.code
            && !function_code::is(function, code)
        {
            function.setattr("__code__", code)?;
            tamper::note(
                "code of a sink",
                "expected the code of the guard's function, found another",
            );
        }
        Ok(function)
    }
}

/// What is told of an answer.
enum After {
    /// A function of the guard's, which gets it with the arguments.
    Function(Py<PyAny>),
    /// The core, which addresses a host has.
    Lookup(Lookup),
}

impl Watched {
    fn new(
        python: Python<'_>,
        original: Py<PyAny>,
        before: Option<Py<PyAny>>,
        after: Option<Py<PyAny>>,
    ) -> Self {
        Watched {
            original,
            before: before.map(|before| Ours::new(python, before)),
            after: after.map(After::Function),
        }
    }

    fn call(
        &self,
        arguments: &Bound<'_, PyTuple>,
        named: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        let python = arguments.py();
        if let Some(before) = &self.before {
            before.whole(python)?.call(arguments, named)?;
        }
        let found = self.original.call(python, arguments, named)?;
        match &self.after {
            Some(After::Function(after)) => {
                after.call1(python, (found.clone_ref(python), arguments, named))?;
            }
            Some(After::Lookup(lookup)) => lookup.answered(arguments, named, found.bind(python)),
            None => {}
        }
        Ok(found)
    }

    /// The same in front of another; what this one answers vouches for addresses only if it is a look-up itself.
    fn over(&self, python: Python<'_>, original: &Py<PyAny>) -> Watched {
        let after = match &self.after {
            Some(After::Function(after)) => Some(After::Function(after.clone_ref(python))),
            Some(After::Lookup(_)) => Lookup::of(original.bind(python)).map(After::Lookup),
            None => None,
        };
        Watched {
            original: original.clone_ref(python),
            before: self.before.as_ref().map(|one| one.clone_ref(python)),
            after,
        }
    }

    /// All that is not ours is the original's: its class too, so that `inspect` finds the function that it is, its name,
    /// its documentation, its module.
    fn attribute(&self, of: &Bound<'_, PyAny>, name: &Bound<'_, PyString>) -> PyResult<Py<PyAny>> {
        if OURS.iter().any(|ours| name == ours) {
            return unsafe { own(of, name) };
        }
        let found = self.original.getattr(of.py(), name)?;
        if is_bound_to(found.bind(of.py()), &self.original) {
            // Such as `__repr__`: by it everybody would have the original.
            return unsafe { own(of, name) }.or(Ok(found));
        }
        Ok(found)
    }
}

/// What an object of ours has by its class.
///
/// # Safety
/// It is an object of ours.
unsafe fn own(of: &Bound<'_, PyAny>, name: &Bound<'_, PyString>) -> PyResult<Py<PyAny>> {
    // SAFETY: both are live, the GIL is held, and what is given is owned or null with an exception.
    unsafe {
        let found = ffi::PyObject_GenericGetAttr(of.as_ptr(), name.as_ptr());
        Bound::from_owned_ptr_or_err(of.py(), found).map(Bound::unbind)
    }
}

/// Whether an attribute is a method that holds the object that it was asked of.
fn is_bound_to(found: &Bound<'_, PyAny>, of: &Py<PyAny>) -> bool {
    found.getattr("__self__").is_ok_and(|held| held.is(of))
}

/// A watched function of a module; in a class it does not bind, as built-in functions do not.
#[pyclass(frozen, module = "hauberk._native")]
pub struct WatchedFunction(Watched);

impl WatchedFunction {
    /// A look-up, of which the core is told the addresses.
    pub(crate) fn of_lookup(function: &Bound<'_, PyAny>, lookup: Lookup) -> Self {
        WatchedFunction(Watched {
            original: function.clone().unbind(),
            before: None,
            after: Some(After::Lookup(lookup)),
        })
    }

    /// What it stands in front of.
    pub(crate) fn original(&self) -> &Py<PyAny> {
        &self.0.original
    }

    /// Whether its answers are taken for a host's addresses.
    pub(crate) fn is_lookup(&self) -> bool {
        matches!(self.0.after, Some(After::Lookup(_)))
    }

    /// The same in front of another.
    pub(crate) fn over(&self, python: Python<'_>, original: &Py<PyAny>) -> Self {
        WatchedFunction(self.0.over(python, original))
    }
}

#[pymethods]
impl WatchedFunction {
    #[new]
    #[pyo3(signature = (original, before = None, after = None))]
    fn new(
        python: Python<'_>,
        original: Py<PyAny>,
        before: Option<Py<PyAny>>,
        after: Option<Py<PyAny>>,
    ) -> Self {
        WatchedFunction(Watched::new(python, original, before, after))
    }

    #[pyo3(signature = (*arguments, **named))]
    fn __call__(
        &self,
        arguments: &Bound<'_, PyTuple>,
        named: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        self.0.call(arguments, named)
    }

    fn __getattribute__(slf: &Bound<'_, Self>, name: &Bound<'_, PyString>) -> PyResult<Py<PyAny>> {
        slf.get().0.attribute(slf.as_any(), name)
    }

    fn __repr__(&self, python: Python<'_>) -> PyResult<String> {
        Ok(self.0.original.bind(python).repr()?.to_string())
    }

    /// Copied and pickled as the original is.
    fn __reduce_ex__(&self, python: Python<'_>, protocol: u32) -> PyResult<Py<PyAny>> {
        self.0
            .original
            .call_method1(python, "__reduce_ex__", (protocol,))
    }

    fn __reduce__(&self, python: Python<'_>) -> PyResult<Py<PyAny>> {
        self.0.original.call_method0(python, "__reduce__")
    }
}

/// A watched method of a class; it binds to its instance.
#[pyclass(frozen, module = "hauberk._native")]
pub struct WatchedMethod(Watched);

impl WatchedMethod {
    /// What it stands in front of.
    pub(crate) fn original(&self) -> &Py<PyAny> {
        &self.0.original
    }

    /// The same in front of another.
    pub(crate) fn over(&self, python: Python<'_>, original: &Py<PyAny>) -> Self {
        WatchedMethod(self.0.over(python, original))
    }
}

#[pymethods]
impl WatchedMethod {
    #[new]
    #[pyo3(signature = (original, before = None, after = None))]
    fn new(
        python: Python<'_>,
        original: Py<PyAny>,
        before: Option<Py<PyAny>>,
        after: Option<Py<PyAny>>,
    ) -> Self {
        WatchedMethod(Watched::new(python, original, before, after))
    }

    #[pyo3(signature = (*arguments, **named))]
    fn __call__(
        &self,
        arguments: &Bound<'_, PyTuple>,
        named: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        self.0.call(arguments, named)
    }

    /// Binds as a function does; of the class it is itself.
    fn __get__(
        slf: &Bound<'_, Self>,
        instance: Option<&Bound<'_, PyAny>>,
        _of: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let Some(instance) = instance else {
            return Ok(slf.clone().into_any().unbind());
        };
        // SAFETY: both are live, the GIL is held, and what is given is owned or null with an exception.
        unsafe {
            let bound = PyMethod_New(slf.as_ptr(), instance.as_ptr());
            Bound::from_owned_ptr_or_err(slf.py(), bound).map(Bound::unbind)
        }
    }

    fn __getattribute__(slf: &Bound<'_, Self>, name: &Bound<'_, PyString>) -> PyResult<Py<PyAny>> {
        slf.get().0.attribute(slf.as_any(), name)
    }

    fn __repr__(&self, python: Python<'_>) -> PyResult<String> {
        Ok(self.0.original.bind(python).repr()?.to_string())
    }

    /// Copied and pickled as the original is.
    fn __reduce_ex__(&self, python: Python<'_>, protocol: u32) -> PyResult<Py<PyAny>> {
        self.0
            .original
            .call_method1(python, "__reduce_ex__", (protocol,))
    }

    fn __reduce__(&self, python: Python<'_>) -> PyResult<Py<PyAny>> {
        self.0.original.call_method0(python, "__reduce__")
    }
}
