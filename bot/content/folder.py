"""HQ's folder on disk: what is in it, and whether it has changed. Never writes there."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

FILE_MOST = 20 * 1024 * 1024  #: bytes; a larger file is read one byte further, and `knowledge` says so
FILES_MOST = 2_000

Signature = tuple[tuple[str, int, int], ...]


def _paths(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(folder)))
    return found[:FILES_MOST]


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith((".", "~$")) or part == "__pycache__" for part in relative.parts)


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
    """Every file by its relative path, at most `FILE_MOST` + 1 bytes of each."""
    files = {}
    for path in _paths(folder):
        try:
            with path.open("rb") as stream:
                files[path.relative_to(folder).as_posix()] = stream.read(FILE_MOST + 1)
        except FileNotFoundError:
            continue
    return files


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
