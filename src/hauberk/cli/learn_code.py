"""The code of a function, as `hauberk learn` is given it, and what it says of what it brought."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hauberk.cli.learned_curves import higher
from hauberk.cli.outcome import many
from hauberk.cli.scan import read_code
from hauberk.learn import Profile
from hauberk.learn.log import LogError
from hauberk.learn.propose import FunctionProposal
from hauberk.learn.with_code import Code, Share
from hauberk.model.kind import Kind
from hauberk.scan import Sure

_MOST_TOLD = 5


def code_of(
    profile: Profile,
    packages: tuple[Path | None, Path | None],
    handler: str | None,
    environment: Path | None,
    function: str | None,
) -> dict[str, Code]:
    """Read the code of a function, and what it was before; nothing where no code is named."""
    now, before = packages
    if now is None:
        if before is not None:
            raise LogError("--code-before is what --code is compared with; name that, too")
        return {}
    names = [one for one in profile.functions if function in (None, one)]
    if len(names) != 1:
        known = ", ".join(profile.functions)
        raise LogError(f"the logs show {known}; name with --function the one whose code it is")
    older = read_code(before, handler, environment) if before else None
    return {names[0]: Code(read_code(now, handler, environment), older)}


def told(one: FunctionProposal) -> Iterator[str]:
    """Say for people what the code brought."""
    share = one.code
    if share is None:
        return
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
    yield (
        f"{many(partly, 'act of it is', 'acts of it are')} known in part only, "
        f"{many(unread, 'place', 'places')} not at all: `hauberk scan code` shows them"
    )
    yield from _told_of_change(share)


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
