"""Recorded events and payloads for the firewall."""

from hauberk.inspect.lines import MOST_BYTES, Line, LineError, lines_of
from hauberk.inspect.payload import event_of_payload, oddity_of_payload
from hauberk.inspect.question import Question, oddities_of_question, question_of

__all__ = [
    "MOST_BYTES",
    "Line",
    "LineError",
    "Question",
    "event_of_payload",
    "lines_of",
    "oddities_of_question",
    "oddity_of_payload",
    "question_of",
]
