"""What a log tells of the guard's own health: which wall sees what, which sink is not armed, and what to do."""

from hauberk.doctor.diagnosis import Diagnosis, Group, Problem, Sink, diagnose
from hauberk.doctor.hear import Heard, Statement, hear, merge

__all__ = [
    "Diagnosis",
    "Group",
    "Heard",
    "Problem",
    "Sink",
    "Statement",
    "diagnose",
    "hear",
    "merge",
]
