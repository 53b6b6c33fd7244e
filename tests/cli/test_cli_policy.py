"""`hauberk policy`: what it prints where, and its exit status."""

import json
import os
import re

import pytest

TRACEBACK = "Traceback"


@pytest.fixture
def variable(hauberk):
    assert hauberk("policy", "key").returncode == 0
    done = hauberk("policy", "compile", "hauberk.yaml", "--function", "orders")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_compile_prints_the_value_and_nothing_else(variable):
    assert re.fullmatch(r"1\.open\.[0-9a-f]{32}\.[\w-]+\.[\w-]{86}\n", variable, re.ASCII)


def test_check_says_ok_of_a_good_file(hauberk):
    done = hauberk("policy", "check", "hauberk.yaml")
    assert done.returncode == 0
    assert done.stdout.startswith("hauberk.yaml: ok\n  orders\n    mode         prevent\n")
    assert re.search(r"size +\d+ of 4096 bytes", done.stdout)


def test_check_tells_all_problems_with_lines(hauberk):
    done = hauberk("policy", "check", "broken.yaml", "hauberk.yaml")
    assert done.returncode == 1
    assert done.stdout.splitlines()[:4] == [
        "broken.yaml: problems",
        "  line 3: unknown key `mod` in functions.orders; did you mean `mode`?",
        "  line 4: functions.b.expires: `soon` has the wrong form; write it like `2027-06-30`",
        "hauberk.yaml: ok",
    ]


def test_check_tells_what_is_meant_wrongly_beside_what_is_written_wrongly(hauberk, tmp_path):
    (tmp_path / "mixed.yaml").write_text(
        "hauberk: 1\n"
        "functions: {a: {mod: prevent}}\n"
        "exclusions:\n"
        "  - {name: x, kind: file, detector: sql-injection, patterns: ['**'], scope: account}\n"
        "sources:\n"
        "  lists:\n"
        "    - {file: missing.txt}\n"
        "    - {file: gone.txt}\n"
    )
    done = hauberk("policy", "check", "mixed.yaml")
    assert done.returncode == 1
    lines = [line.split(":")[0].strip() for line in done.stdout.splitlines()[1:]]
    assert lines == ["line 2", "line 4", "line 7", "line 8"], done.stdout


def test_show_writes_what_a_person_wrote(hauberk, tmp_path):
    (tmp_path / "own.yaml").write_text(
        "hauberk: 1\n"
        "functions: {a: {detectors: {sql-injection: {mode: detect, block_from: 95}}, protections: {file: 'off'}}}\n"
        "exclusions:\n"
        "  - {name: x, detector: sql-injection, path: body→$.q, patterns: ['**'], scope: account}\n"
    )
    assert hauberk("policy", "key").returncode == 0
    value = hauberk("policy", "compile", "own.yaml", "--function", "a").stdout
    shown = hauberk("policy", "show", "-", given=value).stdout
    for line in (
        "exclusion x, sql-injection at body→$.q",
        "sql-injection  mode: detect, block_from: 95",
        "protections  file: off",
    ):
        assert line in shown
    assert "{'" not in shown


def test_check_reads_a_compiled_value(hauberk, variable, tmp_path):
    (tmp_path / "value").write_text(variable)
    for name, given in (("value", None), ("-", variable)):
        done = hauberk("policy", "check", name, "--format", "json", given=given)
        assert done.returncode == 0
        (checked,) = json.loads(done.stdout)
        (summary,) = checked["functions"]
        assert summary["signature"] == "good"
        assert summary["fingerprint"] == variable.split(".")[2]
        assert (summary["function"], summary["mode"]) == ("orders", "prevent")
        assert summary["size"] == len(variable) - 1


def test_check_and_show_tell_of_a_changed_value(hauberk, variable):
    changed = variable.replace("1.open.", "1.block.")
    for command in ("check", "show"):
        done = hauberk("policy", command, "-", given=changed)
        assert done.returncode == 1
        assert "bad" in done.stdout
        assert "changed after it was signed" in done.stdout + done.stderr


def test_show_prints_what_the_value_holds(hauberk, variable):
    done = hauberk("policy", "show", variable.strip())
    assert done.returncode == 0
    assert "  allowlist, file\n    * /tmp/*\n" in done.stdout
    shown = json.loads(hauberk("policy", "show", "-", "--format", "json", given=variable).stdout)
    assert shown["policy"]["allowlist"] == {"file": ["* /tmp/*"]}


def test_show_reads_a_file_with_the_value(hauberk, variable, tmp_path):
    (tmp_path / "policy.v1.2.3.txt").write_text(variable)  # a name with as many dots as a value
    from_file = hauberk("policy", "show", "policy.v1.2.3.txt")
    assert from_file.returncode == 0
    assert from_file.stdout == hauberk("policy", "show", variable.strip()).stdout


def test_a_compiled_value_in_a_file_is_refused_by_its_file(hauberk, variable, tmp_path):
    (tmp_path / "policy.txt").write_text(variable[:-100] + "\n")
    for command in ("check", "show"):
        done = hauberk("policy", command, "policy.txt")
        said = done.stdout + done.stderr
        assert done.returncode in (1, 2)
        assert "policy.txt: " in said
        assert "not signed; set it to what `hauberk policy compile` prints" in said


def test_an_expired_policy_says_to_set_a_later_day_and_compile(hauberk, tmp_path):
    text = (tmp_path / "hauberk.yaml").read_text()
    (tmp_path / "old.yaml").write_text(text.replace("{mode", "{expires: 2020-01-01, mode"))
    hauberk("policy", "key")
    compiled = hauberk("policy", "compile", "old.yaml", "--function", "orders")
    assert compiled.returncode == 0
    assert "in force, but stale; set a later `expires`" in compiled.stderr
    for given in (compiled.stdout, (tmp_path / "old.yaml").read_text()):
        checked = hauberk("policy", "check", "-", given=given)
        assert checked.returncode == 1
        assert "set a later `expires` and compile it" in checked.stdout


def test_a_policy_too_large_for_lambda_is_a_problem(hauberk, tmp_path):
    names = "".join(f"{{target: /{os.urandom(16).hex()}}}, " for _ in range(300))
    text = f"hauberk: 1\nfunctions: {{a: {{allowlist: {{file: [{names}]}}}}}}\n"
    (tmp_path / "large.yaml").write_text(text)
    done = hauberk("policy", "check", "large.yaml")
    assert done.returncode == 1
    assert "more than Lambda's 4096" in done.stdout
    hauberk("policy", "key")
    done = hauberk("policy", "compile", "large.yaml", "--function", "a")
    assert done.returncode == 0
    assert len(done.stdout) > 4096
    assert re.match(r"hauberk: warning: \d+ bytes: Lambda gives", done.stderr)


def test_a_key_is_made_once(hauberk, tmp_path):
    first, second = hauberk("policy", "key"), hauberk("policy", "key")
    assert re.fullmatch(r"[0-9a-f]{32}\n", first.stdout)
    assert first.stdout == second.stdout
    assert "created" in first.stderr
    assert "already there" in second.stderr
    other = hauberk("policy", "key", "--out", "k.pem", "--format", "json")
    assert json.loads(other.stdout)["created"] is True
    assert (tmp_path / "k.pem").stat().st_mode & 0o777 == 0o600
    signed = hauberk(
        "policy", "compile", "hauberk.yaml", "--function", "orders", "--key", "k.pem"
    ).stdout
    assert signed.split(".")[2] == json.loads(other.stdout)["fingerprint"]


def test_the_mode_given_is_in_force(hauberk, variable):
    arguments = ("policy", "compile", "hauberk.yaml", "--function", "orders", "--mode", "detect")
    shown = hauberk("policy", "show", "-", given=hauberk(*arguments).stdout)
    assert "mode         detect" in shown.stdout


REFUSED = [
    # the command                                                      what it says
    (("policy", "compile", "broken.yaml", "--function", "orders"), "broken.yaml:3: unknown key"),
    (("policy", "compile", "hauberk.yaml", "--function", "ordres"), "did you mean `orders`?"),
    (
        ("policy", "compile", "hauberk.yaml", "--function", "orders"),
        "`hauberk policy key` creates one",
    ),
    (("policy", "compile", "none.yaml", "--function", "orders"), "none.yaml: no such file"),
    (("policy", "compile", "hauberk.yaml"), "`hauberk policy key` creates one"),
    (("policy", "compile", "two.yaml"), "its functions are a, b; name one with `--function`"),
    (("policy", "show", "nonsense"), "nonsense: no such file or directory"),
    (("policy", "show", "1.open.a.b.c.d"), "HAUBERK_POLICY: not a compiled policy"),
    (("policy", "show", "hauberk.yaml"), "`hauberk policy check hauberk.yaml` reads"),
    (("policy", "show", "-"), "-: not the value that `hauberk policy compile` prints"),
    (("policy", "compile", "hauberk.yaml", "--function", "orders", "--key", "hauberk.yaml"), "PEM"),
    (("policy", "show", "1.open.a.b.c"), "its payload cannot be read"),
    (("policy", "check"), "files"),
    (("policy", "check", "hauberk.yaml", "--format", "xml"), "xml"),
    (("polcy",), "policy"),
    (("policy", "chek"), "check"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_wrong_use_and_bad_input_end_with_2_and_say_what_to_do(hauberk, tmp_path, arguments, said):
    (tmp_path / "two.yaml").write_text("hauberk: 1\nfunctions: {a: {}, b: {}}\n")
    done = hauberk(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert TRACEBACK not in done.stderr


def test_a_refused_policy_is_one_line(hauberk):
    done = hauberk("policy", "compile", "broken.yaml", "--function", "orders")
    assert done.stderr.count("\n") == 1
    assert "and 1 more: `hauberk policy check broken.yaml` shows all" in done.stderr


def test_a_place_that_cannot_be_written_ends_with_3(hauberk):
    done = hauberk("policy", "key", "--out", "/proc/self/key.pem")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert TRACEBACK not in done.stderr


def test_what_cannot_be_read_hides_no_other_file(hauberk, tmp_path):
    (tmp_path / "folder").mkdir()
    done = hauberk("policy", "check", "hauberk.yaml", "folder", "none.yaml", "broken.yaml")
    assert done.returncode == 2
    heads = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert heads == ["hauberk.yaml: ok", "broken.yaml: problems"]
    assert "folder: is a directory" in done.stderr and "none.yaml: no such file" in done.stderr


@pytest.mark.parametrize("words", ["allowlist show orders --policy", "replay a.log --policy"])
def test_a_compiled_policy_is_told_from_a_file(hauberk, tmp_path, variable, words):
    (tmp_path / "pol.txt").write_text(variable)
    done = hauberk(*words.split(), "pol.txt")
    said = (
        "pol.txt: a compiled policy, not a hauberk.yaml; `hauberk policy show pol.txt` shows what"
    )
    assert (said in done.stderr) is words.startswith("allowlist"), done.stderr
