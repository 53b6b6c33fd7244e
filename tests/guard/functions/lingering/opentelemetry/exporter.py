"""Sends what was measured when it finds the time."""


def flush(send):
    send()
