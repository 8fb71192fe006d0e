"""Workbooks as other programs write them, part by part: Excel, WPS, LibreOffice, and what makes reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

from tests.unit.knowledge.making import zip_bytes

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Cell = str | float | None
Write = Callable[[str, Cell], str]


def letter(column: int) -> str:
    return chr(ord("A") + column)


def inline(address: str, cell: Cell) -> str:
    """As LibreOffice's flat exports and many report writers have it: the text stands in the cell."""
    if cell is None:
        return f'<c r="{address}" s="1"/>'
    if isinstance(cell, str):
        return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{address}"><v>{cell!r}</v></c>'


def rich(address: str, cell: Cell) -> str:
    """As Excel has it where a word is bold; with the reading above it that a Japanese Excel adds."""
    if not isinstance(cell, str):
        return inline(address, cell)
    half = len(cell) // 2
    runs = "".join(
        f'<r><rPr><b/><sz val="11"/></rPr><t xml:space="preserve">{escape(part)}</t></r>'
        for part in (cell[:half], cell[half:])
        if part
    )
    reading = '<rPh sb="0" eb="1"><t>ふりがな</t></rPh><phoneticPr fontId="1"/>'
    return f'<c r="{address}" t="inlineStr"><is>{runs}{reading}</is></c>'


def formula(address: str, cell: Cell) -> str:
    """A text that a formula has worked out."""
    if not isinstance(cell, str):
        return inline(address, cell)
    return f'<c r="{address}" t="str"><f>"x"&amp;A1</f><v>{escape(cell)}</v></c>'


def sheet_xml(rows: Sequence[Sequence[Cell]], write: Write = inline, *, prefix: str = "", tail: str = "") -> str:
    """A sheet; `prefix` is a namespace such as x: before every tag, as OpenXML's own SDK writes it."""
    body = "".join(
        f'<row r="{at}" spans="1:9" customHeight="1">'
        + "".join(write(f"{letter(column)}{at}", cell) for column, cell in enumerate(row))
        + "</row>"
        for at, row in enumerate(rows, 1)
    )
    text = f"<worksheet><sheetPr/><sheetData>{body}</sheetData>{tail}</worksheet>"
    if prefix:
        text = (
            text.replace("</", f"<\0{prefix}").replace("<", f"<{prefix}").replace(f"<{prefix}\0{prefix}", f"</{prefix}")
        )
        return HEAD + text.replace("worksheet>", f'worksheet xmlns:{prefix[:-1]}="{MAIN}">', 1)
    return HEAD + text.replace("<worksheet>", f'<worksheet xmlns="{MAIN}">', 1)


def workbook(
    sheets: Mapping[str, str], *, target: str = "worksheets/sheet{}.xml", more: Mapping[str, str] | None = None
) -> bytes:
    """A workbook of sheets as XML; `target` is how the relations name the parts."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at + 40}" r:id="rId{at}"/>' for at, name in enumerate(names, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{RELATIONS}/worksheet" Target="{target.format(at)}"/>'
        for at in range(1, len(names) + 1)
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for at in range(1, len(names) + 1)
    )
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{types}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{package}/relationships">{relations}'
        "</Relationships>",
        **{f"xl/worksheets/sheet{at}.xml": xml for at, xml in enumerate(sheets.values(), 1)},
        **(more or {}),
    }
    return zip_bytes(parts)
