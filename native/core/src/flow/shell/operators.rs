//! Operators and redirections: the part of reading a shell command that happens between words.

use super::syntax::{Command, Reader, Role, Word};

impl Reader<'_> {
    pub(super) fn end_command(&mut self) {
        self.separate(Role::Operator, 1);
        self.new_command();
    }

    pub(super) fn end_line(&mut self) {
        self.separate(Role::Newline, 1);
        self.new_command();
        while let Some(body) = self.here.next_body(self.text, self.at) {
            self.read_body(&body);
        }
    }

    pub(super) fn open_subshell(&mut self) {
        let word = self.command().and_then(|command| command.word);
        self.end_word();
        if let Some(last) = self
            .words
            .last_mut()
            .filter(|last| word == Some(last.start))
        {
            last.is_aside = true; // a function's name
        }
        self.take(Role::Operator, 1);
        self.push_command(b')', false);
    }

    pub(super) fn close_paren(&mut self, command: Command) {
        self.end_word();
        if command.closer != b')' {
            if let Some(pattern) = self
                .words
                .last_mut()
                .filter(|last| last.command == command.id)
            {
                pattern.is_aside = true; // of `case`
            }
            return self.end_command();
        }
        self.take(
            if command.is_substitution {
                Role::Expand
            } else {
                Role::Operator
            },
            1,
        );
        self.stack.pop();
        if !command.is_substitution {
            self.new_command();
        }
    }

    pub(super) fn angle(&mut self) {
        let pair = (self.peek(0), self.peek(1));
        match pair {
            (b'<' | b'>', b'(') => {
                self.start_word();
                self.take(Role::Expand, 2);
                self.push_command(b')', true);
            }
            (b'<', b'<') if self.peek(2) == b'<' => {
                self.redirect(3);
                if let Some(command) = self.command() {
                    command.is_given = true;
                }
            }
            (b'<', b'<') => {
                let strips = self.peek(2) == b'-';
                self.redirect(if strips { 3 } else { 2 });
                let rest = &self.text[self.at..];
                let blanks = rest.iter().take_while(|byte| b" \t".contains(byte)).count();
                let id = self.command().map_or(0, |command| command.id);
                self.here.expect(self.at + blanks, strips, id);
            }
            (_, b'&' | b'>' | b'|') => self.redirect(2),
            _ => self.redirect(1),
        }
    }

    pub(super) fn redirect(&mut self, count: usize) {
        self.end_word();
        let at = self.at;
        let is_descriptor = |word: &Word| {
            word.end == at && self.text[word.start..at].iter().all(u8::is_ascii_digit)
        };
        if self.words.last().is_some_and(is_descriptor) {
            self.words.pop();
        }
        self.take(Role::Redirect, count);
        if let Some(command) = self.command() {
            command.is_target = true;
            command.is_given = false;
        }
    }
}
