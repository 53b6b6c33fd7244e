"""Ways to break each invariant on purpose, as differences of the guard's own files."""

from typing import NamedTuple

from broken import Patch, patch


class Breakage(NamedTuple):
    """The check that is to notice, what is broken, and how."""

    check: str
    what: str
    patch: Patch


# Parts of ours that fail, to see what becomes of a fault.
FAULTS = (
    patch(
        "sql.py",
        """
-    if isinstance(statement, str):
+    if statement.no_such:
""",
    ),
    patch(
        "hosts.py",
        """
-            if isinstance(host, str):
+            if host.no_such:
""",
    ),
)

# Where the guard looks at events: what stands there is replaced by something worse.
GATE = """\
-    bootstrap.handle_event_request = _native.EventGate(bootstrap.handle_event_request, _refuse)"""

BREAKAGES = (
    Breakage(
        "1 imports",
        "a module of the runtime's is imported",
        patch(
            "runtime.py",
            """
+    import jmespath
     bootstrap.handle_event_request = _native.EventGate(bootstrap.handle_event_request, _refuse)
""",
        ),
    ),
    Breakage(
        "1 imports",
        "a module of others is imported where it is needed",
        patch(
            "aws_api.py",
            """
+        import botocore.utils
         _admit(self, operation, parameters, client.ClientError)
""",
        ),
    ),
    Breakage(
        "1 connections",
        "a socket is opened",
        patch(
            "start.py",
            """
+    import _socket
+    sys._kept = _socket.socket(2, 1)
     mode, problem, lists, told = _native.arm(surroundings)
""",
        ),
    ),
    Breakage(
        "2 one judge",
        "the sink lets reading pass by itself",
        patch(
            "aws_api.py",
            """
-    if reason is not None:
-        raise refused(_denied(reason), operation)
+    if reason is not None and not operation.startswith("Get"):
+        raise refused(_denied(reason or ""), operation)
""",
        ),
    ),
    Breakage(
        "2 one judge",
        "the sink refuses by itself",
        patch(
            "aws_api.py",
            """
-    if reason is not None:
-        raise refused(_denied(reason), operation)
+    if reason is not None or "open" in str(parameters):
+        raise refused(_denied(reason or ""), operation)
""",
        ),
    ),
    Breakage(
        "3 one fence",
        "a sink swallows by itself",
        patch(
            "hosts.py",
            """
-    import _socket
+    try:
+        import _socket
+    except Exception:
+        return
""",
        ),
    ),
    Breakage(
        "3 one fence",
        "a sink suppresses",
        patch(
            "hosts.py",
            """
-    import _socket
+    import contextlib
+    with contextlib.suppress(ImportError):
+        import _socket
""",
        ),
    ),
    Breakage(
        "3 faults",
        "the fence raises again",
        patch(
            "fence.py",
            """
-        return True
+        return False
""",
        ),
    ),
    Breakage(
        "3 faults",
        "the fence is silent",
        patch(
            "fence.py",
            """
-        _native.status("fault", f"{self._part}: {type(fault).__name__}: {fault}", {})
""",
        ),
    ),
    Breakage(
        "3 faults",
        "the fence calls a fault a gap",
        patch(
            "fence.py",
            """
-        _native.status("fault", f"{self._part}: {type(fault).__name__}: {fault}", {})
+        _native.status("gap", f"{self._part}: {type(fault).__name__}: {fault}", {})
""",
        ),
    ),
    Breakage(
        "4 gaps",
        "blind spots are kept quiet",
        patch(
            "start.py",
            """
-    coverage.update(GAPS)
""",
        ),
    ),
    Breakage(
        "4 gaps",
        "what waits is not mentioned",
        patch(
            "imports.py",
            """
-            coverage.setdefault(sink, "waiting")
""",
        ),
    ),
    Breakage(
        "4 gaps",
        "a sink that cannot be armed says nothing",
        patch(
            "imports.py",
            """
             if arm is not None:
-                with Fence(f"sink of {name}"):
+                import contextlib
+                with contextlib.suppress(AttributeError):
""",
        ),
    ),
    Breakage(
        "5 answers",
        "the answer is wrapped",
        patch(
            "runtime.py",
            f"""
{GATE}
+    gate = _native.EventGate(bootstrap.handle_event_request, _refuse)
+    wrapped = lambda handler: lambda event, context: {{"answer": handler(event, context)}}
+    bootstrap.handle_event_request = lambda client, handler, *rest: gate(
+        client, wrapped(handler), *rest
+    )
""",
        ),
    ),
    Breakage(
        "5 answers",
        "the handler is given another event",
        patch(
            "runtime.py",
            f"""
{GATE}
+    gate = _native.EventGate(bootstrap.handle_event_request, _refuse)
+    wrapped = lambda handler: lambda event, context: handler({{"value": None, **event}}, context)
+    bootstrap.handle_event_request = lambda client, handler, *rest: gate(
+        client, wrapped(handler), *rest
+    )
""",
        ),
    ),
    Breakage(
        "5 answers",
        "a frame of ours is in a traceback",
        patch(
            "sql.py",
            """
-    set_method(kind, name, _native.WatchedMethod(getattr(kind, name), before))
+    original = getattr(kind, name)
+    def watched(*arguments, **named):
+        before(*arguments, **named)
+        return original(*arguments, **named)
+    set_method(kind, name, watched)
""",
        ),
    ),
    Breakage(
        "5 answers",
        "something is printed",
        patch(
            "runtime.py",
            f"""
{GATE}
+    gate = _native.EventGate(bootstrap.handle_event_request, _refuse)
+    bootstrap.handle_event_request = lambda *request: print("looking") or gate(*request)
""",
        ),
    ),
    Breakage(
        "6 silence",
        "each event is mentioned",
        patch(
            "runtime.py",
            f"""
{GATE}
+    gate = _native.EventGate(bootstrap.handle_event_request, _refuse)
+    saw = lambda request: _native.status("gap", "saw " + request[2], {{}})
+    bootstrap.handle_event_request = lambda *request: saw(request) or gate(*request)
""",
        ),
    ),
    Breakage(
        "6 silence",
        "each query is mentioned",
        patch(
            "sql.py",
            """
     def before(*arguments: Any, **named: Any) -> None:
+        sys.stderr.write("a query")
""",
        ),
    ),
    Breakage(
        "7 redaction",
        "the event is quoted",
        patch(
            "runtime.py",
            f"""
{GATE}
+    gate = _native.EventGate(bootstrap.handle_event_request, _refuse)
+    quote = lambda request: _native.status("gap", request[3].decode(), {{}})
+    bootstrap.handle_event_request = lambda *request: quote(request) or gate(*request)
""",
        ),
    ),
    Breakage(
        "7 redaction",
        "the environment's secrets are not known",
        patch(
            "start.py",
            """
-        "secrets": [value for name, value in os.environ.items() if _is_secret(name, value)],
+        "secrets": [],
""",
        ),
    ),
    Breakage(
        "8 learning",
        "invocations have no name",
        patch(
            "runtime.py",
            f"""
{GATE}
+    handle = bootstrap.handle_event_request
+    def nameless(client, handler, name, *rest):
+        named = lambda client, handler, _, *rest: handle(client, handler, name, *rest)
+        return _native.EventGate(named, _refuse)(client, handler, "", *rest)
+    bootstrap.handle_event_request = nameless
""",
        ),
    ),
    Breakage(
        "8 learning",
        "inputs are not kept, so that no attack is seen",
        patch(
            "runtime.py",
            f"""
{GATE}
+    handle = bootstrap.handle_event_request
+    gate = _native.EventGate(lambda *_: None, _refuse)
+    bootstrap.handle_event_request = lambda *request: gate(*request) or handle(*request)
""",
        ),
    ),
)
