//! In which order the firewall reads an event's inputs, and when it stops.
//!
//! An event has one budget. Short inputs are read first, the shortest before all others, then the ends of long ones,
//! then what stands between: so that no long input can use up what a short one needs. What the budget does not last
//! for is a gap.

use crate::gap::Gap;
use crate::inputs::{Event, Input};
use crate::known::{Known, Nothing};
use crate::scan::{Hit, Piece, Scanner};
use crate::serialized::is_written_serialized;

/// What reading the inputs of one event may cost: some 24 ms.
const MOST_WORK: usize = 24_000_000;
/// An event of no more bytes is read in its own order: the budget lasts for it.
const SMALL_EVENT: usize = 64 << 10;

/// Reads the inputs, shows the hits in each, and says what was not read.
pub(crate) fn read<'a>(event: &'a Event, notice: &mut dyn FnMut(Input<'a>, Vec<Hit>)) -> Gap {
    let mut reader = Reader {
        scanner: Scanner::new(MOST_WORK),
        known: event.known(),
        not_read: Vec::new(),
        bytes: 0,
    };
    if event.bytes() <= SMALL_EVENT {
        event
            .inputs()
            .filter(is_read)
            .for_each(|input| reader.read(input, 0, notice));
    } else {
        reader.read_by_length(event, notice);
    }
    reader.not_read.sort_unstable();
    reader.not_read.dedup();
    Gap {
        not_read: reader.not_read.len(),
        bytes: reader.bytes,
        ..event.gap()
    }
}

fn is_read(input: &Input<'_>) -> bool {
    let has_syntax = || input.has_syntax() || is_written_serialized(input.text());
    let is_own = !input.is_covered() && !input.is_binary() && has_syntax();
    is_own || input.is_key()
}

struct Reader<'e> {
    scanner: Scanner,
    known: &'e Known,
    /// The numbers of inputs of which not all was read.
    not_read: Vec<usize>,
    bytes: usize,
}

impl Reader<'_> {
    fn read_by_length<'a>(
        &mut self,
        event: &'a Event,
        notice: &mut dyn FnMut(Input<'a>, Vec<Hit>),
    ) {
        let mut inputs: Vec<Input<'a>> = event.inputs().filter(is_read).collect();
        inputs.sort_by_key(|input| input.text().len());
        let pieces = |input: &Input<'a>| Piece::count(input.text());
        let (short, long) = inputs.split_at(inputs.partition_point(|input| pieces(input) == 1));
        short.iter().for_each(|input| self.read(*input, 0, notice));
        for input in long {
            self.read(*input, 0, notice);
            self.read(*input, pieces(input) - 1, notice);
        }
        for input in long {
            (1..pieces(input) - 1).for_each(|at| self.read(*input, at, notice));
        }
    }

    /// Reads a piece of an input.
    fn read<'a>(
        &mut self,
        input: Input<'a>,
        at: usize,
        notice: &mut dyn FnMut(Input<'a>, Vec<Hit>),
    ) {
        let text = input.text();
        let is_value = !input.is_key() && !input.is_covered();
        if is_value && self.known.holds(input.mark(), Nothing::Found) {
            return;
        }
        if input.is_key() {
            self.scanner.read_names(text);
        }
        let piece = if Piece::count(text) > 1 {
            Piece::nth(text, at)
        } else {
            Piece::whole(text, (input.signs(), input.stops()))
        };
        // Of a covered one all but the names is read elsewhere.
        let is_read = input.is_covered() || self.scanner.read(piece);
        if !is_read {
            self.not_read.push(input.number());
            self.bytes += piece.text.len();
        }
        let hits = self.scanner.hits();
        if is_value && is_read && hits.is_empty() {
            self.known.add(input.mark(), Nothing::Found);
        }
        notice(input, hits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::decode;

    const ATTACK: &str = "1 UNION SELECT password FROM users";

    /// The detectors that spoke, and what was not read.
    fn read_all(event: &str) -> (Vec<&'static str>, Gap) {
        let event = decode(event.as_bytes());
        let mut detectors = Vec::new();
        let gap = read(&event, &mut |_, hits| {
            detectors.extend(hits.iter().map(|hit| hit.detector));
        });
        (detectors, gap)
    }

    #[test]
    fn a_short_input_is_read_however_much_else_there_is() {
        let costly = "(<a b='c' ".repeat(300_000);
        for event in [
            format!(r#"["{costly}", "{costly}", "{costly}", "{ATTACK}"]"#),
            format!(r#"["{ATTACK}", "{costly}", "{costly}", "{costly}"]"#),
        ] {
            let (detectors, gap) = read_all(&event);
            assert!(detectors.contains(&"sql-injection"), "{detectors:?}");
            assert_eq!(gap.not_read, 3);
            assert!(gap.bytes > 1_000_000, "{gap}");
        }
    }

    #[test]
    fn the_ends_of_a_long_input_are_read_before_its_middle() {
        let costly = "(<a b='c' ".repeat(150_000);
        let attack = "<img src=x onerror=f()>";
        for (start, end) in [(attack, ""), ("", attack)] {
            let event = format!(r#"["{costly}", "{start}{costly}{end}"]"#);
            let (detectors, gap) = read_all(&event);
            assert!(detectors.contains(&"cross-site-scripting"), "{detectors:?}");
            assert!(gap.not_read > 0);
        }
    }

    #[test]
    fn of_a_usual_event_everything_is_read() {
        let text = "It is late, is it not? We will meet at 5, as always. ".repeat(5_000);
        let (_, gap) = read_all(&format!(r#"["{text}", "a b", "{text}"]"#));
        assert_eq!(gap, Gap::default());
    }

    #[test]
    fn what_a_value_tells_as_a_whole_is_read_in_forms_and_documents() {
        let rows = [
            (r#"{"body": "a=1&next=//a.example"}"#, "open-redirect"),
            (r#"{"body": "a=b&id=1+or+1=1"}"#, "sql-injection"),
            (
                r#"{"body": "<?xml version='1.0'?><a><id>1 or 1=1</id></a>"}"#,
                "sql-injection",
            ),
            (
                r#"{"body": "<s:Envelope><id>1 or 1=1</id></s:Envelope>"}"#,
                "sql-injection",
            ),
        ];
        for (event, detector) in rows {
            assert!(read_all(event).0.contains(&detector), "{event}");
        }
        for event in [
            r#"{"body": "a=1&next=/home&b=//"}"#,
            r#"{"body": "<?xml version='1.0'?><a><id>1 or 2</id></a>"}"#,
        ] {
            assert_eq!(read_all(event).0, Vec::<&str>::new(), "{event}");
        }
    }
}
