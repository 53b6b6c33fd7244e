//! From which address a mail came, by the words of the server that took it: SES writes the first `Received` and the
//! first `Received-SPF`; those behind them are the outsider's.

use memchr::{memchr, memmem};

/// Where SES's own name begins, behind that of the sender and its address in brackets.
const TAKEN: &[u8] = b" by inbound-smtp.";
const CLIENT: &[u8] = b"client-ip=";

/// The header of a mail that is being read, and which of the first ones were.
#[derive(Default)]
pub(super) struct Mail {
    record: Option<usize>,
    name: Vec<u8>,
    had_received: bool,
    had_spf: bool,
}

impl Mail {
    /// Begins a header of the mail in `record`.
    pub(super) fn begin(&mut self, record: usize, name: &[u8]) {
        if self.record != Some(record) {
            *self = Mail {
                record: Some(record),
                ..Mail::default()
            };
        }
        self.name = name.to_vec();
    }

    /// The addresses in the header's value. A name that the sender chose may hold one too: then there are two.
    pub(super) fn addresses<'t>(&mut self, value: &'t [u8]) -> Vec<&'t [u8]> {
        if self.name.eq_ignore_ascii_case(b"received") && !self.had_received {
            self.had_received = true;
            return memmem::rfind(value, TAKEN).map_or(Vec::new(), |end| bracketed(&value[..end]));
        }
        if self.name.eq_ignore_ascii_case(b"received-spf") && !self.had_spf {
            self.had_spf = true;
            return memmem::find_iter(value, CLIENT)
                .map(|at| until(&value[at + CLIENT.len()..], b';'))
                .collect();
        }
        Vec::new()
    }
}

fn bracketed(text: &[u8]) -> Vec<&[u8]> {
    text.split(|byte| *byte == b'[')
        .skip(1)
        .map(|part| until(part, b']'))
        .collect()
}

fn until(text: &[u8], end: u8) -> &[u8] {
    &text[..memchr(end, text).unwrap_or(text.len())]
}
