"""HQ's folder on disk: what is in it, and whether it has changed. Never writes there."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from bot.errors import SettingsError
from knowledge.reading import READERS

FILE_MOST = 20 * 1024 * 1024  #: bytes; a larger file is read one byte further, and `knowledge` says so
FILES_MOST = 2_000
FOLDER_MOST = 200 * 1024 * 1024  #: bytes of everything that is read
_READ = (
    *READERS,
    ".zip",
)  #: of what else lies there, `knowledge` looks at the names only

COPY_MARK = ".检查结果."  #: in the name of a copy that `faq check` wrote: no file of HQ's
GAPS = "待补充"  #: the folder that we write 待补充问答 into: HQ fills such a file in and puts it into faq/

Signature = tuple[tuple[str, int, int], ...]


def _paths(folder: Path) -> list[Path]:
    """Every file, perhaps more than there may be; none that is hidden, and none that a link fetches from outside."""
    found: list[Path] = []
    root = folder.resolve()
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _is_hidden(name) and not _is_ours(place, name, folder)]
        here = (Path(place, name) for name in names if not _is_hidden(name))
        found += [path for path in here if path.is_file() and path.resolve().is_relative_to(root)]
        if len(found) > FILES_MOST:
            break
    return sorted(found)


def _is_ours(place: str, name: str, folder: Path) -> bool:
    """What we write for HQ to fill in, straight below the folder, is no part of HQ's files yet."""
    return name == GAPS and Path(place) == folder


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name == "__pycache__" or COPY_MARK in name


def signature(folder: Path) -> Signature:
    """Names, sizes and times of change: equal as long as nobody saved anything."""
    rows = []
    for path in _paths(folder):
        try:
            stat = path.stat()
        except FileNotFoundError:  # saved anew this very moment
            continue
        rows.append((path.relative_to(folder).as_posix(), stat.st_size, stat.st_mtime_ns))
    return tuple(rows)


def read(folder: Path) -> dict[str, bytes]:
    """Every file by its relative path, at most `FILE_MOST` + 1 bytes of each. Raises SettingsError for too much."""
    paths, files, size = _paths(folder), dict[str, bytes](), 0
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = _start_of(path) if path.suffix.lower() in _READ else b""
        except FileNotFoundError:
            continue
        size += len(files[name])
        if len(paths) > FILES_MOST or size > FOLDER_MOST:
            most = f"{FILES_MOST:,} files and {FOLDER_MOST >> 20} MB"
            raise SettingsError(f"CONTENT_DIR: expected HQ's folder with at most {most}, found more in {folder}")
    return files


def _start_of(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(FILE_MOST + 1)


def pack(files: dict[str, bytes]) -> bytes:
    """The files as one ZIP, byte for byte the same for the same files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """What `pack` packed; it comes from our own database."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
