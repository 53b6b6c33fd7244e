"""What people say beside what they write: who, why, since when and until when; where it applies."""

import re
from datetime import date, timedelta
from typing import Any

from hauberk.policy.problem import PolicyError, Problem, shortened

_SPAN = re.compile(r"([1-9][0-9]{0,3})([dw])")
_DAYS = {"d": 1, "w": 7}


def last_day(text: str, today: date) -> date:
    """Read the last day of an entry: `30d`, `6w`, or a date that is not over."""
    span = _SPAN.fullmatch(text)
    if span:
        return today + timedelta(days=int(span[1]) * _DAYS[span[2]])
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        day = None
    if day is None:
        what = f"`{shortened(text)}` is no last day"
        raise PolicyError("--expires", [Problem(0, what, "write `30d`, `6w` or `2027-06-30`")])
    if day < today:
        what = f"{day} is over already"
        raise PolicyError("--expires", [Problem(0, what, "write a day to come")])
    return day


def provenance(author: str | None, reason: str | None, today: date) -> dict[str, Any]:
    """Write who adds something today, and why."""
    said = {"author": author, "reason": reason, "added": today.isoformat()}
    return {key: value for key, value in said.items() if value}


def scope(
    function: str | None, group: str | None, tag: str | None, *, account: bool
) -> dict[str, str] | str:
    """Write where a rule or an exclusion applies, of which one thing must be said."""
    given = {"function": function, "group": group, "tag": tag}
    said = {key: value for key, value in given.items() if value is not None}
    if len(said) + account != 1:
        what = "where it applies is said " + ("more than once" if said or account else "nowhere")
        remedy = "give one of --function, --group, --tag and --account"
        raise PolicyError("scope", [Problem(0, what, remedy)])
    return "account" if account else said
