"""Which announcements of a log can only be the guard's: whoever has a function print text writes none of these.

A record is believed by its environment's token, which each status of the environment announces, the first before the
function's code runs. An announcement is believed
- where CloudWatch names the log stream of each message, if it names the same stream: strangers do not know it;
- in a log without such names, if it stands before all that the function writes, and the log is whole: it holds a
  START line, and no END line without its START, whose request ids strangers do not know either;
- in such a log also later, if it names the stream that the first one named: a process that was started again;
- in such a log also behind a RESTORE_START line, if the log begins with INIT_START and no event came before: what was
  restored from a snapshot.
"""

import re
from typing import Protocol

from hauberk.learn.records.message import Message
from hauberk.learn.records.record import Environment, StatusRecord
from hauberk.model.record import NO_ENVIRONMENT, WORD

_PLATFORM = r'\{"time":"[^"]*","type":"platform\.'  # Lambda's lines in its JSON format
_START = re.compile(rf'START RequestId: (\S+)|{_PLATFORM}start",.*?"requestId":"([^"]*)"')
_END = re.compile(rf'END RequestId: (\S+)|{_PLATFORM}report",.*?"requestId":"([^"]*)"')
_RESTORE = re.compile(rf"RESTORE_START |{_PLATFORM}restoreStart")
# Lambda's other lines, and those of its extensions' start.
_BEFORE = re.compile(rf"INIT_START |RESTORE_REPORT |(?:EXTENSION|TELEMETRY|LOGS)\t|{_PLATFORM}")
_UNGUESSABLE = re.compile(r".*[0-9a-f]{32}", re.DOTALL)


class Hearer(Protocol):
    """Who is told what is in the messages of a log, in their order."""

    def see(self, message: Message) -> None:
        """Take in a message; before the status in it is heard."""

    def hear(self, status: StatusRecord, message: Message) -> None:
        """Take in the status in a message."""

    def mixed(self) -> None:
        """Take in that a line has not the form of the log."""


def tells_of_place(text: str) -> bool:
    """Whether a message may be one of Lambda's that tell where in a log one is."""
    return any(known.match(text) for known in (_START, _END, _RESTORE, _BEFORE))


class Witness:
    """Sees the messages of one log in their order, and hears the statuses in them."""

    def __init__(self) -> None:
        self._named: set[Environment] = set()
        self._placed: set[Environment] = set()
        self._streams: set[str] = set()
        self._running: set[str] = set()
        self._is_at_start = True
        self._is_restored = False
        self._begins_with_init = False
        self._has_start = False
        self._is_whole = True
        self._is_mixed = False

    def see(self, message: Message) -> None:
        """Take in what a message says of where the log begins; before the status in it is heard."""
        if message.stream is not None or not message.text:
            return
        if WORD in message.text:
            # A search for records finds it, so it proves nothing of the lines around it.
            self._is_at_start = self._is_at_start and message.text.startswith("{")
            return
        if started := _START.match(message.text):
            self._has_start = True
            self._running.add(started[1] or started[2])
        elif ended := _END.match(message.text):
            request_id = ended[1] or ended[2]
            self._is_whole = self._is_whole and request_id in self._running
            self._running.discard(request_id)
        elif _RESTORE.match(message.text):
            # What a function prints before the first event is no stranger's.
            self._is_restored = self._begins_with_init and not self._has_start
            self._is_at_start = self._is_at_start or self._is_restored
            return
        elif _BEFORE.match(message.text):
            is_init = message.text.startswith("INIT_START ")
            self._begins_with_init = self._begins_with_init or (self._is_at_start and is_init)
            return
        self._is_at_start = False

    def hear(self, status: StatusRecord, message: Message) -> None:
        """Take in an announcement: believe it if it is where only the guard can have put it."""
        environment = status.invocation.environment
        if environment.token == NO_ENVIRONMENT:
            return
        name = status.stream if status.stream and _UNGUESSABLE.fullmatch(status.stream) else None
        if message.stream is not None:
            if name == message.stream:
                self._named.add(environment)
        elif self._is_at_start or name in self._streams:
            self._is_at_start = self._is_restored and not self._has_start
            self._placed.add(environment)
            self._streams.update({name} if name else ())

    def mixed(self) -> None:
        """Take in that a line has not the form of the log: it is not what it seems."""
        self._is_mixed = True

    def announced(self) -> frozenset[Environment]:
        """Name the environments whose announcements are believed."""
        if self._is_mixed:
            return frozenset()
        is_whole = self._is_whole and self._has_start
        return frozenset(self._named | self._placed if is_whole else self._named)
