"""What a process below the runtime does is judged as the runtime's own acts, whatever it was started with."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest
from walled import EACH, PROGRAMS, Done, Walled, found, prevent

DETECT = {"HAUBERK_MODE": "detect"}

# How a child comes to be: each reads a file that is not listed, and says its first line.
SHELL = "head -n 1 {file}"
CHILDREN = {
    "a shell": ["sh", "-c", SHELL],
    "a clean environment": ["env", "-i", "/bin/sh", "-c", SHELL],
    "variables of ours that were taken away": [
        "env", "-u", "LD_PRELOAD", "-u", "HAUBERK_WALL", "/bin/sh", "-c", SHELL,
    ],
    "variables of ours that were changed": [
        "env", "LD_PRELOAD=", "HAUBERK_WALL=1:2:3", "/bin/sh", "-c", SHELL,
    ],
    "another library before ours": ["env", "LD_PRELOAD=libc.so.6", "/bin/sh", "-c", SHELL],
    "a shell that forgets": ["sh", "-c", f"unset LD_PRELOAD HAUBERK_WALL; {SHELL}"],
    "a shell of a shell": ["sh", "-c", f"env -i /bin/sh -c 'env -i /bin/sh -c \"{SHELL}\"'"],
    "descriptors that were closed": [
        "sh", "-c", f"exec 3>&- 4>&- 5>&-; {SHELL}",
    ],
}  # fmt: skip


def words(command: list[str], file: Path) -> list[str]:
    return [word.replace("{file}", str(file)) for word in command]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text("s3cret\n")
    return file


@EACH
@pytest.mark.parametrize("child", CHILDREN)
def test_a_child_reads_only_what_is_listed(walled: Walled, secret: Path, child: str) -> None:
    command = words(CHILDREN[child], secret)
    done = walled.run(command, prevent(file=[]))
    assert done.out == ""
    assert ("unlisted-file", str(secret)) in done.detected
    if walled.is_emulated:
        return
    assert walled.run(command).out == "s3cret\n"
    done = walled.run(command, prevent(file=[f"read {secret}"]))
    assert (done.out, done.detected) == ("s3cret\n", [])


# What Python's own sinks do not see.
UNSEEN_BY_PYTHON = {
    "fork_exec": """
import multiprocessing.util, os, sys
pid = multiprocessing.util.spawnv_passfds(b"/bin/cat", [b"cat", sys.argv[1].encode()], [])
os.waitpid(pid, 0)
""",
    "a process with nothing in its environment": """
import subprocess, sys
subprocess.run(["/bin/cat", sys.argv[1]], env={}, close_fds=True)
""",
    "posix_spawn": """
import os, sys
os.waitpid(os.posix_spawn("/bin/cat", ["cat", sys.argv[1]], {}), 0)
""",
    "ctypes": """
import ctypes, sys
libc = ctypes.CDLL("libc.so.6")
libc.system(b"/bin/cat " + sys.argv[1].encode())
""",
    "a dir_fd": """
import os, sys
folder, name = os.path.split(sys.argv[1])
file = os.open(name, os.O_RDONLY, dir_fd=os.open(folder, os.O_PATH))
sys.stdout.write(os.read(file, 99).decode())
""",
    "sqlite": """
import sqlite3, sys
try:
    sqlite3.connect(":memory:").execute("ATTACH ? AS x", (sys.argv[1],)).execute("select * from x.sqlite_master")
except sqlite3.DatabaseError as error:
    print("s3cret" if "not a database" in str(error) else error)
""",
    "machine code's way into libc": """
import ctypes, sys
libc = ctypes.CDLL("libc.so.6")
libc.syscall.restype = ctypes.c_long
file = libc.syscall(257 if sys.maxsize and __import__("platform").machine() == "x86_64" else 56, -100,
                    sys.argv[1].encode(), 0, 0)
room = ctypes.create_string_buffer(99)
libc.read(file, room, 99)
sys.stdout.write(room.value.decode())
""",
}


@EACH
@pytest.mark.parametrize("way", UNSEEN_BY_PYTHON)
def test_what_python_itself_does_not_see_is_seen(walled: Walled, secret: Path, way: str) -> None:
    command = [walled.python, "-I", "-S", "-c", UNSEEN_BY_PYTHON[way], str(secret)]
    prefix = f"read {Path(walled.python).parents[1]}/**"
    done = walled.run(command, prevent(file=[prefix]))
    assert "s3cret" not in done.out
    assert ("unlisted-file", str(secret)) in done.detected, done
    if walled.is_emulated:
        return
    assert walled.run(command).out.strip() == "s3cret"
    done = walled.run(command, prevent(file=[prefix, f"* {secret}*"]))
    assert (done.out.strip(), done.detected) == ("s3cret", [])


@EACH
def test_an_act_is_told_once_in_all_processes_of_an_environment(
    walled: Walled, secret: Path
) -> None:
    done = walled.run(["sh", "-c", f"for i in 1 2 3 4; do env -i /bin/cat {secret}; done"], DETECT)
    assert done.out == "s3cret\n" * 4
    assert done.told("activity").count(("file", "read", str(secret))) == 1
    assert done.told("activity").count(("process", "start", "/usr/bin/cat")) == 1
    assert len({record["environment"] for record in done.records}) == 1
    assert done.records[0]["state"] == "armed"


@EACH
def test_a_program_in_the_place_of_the_first_goes_on_with_its_environment(
    walled: Walled, secret: Path
) -> None:
    done = walled.run(
        ["sh", "-c", f"exec env -i /bin/sh -c 'exec env -i /bin/cat {secret}'"], DETECT
    )
    assert done.out == "s3cret\n"
    assert [record["type"] for record in done.records].count("status") == 1
    assert ("file", "read", str(secret)) in done.told("activity")
    assert len({record["environment"] for record in done.records}) == 1


@EACH
def test_a_child_that_reads_the_credentials_of_another_process_is_refused(walled: Walled) -> None:
    command = ["sh", "-c", "cat /proc/$PPID/environ /proc/self/environ /proc/1/environ | wc -c"]
    assert int(walled.run(command).out) > 0
    done = walled.run(command, {"HAUBERK_MODE": "prevent"})
    assert done.out.strip() == "0"
    assert {detector for detector, _ in done.detected} == {"credential-read"}
    look_alike = walled.run(
        ["sh", "-c", "cat /proc/$PPID/stat /proc/meminfo | wc -c"], {"HAUBERK_MODE": "prevent"}
    )
    assert int(look_alike.out) > 0
    assert look_alike.detected == []


@EACH
def test_only_the_runtime_itself_reaches_its_api(walled: Walled, acts: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as api:
        port = str(api.getsockname()[1])
        settings = {"HAUBERK_MODE": "prevent", "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}"}
        assert walled.run([acts, "connect", port], settings).out == "done\n"
        done = walled.run(["sh", "-c", f"{acts} connect {port}; true"], settings)
        assert done.out.startswith("error")
        assert done.detected == [("runtime-api-access", f"127.0.0.1:{port}")]
        # A runtime with workers speaks to it from each.
        done = walled.run(
            ["sh", "-c", f"{acts} connect {port}; true"],
            settings | {"AWS_LAMBDA_MAX_CONCURRENCY": "2"},
        )
        assert done.out == "done\n"


@EACH
def test_the_memory_that_the_wall_judges_by_is_not_for_the_function(walled: Walled) -> None:
    code = """
import os
for file in os.listdir("/proc/self/fd"):
    try:
        if "hauberk" in os.readlink(f"/proc/self/fd/{file}"):
            os.open(f"/proc/self/fd/{file}", os.O_RDONLY)
            print("opened")
    except PermissionError as error:
        print("refused")
    except FileNotFoundError:  # the list's own descriptor
        pass
"""
    done = walled.run([walled.python, "-I", "-S", "-c", code], {"HAUBERK_MODE": "prevent"})
    assert done.out == "refused\nrefused\n"
    assert ("memory-read", "/memfd:hauberk-wall (deleted)") in done.detected


@EACH
def test_the_descriptors_of_that_memory_give_nothing(walled: Walled, acts: Path) -> None:
    done = walled.run([acts, "descriptors"], {"HAUBERK_MODE": "detect"})
    assert done.error == 1000 + 2, "the setting and the memory that all share, by no way"


@EACH
def test_words_with_a_command_in_them_start_a_shell(
    walled: Walled, acts: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    command = [acts, "wordexp", "touch", mark]
    assert (walled.run(command).out, mark.exists()) == ("done\n", True)
    mark.unlink()
    shell = Path("/bin").resolve() / "sh"
    done = walled.run(command, prevent(process=["start **/touch"]))
    assert (done.out, mark.exists()) == ("error 4\n", False)
    assert [target for detector, target in done.detected if detector == "unlisted-process"] == [
        str(shell)
    ]
    done = walled.run(command, prevent(process=["start **/touch", f"start {shell}"]))
    assert (done.out, mark.exists(), done.detected) == ("done\n", True, [])
    done = walled.run([acts, "wordexp", ""], prevent(process=[]))
    assert (done.out, done.detected) == ("done\n", [])


def test_a_program_that_is_linked_statically_is_seen_at_its_start_only(
    walled: Walled, compiled: object, secret: Path
) -> None:
    found("cc")
    if not any(Path("/usr/lib").glob("*/libc.a")):
        pytest.skip("there is no static libc")
    program = compiled("acts", "-static")  # type: ignore[operator]
    command = ["sh", "-c", f"{program} open {secret}; true"]
    done = walled.run(command, prevent(file=[]))
    assert done.out == "s3cret\ndone\n"
    assert done.detected == []
    done = walled.run(command, prevent(file=[], process=["start /usr/bin/sh"]))
    assert done.out == ""
    assert done.detected == [("unlisted-process", str(program))]


def test_a_program_of_many_libraries_is_judged(
    walled: Walled, secret: Path, tmp_path: Path
) -> None:
    compiler = found("cc")
    names = [f"many{number}" for number in range(30)]
    empty = tmp_path / "empty.c"
    empty.write_text("")
    for name in names:  # all stand before libc
        library = tmp_path / f"lib{name}.so"
        subprocess.run([compiler, "-shared", empty, "-o", library, "-nostdlib"], check=True)
    program = tmp_path / "program"
    command = [compiler, "-w", PROGRAMS / "acts.c", "-o", program, f"-L{tmp_path}"]
    command += [f"-Wl,-rpath,{tmp_path}", "-Wl,--no-as-needed", *[f"-l{name}" for name in names]]
    subprocess.run([*command, "-pthread"], check=True)
    done = walled.run([program, "open", secret], prevent(file=[f"read {secret}"]))
    assert (done.out, done.detected) == ("s3cret\ndone\n", [])
    done = walled.run([program, "open", secret], prevent(file=[]))
    assert done.out.startswith("error")
    assert done.detected == [("unlisted-file", str(secret))]


def test_node_is_judged_with_its_children(walled: Walled, secret: Path) -> None:
    code = f"""
const {{execSync}} = require('child_process'), fs = require('fs');
for (const read of [() => fs.readFileSync({str(secret)!r}), () => execSync('cat {secret}', {{env: {{}}}})]) {{
    try {{ process.stdout.write(read()) }} catch (error) {{ console.log('refused') }}
}}
"""
    command = [found("node"), "-e", code]
    assert walled.run(command).out == "s3cret\ns3cret\n"
    done = walled.run(command, prevent(file=["read /proc/**", "read /sys/**"]))
    assert done.out == "refused\nrefused\n"
    assert ("unlisted-file", str(secret)) in done.detected
    done = walled.run(command, prevent(file=["read /proc/**", "read /sys/**", f"read {secret}"]))
    assert (done.out, done.detected) == ("s3cret\ns3cret\n", [])


def test_java_is_judged_with_its_children(walled: Walled, secret: Path) -> None:
    source = PROGRAMS / "Reads.java"
    command = [found("java"), str(source), str(secret)]
    assert walled.run(command).out == "s3cret\ns3cret\n"
    others = [f"* /{folder}/**" for folder in ("proc", "sys")] + [
        "* /tmp/hsperfdata*",
        "* /tmp/hsperfdata*/**",
    ]
    others += [f"* {source}", f"* {source.parent}", f"* {os.getcwd()}"]
    done = walled.run(command, prevent(file=others))
    assert done.out == "refused\n"
    assert {target for _, target in done.detected} == {str(secret)}


@EACH
def test_the_wall_stands_where_it_is_asked_for_only(walled: Walled, secret: Path) -> None:
    def run(settings: dict[str, str]) -> Done:
        return walled.run(["sh", "-c", f"cat {secret}; cat /proc/self/environ | wc -c"], settings)

    for settings in ({}, {"HAUBERK_MODE": "off"}):
        done = run(settings)
        assert (done.out.split("\n")[0], done.log) == ("s3cret", "")
    assert run({"HAUBERK_MODE": "nonsense"}).records[0]["state"] == "refused"
    refused = run({"HAUBERK_POLICY": "nonsense"}).records[0]
    assert (refused["state"], refused["policy"]["state"]) == ("refused", "refused")
    assert run({"HAUBERK_WALL": "nonsense", "HAUBERK_MODE": "prevent"}).log == ""
