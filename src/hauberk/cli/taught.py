"""What a profile teaches, written into a `hauberk.yaml`; and what a person is told of what it does not teach."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hauberk.cli.amended import replace
from hauberk.cli.learned import Policies
from hauberk.cli.outcome import BAD_INPUT, COULD_NOT, say
from hauberk.cli.unseen import doubts, no_record, passed_by
from hauberk.learn import Profile, Proposal, propose
from hauberk.learn.code.with_code import Code
from hauberk.learn.edit import edited
from hauberk.learn.promote import promote
from hauberk.learn.propose import FunctionProposal
from hauberk.learn.verify import Refusal, refusals
from hauberk.model.kind import Kind
from hauberk.policy.compile import Compiled, compile_policy
from hauberk.policy.file import content_of, from_bytes

OutputOption = Annotated[
    Path, typer.Option("--output", "-o", help="Policy file; what it holds already stays.")
]
OnlySeenOption = Annotated[
    bool,
    typer.Option("--only-seen", help="Leave kinds of which nothing was seen learning."),
]
AcceptOption = Annotated[
    bool,
    typer.Option(
        "--accept-review",
        help="List also what is left for you to decide: what is dangerous, or was seen too narrowly.",
    ),
]
ProfileOption = Annotated[
    Path | None, typer.Option("--profile", help="Write what was seen here too, for `hauberk diff`.")
]


def taught(
    profile: Profile,
    output: Path,
    *,
    only_seen: bool,
    accept_review: bool,
    code: Mapping[str, Code] | None = None,
) -> Policies:
    """Write what a profile teaches into the policy file, and warn of what it does not."""
    content = content_of(output) if output.exists() else None
    existing = from_bytes(content, str(output)) if content is not None else None
    proposal = propose(
        profile, existing, only_seen=only_seen, accept_review=accept_review, code=code
    )
    proposal = promote(proposal, existing, int(time.time()))
    _refuse_silent_logs(profile, proposal, only_seen=only_seen)
    change = edited(content, str(output), proposal)
    policies = _compiled(change.text, str(output), proposal)
    refused = [one for pair in policies for one in refusals(*pair)]
    _refuse_unfit(refused)
    replace(output, change.text, content)
    _warn(profile, refused, policies)
    if change.is_rewritten:
        say(f"warning: {output} was laid out in a way that could not be kept: comments are lost")
    return policies


def _refuse_silent_logs(profile: Profile, proposal: Proposal, *, only_seen: bool) -> None:
    if not profile.functions:
        for told in list(doubts(profile)) or [no_record([], profile.unreadable)]:
            say(told)
        raise typer.Exit(BAD_INPUT)
    if proposal.unarmed and not only_seen:
        names = ", ".join(proposal.unarmed)
        say(
            f"no status record shows the guard armed in {names}, so silence proves nothing; "
            "add the log of a cold start, or use --only-seen"
        )
        raise typer.Exit(BAD_INPUT)
    for name in proposal.attacked_only:
        say(
            f"nothing is learned of {name}: all that these logs show of it was done in invocations under attack, or "
            "when their environments began; add logs of normal requests"
        )
    if not proposal.functions:
        raise typer.Exit(BAD_INPUT)


def _compiled(text: str, where: str, proposal: Proposal) -> list[tuple[FunctionProposal, Compiled]]:
    policy, key, now = (
        from_bytes(text.encode(), where),
        Ed25519PrivateKey.generate(),
        int(time.time()),
    )
    return [(one, compile_policy(policy, one.name, key=key, now=now)) for one in proposal.functions]


def _refuse_unfit(refused: list[Refusal]) -> None:
    unfit = [one for one in refused if not one.is_by_rule]
    for one in unfit:
        say(f"{one.function}: {one.activity} was seen but {one.reason}; nothing is written")
    if unfit:
        say("this is a fault of Hauberk; please report it with these lines")
        raise typer.Exit(COULD_NOT)


def _warn(
    profile: Profile, refused: list[Refusal], policies: list[tuple[FunctionProposal, Compiled]]
) -> None:
    for told in (*passed_by(profile.unreadable), *doubts(profile)):
        say(f"warning: {told}")
    for one in refused:
        say(f"warning: {one.function}: {one.activity} was seen but is {one.reason}")
    for proposal, compiled in policies:
        for warning in (*compiled.warnings, *_consequences(proposal)):
            say(f"warning: {proposal.name}: {warning}")


def _consequences(proposal: FunctionProposal) -> Iterator[str]:
    if proposal.learning:
        kinds = ", ".join(kind for kind in Kind if kind in proposal.learning)
        yield f"still learning {kinds}: the logs prove nothing of it"
    for kind in proposal.emptied_by_attacks:
        if kind not in proposal.new:
            continue  # it goes on learning
        yield f"no {kind} is allowed: only invocations under attack used any"
    for kind in Kind:
        if proposal.new.get(kind) == () and any(one.what.kind is kind for one in proposal.left_out):
            yield f"no {kind} is allowed: all that was seen is left for you to decide"
    if proposal.new and not proposal.activities and not any(proposal.new.values()):
        yield "the logs show no activity at all, so nothing is allowed"
