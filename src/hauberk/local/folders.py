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
    folders = [_layer(layer, scratch / f"layer-{number}") for number, layer in enumerate(layers)]
    if len(folders) == 1:
        return folders[0]
    merged = scratch / "opt"
    merged.mkdir()
    for folder in folders:
        try:
            _merge(folder, merged)
        except OSError as error:
            raise InputError(
                f"{folder} does not go over the layers before it: {error}; leave one out"
            ) from error
    return merged


def _layer(layer: Path, folder: Path) -> Path:
    if layer.is_dir():
        return layer.resolve()
    _unzip(layer, folder)
    return folder


def _merge(folder: Path, into: Path) -> None:
    for entry in folder.iterdir():
        target = into / entry.name
        if target.is_symlink():  # never write through a link of an earlier layer
            target.unlink()
        if entry.is_dir() and not entry.is_symlink():
            target.mkdir(exist_ok=True)
            _merge(entry, target)
        else:
            shutil.copy2(entry, target, follow_symlinks=False)


def _unzip(path: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > UNZIPPED_LIMIT:
                raise InputError(
                    f"{path} unzips to more than Lambda's {UNZIPPED_LIMIT:,} bytes: leave out what is not needed"
                )
            links = [entry for entry in entries if stat.S_ISLNK(_mode(entry))]
            for entry in entries:
                if entry not in links:
                    _extract(archive, entry, folder)
            for entry in links:  # last, so that no file is written through one
                _link(archive, entry, folder)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InputError(
            f"{path} is neither a folder nor a zip file that can be read ({error}); name another"
        ) from error


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
