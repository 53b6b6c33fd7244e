"""What `hauberk local learn` runs, and what it tells of it: names, counts, types of errors; no value of any event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hauberk.cli import learned
from hauberk.cli.learned import Policies
from hauberk.cli.outcome import console, many, say
from hauberk.learn import Partial, Profile, believe, merge, observe
from hauberk.learn.complete.vouch import Vouched, news_of, vouched
from hauberk.learn.complete.vouch import exercised as exercised_of
from hauberk.learn.profile.of_tests import Shown, shown_by_tests
from hauberk.local import Answer, Environment, Function
from hauberk.local.announced import troubles
from hauberk.local.attach import own_layer
from hauberk.local.recorded import RecordedEvent, recorded_events

_MOST_TOLD = 10
_LEAST_TOLD = 0.005  # a share that is not printed as 0 %
_TOO_FEW = "too few to say what share of events like these does nothing unlisted"
_NO_TRAFFIC = (
    "events and tests are no traffic: the bounds above take this run for an hour of it; stay in detect until "
    "`hauberk learn` has read logs of real requests"
)


_REMEDIES = {
    "Runtime.HandlerNotFound": "the handler is not in its file; name it with --handler: FILE.FUNCTION",
    "Runtime.ImportModuleError": (
        "the handler's file, or what it imports, is not there; name it with --handler: FILE.FUNCTION, and what is "
        "imported with --layer"
    ),
    "Runtime.MalformedHandlerName": "the handler's name has another form; write --handler FILE.FUNCTION",
    "Sandbox.Timedout": "an event takes longer than --timeout; give it more seconds",
}


@dataclass(frozen=True, slots=True)
class Ran:
    """One event, and how its invocation went: the type of its error, empty where it was answered."""

    name: str
    request_id: str
    error: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """All that was run, and what it shows."""

    events: tuple[Ran, ...]
    tests_status: int | None  # how the command of the tests ended; None where there was none
    shown: Shown | None
    partial: Partial
    profile: Profile
    log: bytes

    @property
    def answered(self) -> int:
        """How many events were."""
        return sum(not one.error for one in self.events)

    @property
    def has_failed(self) -> bool:
        """Whether an event or the tests did."""
        return self.answered < len(self.events) or bool(self.tests_status)


def exercised(
    function: Function, events: Path | None, tests: str | None, *, namespace: bool | None
) -> Lesson:
    """Run a function's events in one environment, and its tests."""
    recorded = recorded_events(events) if events else ()
    ran, log = _run(function, recorded, namespace=namespace)
    partial = observe(log.splitlines(keepends=True))
    status, shown = None, None
    if tests is not None:
        from hauberk.local.tested import run_tests

        done = run_tests(function, own_layer(function.layers), tests)
        own = (str(Path.home()), str(Path.cwd()))
        shown = shown_by_tests(done.logs, str(function.code.resolve()), own)
        status, log = done.status, log + b"".join(done.logs)
    whole = merge(partial, shown.partial) if shown else partial
    return Lesson(ran, status, shown, partial, believe(whole), log)


def _run(
    function: Function, recorded: tuple[RecordedEvent, ...], *, namespace: bool | None
) -> tuple[tuple[Ran, ...], bytes]:
    if not recorded:
        return (), b""
    log: list[bytes] = []
    with Environment(function, namespace=namespace, follow=log.append, tell=say) as environment:
        answers = [environment.invoke(one.content) for one in recorded]
    for answer in answers:
        if answer.init_ms is not None:
            for trouble in troubles(answer.log):
                say(f"warning: {trouble}")
    ran = (
        Ran(one.name, answer.request_id, _error(answer))
        for one, answer in zip(recorded, answers, strict=True)
    )
    return tuple(ran), b"".join(log)


def _error(answer: Answer) -> str:
    """The type of an error alone: its message may hold what the event held."""
    if not answer.error:
        return ""
    try:
        told = json.loads(answer.payload)["errorType"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return answer.error
    return told[:100] if isinstance(told, str) and told else answer.error


def told(lesson: Lesson, *, is_written: bool = True) -> Iterator[str]:
    """Say what went wrong, and what is left out; `is_written` where something is learned all the same."""
    failed = [one for one in lesson.events if one.error]
    if failed:
        names = ", ".join(f"{one.name} ({one.error})" for one in failed[:_MOST_TOLD])
        more = f" and {len(failed) - _MOST_TOLD} more" if len(failed) > _MOST_TOLD else ""
        but = "; what they did until then is learned" if is_written else ""
        yield f"{len(failed)} of {many(len(lesson.events), 'event', 'events')} failed: {names}{more}{but}"
        yield from (
            say for error, say in _REMEDIES.items() if error in {one.error for one in failed}
        )
    shown = lesson.shown
    if shown is None:
        return
    if not shown.processes:
        yield "no Python process of the tests carried the guard: do they run with -I or -S?"
    elif not shown.calls:
        yield "no test called the handler or imported its module under the guard: name it with --handler"
    if lesson.tests_status:
        yield f"the tests ended with status {lesson.tests_status}"
    if shown.here:
        yield f"left out, as Lambda has no such files: {_activities(len(shown.here))} below the home or working folder"


def vouch_for(lesson: Lesson, policies: Policies) -> Vouched:
    """Say what the events tell of others like them."""
    folded = [each for one, _ in policies for each in one.folded]
    requests = [one.request_id for one in lesson.events]
    return vouched(news_of(lesson.partial, requests, folded))


def as_json(lesson: Lesson, policies: Policies) -> dict[str, Any]:
    """Write what was run and learned as a document."""
    vouch, shown = vouch_for(lesson, policies), lesson.shown
    return {
        **learned.as_json(lesson.profile, policies),
        "events": [{"name": one.name, "error": one.error or None} for one in lesson.events],
        "tests": None
        if shown is None
        else {
            "status": lesson.tests_status,
            "processes": shown.processes,
            "calls": shown.calls,
            "by_tests_only": len(shown.by_tests),
            "left_out": len(shown.here),
        },
        "vouched": {
            "events": vouch.events,
            "later_half": vouch.later,
            "with_something_new": vouch.news,
            "at_least": round(1 - vouch.most_new, 4),
            "of_code": [{"done": done, "named": named} for done, named in _of_code(policies)],
        },
    }


def print_lesson(lesson: Lesson, output: Path, policies: Policies) -> None:
    """Print for people what was learned, and how far it can be trusted."""
    learned.print_tables(output, policies)
    out = console()
    for line in _lines(lesson, policies):
        out.print(line, soft_wrap=True)


def _lines(lesson: Lesson, policies: Policies) -> Iterator[str]:
    vouch = vouch_for(lesson, policies)
    if vouch.events == 1:
        yield f"{lesson.answered} of 1 event was answered; {_TOO_FEW}"
    elif vouch.events:
        yield (
            f"{lesson.answered} of {many(vouch.events, 'event was', 'events were')} answered; of the later "
            f"{vouch.later}, {vouch.news} did something that none before did: {_share(1 - vouch.most_new)}"
        )
    for done, named in _of_code(policies):
        if named:
            yield f"of {many(named, 'act', 'acts')} that the code names, {many(done, 'was', 'were')} done"
    if lesson.shown:
        yield (
            f"tests: {many(lesson.shown.calls, 'call', 'calls')} of the handler or its import told of something, in "
            f"{many(lesson.shown.processes, 'process', 'processes')}; "
            f"{_activities(len(lesson.shown.by_tests))} of the tests' own left out"
        )
    if lesson.shown and not lesson.events:
        yield "what tests are silent about proves nothing: those kinds go on learning; --events closes them"
    yield _NO_TRAFFIC


def _share(least: float) -> str:
    if least < _LEAST_TOLD:
        return _TOO_FEW
    return (
        f"at least {least * 100:.0f} % of events like these do nothing unlisted (95 % confidence)"
    )


def _of_code(policies: Policies) -> list[tuple[int, int]]:
    return [exercised_of(one.code.weighed) for one, _ in policies if one.code]


def _activities(count: int) -> str:
    return many(count, "activity", "activities")
