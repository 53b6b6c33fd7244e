//! Every place where an input stands in a resource.

use memchr::memmem::Finder;

/// How many times one occurrence may begin inside another: enough for any real input, and a bound
/// on the work for one that repeats itself a million times.
const OVERLAPS: usize = 64;

/// Long inputs overlap fewer times: no more than this many bytes are looked at twice.
const OVERLAPPING_BYTES: usize = 1 << 20;

/// The start of each occurrence of an input, ascending; overlapping ones too, up to a bound.
pub struct Occurrences<'a> {
    haystack: &'a [u8],
    finder: &'a Finder<'a>,
    from: usize,
    clear: usize, // the end of the last one
    overlaps: usize,
}

impl<'a> Occurrences<'a> {
    /// Looks for what `finder` was made for, which is not empty.
    pub fn new(haystack: &'a [u8], finder: &'a Finder<'a>) -> Self {
        let overlaps = (OVERLAPPING_BYTES / finder.needle().len().max(1)).clamp(2, OVERLAPS);
        Self {
            haystack,
            finder,
            from: 0,
            clear: 0,
            overlaps,
        }
    }
}

impl Iterator for Occurrences<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let rest = self.haystack.get(self.from..)?;
        let start = self.from + self.finder.find(rest)?;
        self.overlaps = self
            .overlaps
            .saturating_sub(usize::from(start < self.clear));
        self.clear = start + self.finder.needle().len().max(1);
        self.from = if self.overlaps > 0 {
            start + 1
        } else {
            self.clear
        };
        Some(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(haystack: &[u8], needle: &[u8]) -> Vec<usize> {
        Occurrences::new(haystack, &Finder::new(needle)).collect()
    }

    #[test]
    fn overlapping_occurrences_are_all_found() {
        assert_eq!(starts(b"aaaa", b"aa"), [0, 1, 2]);
        assert_eq!(starts(b"'' or ''", b"''"), [0, 6]);
    }

    #[test]
    fn an_input_that_repeats_itself_is_tried_a_bounded_number_of_times() {
        let haystack = vec![b'a'; 1 << 20];
        assert!(starts(&haystack, &haystack[..1 << 19]).len() <= OVERLAPS + 3);
    }
}
