"""What the tests of a full log ask of a function."""

import fcntl
import os
import select
import signal


def handler(event, context):
    for number in range(event.get("many", 0)):
        touch(f"{event['name']}{number}")
    return ACTS[event.get("act", "nothing")]()


def touch(name):
    with open(os.path.join(os.environ["WORLD"], name), "a"):
        pass


def look_for_a_long_name():
    try:
        open("/tmp/" + "\x01" * 900)
    except OSError:
        pass


def act_while_room_comes_and_goes():
    log = os.open(os.path.join(os.environ["WORLD"], "log"), os.O_RDWR | os.O_NONBLOCK)
    for number in range(10):
        touch(f"c{number}")
        os.read(log, select.PIPE_BUF)
        touch(f"d{number}")
        try:
            os.write(log, b"x" * (select.PIPE_BUF - 1) + b"\n")
        except BlockingIOError:
            pass


def act_without_a_reader():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    log = select.poll()
    log.register(2, 0)
    assert log.poll(5_000) == [(2, select.POLLERR)]
    touch("unheard")
    return "alive"


ACTS = {
    "nothing": lambda: None,
    "long": look_for_a_long_name,
    "flags": lambda: fcntl.fcntl(2, fcntl.F_GETFL),
    "room comes and goes": act_while_room_comes_and_goes,
    "without a reader": act_without_a_reader,
}
