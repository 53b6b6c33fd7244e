"""Ways to break invariants on purpose where the guard looks at events: something worse stands in its place."""

from broken import Breakage, patch

GATE = """\
-    gate = _native.EventGate(bootstrap.handle_event_request, _refuse)
-    _native.put(bootstrap, "handle_event_request", gate)"""

BREAKAGES = (
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
+    saw = lambda request: _native.fault("saw " + request[2])
+    bootstrap.handle_event_request = lambda *request: saw(request) or gate(*request)
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
+    quote = lambda request: _native.fault(request[3].decode())
+    bootstrap.handle_event_request = lambda *request: quote(request) or gate(*request)
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
+    handle, names = bootstrap.handle_event_request, []
+    named = lambda client, handler, _, *rest: handle(client, handler, names.pop(), *rest)
+    gate = _native.EventGate(named, _refuse)
+    def nameless(client, handler, name, *rest):
+        names.append(name)
+        return gate(client, handler, "", *rest)
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
