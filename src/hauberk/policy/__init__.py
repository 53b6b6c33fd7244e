"""Policies on a person's machine: read `hauberk.yaml`, check, compile, sign."""

from hauberk.policy.compile import Compiled, compile_policy, compile_variable
from hauberk.policy.envelope import Unpacked, unpack
from hauberk.policy.file import PolicyFile, read
from hauberk.policy.problem import PolicyError, Problem
from hauberk.policy.signing import KeyFileError

__all__ = [
    "Compiled",
    "KeyFileError",
    "PolicyError",
    "PolicyFile",
    "Problem",
    "Unpacked",
    "compile_policy",
    "compile_variable",
    "read",
    "unpack",
]
