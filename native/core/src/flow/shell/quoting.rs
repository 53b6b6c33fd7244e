//! Quotes and substitutions: the part of reading a shell command that happens inside words.

use super::syntax::{Command, Frame, Reader, Role};

impl Reader<'_> {
    pub(super) fn in_word(&mut self) {
        match self.peek(0) {
            b'\\' => {
                self.take(Role::Escape, 1);
                self.take(Role::Plain, 1);
            }
            b'\'' => self.single_quoted(1, false),
            b'"' => {
                self.take(Role::QuoteOpen, 1);
                self.stack.push(Frame::Double);
            }
            b'$' if self.peek(1) == b'\'' => self.single_quoted(2, true),
            b'$' => self.expansion(),
            b'`' => self.backtick(),
            _ => self.take(Role::Plain, 1),
        }
    }

    pub(super) fn in_double(&mut self) {
        match self.peek(0) {
            b'"' => {
                self.take(Role::QuoteClose, 1);
                self.stack.pop();
            }
            b'\\' if b"\"\\$`\n".contains(&self.peek(1)) => {
                self.take(Role::Escape, 1);
                self.take(Role::Plain, 1);
            }
            b'$' => self.expansion(),
            b'`' => self.backtick(),
            _ => self.take(Role::Plain, 1),
        }
    }

    pub(super) fn in_parameter(&mut self) {
        if self.peek(0) == b'}' {
            self.take(Role::Expand, 1);
            self.stack.pop();
        } else {
            self.in_word();
        }
    }

    pub(super) fn in_arithmetic(&mut self, depth: usize) {
        let change = match self.peek(0) {
            b'(' => depth + 1,
            b')' if depth == 0 => {
                self.take(Role::Expand, if self.peek(1) == b')' { 2 } else { 1 });
                self.stack.pop();
                return;
            }
            b')' => depth - 1,
            _ => return self.in_double_but_quotes(),
        };
        self.take(Role::Operator, 1);
        if let Some(frame) = self.stack.last_mut() {
            *frame = Frame::Arithmetic(change);
        }
    }

    pub(super) fn in_double_but_quotes(&mut self) {
        match self.peek(0) {
            b'"' => self.take(Role::Plain, 1),
            _ => self.in_double(),
        }
    }

    fn single_quoted(&mut self, mark: usize, has_escapes: bool) {
        self.take(Role::QuoteOpen, mark);
        let mut end = self.at;
        while let Some(byte) = self.text.get(end).filter(|byte| **byte != b'\'') {
            end += if has_escapes && *byte == b'\\' { 2 } else { 1 };
        }
        let end = end.min(self.text.len());
        if !has_escapes {
            self.singles.push((self.at, end));
        }
        self.take(Role::Plain, end - self.at);
        self.take(Role::QuoteClose, 1);
    }

    fn expansion(&mut self) {
        match (self.peek(1), self.peek(2)) {
            (b'(', b'(') => {
                self.take(Role::Expand, 3);
                self.stack.push(Frame::Arithmetic(0));
            }
            (b'(', _) => {
                self.take(Role::Expand, 2);
                self.push_command(b')', true);
            }
            (b'{', _) => {
                self.take(Role::Expand, 2);
                self.stack.push(Frame::Parameter);
            }
            (next, _) if next.is_ascii_alphanumeric() || b"_?!#$*@-".contains(&next) => {
                self.take(Role::Expand, 1);
                self.take(Role::Plain, 1);
            }
            _ => self.take(Role::Plain, 1),
        }
    }

    fn backtick(&mut self) {
        self.take(Role::Expand, 1);
        let closes = matches!(
            self.stack.last(),
            Some(Frame::Command(Command { closer: b'`', .. }))
        );
        if closes {
            if let Some(frame) = self.stack.pop() {
                self.end_word_at(frame, self.at - 1);
            }
        } else {
            self.push_command(b'`', true);
        }
    }
}
