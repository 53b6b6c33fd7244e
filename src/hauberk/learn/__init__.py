"""Learning on a person's machine: activity records become an allowlist."""

from hauberk.learn.believe import believe
from hauberk.learn.observe import Partial, merge, observe
from hauberk.learn.profile import Profile
from hauberk.learn.propose import Proposal, propose

__all__ = ["Partial", "Profile", "Proposal", "believe", "merge", "observe", "propose"]
