"""Tries to make a success of what was refused: of single acts, and of the whole invocation."""

import asyncio
import contextlib
import os
import sys
import threading

WORLD = os.environ["WORLD"]
PLACE = {"made": WORLD}
bootstrap = sys.modules["awslambdaric.bootstrap"]


def act():
    os.mkdir(PLACE["made"])


def by_except():
    try:
        act()
    except BaseException:
        pass


def by_suppress():
    with contextlib.suppress(BaseException):
        act()


def by_finally():
    try:
        act()
    finally:
        return "done"  # noqa: B012 - that is the attempt


def by_exit_stack():
    with contextlib.ExitStack() as stack:
        stack.push(lambda *_: True)
        act()


def by_retries():
    for _ in range(5):
        try:
            return act()
        except OSError:
            continue


def by_other_calls():
    for way in (
        act,
        lambda: os.mkdir(os.path.basename(PLACE["made"]), dir_fd=os.open(WORLD, os.O_RDONLY)),
        lambda: os.makedirs(PLACE["made"]),
        lambda: os.rename(WORLD + "/other", PLACE["made"]),
        lambda: os.system(f"mkdir {PLACE['made']}"),
    ):
        with contextlib.suppress(Exception):
            way()


def by_thread():
    thread = threading.Thread(target=by_except)
    thread.start()
    thread.join()


def by_gather():
    async def both():
        loop = asyncio.get_running_loop()
        await asyncio.gather(loop.run_in_executor(None, act), return_exceptions=True)

    asyncio.run(both())


def by_generator():
    def acts():
        with contextlib.suppress(BaseException):
            yield act()

    list(acts())


def by_destructor():
    """What a destructor raises, Python itself swallows."""

    class Acts:
        def __del__(self):
            act()

    Acts()


def by_child():
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            act()
        os._exit(0)
    os.waitpid(child, 0)


def decorated(function):
    def handler(event, context):
        try:
            return function(event, context)
        except BaseException:
            return "swallowed"

    return handler


def returning(function):
    def handler(event, context):
        try:
            return function(event, context)
        finally:
            return "swallowed"  # noqa: B012 - that is the attempt

    return handler


def suppressing(function):
    def handler(event, context):
        with contextlib.suppress(BaseException):
            return function(event, context)
        return "swallowed"

    return handler


def retrying(function):
    def handler(event, context):
        for _ in range(3):
            with contextlib.suppress(BaseException):
                return function(event, context)
        return "swallowed"

    return handler


@returning
@suppressing
@retrying
@decorated
def handler(event, context):
    PLACE["made"] = os.path.join(WORLD, event.get("way", "handled"))
    globals()[f"by_{event.get('way', 'retries')}"]()
    return "done"


def in_front(function):
    """Catches what the runtime's own loop would see, and hands it a handler that catches."""

    def handle_event_request(client, request_handler, *rest, **named):
        with contextlib.suppress(BaseException):
            return function(client, decorated(request_handler), *rest, **named)

    return handle_event_request


if os.environ.get("FRONT"):
    bootstrap.handle_event_request = in_front(bootstrap.handle_event_request)
if os.environ.get("TELLS"):
    client = sys.modules["awslambdaric.lambda_runtime_client"].LambdaRuntimeClient

    def post_invocation_error(self, request_id, *_):
        self.post_invocation_result(request_id, b'"swallowed"')

    client.post_invocation_error = post_invocation_error
