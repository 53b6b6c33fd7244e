//! What each byte of a shell command means to the shell: a role for every byte, and the words.
//!
//! POSIX `sh` with what `bash` adds to quoting (`$'…'`, `<(…)`, `&>`). Total and linear: nesting is
//! kept on a stack of our own. Roughly: here-documents, `case` patterns, function definitions.

use memchr::memchr;

use super::here_documents::HereDocuments;

/// What one byte does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Stands for itself.
    Plain,
    /// Separates words.
    Blank,
    /// Begins a quoted part.
    QuoteOpen,
    /// Ends a quoted part.
    QuoteClose,
    /// A backslash that takes the meaning from the next byte.
    Escape,
    /// Begins or ends a substitution: `$name`, `${…}`, `$(…)`, `` `…` ``.
    Expand,
    /// `;`, `|`, `&`, `(`, `)`.
    Operator,
    /// `<`, `>` and what belongs to them.
    Redirect,
    /// Ends a command.
    Newline,
    /// `#` and all after it on the line.
    Comment,
    /// The line that ends a here-document.
    HereEnd,
}

/// One word: its bytes with quotes, and the simple command it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word {
    pub start: usize,
    pub end: usize,
    pub command: usize,
    /// Not a word of the command: the target of a redirection, a `case` pattern, a function's name.
    pub is_aside: bool,
}

/// A command, read.
pub struct Syntax {
    pub roles: Vec<Role>,
    /// In the order in which they end: what stands in `$(…)` comes before the word around it.
    pub words: Vec<Word>,
    /// The contents of single quotes, in order.
    pub singles: Vec<(usize, usize)>,
    /// How many simple commands there are.
    pub commands: usize,
    /// What commands get on their standard input.
    pub given: Vec<Given>,
}

/// A here-document, or the word of a here-string.
#[derive(Clone, Copy)]
pub struct Given {
    pub start: usize,
    pub end: usize,
    /// Which command gets it.
    pub command: usize,
    pub word: Option<Word>,
}

/// Reads `text` as `sh` does.
pub fn read(text: &[u8]) -> Syntax {
    let top = Frame::Command(Command {
        closer: 0,
        is_substitution: false,
        word: None,
        id: 0,
        is_target: false,
        is_given: false,
    });
    read_in(text, top, 0)
}

/// Reads `text` inside of `frame`, in as many here-documents as `depth` says.
pub(super) fn read_in(text: &[u8], frame: Frame, depth: usize) -> Syntax {
    let mut reader = Reader::new(text, frame, depth);
    while reader.at < text.len() {
        reader.step();
    }
    while let Some(frame) = reader.stack.pop() {
        reader.end_word_of(frame);
    }
    let Reader {
        roles,
        words,
        singles,
        commands,
        given,
        ..
    } = reader;
    Syntax {
        roles,
        words,
        singles,
        commands,
        given,
    }
}

/// What the reader is inside of.
#[derive(Clone, Copy)]
pub(super) enum Frame {
    Command(Command),
    Double,
    HereDocument,
    Parameter,
    Arithmetic(usize),
}

/// A list of commands, up to what closes it.
#[derive(Clone, Copy)]
pub(super) struct Command {
    pub(super) closer: u8, // 0 at the top
    pub(super) is_substitution: bool,
    pub(super) word: Option<usize>,
    pub(super) id: usize,
    pub(super) is_target: bool,
    /// The next word is a here-string.
    pub(super) is_given: bool,
}

/// Reads byte by byte, always forward.
pub(super) struct Reader<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    pub(super) roles: Vec<Role>,
    pub(super) words: Vec<Word>,
    pub(super) singles: Vec<(usize, usize)>,
    pub(super) stack: Vec<Frame>,
    pub(super) commands: usize,
    pub(super) given: Vec<Given>,
    pub(super) here: HereDocuments,
    /// How many here-documents `text` stands in.
    pub(super) depth: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a [u8], frame: Frame, depth: usize) -> Self {
        Self {
            text,
            at: 0,
            roles: vec![Role::Plain; text.len()],
            words: Vec::new(),
            singles: Vec::new(),
            stack: vec![frame],
            commands: 1,
            given: Vec::new(),
            here: HereDocuments::default(),
            depth,
        }
    }

    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(super) fn take(&mut self, role: Role, count: usize) {
        let end = (self.at + count).min(self.text.len());
        self.roles[self.at..end].fill(role);
        self.at = end;
    }

    fn step(&mut self) {
        match self.stack.last().copied() {
            Some(Frame::Command(command)) => self.in_command(command),
            Some(Frame::Double) => self.in_double(),
            Some(Frame::HereDocument) => self.in_double_but_quotes(),
            Some(Frame::Parameter) => self.in_parameter(),
            Some(Frame::Arithmetic(depth)) => self.in_arithmetic(depth),
            None => self.take(Role::Plain, self.text.len()),
        }
    }

    fn in_command(&mut self, command: Command) {
        match self.peek(0) {
            b' ' | b'\t' | b'\r' => self.separate(Role::Blank, 1),
            b'\n' => self.end_line(),
            b'&' if self.peek(1) == b'>' => self.redirect(2),
            b';' | b'&' | b'|' => self.end_command(),
            b'(' => self.open_subshell(),
            b')' => self.close_paren(command),
            b'<' | b'>' => self.angle(),
            b'#' if command.word.is_none() => {
                let rest = &self.text[self.at..];
                self.take(Role::Comment, memchr(b'\n', rest).unwrap_or(rest.len()));
            }
            _ => {
                self.start_word();
                self.in_word();
            }
        }
    }

    pub(super) fn push_command(&mut self, closer: u8, is_substitution: bool) {
        let id = self.commands;
        self.commands += 1;
        let command = Command {
            closer,
            is_substitution,
            word: None,
            id,
            is_target: false,
            is_given: false,
        };
        self.stack.push(Frame::Command(command));
    }

    pub(super) fn command(&mut self) -> Option<&mut Command> {
        match self.stack.last_mut() {
            Some(Frame::Command(command)) => Some(command),
            _ => None,
        }
    }

    pub(super) fn start_word(&mut self) {
        let at = self.at;
        let closes =
            self.peek(0) == b'`' && self.command().is_some_and(|command| command.closer == b'`');
        if let Some(command) = self.command().filter(|_| !closes) {
            command.word.get_or_insert(at);
        }
    }

    pub(super) fn end_word(&mut self) {
        if let Some(frame) = self.stack.last().copied() {
            self.end_word_of(frame);
        }
        if let Some(command) = self.command() {
            command.is_target &= command.word.is_none();
            command.is_given &= command.is_target;
            command.word = None;
        }
    }

    fn end_word_of(&mut self, frame: Frame) {
        self.end_word_at(frame, self.at);
    }

    pub(super) fn end_word_at(&mut self, frame: Frame, end: usize) {
        if let Frame::Command(Command {
            word: Some(start),
            id,
            is_target,
            is_given,
            ..
        }) = frame
        {
            if self.here.wants_delimiter(start) {
                self.here.add(&self.text[start..end]);
            }
            let word = Word {
                start,
                end,
                command: id,
                is_aside: is_target,
            };
            self.words.push(word);
            if is_given {
                self.given.push(Given {
                    start,
                    end,
                    command: id,
                    word: Some(word),
                });
            }
        }
    }

    pub(super) fn separate(&mut self, role: Role, count: usize) {
        self.end_word();
        self.take(role, count);
    }

    pub(super) fn new_command(&mut self) {
        let id = self.commands;
        self.commands += 1;
        if let Some(command) = self.command() {
            command.id = id;
            command.is_target = false;
        }
    }
}
