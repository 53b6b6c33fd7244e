"""`hauberk learn --store`: the codes of functions that it keeps, and what later runs make of them."""

import json
import re
import shutil
from datetime import UTC, datetime

import pytest
from learn_log import LOG
from learn_place import CODES, Place
from log_lines import activity

pytest.importorskip("duckdb", reason="the engine of stores is not here")
pytest.importorskip("hauberk._native", reason="the native core is not built here")


@pytest.fixture
def place(tmp_path):
    one = Place(tmp_path)
    for version in "1", "2", "3":
        one.log(f"{version}.log", version, f"2026-11-2{version}")
    return one


DAY = r"\d{4}-\d\d-\d\d"


def today():
    """The day, as the command writes it."""
    return datetime.now(UTC).date().isoformat()


def test_a_new_version_is_compared_with_the_code_that_was_kept_as_with_the_same_by_hand(place):
    first = today()
    said = place.learn("1.log", "--code", "a")
    assert "its code is kept as that of version 1: later runs use it by themselves" in said
    said = place.learn("2.log", "--code", "b")
    days = (first, today())
    assert any(f"compared with the code of version 1, kept on {day}\n" in said for day in days)
    assert "open again: file, since app.py:7: a file that is not known: event" in said
    for output, words in (("by-hand.yaml", ("--code-before", "a")), ("kept.yaml", ())):
        logs = ("1.log", "2.log") if words else ()
        given = ("--code", "b", *words)
        where = () if words else ("--store", "records")
        place.run("learn", *logs, *given, *where, "-o", output)
    assert (place.folder / "kept.yaml").read_bytes() == (place.folder / "by-hand.yaml").read_bytes()
    told = place.told("--code", "b")
    assert (told["kept"]["version"], told["compared_with"]["version"]) == ("2", "1")
    assert told["change"]["files"] == ["app.py"]


def test_a_code_before_that_is_given_wins(place):
    place.learn("1.log", "--code", "a")
    said = place.learn("2.log", "--code", "b", "--code-before", "c")
    assert "compared with" not in said
    assert "no longer in the code" in said and "/var/task/bin/other" in said
    assert "/var/task/bin/seldom" not in said
    told = place.told("--code", "b", "--code-before", "c")
    assert (
        told["compared_with"] is None
        and "process start /var/task/bin/other" in told["change"]["gone"]
    )


def test_without_code_the_kept_one_of_the_newest_version_is_used_and_said(place):
    place.learn("1.log", "--code", "a")
    assert place.targets() == {"/var/task/bin/seldom"}
    place.folder.joinpath("hauberk.yaml").unlink()
    said = place.learn()
    assert re.search(f"with the code of version 1, kept on {DAY}\n", said)
    assert place.targets() == {"/var/task/bin/seldom"}
    assert place.told()["kept"]["version"] == "1"


def test_the_code_of_an_older_version_is_not_used_and_the_remedy_is_said(place):
    place.learn("1.log", "--code", "a")
    said = place.learn("2.log", output="later.yaml")
    line = (
        "hauberk: orders: version 2 is newer than the code that is kept, of version 1, which is not used; "
        "give its code with --code\n"
    )
    assert line in said and "the code explains" not in said
    assert place.targets("later.yaml") == set() and place.told() is None
    place.learn("--code", "b", output="later.yaml")
    assert place.targets("later.yaml") == {"/var/task/bin/later"}
    assert line not in place.learn(output="later.yaml")


def test_without_codes_nothing_of_them_is_used_or_said(place):
    place.learn("1.log", "--code", "a")
    said = place.learn("--no-code", output="without.yaml")
    assert "the code" not in said.replace("that the Python code asks for", "")
    assert place.targets("without.yaml") == set()
    place.run("learn", "1.log", "-o", "alone.yaml")
    alone, without = ((place.folder / name).read_bytes() for name in ("alone.yaml", "without.yaml"))
    assert alone == without


SAME = [
    # codes of versions 1, 2, 3     that of the last is compared with version, and is the same as
    (("a", "b", "b"), "1", ["2"]),
    (("a", None, "b"), "1", []),
    (("a", "a", "a"), None, ["1", "2"]),
]


@pytest.mark.parametrize(("given", "before", "same"), SAME)
def test_the_code_before_is_the_latest_that_differs(place, given, before, same):
    for at, code in enumerate(given):
        place.learn(f"{at + 1}.log", *(("--code", code) if code else ()))
    told = place.told()
    assert (told["compared_with"] and told["compared_with"]["version"], told["same_as"]) == (
        before,
        same,
    )
    assert (f"the same code was that of: {', '.join(same)}\n" in place.learn()) is bool(same)


LEARN = ("learn", "--store", "records", "--format", "json", "-o")


def test_a_code_that_changes_under_one_name_is_compared_with_what_it_was(place):
    place.log("latest.log", "$LATEST", "2026-11-21")
    said = place.learn("latest.log", "--code", "a")
    assert "kept as that of version $LATEST" in said
    said = place.learn()
    assert re.search(f"kept on {DAY}; give it with --code where it is another now\n", said)
    assert place.told("--code", "a")["compared_with"] is None
    place.learn("--code", "b")
    told = place.told()
    assert told["compared_with"]["version"] == told["kept"]["version"] == "$LATEST"
    assert {"file", "code"} == told["change"]["open_again"].keys()
    for day in "2126-11-21", "2126-11-24":
        place.log(f"{day}.log", "$LATEST", day)
    before, after = (
        json.loads(place.run(*LEARN, *words).stdout)["functions"][0]["kinds"]
        for words in (("before.yaml",), ("after.yaml", "2126-11-21.log", "2126-11-24.log"))
    )
    bounds = [
        next(one["alarms_a_week"] for one in of if one["kind"] == "file") for of in (before, after)
    ]
    assert bounds[1] < bounds[0] / 3  # what is watched from then on counts for the new code


def test_a_code_may_be_kept_before_its_version_is_seen(place):
    place.learn("1.log", "--code", "a")
    said = place.learn("--code", "b", "--code-version", "2")
    assert (
        "hauberk: orders: the code is kept as that of version 2, which no record shows yet\n"
        in said
    )
    assert "with the code of version 1, kept on" in said and "compared with" not in said
    assert place.targets() == {"/var/task/bin/seldom"}
    told = place.told("2.log")
    assert (told["kept"]["version"], told["compared_with"]["version"]) == ("2", "1")
    assert [one["target"] for one in told["unseen"]] == ["/var/task/bin/later"]


def test_the_code_of_an_older_version_may_be_kept_later(place):
    place.learn("1.log", "2.log", "--code", "b")
    assert place.told()["compared_with"] is None
    said = place.learn("--code", "a", "--code-version", "1")
    assert "hauberk: orders: the code is kept as that of version 1\n" in said
    assert "compared with the code of version 1, kept on" in said
    assert place.told()["compared_with"]["version"] == "1"


def test_each_function_has_its_own_code_and_later_runs_use_all(place):
    place.log("mail.log", "4", "2026-11-22", "mail")
    place.learn("1.log", "mail.log")
    both = ("learn", "--store", "records", "-o", "hauberk.yaml", "--code", "a")
    said = place.run(*both, status=2).stderr.decode()
    assert "the logs show mail, orders; name with --function the one whose code it is" in said
    place.learn("--code", "a", "--function", "orders")
    assert place.told(function="mail") is None
    said = place.learn("--code", "b", "--function", "mail")
    assert "its code is kept as that of version 4" in said
    assert "with the code of version 1, kept on 2" in said
    place.folder.joinpath("hauberk.yaml").unlink()
    said = place.learn()
    assert "with the code of version 1, kept on 2" in said
    assert "with the code of version 4, kept on 2" in said
    assert place.targets() == {"/var/task/bin/seldom", "/var/task/bin/later"}


def test_one_alias_is_learned_with_the_code_of_its_own_version(place):
    more = activity("file", "write", "/tmp/live", request="r9", alias="live")
    place.log("1.log", "1", "2026-11-21", log=LOG + more)
    place.learn("1.log", "--code", "a")
    place.learn("2.log", "--code", "b")
    live, every = place.told("--alias", "live"), place.told()
    assert (live["kept"]["version"], live["compared_with"]) == ("1", None)
    assert (every["kept"]["version"], every["compared_with"]["version"]) == ("2", "1")


def test_a_version_that_is_called_like_a_path_stays_in_the_store(place):
    place.log("x.log", "../../x", "2026-11-21")
    there = {one for one in place.folder.rglob("*") if "records" not in one.parts}
    place.learn("x.log", "--code", "a")
    after = {one for one in place.folder.rglob("*") if "records" not in one.parts}
    assert after - there == {place.folder / "hauberk.yaml"}
    assert place.told()["kept"]["version"] == "../../x"


def test_where_no_function_is_believed_that_is_said_and_not_whose_code_it_is(place):
    place.folder.joinpath("torn.log").write_bytes(LOG.partition(b"\n")[2])
    done = place.run("learn", "torn.log", "--store", "records", "--code", "a", status=2)
    assert b"not believed" in done.stderr and b"--function" not in done.stderr


def kept_files(place):
    return sorted((place.folder / "records/local/code").rglob("*.json"))


def test_a_kept_code_that_is_damaged_is_told_of_and_learning_goes_on(place):
    place.learn("1.log", "--code", "a")
    (file,) = kept_files(place)
    file.write_bytes(file.read_bytes()[:-20])
    said = place.learn(output="later.yaml")
    assert (
        said.count("hauberk: warning: orders: the code that is kept of version 1 is damaged") == 1
    )
    assert place.targets("later.yaml") == set()
    place.learn("--code", "a", output="later.yaml")
    assert place.targets("later.yaml") == {"/var/task/bin/seldom"}
    assert "damaged" not in place.learn(output="later.yaml")


def test_no_line_of_the_code_is_in_the_store(place):
    place.learn("1.log", "--code", "a")
    (file,) = kept_files(place)
    content = file.read_text()
    assert "/var/task/bin/seldom" in content
    assert [one for one in CODES["a"].split("\n") if one.strip() and one.strip() in content] == []


REFUSED = [
    (("--no-code", "--code", "a"), "leave it out, or --code"),
    (("--code-before", "a"), "name that, too"),
    (("--code", "nowhere"), "nowhere does not exist"),
    (("--code-version", "2"), "name both"),
    (("--code", "a", "--code-before", "b", "--code-version", "2"), "a --code-version of its own"),
]


@pytest.mark.parametrize(("words", "why"), REFUSED)
def test_what_is_no_code_is_refused_and_nothing_is_kept(place, words, why):
    done = place.run("learn", "1.log", "--store", "records", "-o", "h.yaml", *words, status=2)
    assert why in done.stderr.decode()
    assert kept_files(place) == [] and not (place.folder / "h.yaml").exists()


DIFFERENCES = [
    # given                                    compared with the kept code of version
    ((), "1"),
    (("--no-code",), None),
    (("--code", "c"), "1"),
    (("--code", "b"), "2"),  # which had another until now
    (("--code", "b", "--code-before", "c"), None),
]


@pytest.mark.parametrize(("words", "version"), DIFFERENCES)
def test_what_learning_would_change_is_what_it_changes(place, words, version):
    place.learn("1.log", "--code", "a", output="old.yaml")
    place.learn("2.log", "--code", "c", output="unused.yaml")
    before = [one.read_bytes() for one in kept_files(place)]
    ask = ("allowlist", "diff", "old.yaml", "--store", "records", *words)
    told = json.loads(place.run(*ask, "--format", "json").stdout)
    said = place.run(*ask).stdout.decode()
    assert [one.read_bytes() for one in kept_files(place)] == before  # it writes nothing
    assert (f"compared with the code of version {version}" in said) is bool(version)
    shutil.copy(place.folder / "old.yaml", place.folder / "new.yaml")
    learn = ("learn", "--store", "records", *words, "-o", "new.yaml", "--format", "json")
    (learned,) = json.loads(place.run(*learn).stdout)["functions"]
    between = ("allowlist", "diff", "old.yaml", "new.yaml", "--format", "json")
    assert told["changes"] == json.loads(place.run(*between).stdout)["changes"]
    reviews = [(one["kind"], one["target"], one["why"]) for one in learned["review"]]
    assert [(one["kind"], one["target"], one["why"]) for one in told["review"]] == reviews
    assert bool(told["code"]) is ("code" in learned)


def test_codes_are_of_no_use_where_two_policies_are_compared(place):
    place.learn("1.log")
    words = ("allowlist", "diff", "hauberk.yaml", "hauberk.yaml", "--code", "a")
    assert "name it with --log or --store" in place.run(*words, status=2).stderr.decode()
