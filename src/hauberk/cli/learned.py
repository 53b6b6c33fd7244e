"""What `hauberk learn` tells of a proposal: a table for people, and the same as JSON."""

from collections import Counter
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

from hauberk.cli import learn_code, learned_curves, learned_inputs
from hauberk.cli.learned_curves import at_most
from hauberk.cli.outcome import console, many
from hauberk.learn import Profile
from hauberk.learn.complete.completeness import Completeness
from hauberk.learn.complete.tally import LEAST_WEEKS
from hauberk.learn.propose import FunctionProposal
from hauberk.learn.review import LeftOut
from hauberk.model.kind import Kind
from hauberk.policy.compile import Compiled, most_bytes

Policies = list[tuple[FunctionProposal, Compiled]]

_COLUMNS = ("kind", "seen", "new", "entries", "review", "state", "alarms_a_week", "weeks_needed")
_MOST_SHOWN = 60
_LEGEND = (
    "alarms a week: false alarms that the list would still give, at most (95 % sure); to go: weeks of records until "
    "that is one, if nothing more is seen seldom"
)


def as_json(profile: Profile, policies: Policies) -> dict[str, Any]:
    """Write all that was learned as a document."""
    return {
        "records": profile.records,
        "unbelieved": profile.unbelieved,
        "trusted": profile.trusted,
        "incomplete": profile.incomplete,
        "unreadable": dict(profile.unreadable),
        "functions": [_function(one, compiled) for one, compiled in policies],
    }


def print_tables(output: Path, policies: Policies) -> None:
    """Print for people what was learned of each function, and what is for them to decide."""
    out = console()
    for one, compiled in policies:
        out.print(one.name, style="bold")
        _print_kinds(one)
        learned_curves.print_curves(one)
        for line in (*_told(one, compiled), *_moves(one)):
            out.print(line, soft_wrap=True)
        _print_reviews(one)
        learned_inputs.print_inputs(one.inputs)
    if any(not known.is_complete for one, _ in policies for known in one.completeness.values()):
        out.print(_LEGEND, style="dim", soft_wrap=True)
    out.print(
        f"{output}: read what is new in it, then `hauberk policy check {output}`", soft_wrap=True
    )


def _print_kinds(one: FunctionProposal) -> None:
    from rich.table import Table

    table = Table("kind")
    for column in ("seen", "new", "entries", "to review", "alarms a week"):
        table.add_column(column, justify="right")
    table.add_column("state", no_wrap=True)
    for kind in _kinds(one):
        table.add_row(*_row(one, kind))
    console().print(table)


def _print_reviews(one: FunctionProposal) -> None:
    """What is left for a person, what is listed though it is dangerous, and what was left and is listed now."""
    told = "left out, for you to decide: write into the file what is right, or take all with --accept-review"
    if one.code is None:
        told += "; a danger that the Python code asks for needs no review (`hauberk learn --code`)"
    _print_review(one.left_out, "is", told)
    _print_review(
        one.asked, "is", "listed though dangerous, since the code asks for it: look at each"
    )
    _print_review(one.accepted, "was", "taken by --accept-review: look at each")


def _moves(one: FunctionProposal) -> Iterator[str]:
    """What moved and why, and why the rest did not."""
    for move in one.moves:
        word = "moved" if move.is_made else "would move with `auto: alert` or `prevent`"
        before = move.before or "learning"
        yield f"{move.kind} {word}, {before} → {move.after}: {move.why}"
    for kind, why in one.waiting.items():
        yield f"{kind} stays as it is: {why}"


def _print_review(doubts: tuple[LeftOut, ...], verb: str, told: str) -> None:
    from rich.table import Table

    if not doubts:
        return
    out = console()
    count = many(len(doubts), f"entry {verb}", f"entries {'are' if verb == 'is' else 'were'}")
    out.print(f"{count} {told}", style="bold yellow", soft_wrap=True)
    table = Table("kind", "operation")
    table.add_column("target", overflow="fold")
    table.add_column("seen", justify="right")
    table.add_column("why", overflow="fold")
    for one in _first(doubts):
        what = one.what
        seen = f"{what.seen.invocations:,}"
        table.add_row(what.kind.value, what.operation, what.fold.pattern, seen, one.why)
    out.print(table)
    if len(doubts) > _MOST_SHOWN:
        out.print(f"and {len(doubts) - _MOST_SHOWN} more: --format json has them all")


def _first(doubts: tuple[LeftOut, ...]) -> list[LeftOut]:
    """Give as many as are shown; of more, what is doubted for a reason that few are: no crowd hides a shell."""
    if len(doubts) <= _MOST_SHOWN:
        return list(doubts)
    times = Counter(one.why for one in doubts)
    return sorted(doubts, key=lambda one: times[one.why])[:_MOST_SHOWN]


def _kinds(one: FunctionProposal) -> list[Kind]:
    return [kind for kind in Kind if kind not in one.learning]


def _row(one: FunctionProposal, kind: Kind) -> tuple[str, ...]:
    seen, new, entries, review = _counts(one, kind)
    known = one.completeness.get(kind)
    bound = at_most(known.bound) if known else ""
    return kind.value, f"{seen:,}", f"{new:,}", f"{entries:,}", f"{review:,}", bound, _state(known)


def _counts(one: FunctionProposal, kind: Kind) -> tuple[int, int, int, int]:
    seen = sum(activity.kind is kind for activity in one.activities)
    new = len(one.new.get(kind, ()))
    review = sum(left.what.kind is kind for left in one.left_out)
    return seen, new, one.held.get(kind, 0) + new, review


def _state(known: Completeness | None) -> str:
    if known is None:
        return "listed before"
    if known.is_complete:
        return "complete"
    to_go = max(known.weeks_needed - known.tally.weeks, LEAST_WEEKS)
    if to_go < 1:
        return f"{many(round(to_go * 7), 'day', 'days')} to go"
    return f"{to_go:.1f} weeks to go" if to_go < 9.95 else f"{ceil(to_go)} weeks to go"


def _told(one: FunctionProposal, compiled: Compiled) -> Iterator[str]:
    count = many(one.invocations, "invocation or cold start", "invocations and cold starts")
    yield f"from {count} that wrote records, {one.attacked} of them under attack"
    if one.dropped:
        yield f"left out, since only those under attack did it: {many(one.dropped, 'activity', 'activities')}"
    folds = [each for each in one.folded if each.fold.why]
    if folds:
        values = sum(len(each.fold.targets) for each in folds)
        patterns = many(len(folds), "pattern stands", "patterns stand")
        yield f"{patterns} for {many(values, 'value', 'values')}"
    yield from learned_curves.of_curves(one)
    yield from learned_curves.of_folding(one)
    yield from learn_code.told(one)
    yield f"the compiled policy takes at most {most_bytes(compiled.document)} of 4096 bytes"


def _function(one: FunctionProposal, compiled: Compiled) -> dict[str, Any]:
    return {
        "function": one.name,
        "invocations": one.invocations,
        "attacked": one.attacked,
        "activities": len(one.activities),
        "dropped": one.dropped,
        "learning": sorted(one.learning),
        "size": most_bytes(compiled.document),
        "kinds": [_kind(one, kind) for kind in _kinds(one)],
        "folds": [
            {
                "kind": each.kind.value,
                "operation": each.operation,
                "target": each.fold.pattern,
                "stands_for": len(each.fold.targets),
                "why": each.fold.why,
            }
            for each in one.folded
            if each.fold.why
        ],
        "review": [_review(left) for left in one.left_out],
        "accepted": [_review(left) for left in one.accepted],
        "asked_by_code": [_review(left) for left in one.asked],
        "moves": [
            {
                "kind": move.kind.value,
                "from": move.before.value if move.before else "learning",
                "to": move.after.value,
                "made": move.is_made,
                "why": move.why,
            }
            for move in one.moves
        ],
        "waiting": {kind.value: why for kind, why in one.waiting.items()},
        **learn_code.as_json(one),
        "inputs": learned_inputs.as_json(one.inputs),
    }


def _kind(one: FunctionProposal, kind: Kind) -> dict[str, Any]:
    known = one.completeness.get(kind)
    state = "listed" if known is None else "complete" if known.is_complete else "learning"
    bound = round(known.bound, 2) if known else None
    needed = round(known.weeks_needed, 2) if known else None
    values = (kind.value, *_counts(one, kind), state, bound, needed)
    return {**dict(zip(_COLUMNS, values, strict=True)), **learned_curves.as_json(one, kind)}


def _review(left: LeftOut) -> dict[str, Any]:
    what = left.what
    return {
        "kind": what.kind.value,
        "operation": what.operation,
        "target": what.fold.pattern,
        "stands_for": len(what.fold.targets),
        "invocations": what.seen.invocations,
        "why": left.why,
    }
