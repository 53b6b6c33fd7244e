//! Calls of AWS that were let pass: what is sent is compared with them. None is in here that the judge did not admit.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Acts that are remembered; those before them are judged again by what is sent.
const MOST: usize = 4_096;
/// Words by which an action only reads, so that no request that changes something is one.
const READING: [&str; 8] = [
    "Get", "List", "Describe", "Head", "BatchGet", "Search", "Query", "Scan",
];
const CHANGING: [&str; 3] = ["DELETE", "PUT", "PATCH"];

/// An action and the resource that it is on.
type Acting = (String, String);

#[derive(Default)]
struct Passed {
    acts: HashSet<Acting>,
    in_order: VecDeque<Acting>,
    /// How many of the acts are of an action.
    actions: HashMap<String, usize>,
}

static PASSED: Mutex<Option<Passed>> = Mutex::new(None);

impl Passed {
    fn add(&mut self, act: Acting) {
        if !self.acts.insert(act.clone()) {
            return;
        }
        *self.actions.entry(act.0.clone()).or_default() += 1;
        self.in_order.push_back(act);
        if self.in_order.len() > MOST
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.acts.remove(&oldest);
            if let Some(count) = self.actions.get_mut(&oldest.0) {
                *count -= 1;
                if *count == 0 {
                    self.actions.remove(&oldest.0);
                }
            }
        }
    }

    fn holds(&self, act: &Acting, is_known: bool) -> bool {
        let (action, target) = act;
        if is_known {
            return self.acts.contains(act) || target == "*" && self.actions.contains_key(action);
        }
        let Some((service, method)) = action.split_once(':') else {
            return false;
        };
        self.actions.keys().any(|passed| {
            passed.split_once(':').is_some_and(|(of, name)| {
                let is_reading = READING.iter().any(|word| name.starts_with(word));
                of == service && !(is_reading && CHANGING.contains(&method))
            })
        })
    }
}

/// Remembers acts that were let pass.
pub(crate) fn remember(acts: Vec<Acting>) {
    let mut passed = PASSED.lock().unwrap_or_else(PoisonError::into_inner);
    let passed = passed.get_or_insert_default();
    acts.into_iter().for_each(|act| passed.add(act));
}

/// Whether all these acts were let pass, as far as can be told of them.
pub(crate) fn holds(acts: &[Acting], is_known: bool) -> bool {
    let passed = PASSED.lock().unwrap_or_else(PoisonError::into_inner);
    let passed = passed.as_ref();
    passed.is_some_and(|passed| acts.iter().all(|act| passed.holds(act, is_known)))
}
