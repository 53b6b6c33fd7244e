//! Which input of this invocation changes the syntax of what a sink was given. Nothing is judged here.

use crate::act::Resource;
use crate::carried::carried;
use crate::excluded::Excluded;
use crate::flow::{self, Change, Changed, Dialect, Filter};
use crate::found::Found;
use crate::inputs::{Event, Input};
use crate::inside_excluded::AtSink;
use crate::policy::{Policy, Protection};
use crate::scan;
use std::cell::OnceCell;

/// Bytes of a call that are compared with inputs, counted once for each input: some tenths of a second.
const MOST_COMPARED: usize = 1 << 30;

/// What whoever deployed an API wrote stands in its events, too: no outsider chose it.
const DEPLOYED: &str = "stageVariables.";

/// What looking for inputs in a call came to.
pub(crate) enum Sought<'a> {
    Found(Box<Found<'a>>),
    Nothing,
    /// The work was given up before the last input.
    TooMuch,
}

/// Whether an input of this invocation changes the syntax of what a sink was given: the first that no exclusion lets pass.
pub(crate) fn at_sink<'a>(event: &'a Event, resource: Resource<'_>, policy: &Policy) -> Sought<'a> {
    let Some((detector, cwe)) = detector(resource) else {
        return Sought::Nothing;
    };
    let filter = match resource {
        Resource::Filter(text) => Some(Filter::read(text)),
        _ => None,
    };
    let joined = joined(resource);
    let given = given(resource, &joined);
    let changed = may_be_changed(resource).then(|| Changed::of(given));
    let changed = changed.flatten();
    let excluding = OnceCell::new();
    let excluding = || {
        let excluded = || Excluded::of(policy, detector);
        excluding.get_or_init(|| AtSink::new(event, excluded(), given, changed.as_ref()))
    };
    let may_stand = |input: Input<'_>| {
        let changed = changed.as_ref();
        changed.is_none_or(|changed| changed.may_hold(input.text()))
    };
    let most = MOST_COMPARED / given.len().max(1);
    let as_it_is = event.inputs().take(most).filter(|one| may_stand(*one));
    let found = as_it_is
        .filter_map(|one| Some((one, reason(one, one.text(), resource, filter.as_ref())?)))
        .find(|(input, _)| !excluding().lets_pass(*input));
    let found = found.or_else(|| {
        let may_hide = |input: &Input<'_>| input.has_syntax() || flow::is_hexadecimal(input.text());
        event.inputs().filter(may_hide).find_map(|one| {
            let is_passed = |form: &[u8]| excluding().lets_form_pass(one, form);
            let reason = reason_of_changed(one, resource, changed.as_ref(), &is_passed)?;
            (!excluding().has(one)).then_some((one, reason))
        })
    });
    let was_too_much = || changed.as_ref().is_some_and(Changed::was_too_much);
    match found {
        Some((input, reason)) => Sought::Found(Box::new(Found {
            confidence: confidence(resource),
            input: Some((input, 0, input.text().len())),
            ..Found::sure(Protection::Flow, detector, cwe, reason)
        })),
        None if event.inputs().len() > most || was_too_much() => Sought::TooMuch,
        None => Sought::Nothing,
    }
}

/// The arguments of a program as one text.
fn joined(resource: Resource<'_>) -> Vec<u8> {
    match resource {
        Resource::Arguments(arguments) => arguments.join(&0),
        _ => Vec::new(),
    }
}

/// Whether inputs that were changed on their way are looked for in it: where these can do something.
fn may_be_changed(resource: Resource<'_>) -> bool {
    matches!(
        resource,
        Resource::Arguments(_)
            | Resource::Shell(_)
            | Resource::Sql(..)
            | Resource::Code(..)
            | Resource::Template(_)
            | Resource::Expression(_)
    )
}

/// What an input does that does not stand in the resource as it is, but for forms of it that are passed.
fn reason_of_changed(
    input: Input<'_>,
    resource: Resource<'_>,
    changed: Option<&Changed<'_>>,
    is_passed: &dyn Fn(&[u8]) -> bool,
) -> Option<&'static str> {
    if let Resource::Path(place) = resource {
        let leads = input
            .has_slash()
            .then(|| flow::resolved(place, input.text()));
        return leads.flatten();
    }
    changed?.forms(input.text()).find_map(|form| {
        let reason = reason(input, form.text, resource, None)?;
        (form.supports(reason) && !is_passed(form.text)).then_some(reason)
    })
}

fn detector(resource: Resource<'_>) -> Option<(&'static str, u16)> {
    Some(match resource {
        Resource::None => return None,
        Resource::Path(_) => ("path-traversal", 22),
        Resource::Shell(_) => ("shell-injection", 78),
        Resource::Arguments(_) => ("process-injection", 88),
        Resource::Sql(..) => ("sql-injection", 89),
        Resource::Code(..) | Resource::Module(_) => ("code-injection", 94),
        Resource::Template(_) | Resource::Format(_) => ("template-injection", 1336),
        Resource::Url(_) => ("server-side-request-forgery", 918),
        Resource::Xml(_) => ("xml-external-entity", 611),
        Resource::Filter(_) | Resource::Expression(_) => ("nosql-injection", 943),
        Resource::Serialized(_) => ("unsafe-deserialization", 502),
    })
}

/// A table by which code chooses a module may hold the very words that callers write: that alone blocks nothing.
fn confidence(resource: Resource<'_>) -> u8 {
    match resource {
        Resource::Module(_) => CHOSEN,
        _ => 100,
    }
}

/// What was given as one text, of a program's arguments that they are `joined` to.
fn given<'r>(resource: Resource<'r>, joined: &'r [u8]) -> &'r [u8] {
    match resource {
        Resource::None => &[],
        Resource::Arguments(_) => joined,
        Resource::Path(text)
        | Resource::Shell(text)
        | Resource::Sql(text, _)
        | Resource::Code(text, _)
        | Resource::Template(text)
        | Resource::Format(text)
        | Resource::Url(text)
        | Resource::Xml(text)
        | Resource::Filter(text)
        | Resource::Expression(text)
        | Resource::Module(text)
        | Resource::Serialized(text) => text,
    }
}

/// What `text`, the text of an input or a form of it, does.
fn reason(
    input: Input<'_>,
    text: &[u8],
    resource: Resource<'_>,
    filter: Option<&Filter>,
) -> Option<&'static str> {
    // A plain word changes no syntax, but it may be the whole of what is run.
    let is_run = matches!(
        resource,
        Resource::Shell(_)
            | Resource::Arguments(_)
            | Resource::Url(_)
            | Resource::Module(_)
            | Resource::Format(_)
            | Resource::Serialized(_)
    );
    if !input.has_syntax() && text == input.text() && !is_run {
        return None;
    }
    let change = |change: Option<Change>| change.map(|change| change.reason);
    match resource {
        Resource::None => None,
        Resource::Path(path) if input.has_slash() => change(flow::path(path, text)),
        Resource::Path(_) => None,
        Resource::Shell(command) => change(flow::shell(command, text)),
        Resource::Arguments(arguments) => change(flow::exec(arguments, text)),
        Resource::Sql(statement, dialect) => change(flow::sql(statement, text, dialect)),
        Resource::Code(code, language) => change(flow::code(code, text, language)),
        Resource::Template(source) => change(flow::template(source, text)),
        Resource::Format(source) => change(flow::format(source, text)),
        Resource::Url(url) => {
            change(flow::destination(url, text)).filter(|_| !input.path().starts_with(DEPLOYED))
        }
        Resource::Xml(document) => fetches(document, text),
        Resource::Filter(text_of_filter) => {
            flow::in_filter(text_of_filter, filter?, text, input.is_key())
        }
        Resource::Expression(text_of_it) => change(flow::sql(text_of_it, text, Dialect::Any)),
        Resource::Module(name) => change(flow::module(name, text)),
        Resource::Serialized(bytes) => {
            carried(bytes, text).then_some("holds the code that is loaded")
        }
    }
}

/// An input that makes its parser fetch, and that begins where declarations are: before the first element of what is
/// parsed.
fn fetches(document: &[u8], input: &[u8]) -> Option<&'static str> {
    let declares = memchr::memmem::find(input, b"<!").is_some();
    let begins = declares.then(|| memchr::memmem::find(document, input))??;
    let is_tag = |at: usize| document[at + 1].is_ascii_alphabetic();
    if memchr::memchr_iter(b'<', &document[..begins]).any(is_tag) {
        return None;
    }
    let hits = scan::scan(input);
    hits.into_iter()
        .find(|hit| hit.detector == "xml-external-entity" && hit.confidence >= SURE)
        .map(|hit| hit.reason)
}

/// From this confidence on the firewall's word is enough, where the input is parsed.
const SURE: u8 = crate::policy::BLOCKING_CONFIDENCE;
/// Where an input may have chosen among what the code offers.
const CHOSEN: u8 = 75;
