"""The programs that a command line starts.

Sees:         words that begin a command, after `;`, `|`, `&&`, `||`, `&`, a line's end, `(` and the words of control
Does not see: what variables and substitutions make of a line, which is told; files that redirections open
"""

from __future__ import annotations

import re
import shlex

from hauberk.model.kind import Kind
from hauberk.scan.act import Act, Acts, Blank
from hauberk.scan.text import Hole, Text, marked, text_of, unmarked

SHELL = "/bin/sh"
_BUILT_IN = frozenset(
    [
        ".",
        ":",
        "[",
        "alias",
        "bg",
        "break",
        "cd",
        "continue",
        "echo",
        "eval",
        "exec",
        "exit",
        "export",
        "false",
        "fg",
        "hash",
        "kill",
        "printf",
        "pwd",
        "read",
        "readonly",
        "return",
        "set",
        "shift",
        "source",
        "test",
        "times",
        "trap",
        "true",
        "type",
        "ulimit",
        "umask",
        "unset",
        "wait",
    ]
)
_CONTROL = frozenset(
    [
        "!",
        "{",
        "}",
        "if",
        "then",
        "elif",
        "else",
        "fi",
        "while",
        "until",
        "do",
        "done",
        "in",
        "esac",
    ]
)
_NO_COMMAND = frozenset(("for", "case", "select", "function"))
_RUN = frozenset(("exec", "nohup", "time", "command"))  # what follows is a command
_ASSIGNED = re.compile(r"[A-Za-z_]\w*\+?=.*", re.DOTALL)
_SEPARATORS = re.compile(r"[;&|()\n]+")
_REDIRECTED = re.compile(r"[<>]&?|>[>|]|<<-?|&>>?")


def of_command(text: Text) -> Acts:
    """Give the shell that a text is handed to, and the programs that it starts."""
    return [Act(Kind.PROCESS, "start", text_of(SHELL)), *_inside(text)]


def _inside(text: Text) -> Acts:
    holes: list[Hole] = []
    written = marked(text, holes).replace("\n", ";")
    try:
        words = _words(written)
    except ValueError:
        return [Blank(Kind.PROCESS, "a command line that is not whole")]
    found: Acts = []
    is_first, is_file = True, False
    for word in words:
        if _SEPARATORS.fullmatch(word):
            is_first, is_file = True, False
        elif _REDIRECTED.fullmatch(word):
            is_file = True
        elif is_file:
            is_file = False
        elif (
            is_first and word not in _CONTROL and word not in _RUN and not _ASSIGNED.fullmatch(word)
        ):
            is_first = False
            found += _program(word, holes)
        if "$(" in word or "`" in word:
            found.append(Blank(Kind.PROCESS, "a command within a command line"))
    return found


def _words(written: str) -> list[str]:
    reader = shlex.shlex(written, posix=True, punctuation_chars=";&|()<>")
    reader.whitespace_split = True
    reader.commenters = ""
    return list(reader)


def _program(word: str, holes: list[Hole]) -> Acts:
    if word in _BUILT_IN or word in _NO_COMMAND:
        return []
    if "$" in word or "`" in word or "*" in word:
        return [Blank(Kind.PROCESS, "a program whose name a shell makes")]
    return [program(unmarked(word, holes))]


def program(name: Text) -> Act | Blank:
    """Give the start of a program by what it is called by: its path, or its name where PATH finds it."""
    start = name.start
    if not start:
        sources = " ".join(one.source for one in name.holes if one.source)
        return Blank(Kind.PROCESS, f"a program that is not known: {sources}".rstrip(": "))
    written = name.whole
    if written is not None and "/" in written and not written.startswith("/"):
        name = text_of(f"/var/task/{written.removeprefix('./')}")
    return Act(Kind.PROCESS, "start", name)
