"""Acts on the world: 200 opens and 20 child processes in each invocation."""

import subprocess

SCRATCH = "/tmp/work.txt"  # noqa: S108  the function's own

with open(SCRATCH, "w") as file:
    file.write("work\n")


def handler(event, context):
    """Open its own code and its own file 100 times each, and start 20 processes."""
    size = 0
    for path in (__file__, SCRATCH):
        for _ in range(100):
            with open(path, "rb") as file:
                size += file.fileno() > 0
    for _ in range(20):
        size += subprocess.run(["/bin/true"], check=True).returncode
    return size
