"""Recorded events and payloads for the firewall."""

from hauberk.inspect.lines import LineError, lines_of
from hauberk.inspect.payload import event_of_payload
from hauberk.inspect.question import Question, question_of

__all__ = ["LineError", "Question", "event_of_payload", "lines_of", "question_of"]
