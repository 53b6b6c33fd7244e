"""The Pythons of this machine; 3.14 is fetched where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from layer import debian_python

VERSIONS = tuple(f"3.{minor}" for minor in range(9, 15))


def find_python(version: str) -> str | None:
    """The CPython of this version on PATH, under pyenv, or fetched; if there is one that runs."""
    candidates = [shutil.which(f"python{version}"), *_of_pyenv(version)]
    if version == debian_python.VERSION and (fetched := debian_python.interpreter()):
        candidates.append(str(fetched))
    return next((path for path in candidates if path and _is_cpython(path, version)), None)


def why_missing(version: str) -> str:
    """Why there is no Python of this version here."""
    if version == debian_python.VERSION:
        return debian_python.why_missing()
    return f"no python{version} on this machine, neither on PATH nor of pyenv"


def _of_pyenv(version: str) -> list[str]:
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    try:
        folders = sorted(os.listdir(versions))
    except OSError:  # not there, or another user's
        return []
    found = [name for name in folders if name.startswith(f"{version}.")]
    return [str(versions / name / "bin" / f"python{version}") for name in found]


def _is_cpython(path: str, version: str) -> bool:
    ask = "import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.check_output([path, "-c", ask], text=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.split() == ["cpython", version]


if __name__ == "__main__":
    newest = debian_python.VERSION
    problem = None if find_python(newest) else debian_python.fetch()
    print(f"note: nothing is tested on Python {newest}: {problem}" if problem else "ready")
    sys.exit(0)
