"""A folder in which `hauberk learn` finds logs of versions, codes, and a store."""

import hashlib
import json

from learn_log import LOG
from log_lines import ENVIRONMENT

from hauberk.policy.file import read
from here import run_here

BEGIN = """
import os, subprocess

def handler(event, context):
    subprocess.run(["/var/task/bin/thumbnail"])
"""
CODES = {
    "a": BEGIN + '    subprocess.run(["/var/task/bin/seldom"])\n',
    "b": BEGIN + '    subprocess.run(["/var/task/bin/later"])\n    os.remove(event)\n',
    "c": BEGIN + '    subprocess.run(["/var/task/bin/other"])\n',
}


def log_of(version, day, function="orders", *, log=LOG):
    """The log of one version, each in an environment of its own."""
    environment = hashlib.md5(f"{version} {function} {day}".encode()).hexdigest()
    changes = {"$LATEST": version, "2026-11-23": day, '"orders"': f'"{function}"'}
    for old, new in {**changes, ENVIRONMENT: environment}.items():
        log = log.replace(old.encode(), new.encode())
    return log


class Place:
    """A folder with codes, logs and a store."""

    def __init__(self, folder):
        self.folder = folder
        for name, text in CODES.items():
            (folder / name).mkdir()
            (folder / name / "app.py").write_text(text)

    def log(self, name, *arguments, **options):
        """Put a log there."""
        (self.folder / name).write_bytes(log_of(*arguments, **options))

    def run(self, *words, status=0):
        """Run `hauberk`."""
        done = run_here(words, self.folder)
        assert done.returncode == status, done.stderr
        return done

    def learn(self, *words, store="records", output="hauberk.yaml"):
        """Learn into a store; give what was said."""
        done = self.run("learn", *words, "--store", store, "-o", output)
        return done.stdout.decode() + done.stderr.decode()

    def told(self, *words, function="orders"):
        """Learn into a policy of its own; give what the document says of the code, None where nothing."""
        self.folder.joinpath("told.yaml").unlink(missing_ok=True)
        words = ("learn", *words, "--store", "records", "-o", "told.yaml", "--format", "json")
        every = json.loads(self.run(*words).stdout)["functions"]
        return next(one for one in every if one["function"] == function).get("code")

    def targets(self, output="hauberk.yaml"):
        """All entries of code in a policy."""
        return {
            one.target
            for function in read(self.folder / output).functions
            for held in function.allowlist.values()
            for one in held
            if one.origin == "code"
        }
