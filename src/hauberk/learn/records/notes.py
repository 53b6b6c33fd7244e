"""What a part of a log holds for the witness of the whole, so that others than the witness can read the part."""

from typing import NamedTuple

from hauberk.learn.records.announcement import Witness, tells_of_place
from hauberk.learn.records.message import Message
from hauberk.learn.records.record import StatusRecord
from hauberk.model.record import WORD

_TEXT = Message("what a function prints")


class Note(NamedTuple):
    """A message that a witness is to see, or the status in it that it is to hear."""

    message: Message
    status: StatusRecord | None = None


class Notes:
    """Keeps what a part's messages say, in their order; of neighbours that say the same, one."""

    def __init__(self) -> None:
        self.kept: list[Note] = []
        self.is_mixed = False
        self._is_last_text = False

    def see(self, message: Message) -> None:
        """Keep a message, for `Witness.see`."""
        if message.stream is not None or not message.text:
            return
        if WORD in message.text:
            is_text, is_told = not message.text.startswith("{"), False
        else:
            is_told = tells_of_place(message.text)
            is_text = not is_told
        if is_told or (is_text and not self._is_last_text):
            self.kept.append(Note(_TEXT if is_text else message))
            self._is_last_text = is_text

    def hear(self, status: StatusRecord, message: Message) -> None:
        """Keep a status, for `Witness.hear`."""
        self.kept.append(Note(Message("", message.stream), status))
        self._is_last_text = False

    def mixed(self) -> None:
        """Keep that the log is not what it seems."""
        self.is_mixed = True

    def told(self, witness: Witness) -> None:
        """Have the witness of the whole log hear all of it."""
        for message, status in self.kept:
            if status is None:
                witness.see(message)
            else:
                witness.hear(status, message)
        if self.is_mixed:
            witness.mixed()
