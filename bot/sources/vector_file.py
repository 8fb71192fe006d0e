"""Vectors on disk, by content: what was asked of a model once is not asked again. Losing the file costs time only."""

from __future__ import annotations

import hashlib
import sqlite3
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

_SPARE = 20_000  #: rows beyond three times what is needed that may lie about
_PATIENCE = 10.0  #: seconds for another process's lock
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (id BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"


class VectorFile:
    """One SQLite file. Every call is short and blocks: call it off the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, model: str, texts: Sequence[str]) -> dict[str, list[float]]:
        """What is known of `texts`; nothing when the file cannot be read."""
        found = dict[str, list[float]]()
        try:
            with self._open() as connection:
                for text in texts:
                    row = connection.execute("SELECT vector FROM vectors WHERE id = ?", (_id(model, text),)).fetchone()
                    if row is not None:
                        found[text] = _read(row[0])
        except (sqlite3.Error, OSError, ValueError):
            return {}
        return found

    def keep(self, model: str, vectors: Mapping[str, Sequence[float]]) -> None:
        """Store them; a file that cannot be written is left alone, one that is no database is begun anew."""
        rows = [(_id(model, text), array("f", vector).tobytes()) for text, vector in vectors.items()]
        try:
            self._write(rows)
        except sqlite3.DatabaseError as error:
            if not isinstance(error, sqlite3.OperationalError):
                self._path.unlink(missing_ok=True)
        except OSError:
            return

    def tidy(self, model: str, texts: Sequence[str]) -> None:
        """Drop all but `texts` when much else lies about."""
        wanted = [(_id(model, text),) for text in texts]
        try:
            with self._open() as connection:
                (rows,) = connection.execute("SELECT count(*) FROM vectors").fetchone()
                if rows > 3 * len(wanted) + _SPARE:
                    self._drop_others(connection, wanted)
        except (sqlite3.Error, OSError):
            return

    def forget(self, model: str, texts: Sequence[str]) -> None:
        """Drop what is known of `texts`."""
        try:
            with self._open() as connection:
                connection.executemany("DELETE FROM vectors WHERE id = ?", [(_id(model, text),) for text in texts])
        except (sqlite3.Error, OSError):
            return

    def _write(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        with self._open() as connection:
            connection.executemany("INSERT OR REPLACE INTO vectors (id, vector) VALUES (?, ?)", rows)

    def _drop_others(self, connection: sqlite3.Connection, wanted: Sequence[tuple[bytes]]) -> None:
        connection.execute("CREATE TEMP TABLE wanted (id BLOB PRIMARY KEY)")
        connection.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", wanted)
        connection.execute("DELETE FROM vectors WHERE id NOT IN (SELECT id FROM wanted)")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are committed at the end. Raises sqlite3.Error, OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as connection, connection:
            connection.execute(_TABLE)
            yield connection


def _id(model: str, text: str) -> bytes:
    return hashlib.sha256(f"{model}\0{text}".encode("utf-8", "replace")).digest()


def _read(stored: bytes) -> list[float]:
    """Raises ValueError for half a number, which `array` refuses."""
    return array("f", stored).tolist()
