"""Ways to break each invariant on purpose, as differences of the guard's own files."""

from broken import Breakage, patch
from gate_breakages import BREAKAGES as OF_GATE

# Parts of ours that fail, to see what becomes of a fault.
FAULTS = (
    patch(
        "sql.py",
        """
-    if not isinstance(statement, TEXTS):
+    if statement.no_such:
""",
    ),
    patch(
        "http_clients.py",
        """
-            if not type(self).__module__.startswith(("urllib3.", "botocore.")):
+            if not self.no_such:
""",
    ),
)

BREAKAGES = (
    Breakage(
        "1 imports",
        "a module of the runtime's is imported",
        patch(
            "runtime.py",
            """
+    import jmespath
     gate = _native.EventGate(bootstrap.handle_event_request, _refuse)
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
-        _native.fault(f"{self._part}: {type(fault).__name__}: {fault}")
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
         # Not before: a spec may be looked at and never loaded.
-        with Fence(f"sink of {name}"):
+        import contextlib
+        with contextlib.suppress(AttributeError):
""",
        ),
    ),
    Breakage(
        "5 answers",
        "a frame of ours is in a traceback",
        patch(
            "sql.py",
            """
-    _native.put(kind, name, _native.WatchedMethod(getattr(kind, name), before))
+    original = getattr(kind, name)
+    def watched(*arguments, **named):
+        before(*arguments, **named)
+        return original(*arguments, **named)
+    _native.put(kind, name, watched)
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
        "the environment's secrets are not known",
        patch(
            "start.py",
            """
-        "variables": list(os.environb.items()),
+        "variables": [],
""",
        ),
    ),
    *OF_GATE,
)
