//! Which inputs belong to which record of a batch: of `Records`, a list, or of Kafka's `records`, lists by topic.

use crate::json::Step;

/// Where the inputs of each record begin.
#[derive(Debug, Default)]
pub(super) struct Records {
    starts: Vec<usize>,
    /// Where the last record's end, once that was seen.
    end: Option<usize>,
    /// Of Kafka: how many records are in the topics before.
    before: usize,
}

impl Records {
    /// Looks at a key, in front of which there are `inputs`.
    pub(super) fn notice_key(&mut self, trail: &[Step<'_>], inputs: usize) {
        match trail {
            [] if !self.starts.is_empty() => {
                self.end.get_or_insert(inputs);
            }
            [Step::Key(root)] if **root == *b"records" => self.before = self.starts.len(),
            [Step::Key(root), Step::Index(at)] if **root == *b"Records" => self.begin(*at, inputs),
            [Step::Key(root), Step::Key(_), Step::Index(at)] if **root == *b"records" => {
                self.begin(self.before + at, inputs);
            }
            _ => {}
        }
    }

    fn begin(&mut self, number: usize, inputs: usize) {
        while self.starts.len() <= number {
            self.starts.push(inputs);
        }
    }

    /// The number of the record that an input belongs to, from 0; none where it belongs to none.
    pub(super) fn of(&self, input: usize) -> Option<usize> {
        let is_behind = self.end.is_some_and(|end| input >= end);
        let begun = self.starts.partition_point(|start| *start <= input);
        begun.checked_sub(1).filter(|_| !is_behind)
    }
}
