"""Runs the event's code in a sub-interpreter, and answers with what that raised."""

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters


def handler(event, context):
    made = interpreters.create()
    try:
        failed = interpreters.run_string(made, event["code"])
        return str(failed and failed.formatted)
    except getattr(interpreters, "RunFailedError", ()) as error:  # before Python 3.13
        return str(error)
    finally:
        interpreters.destroy(made)
