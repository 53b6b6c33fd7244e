"""What programs are started with is learned by its shape: never folded, dangers for a person, complete as a list is."""

import pytest

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from log_lines import activity, shown
from test_learn_code import CODE, proposed, read  # noqa: F401
from test_learn_promote import promoted

from hauberk.learn import propose
from hauberk.learn.code.of_code import explained
from hauberk.learn.code.unexplained import unexplained
from hauberk.learn.edit import edited
from hauberk.learn.verify import refusals
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.policy.compile import compile_policy
from hauberk.policy.file import from_bytes

TAR = "/usr/bin/tar"
UNPACK = f"{TAR} -xf /tmp/<path> -C /tmp/<path>"
LINES = [activity("process", "start", TAR), activity("process", "arguments", UNPACK)]


def learned(lines, text=None, **options):
    """What is proposed of these lines for a policy, and the policy then."""
    existing = from_bytes(text.encode(), "p") if text else None
    proposal = propose(shown(lines), existing, **options)
    after = edited(text.encode() if text else None, "p", proposal).text
    return proposal.functions[0], after, from_bytes(after.encode(), "p").functions[0]


def listed(function):
    return [(one.operation, one.target) for one in function.allowlist[Kind.PROCESS]]


def test_a_first_policy_lists_programs_and_shapes_and_has_them_watched():
    _, _, after = learned(LINES)
    assert after.watch_arguments
    assert sorted(listed(after)) == [("*", TAR), ("arguments", UNPACK)]
    _, _, after = learned(LINES[:1])
    assert not after.watch_arguments


def test_shapes_are_never_folded_together():
    shapes = [f"/usr/bin/python3 /var/task/job-{n}.py <text>" for n in range(9)]
    lines = [activity("process", "start", f"/var/task/bin/tool-{n}") for n in range(9)]
    _, _, after = learned([*lines, *(activity("process", "arguments", one) for one in shapes)])
    assert [one for one in listed(after) if one[0] == "*"] == [("*", "/var/task/bin/tool-*")]
    assert [target for operation, target in listed(after) if operation != "*"] == shapes


HELD = "hauberk: 1\nfunctions:\n  orders:\n    watch_arguments: true\n    allowlist:\n      process:\n{}"
PROGRAM = f"        - {{target: {TAR}}}\n"
SHAPE = f"        - {{operation: arguments, target: {UNPACK}}}\n"
ALREADY = [
    # what the list holds                   what is new
    (PROGRAM, [("arguments", UNPACK)]),
    (PROGRAM + SHAPE, []),
    (PROGRAM + SHAPE.replace("arguments", '"*"'), [("arguments", UNPACK)]),  # that is a program
    (SHAPE, [("*", TAR)]),
]


@pytest.mark.parametrize(("held", "expected"), ALREADY)
def test_an_entry_for_any_operation_holds_no_arguments(held, expected):
    one, text, _ = learned(LINES, HELD.format(held))
    assert [(each.operation, each.target) for each in one.new.get(Kind.PROCESS, ())] == expected
    again, same, _ = learned(LINES, text)
    assert not again.new.get(Kind.PROCESS) and same == text


def test_what_was_learned_is_allowed_and_another_shape_is_not():
    one, text, _ = learned(LINES)
    file = from_bytes(text.encode(), "p")
    compiled = compile_policy(file, "orders", key=Ed25519PrivateKey.generate(), now=0)
    assert compiled.document["watch_arguments"] is True
    assert list(refusals(one, compiled)) == []
    fewer = {**compiled.document["allowlist"], "process": [f"* {TAR}", "arguments x"]}
    strict = type(compiled)("orders", {**compiled.document, "allowlist": fewer}, "", ())
    assert [each.activity.target for each in refusals(one, strict)] == [UNPACK]


def test_what_runs_code_is_left_for_a_person():
    code = f"{TAR} -xf /tmp/<path> --to-command=<code>"
    one, _, after = learned([*LINES, activity("process", "arguments", code)])
    assert ("arguments", code) not in listed(after)
    assert [(each.what.fold.pattern, each.why) for each in one.left_out] == [
        (code, "gives a program code, or a command, to run")
    ]


SHELL = [
    # what is seen                                     does the code explain it, which asks for a shell?
    ("/usr/bin/sh -c <code>", True),
    ("/usr/bin/sh -c <code> <text>", False),
    ("/usr/bin/sh /tmp/<script>", False),
    ("/usr/bin/bash -c <code>", False),
    ("/usr/bin/convert /tmp/<path>+", False),
]


@pytest.mark.parametrize(("target", "is_explained"), SHELL)
def test_code_that_asks_for_a_shell_explains_that_it_is_given_a_command(read, target, is_explained):  # noqa: F811
    one = Activity(Kind.PROCESS, "arguments", target)
    seen = [Activity(Kind.PROCESS, "start", target.partition(" ")[0]), one]
    assert (one in explained(read(), seen).by) is is_explained


PLAIN = "import subprocess\n\ndef handler(event, context):\n    subprocess.run(['/opt/bin/tool', event['key']])\n"


def test_arguments_are_not_strange_for_not_standing_in_the_code(read):  # noqa: F811
    code = read(PLAIN)
    seen = [
        Activity(Kind.PROCESS, "start", "/opt/bin/tool"),
        Activity(Kind.PROCESS, "arguments", "/opt/bin/tool <text>"),
        Activity(Kind.PROCESS, "start", "/opt/bin/evil"),
        Activity(Kind.PROCESS, "arguments", "/opt/bin/evil <text>"),
    ]
    assert unexplained(code, seen, explained(code, seen).possible) == {seen[2]}


def of_tar(operation, target):
    return ("process", operation, target)


WAITING = [
    # days of records, what a person listed            is the shape listed, does the kind tell why not?
    (14, PROGRAM, True),
    (5, PROGRAM, False),  # not complete: a list of programs goes on as it is
    (5, PROGRAM + "        - {operation: arguments, target: x y}\n", True),  # decides already
]


@pytest.mark.parametrize(("days", "held", "is_listed"), WAITING)
def test_where_kinds_move_by_themselves_arguments_wait_until_they_are_complete(
    days, held, is_listed
):
    settings = f"    watch_arguments: true\n    allowlist:\n      process:\n{held}"
    odd = (of_tar("start", TAR), of_tar("arguments", UNPACK))
    told, _, after = promoted(settings, auto="alert", days=days, odd=odd)
    assert (("arguments", UNPACK) in listed(after)) is is_listed
    assert ("of arguments" in told.waiting.get(Kind.PROCESS, "")) is not is_listed
    has_bound = Kind.PROCESS in told.completeness
    assert has_bound is ("operation: arguments" not in held)
