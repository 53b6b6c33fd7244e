"""What the wall says is what the guard says: the same records, into the function's log and nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from walled import EACH, Walled, prevent

from contract import is_record

DETECT = {"HAUBERK_MODE": "detect"}


@EACH
def test_a_child_writes_to_the_function_s_log_and_not_into_what_it_says(
    walled: Walled, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    captured = tmp_path / "captured"
    # Its own errors go to a file, to nothing, nowhere: records go to the log all the same.
    for error in (f"2>{captured}", "2>/dev/null", "2>&1", "2>&-"):
        done = walled.run(["sh", "-c", f"env -i cat {secret} {error}"], DETECT)
        assert done.out == "s3cret\n", error
        assert ("file", "read", str(secret)) in done.told("activity"), error
    assert captured.read_text() == ""


def test_a_log_that_is_a_file_keeps_every_line(walled: Walled, tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = f"for n in 1 2 3 4 5; do echo line $n >&2; env -i cat /etc/hostname > {tmp_path}/$n 2>{tmp_path}/x; done"
    with log.open("w") as file:
        environment = {"PATH": os.environ["PATH"], "LD_PRELOAD": str(walled.library), **DETECT}
        subprocess.run(["sh", "-c", script], env=environment, stderr=file, check=True)
    lines = log.read_text().split("\n")
    assert [line for line in lines if line.startswith("line")] == [f"line {n}" for n in range(1, 6)]
    told = [json.loads(line).get("target") for line in lines if is_record(line)]
    assert {str(tmp_path / str(n)) for n in range(1, 6)} <= set(told)


def test_a_full_log_is_not_waited_for_and_its_losses_are_told(
    walled: Walled, tmp_path: Path
) -> None:
    long = "x" * 200
    script = f"""
for n in 1 2 3 4 5 6 7 8 9; do for m in 1 2 3 4 5 6 7 8 9; do : > {tmp_path}/{long}$n$m; done; done
for n in 1 2 3 4 5 6 7 8 9; do for m in 1 2 3 4 5 6 7 8 9; do : > {tmp_path}/{long}{long[:40]}$n$m; done; done
: > {tmp_path}/end
read line
: > {tmp_path}/last
"""
    environment = {"PATH": os.environ["PATH"], "LD_PRELOAD": str(walled.library), **DETECT}
    process = subprocess.Popen(
        ["sh", "-c", script], env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stderr is not None
    while not (tmp_path / "end").exists():
        assert process.poll() is None
    full = os.read(process.stderr.fileno(), 1 << 20)  # so that there is room again
    _, rest = process.communicate(b"go\n", timeout=60)
    log = (full + rest).decode()
    records = [json.loads(line) for line in log.split("\n") if is_record(line)]
    lost = [record["dropped"] for record in records if "dropped" in record]
    assert len(lost) >= 1
    assert records[-1]["target"] == str(tmp_path / "last")


@EACH
def test_secrets_are_shown_by_nobody(walled: Walled, tmp_path: Path) -> None:
    password = "correct-horse-battery"
    environment = {"DB_PASSWORD": password}
    script = f"env -i /bin/echo {password} --password hunter22 > {tmp_path}/{password}"
    done = walled.run(["sh", "-c", script], DETECT, environment=environment)
    assert password in (tmp_path / password).read_text()
    assert done.records
    assert password not in done.log
    assert "hunter22" not in done.log


@EACH
def test_a_record_says_which_program_acted(walled: Walled) -> None:
    done = walled.run(["sh", "-c", "cat /etc/hostname"], DETECT)
    [record] = [one for one in done.records if one.get("target") == "/etc/hostname"]
    assert record["stack"] == [os.path.realpath("/bin/cat")]


@EACH
def test_the_same_attack_is_told_once_in_a_while(walled: Walled) -> None:
    script = "i=0; while [ $i -lt 300 ]; do read line < /etc/hostname; i=$((i+1)); done"
    done = walled.run(["sh", "-c", script], prevent(file=[]))
    told = [record["count"] for record in done.records if record["type"] == "detection"]
    assert 1 <= len(told) <= 5
    assert told[0] == 1


@EACH
def test_what_fails_by_itself_is_no_act(walled: Walled, acts: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    for call in (
        "open",
        "fopen",
        "unlink",
        "rename",
        "truncate",
        "chmod",
        "execve",
        "execvp",
        "posix_spawn",
    ):
        plain = walled.run([acts, call, missing, missing])
        done = walled.run([acts, call, missing, missing], prevent(file=[], process=[]))
        assert (done.out, done.detected) == (plain.out, []), call


@EACH
def test_a_process_s_look_at_its_own_map_by_c_is_no_attack(walled: Walled, acts: Path) -> None:
    """So libffi looks where its code lies, by its process' number; another's map is another's."""
    for own in ("/proc/$$/maps", "/proc/self/maps"):
        done = walled.run(["sh", "-c", f'exec {acts} fopen "{own}"'], prevent(file=[]))
        assert (done.out.endswith("done\n"), done.detected) == (True, []), own
    done = walled.run(["sh", "-c", f"echo $$; {acts} fopen /proc/$$/maps; true"], prevent(file=[]))
    assert done.detected[:1] == [("memory-read", f"/proc/{done.out.split()[0]}/maps")]
    done = walled.run(["sh", "-c", f"exec {acts} fopen /proc/$$/environ"], prevent(file=[]))
    assert [detector for detector, _ in done.detected] == ["credential-read"]
