"""What `hauberk learn` tells of the shapes of inputs: a table for people, and the same as JSON."""

from collections.abc import Iterable
from typing import Any

from hauberk.cli.outcome import console, many
from hauberk.learn.lowered import Lowered
from hauberk.learn.parameters import InputsProposal, ProposedInput
from hauberk.learn.profile.inputs import InputSeen
from hauberk.policy.yaml_text import flow

_MOST_SHOWN = 20


def as_json(one: InputsProposal) -> dict[str, Any]:
    """Write what is proposed of inputs as a document."""
    return {
        "new": [_input(each) for each in one.new],
        "review": [_input(each) for each in one.left_out],
        "learning": one.learning,
        "held": one.held,
    }


def _told(each: ProposedInput) -> str:
    """Its shape, or what weighs less there, and why."""
    shape = flow(dict(each.body)) + (f"  {each.doubt}" if each.doubt else "")
    seen = each.seen
    return f"{shape}  {seen.callers} callers" if isinstance(seen, Lowered) else shape


def print_inputs(one: InputsProposal) -> None:
    """Print for people what is known of inputs; nothing where nothing is."""
    if one.new:
        shapes = tuple(each for each in one.new if isinstance(each.seen, InputSeen))
        less = tuple(each for each in one.new if isinstance(each.seen, Lowered))
        count = many(len(shapes), "input is", "inputs are")
        if shapes:
            _print(f"{count} known by shape: what deviates is told", shapes)
        if less:
            count = many(len(less), "input", "inputs")
            _print(f"indicators weigh less at {count}: many callers make them speak there", less)
    if one.left_out:
        count = many(len(one.left_out), "input", "inputs")
        told = "left out, for you to decide: --accept-review takes all"
        _print(f"the shape of {count} is {told}", one.left_out)
    if one.learning:
        count = many(one.learning, "input", "inputs")
        console().print(f"{count} came in too few events to be known by shape", soft_wrap=True)


def _print(heading: str, proposed: tuple[ProposedInput, ...]) -> None:
    from rich.table import Table

    out = console()
    out.print(heading, style="bold", soft_wrap=True)
    table = Table()
    table.add_column("input", overflow="fold")
    table.add_column("events", justify="right")
    table.add_column("shape", overflow="fold")
    for each in _first(proposed):
        table.add_row(each.seen.path, f"{each.seen.events:,}", _told(each))
    out.print(table)
    if len(proposed) > _MOST_SHOWN:
        out.print(f"and {len(proposed) - _MOST_SHOWN} more: --format json has them all")


def _first(proposed: tuple[ProposedInput, ...]) -> Iterable[ProposedInput]:
    return sorted(proposed, key=lambda each: each.seen.path)[:_MOST_SHOWN]


def _input(each: ProposedInput) -> dict[str, Any]:
    seen = each.seen
    return {
        "path": seen.path,
        "events": seen.events,
        "hours": seen.blocks,
        "sandboxes": seen.sandboxes,
        "parameter": dict(each.body),
        "why": each.doubt,
        **({"callers": seen.callers} if isinstance(seen, Lowered) else {}),
    }
