"""`make bench`: ratios measured side by side in one run; exit status 1 when a target is missed.

Read the ratios, not the seconds: how fast this machine is, and who else is busy on it, is not what is asked.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench import callbacks, cards, publish, search
from tests.bench.figures import Figure, table
from tests.processes import temporary_folder
from tests.servers import postgres_server

#: once for each database
MEASUREMENTS: dict[str, Callable[[str, str, Path], list[Figure]]] = {
    "callbacks": callbacks.measure,
    "cards": cards.measure,
    "publish": publish.measure,
}
#: once, for they know no database
ALONE: dict[str, Callable[[], list[Figure]]] = {"search": search.measure}
DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Measure what was asked for, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = [*MEASUREMENTS, *ALONE]
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"{', '.join(names)}; default all")
    parser.add_argument("--database", choices=DATABASES, help="default both")
    given = parser.parse_args()
    if unknown := set(given.what) - set(names):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    started, figures = time.monotonic(), list[Figure]()
    wanted = given.what or names
    for database in [given.database] if given.database else DATABASES:
        for what in filter(MEASUREMENTS.__contains__, wanted):
            print(f"{what}, {database} …", file=sys.stderr, flush=True)
            with temporary_folder() as folder, _database(database, folder) as url:
                figures += MEASUREMENTS[what](database, url, folder)
    for what in filter(ALONE.__contains__, wanted):
        print(f"{what} …", file=sys.stderr, flush=True)
        figures += ALONE[what]()
    print(table(figures))
    missed = sum(not figure.is_good for figure in figures)
    print(f"{len(figures)} figures, {missed} missed, {time.monotonic() - started:.0f} s")
    return 1 if missed else 0


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    """A fresh database that keeps what it commits: PostgreSQL with fsync on, SQLite as the service opens it."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        return
    with postgres_server(durable=True) as server:
        yield server.create_database()


if __name__ == "__main__":
    sys.exit(main())
