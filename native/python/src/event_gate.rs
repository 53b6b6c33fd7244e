//! Where an event comes in: the runtime client's own function, with the guard in front of it and behind it. It is
//! native, so that no frame of ours is on the stack, and a clean event costs no Python code.

use crate::rest_handler::RestHandler;
use crate::{arguments, guard, tamper};
use hauberk_core::act::{Refusal, Rest};
use hauberk_core::alias::alias;
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

/// Where the runtime client passes what, by place and by name (all versions of `awslambdaric` since 1.0).
const HANDLER: (usize, &str) = (1, "request_handler");
const REQUEST_ID: (usize, &str) = (2, "invoke_id");
const EVENT: (usize, &str) = (3, "event_body");
const INVOKED_ARN: (usize, &str) = (7, "invoked_function_arn");

/// Whether a gate was made: there is one, and those that the guard itself puts in front of others.
static IS_MADE: AtomicBool = AtomicBool::new(false);
/// The thread in which the runtime's client hands its events over: that of the first.
static RUNTIMES: OnceLock<ThreadId> = OnceLock::new();

thread_local! {
    /// Whether this thread is behind a gate.
    static IS_INSIDE: Cell<bool> = const { Cell::new(false) };
    /// What answers in the handler's place, where the event was refused.
    static REFUSING: RefCell<Option<Py<PyAny>>> = const { RefCell::new(None) };
}

/// `handle_event_request` of AWS's runtime client, whose event is looked at before its handler may see it.
#[pyclass(frozen, module = "hauberk._native")]
pub struct EventGate {
    handle: Py<PyAny>,
    refuse: Py<PyAny>,
}

#[pymethods]
impl EventGate {
    /// `refuse(reason, response)` gives the handler that answers in the place of the function's. Raises `TypeError` the
    /// second time: what is no event cannot be made one by a gate of somebody else.
    #[new]
    fn new(handle: Py<PyAny>, refuse: Py<PyAny>) -> PyResult<Self> {
        if IS_MADE.swap(true, Ordering::SeqCst) {
            return Err(PyTypeError::new_err("the guard has its gate already"));
        }
        Ok(EventGate { handle, refuse })
    }

    #[pyo3(signature = (*arguments, **named))]
    fn __call__(
        &self,
        arguments: &Bound<'_, PyTuple>,
        named: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        let python = arguments.py();
        // A gate behind another, with somebody's wrapper in between: the event was looked at. What it was refused with
        // answers here, too: the wrapper may have put a handler around it that catches.
        if IS_INSIDE.get() {
            let refusing = REFUSING.with_borrow(|it| it.as_ref().map(|it| it.clone_ref(python)));
            return match refusing {
                None => self.handle.call(python, arguments, named),
                Some(it) => {
                    self.handle_with(vec![(HANDLER, it.into_bound(python))], arguments, named)
                }
            };
        }
        if *RUNTIMES.get_or_init(|| thread::current().id()) != thread::current().id() {
            tamper::note(
                "event gate",
                "expected events of the runtime's client only, was called by another thread",
            );
            return self.handle.call(python, arguments, named);
        }
        let changes = match self.admit(arguments, named) {
            Ok(changes) => changes,
            Err(fault) if fault.is_instance_of::<PyException>(python) => {
                guard::report("fault", &format!("event: {fault}"), BTreeMap::new());
                Vec::new()
            }
            Err(fault) => return Err(fault),
        };
        IS_INSIDE.set(true);
        let answer = if changes.is_empty() {
            self.handle.call(python, arguments, named)
        } else {
            self.handle_with(changes, arguments, named)
        };
        IS_INSIDE.set(false);
        REFUSING.set(None);
        guard::end(python);
        answer
    }

    /// All that is not ours is the original's.
    fn __getattr__(&self, python: Python<'_>, name: &str) -> PyResult<Py<PyAny>> {
        self.handle.getattr(python, name)
    }
}

impl EventGate {
    /// The same in front of another.
    pub(crate) fn over(&self, python: Python<'_>, handle: &Py<PyAny>) -> EventGate {
        EventGate {
            handle: handle.clone_ref(python),
            refuse: self.refuse.clone_ref(python),
        }
    }

    /// What the runtime client is to be given in the place of which arguments; nothing lets the event pass.
    fn admit<'py>(
        &self,
        arguments: &Bound<'py, PyTuple>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Vec<Change<'py>>> {
        let request_id = argument(arguments, named, REQUEST_ID)?;
        // SAFETY: `request_id` is a live object and the GIL is held.
        let request_id = unsafe { arguments::bytes(request_id.as_ptr()) }.unwrap_or_default();
        let request_id = String::from_utf8_lossy(&request_id);
        let given = argument(arguments, named, EVENT)?;
        // SAFETY: `given` is a live object and the GIL is held.
        let event = unsafe { arguments::bytes(given.as_ptr()) };
        let event =
            event.ok_or_else(|| PyTypeError::new_err("the event is neither text nor bytes"))?;
        let arn = argument(arguments, named, INVOKED_ARN).ok();
        // SAFETY: `arn` is a live object and the GIL is held.
        let arn = arn.and_then(|arn| unsafe { arguments::bytes(arn.as_ptr()) });
        let alias = arn.as_deref().and_then(alias);
        match guard::begin(arguments.py(), &event, &request_id, alias) {
            None => Ok(Vec::new()),
            Some(Refusal::Event { reason, response }) => {
                let refuse = self.refuse.bind(arguments.py());
                let handler = refuse.call1((reason, response))?;
                REFUSING.set(Some(handler.clone().unbind()));
                Ok(vec![(HANDLER, handler)])
            }
            Some(Refusal::Records(rest)) => {
                let handler = argument(arguments, named, HANDLER)?;
                changes(&rest, handler, &given)
            }
        }
    }

    fn handle_with<'py>(
        &self,
        changes: Vec<Change<'py>>,
        arguments: &Bound<'py, PyTuple>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        let python = arguments.py();
        let mut places: Vec<Bound<'_, PyAny>> = arguments.iter().collect();
        let named = named.map_or_else(|| Ok(PyDict::new(python)), |named| named.copy())?;
        for ((place, name), value) in changes {
            match places.get_mut(place) {
                Some(place) => *place = value,
                None => named.set_item(name, value)?,
            }
        }
        let arguments = PyTuple::new(python, places)?;
        self.handle.call(python, arguments, Some(&named))
    }
}

/// Another value of one of the runtime client's arguments.
type Change<'py> = ((usize, &'static str), Bound<'py, PyAny>);

/// The rest of a batch, in the type that the event had, and the handler that also reports what is not in it.
fn changes<'py>(
    rest: &Rest,
    handler: Bound<'py, PyAny>,
    given: &Bound<'py, PyAny>,
) -> PyResult<Vec<Change<'py>>> {
    let python = given.py();
    let is_left = rest.event.is_some();
    let handler = RestHandler::new(python, is_left.then(|| handler.unbind()), &rest.failures)?;
    let mut changes = vec![(HANDLER, Bound::new(python, handler)?.into_any())];
    if let Some(event) = &rest.event {
        let event = if given.is_instance_of::<PyString>() {
            PyString::new(python, &String::from_utf8_lossy(event)).into_any()
        } else {
            PyBytes::new(python, event).into_any()
        };
        changes.push((EVENT, event));
    }
    Ok(changes)
}

fn argument<'py>(
    arguments: &Bound<'py, PyTuple>,
    named: Option<&Bound<'py, PyDict>>,
    (place, name): (usize, &str),
) -> PyResult<Bound<'py, PyAny>> {
    if let Ok(found) = arguments.get_item(place) {
        return Ok(found);
    }
    let found = named.map_or(Ok(None), |named| named.get_item(name))?;
    found.ok_or_else(|| PyTypeError::new_err(format!("the runtime client passes no {name}")))
}
