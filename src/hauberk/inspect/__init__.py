"""Recorded events and payloads for the firewall."""

from hauberk.inspect.lines import LineError, lines_of
from hauberk.inspect.payload import event_of_payload

__all__ = ["LineError", "event_of_payload", "lines_of"]
