"""Where the servers around the function listen, as the function names them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Host and port of each server that the function can reach."""

    north: str  # price services
    south: str
    books: str  # a customer's bookkeeping
    collector: str  # the attacker's
    have_names: bool  # or are they addresses of this machine?
