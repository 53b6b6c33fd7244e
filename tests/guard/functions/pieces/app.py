"""Puts values of the event into a statement and into commands, whole and a part of one."""

import contextlib
import sqlite3
import subprocess


def handler(event, context):
    if "q" in event:
        statement = (
            "select 1 where 'a' = '" + event["q"] + "' or 'b' = '" + event.get("s", "") + "'"
        )
        with contextlib.suppress(sqlite3.Error):
            sqlite3.connect(":memory:").execute(statement)
    if "command" in event:
        subprocess.run("true " + event["command"], shell=True, capture_output=True)
    if "part" in event:
        subprocess.run("true " + event["part"].partition("a=")[2], shell=True, capture_output=True)
