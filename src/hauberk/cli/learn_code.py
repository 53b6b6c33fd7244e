"""What the code of a function brought, as `hauberk learn` says it: in words, and as a document."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hauberk.cli.learned_curves import higher
from hauberk.cli.outcome import many
from hauberk.learn.code.with_code import Code, Origin, Share
from hauberk.learn.propose import FunctionProposal
from hauberk.model.kind import Kind
from hauberk.scan import Sure

UNPUBLISHED = "$LATEST"
_MOST_TOLD = 5


def told(one: FunctionProposal) -> Iterator[str]:
    """Say for people what the code brought."""
    share = one.code
    if share is None:
        return
    yield from sources(share.weighed.given)
    unseen = sum(len(share.unseen(kind)) for kind in Kind)
    explained = share.weighed.explained
    yield (
        f"the code explains {len(explained.by)} of {many(len(one.activities), 'activity', 'activities')}, and lists "
        f"{many(unseen, 'entry that was', 'entries that were')} not seen (origin: code)"
    )
    more = higher(one, share.unaided)
    if more:
        yield f"without the code the alarms a week would be {more}"
    partly = sum(found.sure in (Sure.PARTLY, Sure.OPEN) for found in share.weighed.code.findings)
    unread = len(share.weighed.code.unread)
    yield from unknown(partly, unread)
    yield from _told_of_change(share)


def unknown(partly: int, unread: int) -> Iterator[str]:
    """Say how much of the code is not known; nothing where all is."""
    told = []
    if partly:
        told.append(f"{many(partly, 'act of it is', 'acts of it are')} known in part only")
    if unread:
        told.append(f"{many(unread, 'place of it is', 'places of it are')} not known")
    if told:
        them = "it" if partly + unread == 1 else "them"
        yield f"{', '.join(told)}: `hauberk scan code` shows {them}"


def sources(code: Code) -> Iterator[str]:
    """Say what of the code comes from a store, or is kept there."""
    now, before = code.now_of, code.before_of
    if now and now.is_given:
        yield f"its code is kept as that of version {now.version}: later runs use it by themselves"
    elif now:
        more = "; give it with --code where it is another now" if now.version == UNPUBLISHED else ""
        yield f"with the code of version {now.version}, kept on {_day(now)}{more}"
    if same := _same(code):
        yield f"the same code was that of: {', '.join(same)}"
    if before:
        yield f"compared with the code of version {before.version}, kept on {_day(before)}"


def _told_of_change(share: Share) -> Iterator[str]:
    change = share.weighed.change
    if change is None:
        return
    carried = ", ".join(kind for kind in Kind if kind not in change.reopened) or "nothing"
    yield f"{many(len(change.files), 'file', 'files')} of the code changed; what was learned stands for: {carried}"
    for kind, why in change.reopened.items():
        yield f"open again: {kind}, since {why}"
    for one in change.gone[:_MOST_TOLD]:
        yield f"no longer in the code: {one.kind} {one.operation} {one.target}; take it off the list if it is there"
    if len(change.gone) > _MOST_TOLD:
        yield f"and {len(change.gone) - _MOST_TOLD} more acts: --format json has them all"


def as_json(one: FunctionProposal) -> dict[str, Any]:
    """Write the same as a document; nothing where no code was given."""
    share = one.code
    if share is None:
        return {}
    found = {
        "explained": [
            {
                "kind": activity.kind.value,
                "operation": activity.operation,
                "target": activity.target,
                "sites": [str(site) for site in finding.sites],
            }
            for activity, finding in share.weighed.explained.by.items()
        ],
        "unseen": [
            {"kind": kind.value, "operation": entry.operation, "target": entry.target}
            for kind in Kind
            for entry in share.unseen(kind)
        ],
        "alarms_a_week_without": {
            kind.value: round(known.bound, 2)
            for kind, known in share.unaided.items()
            if kind in one.completeness
        },
        "unread": len(share.weighed.code.unread),
        **sources_as_json(share.weighed.given),
    }
    change = share.weighed.change
    if change is not None:
        found["change"] = {
            "files": list(change.files),
            "open_again": {kind.value: why for kind, why in change.reopened.items()},
            "new": [" ".join(map(str, each.act)) for each in change.new],
            "gone": [" ".join(map(str, each.act)) for each in change.gone],
        }
    return {"code": found}


def sources_as_json(code: Code) -> dict[str, Any]:
    """Write what of the code comes from a store, or is kept there."""
    return {
        "kept": _origin(code.now_of),
        "same_as": _same(code),
        "compared_with": _origin(code.before_of),
    }


def _same(code: Code) -> list[str]:
    """Name the older versions whose code it was, too."""
    return [one for one in code.new if code.now_of and one != code.now_of.version][::-1]


def _origin(of: Origin | None) -> dict[str, str] | None:
    return {"version": of.version, "on": _day(of)} if of else None


def _day(of: Origin) -> str:
    return datetime.fromtimestamp(of.given, UTC).date().isoformat()
