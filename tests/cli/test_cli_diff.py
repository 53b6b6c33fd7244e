"""`hauberk diff`: what is new, gone and changed, and nothing in a name that Markdown reads."""

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_lines import START, activity, armed, record, shown
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from hauberk.cli import app
from hauberk.cli.differed import span
from hauberk.learn import Partial, believe
from hauberk.learn.compare import NOTHING, compared
from hauberk.learn.profile.profile_file import ProfileError, read_profile
from hauberk.learn.profile.profile_text import profile_text
from hauberk.model.escaped import escaped

CODE = ["/var/task/app.py:4 handler"]
OTHER = ["/var/task/jobs/clean.py:9 sweep"]
MOVED = ["/var/task/app.py:40 handler"]


def acts(*rows):
    """A function that did this: kind, operation, target, and the stack where it matters."""
    lines = [activity(*row[:3], **({"stack": row[3]} if len(row) > 3 else {})) for row in rows]
    return shown(lines).functions["orders"] if rows else NOTHING


READ = ("file", "read", "/mnt/a.csv")
WRITE = ("file", "write", "/mnt/a.csv")
SHELL = ("process", "start", "/usr/bin/bash")
DIFFERENCES = [
    # before                          after                            new, gone, changed, of them dangerous
    ([READ], [READ], (0, 0, 0, 0)),
    ([], [READ, SHELL], (2, 0, 0, 1)),
    ([READ, SHELL], [], (0, 2, 0, 0)),
    ([READ], [READ, WRITE], (1, 0, 0, 0)),
    ([READ], [SHELL], (1, 1, 0, 1)),
    ([(*READ, CODE)], [(*READ, OTHER)], (0, 0, 1, 0)),
    ([(*SHELL, CODE)], [(*SHELL, OTHER)], (0, 0, 1, 1)),
    ([(*READ, CODE)], [(*READ, MOVED)], (0, 0, 0, 0)),  # a line moved
    ([(*READ, ["/var/lang/lib/a.py:1 f"])], [(*READ, ["/var/lang/lib/b.py:1 f"])], (0, 0, 0, 0)),
    ([("file", "write", "/tmp/r-2026-01-02.csv")], [("file", "write", "/tmp/r-2026-02-03.csv")], (0, 0, 1, 0)),
    ([("host", "resolve", "a.example")], [("host", "resolve", "b.example")], (1, 1, 0, 0)),
    # three values of a type and more are one pattern, of both
    ([("file", "write", f"/tmp/r-{n}.csv") for n in range(3)], [("file", "write", "/tmp/r-77.csv")], (0, 0, 0, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), DIFFERENCES)
def test_a_difference_is_told(before, after, expected):
    found = compared(acts(*before), acts(*after))
    counts = (len(found.new), len(found.gone), len(found.changed), len(found.dangerous))
    assert counts == expected


_NAMES = st.sampled_from(["/mnt/a", "/mnt/b", "/tmp/1.txt", "/tmp/2.txt", "/usr/bin/bash"])
_ROWS = st.lists(st.tuples(st.just("file"), st.sampled_from(["read", "write"]), _NAMES), max_size=6)


@given(_ROWS, _ROWS)
def test_what_is_new_one_way_is_gone_the_other_and_nothing_differs_from_itself(one, other):
    there, back = compared(acts(*one), acts(*other)), compared(acts(*other), acts(*one))
    keys = [
        [(act.kind, act.operation, act.pattern) for act in some] for some in (there.new, back.gone)
    ]
    assert keys[0] == keys[1]
    same = compared(acts(*one), acts(*one))
    assert (same.new, same.gone, same.changed) == ((), (), ())


def test_dangerous_things_come_first():
    found = compared(NOTHING, acts(READ, ("api", "s3:GetObject", "*"), SHELL))
    assert [one.danger for one in found.new] == ["starts a shell", "", ""]


HOSTILE = [
    *("`", "``", " `x", "a``b`", "\\`", "a|b", "<img src=x>", "@all #1"),
    *("](http://x)", "\n\n# head", "x\u202ey"),
]


@given(st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=40)))
def test_a_value_is_a_code_span_and_nothing_else(text):
    shown_as = MarkdownIt().render(f"- file {span(text)} (seen)")
    inside = html.escape(escaped(text), quote=False).replace('"', "&quot;")
    if not escaped(text).strip():
        return
    assert shown_as == f"<ul>\n<li>file <code>{inside}</code> (seen)</li>\n</ul>\n"


@given(_ROWS)
def test_a_profile_reads_as_it_was_written(rows):
    profile = shown([activity(*row) for row in rows])
    assert read_profile(profile_text(profile).encode(), "x") == profile


UNKNOWN = profile_text(shown([activity("file", "read", "/a")])).encode() + b'{"other":1}\n'


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]\n", b'{"profile":2}', b'{"profile":1}\n7\n', UNKNOWN]
)
def test_what_is_no_profile_is_refused(content):
    with pytest.raises(ProfileError):
        read_profile(content, "x")


DAMAGES = [
    # the line, where in it, what stands there
    (0, ("records",), float("inf")),
    (0, ("records",), float("nan")),
    (0, ("unreadable",), {"x": "y"}),
    (1, ("attacked",), -5),
    (1, ("function",), 7),
    (1, ("armed",), "no"),
    (1, ("kinds",), {"host": {"invocations": "x", "blocks": None, "sandboxes": []}}),
    (1, ("hours",), {"first": 10**30, "bits": "f"}),
    (1, ("hours",), {"first": 0, "bits": "f" * 3_000_000}),
    (1, ("hours",), {"first": 0, "bits": "-f"}),
    (1, ("hours",), {"each": [10**30]}),
    (2, ("first_ms",), "x"),
    (2, ("last_ms",), 1e308),
    (2, ("last_ms",), 10**17),
    (2, ("hours",), [-5]),
    (2, ("sites",), "abc"),
    (2, ("callers", "lower"), "f" * 17),
]


@pytest.mark.parametrize(("at", "path", "value"), DAMAGES)
def test_what_no_profile_holds_is_refused(at, path, value):
    text = profile_text(shown([activity("file", "read", "/a")]))
    lines = [json.loads(line) for line in text.splitlines()]
    *keys, last = path
    place = lines[at]
    for key in keys:
        place = place[key]
    place[last] = value
    with pytest.raises(ProfileError):
        read_profile("\n".join(map(json.dumps, lines)).encode(), "x")


def test_a_clock_that_is_far_off_makes_no_large_profile():
    far = "9999-12-31T23:59:59.000Z"
    profile = shown([activity("file", "read", "/a"), activity("file", "read", "/b", timestamp=far)])
    text = profile_text(profile)
    assert len(text) < 10_000
    assert read_profile(text.encode(), "x") == profile


@pytest.fixture
def diff(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    head = [armed(), START]
    (tmp_path / "a.log").write_bytes(
        b"".join([*head, activity(*READ), activity(*READ, version="7")])
    )
    others = {
        "quiet.log": armed() + START,
        "other.log": armed("other") + START,
        "empty.log": b"",
        "hauberk.yaml": b"# ours\nhauberk: 1\nfunctions: {}\n",
        "anomaly.json": b'{"anomaly":1,"functions":{}}\n',
        "bin.log": bytes(range(256)),
        "tail.log": activity(*READ),
        "lost.log": b"".join(
            [*head, activity(*READ), record("status", state="gap", message="", dropped=1)]
        ),
        "none.profile": profile_text(believe(Partial())).encode(),
    }
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
    rows = [activity(*READ), activity("file", "write", "/tmp/`|<b>"), activity(*SHELL)]
    (tmp_path / "b.log").write_bytes(b"".join([*head, *rows]))

    def run(*words):
        return CliRunner().invoke(app, ["diff", *words])

    return run


FAILING = [
    # words                                status
    (["a.log", "b.log"], 0),
    (["a.log", "b.log", "--fail-on", "new"], 1),
    (["a.log", "b.log", "--fail-on", "dangerous"], 1),
    (["b.log", "a.log", "--fail-on", "new"], 0),
    (["b.log", "b.log", "--fail-on", "dangerous"], 0),
    (["a.log", "b.log", "--function", "nobody"], 2),
    (["a.log", "none.log"], 2),
    (["1", "2", "--store", "none"], 2),
    (["a.log", "quiet.log", "--fail-on", "new"], 0),
    (["b.log", "quiet.log", "--function", "orders"], 0),
    (["quiet.log", "b.log", "--function", "orders"], 0),
    (["b.log", "other.log", "--function", "orders"], 2),
]
NOTHING_BELIEVED = [
    # a side                    what is said of it
    ("empty.log", "empty.log, which is empty"),
    ("hauberk.yaml", "hauberk.yaml, which is a policy"),
    ("anomaly.json", "anomaly.json, which holds models of `hauberk anomaly`"),
    ("bin.log", "no record of Hauberk in bin.log; name logs"),
    ("tail.log", "tail.log: nothing to compare: 1 record is not believed"),
    ("lost.log", "lost.log: nothing to compare: 1 environment has lost records"),
    ("none.profile", "none.profile: nothing to compare: no record of Hauberk is in it"),
]


@pytest.mark.parametrize(("words", "status"), FAILING)
def test_the_exit_status_is_for_ci(diff, words, status):
    assert diff(*words).exit_code == status


@pytest.mark.parametrize("on", ["new", "dangerous"])
@pytest.mark.parametrize(("side", "said"), NOTHING_BELIEVED)
def test_a_side_of_which_nothing_is_believed_lets_no_gate_pass(diff, side, said, on):
    for words in ([side, "b.log"], ["b.log", side]):
        done = diff(*words, "--fail-on", on)
        assert (done.exit_code, done.stdout, said in done.stderr) == (2, "", True), done.output


def test_records_that_are_left_out_of_a_side_are_told(diff, tmp_path):
    torn = (tmp_path / "b.log").read_bytes() + b'{"hauberk": "HAUBERK1", "ty\n'
    (tmp_path / "torn.log").write_bytes(torn)
    done = diff("a.log", "torn.log")
    assert (done.exit_code, done.stderr) == (
        0,
        "hauberk: warning: torn.log: 1 line was passed by: broken JSON\n",
    )
    assert diff("a.log", "b.log").stderr == ""


def test_all_forms_say_the_same(diff):
    markdown = diff("a.log", "b.log").stdout
    assert "- ⚠ starts a shell: process `/usr/bin/bash` (in 1 invocation)\n" in markdown
    assert "- file `write` ``/tmp/`|<b>`` (in 1 invocation)\n" in markdown
    assert "2 new, 0 gone, 0 changed; 1 dangerous" in markdown
    assert "\n\n#### `orders`\n\n2 new, " in markdown and "\n\n**New**\n\n- " in markdown
    text = diff("a.log", "b.log", "--format", "text").stdout
    assert "\n\norders\n\n2 new, " in text and "\n\nNew\n- " in text
    assert "- file write /tmp/`|<b> (in 1 invocation)\n" in text
    (orders,) = json.loads(diff("a.log", "b.log", "--format", "json").stdout)["functions"]
    assert [one["pattern"] for one in orders["new"]] == ["/usr/bin/bash", "/tmp/`|<b>"]
    assert orders["dangerous"] == 1


def test_versions_of_a_store_are_compared(diff, tmp_path):
    lines = [armed(), START]
    lines += [record("activity", kind=row[0], operation=row[1], target=row[2], reason="learning", version=version)
              for version, row in (("1", READ), ("2", READ), ("2", SHELL))]  # fmt: skip
    (tmp_path / "both.log").write_bytes(b"".join(lines))
    learned = CliRunner().invoke(app, ["learn", "both.log", "--store", "kept", "-o", "h.yaml"])
    assert learned.exit_code == 0, learned.output
    told = json.loads(diff("1", "2", "--store", "kept", "--format", "json").stdout)
    assert [one["pattern"] for one in told["functions"][0]["new"]] == ["/usr/bin/bash"]
    assert diff("1", "3", "--store", "kept").exit_code == 2
