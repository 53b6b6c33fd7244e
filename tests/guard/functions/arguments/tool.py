"""Greets somebody, so often."""

import sys

times, name = sys.argv[1:]
print("\n".join([f"good day, {name}"] * int(times.partition("=")[2])))
