"""Runs a function on this machine as Lambda runs it: AWS's runtime client, Lambda's paths."""

from hauberk.local.environment import Environment
from hauberk.local.function import Answer, EventError, Function, InputError, LocalError

__all__ = ["Answer", "Environment", "EventError", "Function", "InputError", "LocalError"]
