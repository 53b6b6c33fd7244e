"""The files of a function's package, a folder or a zip, whoever made it: nothing of it is run, written or followed.

Sees:         files by the name that Python would import them by, up to the bounds below
Does not see: links, wherever they lead, names that lead out of the package, what is beyond the bounds: each is told
"""

import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MOST_FILES = 100_000
MOST_FILE_BYTES = 2 << 20  # of one that is read
MOST_BYTES = 64 << 20  # of all that are read
_CHUNK = 1 << 16
_ENCRYPTED = 0x1


class PackageError(Exception):
    """A package that cannot be read at all, and what to do."""


class FileError(Exception):
    """One file of a package that cannot be read."""


@dataclass(frozen=True, slots=True)
class Package:
    """The names of a package's files, by which each can be read, and what was passed by."""

    sizes: Mapping[str, int]
    passed_by: tuple[tuple[str, str], ...]  # a name, and why
    _read: Callable[[str, int], bytes]

    def read(self, name: str) -> bytes:
        """Read a file whole, or say why not."""
        if self.sizes[name] > MOST_FILE_BYTES:
            raise FileError(f"more than {MOST_FILE_BYTES:,} bytes")
        try:
            content = self._read(name, MOST_FILE_BYTES + 1)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise FileError(str(error) or type(error).__name__) from error
        if len(content) > MOST_FILE_BYTES:  # a zip may say less than it holds
            raise FileError(f"more than {MOST_FILE_BYTES:,} bytes")
        return content

    def digest(self, prefix: str) -> str:
        """Give the SHA-256 of what is known of all files under a name without reading them: names and sizes."""
        found = hashlib.sha256()
        for name, size in sorted(self.sizes.items()):
            if name == prefix or name.startswith((f"{prefix}/", f"{prefix}.", f"{prefix}-")):
                found.update(f"{size} {name}\n".encode(errors="surrogatepass"))
        return found.hexdigest()


def opened(path: Path) -> Package:
    """Open a folder or a zip; the files are read when they are asked for."""
    if path.is_dir():
        return _folder(path)
    if not path.exists():
        raise PackageError(f"{path} does not exist; name the function's folder or zip")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise PackageError(
            f"{path} is no folder and no zip: {error}; name the function's package"
        ) from error
    return _zip(archive)


def _folder(root: Path) -> Package:
    sizes: dict[str, int] = {}
    passed_by: list[tuple[str, str]] = []
    for name, entry in _walk(root, passed_by):
        if len(sizes) >= MOST_FILES:
            passed_by.append((name, f"beyond {MOST_FILES:,} files"))
            break
        sizes[name] = entry.stat(follow_symlinks=False).st_size

    def read(name: str, most: int) -> bytes:
        descriptor = os.open(root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileError("no ordinary file")
            return file.read(most)

    return Package(sizes, tuple(passed_by), read)


def _walk(root: Path, passed_by: list[tuple[str, str]]) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(root / folder), key=lambda one: one.name)
        except OSError as error:
            passed_by.append((folder, str(error.strerror).lower()))
            continue
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_symlink():
                passed_by.append((name, "a link"))
            elif entry.is_dir(follow_symlinks=False):
                waiting += [name] if entry.name != "__pycache__" else []
            elif entry.is_file(follow_symlinks=False):
                yield name, entry


def _zip(archive: zipfile.ZipFile) -> Package:
    entries: dict[str, zipfile.ZipInfo] = {}
    passed_by: list[tuple[str, str]] = []
    for index, info in enumerate(archive.infolist()):
        if index >= MOST_FILES:
            passed_by.append((info.filename, f"beyond {MOST_FILES:,} files"))
            break
        why = _unfit(info)
        if why:
            passed_by.append((info.filename, why))
        elif not info.is_dir():
            entries[info.filename] = info  # of two with one name Lambda has the last

    def read(name: str, most: int) -> bytes:
        content = b""
        with archive.open(entries[name]) as file:
            while len(content) < most and (chunk := file.read(_CHUNK)):
                content += chunk
        return content

    sizes = {name: info.file_size for name, info in entries.items()}
    return Package(sizes, tuple(passed_by), read)


def _unfit(info: zipfile.ZipInfo) -> str:
    path = PurePosixPath(info.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in info.filename:
        return "its name leads out of the package"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link"
    return "encrypted" if info.flag_bits & _ENCRYPTED else ""
