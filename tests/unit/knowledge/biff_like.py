"""Old workbooks (BIFF8 in a compound file) as xlwt and WPS write them: MaxKB exported such files for years."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

SECTOR = 512
END, FREE, OF_TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def text(said: str, length: str) -> bytes:
    """A string with the number of its characters before it, two bytes a character."""
    return struct.pack(f"<{length}B", len(said.encode("utf-16-le")) // 2, 1) + said.encode("utf-16-le")


def sheet(rows: Sequence[Sequence[str | float]]) -> bytes:
    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    body += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows), default=0), 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            where = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                body += record(0x0204, where + text(cell, "H")) if cell else b""
            else:
                body += record(0x0203, where + struct.pack("<d", cell))
    return body + record(0x000A)


def xls_bytes(sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> bytes:
    """A workbook of plain sheets."""
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + record(0x0042, struct.pack("<H", 1200))
    bodies = [sheet(rows) for rows in sheets.values()]
    listed = sum(len(record(0x0085, struct.pack("<IBB", 0, 0, 0) + text(name, "B"))) for name in sheets)
    at = len(start) + listed + len(record(0x000A))
    stream = start
    for name, body in zip(sheets, bodies, strict=True):
        stream += record(0x0085, struct.pack("<IBB", at, 0, 0) + text(name, "B"))
        at += len(body)
    return compound("Workbook", stream + record(0x000A) + b"".join(bodies))


def compound(name: str, stream: bytes) -> bytes:
    """A compound file with one stream, long enough for sectors of its own."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // SECTOR)
    tables = 1
    while tables * 128 < tables + 1 + sectors:
        tables += 1
    chain = [OF_TABLE] * tables + [END, *range(tables + 2, tables + 1 + sectors), END]
    chain += [FREE] * (tables * 128 - len(chain))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", *range(tables), *[FREE] * (109 - tables))
    root = entry("Root Entry", 5, 1, END, 0) + entry(name, 2, FREE, tables + 1, len(stream))
    table = struct.pack(f"<{len(chain)}I", *chain)
    return head + table + root.ljust(SECTOR, b"\0") + stream.ljust(sectors * SECTOR, b"\0")


def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    said = (name + "\0").encode("utf-16-le")
    links = struct.pack("<III", FREE, FREE, child)
    return (
        said.ljust(64, b"\0")
        + struct.pack("<HBB", len(said), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
