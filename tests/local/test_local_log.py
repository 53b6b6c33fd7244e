"""Logs: complete, in order, in Lambda's words."""

import os
import re

import pytest

from hauberk.local.log import Log
from hauberk.local.report import Failure, Report, exited

WRITER = """
import os, subprocess, sys

print("loading")

def handler(event, context):
    for number in range(event["lines"]):
        print("out", number)
        print("err", number, file=sys.stderr)
    os.write(1, b"raw\\n")
    subprocess.run(["sh", "-c", "echo child; echo oops >&2"])
    os.write(2, event["last"].encode())
"""


def test_a_log_has_all_that_was_written_between_start_and_end(start, namespace):
    environment = start(WRITER, namespace=namespace)
    for invocation in range(3):
        lines = 20_000
        answer = environment.invoke({"lines": lines, "last": f"end {invocation}"})
        request = f"RequestId: {answer.request_id}"
        written = "".join(f"out {number}\nerr {number}\n" for number in range(lines))
        body = f"{written}raw\nchild\noops\nend {invocation}\n"
        expected = f"START {request} Version: $LATEST\n{body}END {request}\nREPORT {request}\t"
        log = answer.log
        if invocation == 0:
            first, _, log = log.partition("loading\n")
            assert re.fullmatch(
                r"INIT_START Runtime Version: python:3\.\d+\.\d+\.local\t.*\n", first
            )
        assert log.startswith(expected)
        assert log.count("\n") == expected.count("\n") + 1


def test_bytes_that_are_no_text_do_not_break_a_log(start):
    code = "import os\ndef handler(*_): os.write(1, b'\\xff\\xfe\\x00 odd\\n')"
    assert "\ufffd\ufffd\x00 odd\n" in start(code, namespace=False).invoke({}).log


def test_what_follows_a_log_gets_the_same_bytes():
    followed: list[bytes] = []
    log = Log(followed.append)
    log.line("START\n")
    for number in range(1000):
        os.write(log.write_end, b"\xffline %d\n" % number)
    log.line("END\n")
    taken = log.take()
    log.close()
    assert taken == b"".join(followed)
    assert taken == b"START\n" + b"".join(b"\xffline %d\n" % n for n in range(1000)) + b"END\n"


REPORTS = [
    (
        Report("id", 1.5, 512, 20_000, None, None),
        "REPORT RequestId: id\tDuration: 1.50 ms\tBilled Duration: 2 ms\tMemory Size: 512 MB\t"
        "Max Memory Used: 20 MB\t\n",
    ),
    (
        Report("id", 1.5, 128, 20_000, 99.9, None),
        "REPORT RequestId: id\tDuration: 1.50 ms\tBilled Duration: 102 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 20 MB\tInit Duration: 99.90 ms\t\n",
    ),
    (
        Report("id", 3000, 128, 1024, None, Failure("timeout")),
        "REPORT RequestId: id\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 1 MB\tStatus: timeout\n",
    ),
]


@pytest.mark.parametrize(("report", "line"), REPORTS)
def test_a_report_reads_as_lambdas(report, line):
    assert str(report) == line


def test_a_wait_status_is_worded_as_lambda_words_it():
    assert exited(0) == "Runtime exited without providing a reason"
    assert exited(127 << 8) == "Runtime exited with error: exit status 127"
    assert exited(15) == "Runtime exited with error: signal: terminated"


USER = """
import subprocess, sys, threading, time

def burn():
    end = time.thread_time() + 0.2
    while time.thread_time() < end:
        pass

def handler(event, context):
    if event == "thread":
        thread = threading.Thread(target=burn)
        thread.start()
        thread.join()
    elif event == "child":
        code = "import time\\nwhile time.process_time() < 0.2: pass"
        subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
    elif event == "memory":
        return len(b"x" * 80_000_000)
    elif event == "burn":
        burn()
"""


def test_cpu_time_is_that_of_the_whole_process_tree(start, namespace):
    environment = start(USER, namespace=namespace)
    idle = environment.invoke("nothing")
    assert idle.cpu_ms < 50
    assert idle.init_cpu_ms is not None and idle.init_cpu_ms > 5
    for event in ("burn", "thread", "child"):
        answer = environment.invoke(event)
        assert 190 <= answer.cpu_ms < 1500, event
        assert answer.init_cpu_ms is None


def test_memory_is_the_peak_that_was_really_used(start, namespace):
    environment = start(USER, namespace=namespace, memory_mb=1024)
    before = environment.invoke("nothing").max_rss_kb
    answer = environment.invoke("memory")
    assert before + 75_000 < answer.max_rss_kb < before + 100_000
    used = -(-answer.max_rss_kb // 1024)
    assert f"Memory Size: 1024 MB\tMax Memory Used: {used} MB" in answer.log
