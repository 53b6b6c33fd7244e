//! Which record of a batch a value belongs to, by its trail: of `Records`, a list, or of Kafka's `records`, lists by topic.

use crate::json::{Leaf, Step};

/// How many records of Kafka there are in the topics before, and with this one.
#[derive(Default)]
pub(super) struct Topics {
    before: usize,
    with_this: usize,
}

impl Topics {
    pub(super) fn notice(&mut self, trail: &[Step<'_>], leaf: Leaf<'_>) {
        match (trail, leaf) {
            ([Step::Key(root)], Leaf::Key(_)) if **root == *b"records" => {
                self.before = self.with_this;
            }
            ([Step::Key(root), Step::Key(_), Step::Index(at), ..], _) if **root == *b"records" => {
                self.with_this = self.before + at + 1;
            }
            _ => {}
        }
    }
}

/// The number of the record that the leaf at the end of a trail belongs to, from 0; none where it belongs to none.
pub(super) fn record_of(trail: &[Step<'_>], topics: &Topics) -> Option<usize> {
    match trail {
        [Step::Key(root), Step::Index(at), ..] if **root == *b"Records" => Some(*at),
        [Step::Key(root), Step::Key(_), Step::Index(at), ..] if **root == *b"records" => {
            Some(topics.before + at)
        }
        _ => None,
    }
}
