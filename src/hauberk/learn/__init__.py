"""Learning on a person's machine: activity records become an allowlist."""

from hauberk.learn.profile.believe import believe
from hauberk.learn.profile.observe import Partial, merge, observe
from hauberk.learn.profile.profile import Profile
from hauberk.learn.propose import Proposal, propose

__all__ = ["Partial", "Profile", "Proposal", "believe", "merge", "observe", "propose"]
