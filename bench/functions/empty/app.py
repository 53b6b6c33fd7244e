"""Does nothing."""


def handler(event, context):
    """Answer nothing."""
    return None
