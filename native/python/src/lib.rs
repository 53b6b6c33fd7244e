//! `hauberk._native`: the core for CPython.

mod admitted;
mod arguments;
mod behind;
mod environment;
mod event_gate;
mod finder;
mod formatted;
mod function_code;
mod guard;
mod hook;
mod inspector;
mod judge;
mod lent;
mod log;
mod lookup;
mod method_table;
mod moved;
mod outgoing;
mod passed;
mod peer;
mod placed;
mod provenance;
mod redirected;
mod redirected_audit;
mod redirected_closing;
mod redirected_interpreters;
mod redirected_marshal;
mod redirected_methods;
mod redirected_spawning;
mod redirected_writing;
mod refusal;
mod rest_handler;
mod runtime_client;
mod sealed;
mod sending;
mod sinks;
mod sources;
mod stack;
mod surroundings;
mod tamper;
mod threads;
mod volume;
mod wall;
mod watched;

use pyo3::prelude::*;
use pyo3::types::PyType;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<judge::Judge>()?;
    module.add_class::<inspector::Inspector>()?;
    module.add_class::<sources::List>()?;
    module.add_class::<event_gate::EventGate>()?;
    module.add_class::<watched::WatchedFunction>()?;
    module.add_class::<watched::WatchedMethod>()?;
    module.add_function(wrap_pyfunction!(judge::flow, module)?)?;
    module.add_function(wrap_pyfunction!(judge::scan, module)?)?;
    module.add_function(wrap_pyfunction!(judge::inputs, module)?)?;
    module.add_function(wrap_pyfunction!(judge::ngrams, module)?)?;
    module.add_function(wrap_pyfunction!(judge::rules, module)?)?;
    module.add_function(wrap_pyfunction!(judge::resemblance, module)?)?;
    module.add_function(wrap_pyfunction!(judge::argument_shape, module)?)?;
    module.add_function(wrap_pyfunction!(judge::trigger, module)?)?;
    module.add_function(wrap_pyfunction!(judge::open_policy, module)?)?;
    module.add_function(wrap_pyfunction!(sources::draw_sources, module)?)?;
    module.add_function(wrap_pyfunction!(guard::arm, module)?)?;
    module.add_function(wrap_pyfunction!(guard::is_walled, module)?)?;
    module.add_function(wrap_pyfunction!(guard::announce, module)?)?;
    module.add_function(wrap_pyfunction!(guard::fault, module)?)?;
    module.add_function(wrap_pyfunction!(guard::renew, module)?)?;
    module.add_function(wrap_pyfunction!(lookup::watch_lookup, module)?)?;
    module.add_function(wrap_pyfunction!(admitted::admit_text, module)?)?;
    module.add_function(wrap_pyfunction!(admitted::admit_api, module)?)?;
    module.add_function(wrap_pyfunction!(admitted::admit_name, module)?)?;
    module.add_function(wrap_pyfunction!(sinks::code::admit_module, module)?)?;
    module.add_function(wrap_pyfunction!(admitted::admit_sent, module)?)?;
    module.add_function(wrap_pyfunction!(placed::put, module)?)?;
    module.add_function(wrap_pyfunction!(placed::keep_module, module)?)?;
    module.add_function(wrap_pyfunction!(finder::keep_finder, module)?)?;
    module.add_function(wrap_pyfunction!(finder::waiting_for, module)?)?;
    module.add_function(wrap_pyfunction!(admitted::databases_of_query, module)?)?;
    module.add_function(wrap_pyfunction!(admitted::admit_database, module)?)?;
    module.add_function(wrap_pyfunction!(redirected::redirect, module)?)?;
    module.add_function(wrap_pyfunction!(
        redirected_methods::redirect_methods,
        module
    )?)?;
    module.add_function(wrap_pyfunction!(outgoing::judge_requests, module)?)?;
    module.add_function(wrap_pyfunction!(admitted::admit_request, module)?)?;
    module.add_function(wrap_pyfunction!(runtime_client::know_client, module)?)?;
    let mut classes = Vec::new();
    for one in ["EventGate", "WatchedFunction", "WatchedMethod"] {
        classes.push(module.getattr(one)?.cast_into::<PyType>()?);
    }
    sealed::seal(&classes)
}
