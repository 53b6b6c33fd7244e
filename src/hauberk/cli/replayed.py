"""What `hauberk replay` prints: tables for people, and the same as JSON."""

from collections.abc import Mapping
from typing import Any

from hauberk.cli.outcome import console, many
from hauberk.learn.records.record import UNLISTABLE
from hauberk.model.activity import Activity
from hauberk.model.protection import Protection
from hauberk.model.verdict import Action
from hauberk.policy.decision import Decider
from hauberk.replay.history import History, Recorded
from hauberk.replay.replayed import OfFunction, Replayed, Told, by_function

Deciders = Mapping[str, Decider]

_MOST_SHOWN = 40
_MOST_FUNCTIONS = 10  # that are shown at all
_MOST_CHARACTERS = 160
_OF_REQUEST = 8  # digits of a request id, enough to search a log by
_STYLES = {Action.BLOCK: "bold red", Action.ALERT: "yellow", Action.ALLOW: ""}


def as_json(history: History, answer: Replayed, deciders: Deciders) -> dict[str, Any]:
    """Write a replay as a document."""
    return {
        "records": history.records,
        "unbelieved": history.unbelieved,
        "trusted": history.trusted,
        "unreadable": dict(history.unreadable),
        "not_replayed": history.not_kept,
        "not_in_the_policy": dict(answer.elsewhere),
        "unsure": answer.unsure,
        "total": {action.value: answer.total(action)._asdict() for action in Action},
        "functions": [
            _function(name, one, deciders[name]) for name, one in by_function(answer).items()
        ],
    }


def print_tables(history: History, answer: Replayed, deciders: Deciders) -> None:
    """Print of each function how much ends how, what decided, and what would be stopped or told."""
    out = console()
    worst_first = sorted(by_function(answer).items(), key=lambda named: -_denied(named[1]))
    for name, one in worst_first[:_MOST_FUNCTIONS]:
        out.print(f"{name}, {deciders[name].document['mode']}", style="bold")
        out.print(_counts(one))
        out.print(_deciding(one))
        if one.told:
            out.print(_stopped(one.told[:_MOST_SHOWN]))
        if len(one.told) > _MOST_SHOWN:
            out.print(f"and {len(one.told) - _MOST_SHOWN:,} more: --format json has them all")
    if len(worst_first) > _MOST_FUNCTIONS:
        more = many(len(worst_first) - _MOST_FUNCTIONS, "more function", "more functions")
        told = f"and {more}, of which less would be stopped: --function or --format json"
        out.print(told, soft_wrap=True)
    out.print(_total(history, answer), soft_wrap=True)


def _total(history: History, answer: Replayed) -> str:
    """All that would be stopped or told, what is allowed, and what no list can hold."""
    said = ", ".join(_said(answer, action) for action in (Action.BLOCK, Action.ALERT))
    if not any(answer.total(action).records for action in (Action.BLOCK, Action.ALERT)):
        said = "nothing would be blocked or alerted"
    unlistable = history.unreadable.get(UNLISTABLE, 0)
    more = f", {unlistable:,} cannot stand on a list" if unlistable else ""
    return f"{said}; {answer.total(Action.ALLOW).records:,} allowed{more}"


def _said(answer: Replayed, action: Action) -> str:
    things, records = answer.total(action)
    what = {Action.BLOCK: "blocked", Action.ALERT: "alerted"}[action]
    if not records:
        return f"nothing would be {what}"
    return (
        f"{many(records, 'record', 'records')} of {many(things, 'thing', 'things')} would be {what}"
    )


def _denied(answer: OfFunction) -> int:
    return sum(one.recorded.records for one in answer.told)


def _protections(answer: OfFunction) -> list[Protection]:
    there = {one.protection for one in answer.deciding}
    return [one for one in Protection if one.value in there]


def _counts(answer: OfFunction) -> Any:
    from rich.table import Table

    table = Table("records of")
    for action in ("allowed", "alerted", "blocked"):
        table.add_column(action, justify="right")
    records = answer.records()
    for one in _protections(answer):
        counts = [records.get((one.value, action), 0) for action in Action]
        table.add_row(one.value, *(f"{count:,}" for count in counts))
    return table


def _deciding(answer: OfFunction) -> Any:
    from rich.table import Table

    table = Table("", "decided by")
    table.add_column("entry", overflow="fold")
    for column in ("things", "records"):
        table.add_column(column, justify="right")
    mine = sorted(
        answer.deciding.items(),
        key=lambda pair: (pair[0].action is Action.ALLOW, -pair[1].records),
    )
    for one, (things, records) in mine[:_MOST_SHOWN]:
        decided = f"{one.action}: {one.reason}"
        counts = (f"{things:,}", f"{records:,}")
        table.add_row(one.protection, decided, one.entry, *counts, style=_STYLES[one.action])
    if len(mine) > _MOST_SHOWN:
        table.add_row("", f"and {len(mine) - _MOST_SHOWN:,} more", "", "", "")
    return table


def _stopped(told: tuple[Told, ...]) -> Any:
    from rich.table import Table

    table = Table("would be")
    table.add_column("what, and why", overflow="fold")
    table.add_column("records", justify="right")
    table.add_column("with a detection", justify="right", max_width=9)
    for one, decision, requests in told:
        action = f"{decision.action}ed" + ("" if decision.is_sure else "?")
        counts = (f"{one.records:,}", f"{one.attacked:,}")
        firsts = " ".join(request[:_OF_REQUEST] for request in requests)
        word = "request" if len(requests) == 1 else "requests"
        why = f"{decision.reason}; {word} {firsts}" if firsts else decision.reason
        table.add_row(action, _shortened(_what(one)), *counts)
        table.add_row("", f"  {why}", "", "", style="dim")
    return table


def _what(one: Recorded) -> str:
    if isinstance(one.what, Activity):
        return str(one.what)
    return one.what.told()


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"


def _function(name: str, answer: OfFunction, decider: Decider) -> dict[str, Any]:
    records = answer.records()
    return {
        "name": name,
        "mode": decider.document["mode"],
        "protections": [
            {
                "protection": one.value,
                **{action.value: records.get((one.value, action), 0) for action in Action},
            }
            for one in _protections(answer)
        ],
        "decided_by": [
            {
                "protection": one.protection,
                "action": one.action.value,
                "reason": one.reason,
                "entry": one.entry,
                **weight._asdict(),
            }
            for one, weight in answer.deciding.items()
        ],
        "told": [_as_json(one) for one in answer.told],
    }


def _as_json(told: Told) -> dict[str, Any]:
    one, decision = told.recorded, told.decision
    if isinstance(one.what, Activity):
        what: dict[str, Any] = {key: str(value) for key, value in one.what._asdict().items()}
    else:
        what = {**one.what._asdict()}
        del what["is_whole"]
    return {
        **what,
        "action": decision.action.value,
        "reason": decision.reason,
        "entry": decision.entry,
        "is_sure": decision.is_sure,
        "records": one.records,
        "invocations": one.invocations,
        "attacked": one.attacked,
        "requests": list(told.requests),
    }
