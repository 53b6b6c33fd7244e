"""What `hauberk diff` prints: Markdown in which no value is more than a value, the same as text, and as JSON."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from hauberk.cli.outcome import many
from hauberk.learn.compare import Act, Difference
from hauberk.learn.profile.profile import FunctionProfile
from hauberk.model.escaped import escaped

_MOST_SHOWN = 100  # of a section: a comment has its limits
_TICKS = re.compile("`+")
_CAUTION = (
    "What is gone may only not have been seen, and a kind that a list enforced wrote no record. "
    "Compare runs of the same events, or as many days."
)

Shown = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One function, both sides, and what differs."""

    name: str
    before: FunctionProfile
    after: FunctionProfile
    difference: Difference


def span(text: str) -> str:
    """Write any text as a code span, in which Markdown reads nothing: the fence is longer than any in it."""
    plain = escaped(text)
    fence = "`" * (max(map(len, _TICKS.findall(plain)), default=0) + 1)
    pad = " " if plain.startswith(("`", " ")) or plain.endswith(("`", " ")) or not plain else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def in_words(one: Compared, shown: Shown, *, is_markdown: bool) -> Iterator[str]:
    """Tell of one function, line by line: what prints them lets no line hold another."""
    head = "#### " if is_markdown else ""
    yield from ("", f"{head}{shown(one.name)}", "")
    difference, danger = one.difference, len(one.difference.dangerous)
    counts = ", ".join(
        f"{len(getattr(difference, name))} {name}" for name in ("new", "gone", "changed")
    )
    yield (
        f"{counts}; {danger or 'nothing'} dangerous. Invocations and cold starts that wrote records: "
        f"{one.before.invocations:,} before, {one.after.invocations:,} after."
    )
    for name in ("new", "changed", "gone"):
        acts: tuple[Act, ...] = getattr(difference, name)
        if acts:
            title = name.capitalize()
            yield from ("", f"**{title}**", "") if is_markdown else ("", title)
            yield from (f"- {_act(act, name, shown)}" for act in acts[:_MOST_SHOWN])
            if len(acts) > _MOST_SHOWN:
                yield f"- and {len(acts) - _MOST_SHOWN:,} more: --format json has all"


def unchanged_text(every: list[Compared]) -> str:
    """Say how far what was printed can be trusted."""
    if any(
        (one.difference.new, one.difference.gone, one.difference.changed) != ((), (), ())
        for one in every
    ):
        return _CAUTION
    return "Nothing differs. " + _CAUTION


def as_json(one: Compared) -> dict[str, Any]:
    """Write what differs as a document."""
    difference = one.difference
    return {
        "function": one.name,
        "invocations": {"before": one.before.invocations, "after": one.after.invocations},
        "dangerous": len(difference.dangerous),
        **{
            name: [_as_json(act) for act in getattr(difference, name)]
            for name in ("new", "gone", "changed")
        },
    }


def _as_json(act: Act) -> dict[str, Any]:
    return {
        **asdict(act),
        "kind": act.kind.value,
        "danger": act.danger or None,
        "note": act.note or None,
    }


def _act(act: Act, section: str, shown: Shown) -> str:
    operation = "" if act.operation == "*" else f"{shown(act.operation)} "
    seen = act.before if section == "gone" else act.after
    told = [f"in {many(seen, 'invocation', 'invocations')}"]
    if act.note:
        told.append(shown(act.note))
    danger = f"⚠ {act.danger}: " if act.danger else ""
    return f"{danger}{act.kind.value} {operation}{shown(act.pattern)} ({'; '.join(told)})"
