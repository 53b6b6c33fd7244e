"""`hauberk sources` compiles lists, shows them and answers about addresses."""

import json

import pytest

from here import run_here_as_text

pytest.importorskip("hauberk._native", reason="the native core is not built here")

DROP = """\
{"cidr":"203.0.113.0/24","sblid":"SBL1","rir":"apnic"}
{"type":"metadata","timestamp":1795176000,"size":1,"records":1}
"""


def hauberk(*words, cwd, stdin="", command="sources"):
    return run_here_as_text((command, *words), cwd, stdin)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "drop.json").write_text(DROP)
    (tmp_path / "ours.txt").write_text("# ours\n198.51.100.7\n10.0.0.0/8\n2001:db8::/32\n")
    return tmp_path


def test_lists_are_compiled_shown_and_asked(folder):
    done = hauberk("compile", "drop.json", "ours.txt", "-o", "all.sources", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    for line in (
        "2 of IPv4, 1 of IPv6",
        "drop.json (spamhaus, 1 prefixes, states 2026-11-20)",
        "1 not public",
    ):
        assert line in done.stdout
    shown = hauberk("show", "all.sources", cwd=folder)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "of         2026-11-20" in shown.stdout
    found = hauberk("check", "all.sources", "203.0.113.7", "203.0.114.7", cwd=folder)
    assert found.returncode == 1
    assert found.stdout == "203.0.113.7: on it, 203.0.113.0/24\n203.0.114.7: not on it\n"
    assert hauberk("check", "all.sources", "203.0.114.7", cwd=folder).returncode == 0


def test_the_same_for_machines(folder):
    done = hauberk("compile", "-", "-o", "all.sources", "--format", "json", cwd=folder, stdin=DROP)
    said = json.loads(done.stdout)
    assert (said["file"], said["ipv4_prefixes"], said["ipv6_prefixes"]) == ("all.sources", 1, 0)
    assert said["bytes"] == (folder / "all.sources").stat().st_size
    shown = json.loads(hauberk("show", "all.sources", "--format", "json", cwd=folder).stdout)
    assert shown["day"] == "2026-11-20"
    assert shown["of"][0]["stated"] == 1795176000
    found = hauberk("check", "all.sources", "203.0.113.7", "::1", "--format", "json", cwd=folder)
    assert json.loads(found.stdout) == [
        {"address": "203.0.113.7", "prefix": "203.0.113.0/24"},
        {"address": "::1", "prefix": None},
    ]
    assert found.returncode == 1


def test_a_list_need_not_be_compiled_to_be_asked(folder):
    assert hauberk("check", "ours.txt", "198.51.100.7", cwd=folder).returncode == 1
    assert "plain, 3 prefixes" in hauberk("show", "ours.txt", cwd=folder).stdout


def test_addresses_are_taken_out(folder):
    hauberk("compile", "drop.json", "--without", "ours.txt", "-o", "x", cwd=folder)
    (folder / "ours.txt").write_text("203.0.113.7\n")
    hauberk("compile", "drop.json", "--without", "ours.txt", "-o", "y", cwd=folder)
    assert hauberk("check", "x", "203.0.113.7", cwd=folder).returncode == 1
    assert hauberk("check", "y", "203.0.113.7", cwd=folder).returncode == 0
    assert "without    ours.txt" in hauberk("show", "y", cwd=folder).stdout


def test_events_are_inspected_with_lists(folder):
    hauberk("compile", "drop.json", "-o", "all.sources", cwd=folder)
    events = "".join(
        json.dumps({"requestContext": {"http": {"sourceIp": address}}}) + "\n"
        for address in ("203.0.113.7", "203.0.114.7")
    )
    done = hauberk("-", "--sources", "all.sources", cwd=folder, stdin=events, command="inspect")
    denied, other = map(json.loads, done.stdout.splitlines())
    assert (denied["verdict"], other["verdict"]) == ("block", "allow")
    (detection,) = denied["detections"]
    assert (detection["detector"], detection["path"], detection["excerpt"]) == (
        "malicious-source",
        "requestContext.http.sourceIp",
        "203.0.113.7",
    )


def test_a_list_of_the_policy_that_is_not_here_is_told(folder):
    hauberk("compile", "drop.json", "-o", "all.sources", cwd=folder)
    (folder / "hauberk.yaml").write_text(
        "hauberk: 1\nfunctions: {a: {}}\n"
        "sources: {lists: [{file: all.sources, at: /opt/all.sources}]}\n"
    )
    hauberk("key", "--out", "key.pem", cwd=folder, command="policy")
    compiled = hauberk(
        "compile",
        "hauberk.yaml",
        "--function",
        "a",
        "--key",
        "key.pem",
        cwd=folder,
        command="policy",
    )
    variable = compiled.stdout.strip()
    event = '{"requestContext": {"http": {"sourceIp": "203.0.113.7"}}}\n'
    alone = hauberk("-", "--policy", variable, cwd=folder, stdin=event, command="inspect")
    assert json.loads(alone.stdout)["verdict"] == "allow"
    assert "list all.sources of the policy is not looked at; name its file" in alone.stderr
    given = ("-", "--policy", variable, "--sources", "all.sources")
    both = hauberk(*given, cwd=folder, stdin=event, command="inspect")
    assert (json.loads(both.stdout)["verdict"], both.stderr) == ("alert", "")


REFUSED = [
    # the command                                        status, what it says
    (["compile", "none.txt", "-o", "x"], 3, "none.txt: no such file"),
    (["compile", "wide.txt", "-o", "x"], 2, "wide.txt:2: 0.0.0.0/0 would deny"),
    (["compile", "wide.txt", "-o", "x"], 2, "`--unsafe-deny-most`"),
    (["compile", "drop.json", "--list-format", "stix", "-o", "x"], 2, "drop.json:2: not JSON"),
    (["compile", "drop.json", "-o", "none/x"], 3, "no such file"),
    (["compile", "done", "-o", "x"], 2, "is compiled already"),
    (["compile", "empty.txt", "-o", "x"], 2, "empty.txt: holds no address; fetch the list again"),
    (["check", "empty.txt", "203.0.113.7"], 2, "empty.txt: holds no address"),
    (["check", "drop.json", "example.com"], 2, "example.com: not an IP address"),
    (["show", "cut"], 2, "cut off or changed; make it anew with `hauberk sources compile`"),
]


@pytest.mark.parametrize(("words", "status", "said"), REFUSED)
def test_what_is_wrong_is_one_line_with_a_remedy(words, status, said, folder):
    (folder / "empty.txt").write_text("\n")
    (folder / "wide.txt").write_text("203.0.113.7\n0.0.0.0/0\n")
    hauberk("compile", "drop.json", "-o", "done", cwd=folder)
    (folder / "cut").write_bytes((folder / "done").read_bytes()[:-1])
    done = hauberk(*words, cwd=folder)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (folder / "x").exists()


def test_a_place_that_cannot_be_written_is_named_as_it_was_given(tmp_path):
    plain = tmp_path / "plain.txt"
    plain.write_text("203.0.113.0/24\n")
    done = hauberk("compile", "plain.txt", "-o", "/nowhere/x.sources", cwd=tmp_path)
    assert done.returncode == 3
    assert "/nowhere/x.sources: no such file" in done.stderr
