"""`hauberk flow` answers each line, in order, and refuses what is no question."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench import flow as bench

PAYLOADS = "HAUBERK_PAYLOADS"
MUST_SHOW = ("sql", "shell", "path")
EVERY = 10  # of the payloads: some seconds
# Marks of one or two bytes that stand in code of every kind: pasted alone they are not told apart from it.
KNOWN_TO_DIFFER = {"--", "`", "(", ")", "\\", "''", '""', "5$", "-v"}


def hauberk_flow(text, *options):
    """What the command did with these lines."""
    return subprocess.run(
        [sys.executable, "-m", "hauberk.cli", "flow", *options, "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def test_answers_come_in_the_order_of_the_questions():
    rows = [
        {"sink": "shell", "resource": "ls x; id", "input": "x; id"},
        {"sink": "shell", "resource": "ls 'x; id'", "input": "x; id"},
        {"sink": "exec", "resource": ["tar", "--to-command=id"], "input": "--to-command=id"},
        {"sink": "nosql", "resource": {"a": {"$ne": 1}}, "input": {"$ne": 1}},
        {"sink": "nosql", "resource": {"a": "$ne"}, "input": "$ne"},
    ]
    done = hauberk_flow("\n".join(map(json.dumps, rows)))
    answers = [json.loads(line)["injection"] for line in done.stdout.splitlines()]
    assert answers == [True, False, True, True, False], done.stderr


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("no json", 'not {"sink"'),
        ('{"sink": "ldap", "resource": "", "input": ""}', "write one of sql, shell"),
        ('{"sink": "exec", "resource": "ls", "input": ""}', 'write ["program"'),
        ('{"sink": "sql", "resource": "", "input": "", "dialect": "x"}', "write one of sqlite"),
    ],
)
def test_a_line_that_is_no_question_is_refused_with_its_remedy(line, remedy):
    done = hauberk_flow(line)
    assert done.returncode == 2
    assert remedy in done.stderr


@pytest.mark.parametrize(
    ("dialect", "is_injection"),
    [("MySQL", True), ("mariadb", True), ("postgresql", False), ("sqlite3", False)],
)
def test_a_dialect_has_the_names_that_people_give_it(dialect, is_injection):
    row = {"sink": "sql", "resource": r"SELECT 'x\'", "input": "x\\", "dialect": dialect}
    done = hauberk_flow(json.dumps(row))
    assert json.loads(done.stdout)["injection"] is is_injection, done.stderr


def test_an_error_names_its_line_and_ends_no_other_question():
    question = '{"sink": "path", "resource": "/a/../../b", "input": "../../b", "labl": 1}'
    done = hauberk_flow(f"{question}\n\nno json\n{question}", "--fail-on", "injection")
    assert done.returncode == 2
    assert "line 3: not {" in done.stderr
    assert done.stderr.count("key 'labl' is not looked at") == 1
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one.get("injection") for one in answers] == [True, None, True]
    assert [one["line"] for one in answers] == [1, 3, 4]
    assert hauberk_flow(question, "--fail-on", "injection").returncode == 1
    assert hauberk_flow(question).returncode == 0


def test_text_for_people_tells_the_injections_and_counts_all():
    row = {"sink": "sql", "resource": "SELECT 1 OR 1=1", "input": "1 OR 1=1"}
    other = {"sink": "sql", "resource": "SELECT 1", "input": "1"}
    done = hauberk_flow(f"{json.dumps(row)}\n{json.dumps(other)}", "--format", "text")
    assert "the input spans several tokens" in done.stdout
    assert "2 lines: 1 injection, 1 that is none" in done.stdout
    assert "SELECT 1 OR 1=1" in done.stdout
    assert '"1 OR 1=1"' in done.stdout


def test_natural_inputs_leave_the_slots_that_the_oracles_say_but_for_lone_marks():
    wrong = [one for one in bench.cases([]) if one.is_wrong and one.sink in MUST_SHOW]
    assert {one.shown for one in wrong} == KNOWN_TO_DIFFER


def test_labelled_payloads_are_told_apart_in_slots():
    file = os.environ.get(PAYLOADS)
    if not file:
        pytest.skip(f"{PAYLOADS} names no file of labelled payloads")
    rows = [json.loads(line) for line in Path(file).read_text().splitlines()][::EVERY]
    seen = list(bench.cases(rows))
    for sink, most_missed, most_false in (("sql", 2, 0.1), ("shell", 1, 0.3), ("path", 0.5, 0.5)):
        attacks = [one.is_wrong for one in seen if one.sink == sink and one.is_injection]
        others = [one.is_wrong for one in seen if one.sink == sink and not one.is_injection]
        assert 100 * sum(attacks) <= most_missed * len(attacks)
        assert 100 * sum(others) <= most_false * len(others)
