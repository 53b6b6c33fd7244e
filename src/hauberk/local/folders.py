"""Folders that become `/var/task` and `/opt`, from folders and zip files."""

from __future__ import annotations

import shutil
import stat
import zipfile
from pathlib import Path

from hauberk.local.function import InputError

UNZIPPED_LIMIT = 262_144_000  # bytes; Lambda's limit for a function with its layers


def code_folder(code: Path, scratch: Path) -> Path:
    """The function's folder itself, or its zip file unpacked under `scratch`."""
    if code.is_dir():
        return code.resolve()
    folder = scratch / "task"
    _unzip(code, folder)
    return folder


def layer_folder(layers: tuple[Path, ...], scratch: Path) -> Path:
    """One folder with all `layers`, the later ones over the earlier ones."""
    if len(layers) == 1 and layers[0].is_dir():
        return layers[0].resolve()
    folder = scratch / "opt"
    folder.mkdir()
    for layer in layers:
        if layer.is_dir():
            shutil.copytree(layer, folder, symlinks=True, dirs_exist_ok=True)
        else:
            _unzip(layer, folder)
    return folder


def _unzip(path: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > UNZIPPED_LIMIT:
                raise InputError(f"{path} unzips to more than Lambda's {UNZIPPED_LIMIT:,} bytes")
            links = [entry for entry in entries if stat.S_ISLNK(_mode(entry))]
            for entry in entries:
                if entry not in links:
                    _extract(archive, entry, folder)
            for entry in links:  # last, so that no file is written through one
                _link(archive, entry, folder)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{path} is neither a folder nor a readable zip file: {error}") from error


def _mode(entry: zipfile.ZipInfo) -> int:
    return entry.external_attr >> 16


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    path = Path(archive.extract(entry, folder))
    permissions = stat.S_IMODE(_mode(entry))
    if permissions and not entry.is_dir():
        path.chmod(permissions)


def _link(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    path = Path(archive.extract(entry, folder))  # zipfile keeps the name inside `folder`
    path.unlink()
    path.symlink_to(archive.read(entry).decode())
