"""WeCom's XML, read with entities, DTD and network off. Whatever is odd is an EnvelopeError."""

from __future__ import annotations

from lxml import etree

from bot.wecom.crypto import EnvelopeError

# The encoding is forced: a document that declares UTF-16 must not slip past the check for a DOCTYPE.
_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


def parse(body: bytes) -> etree._Element:
    """The root element. Raises EnvelopeError on anything that is not plain well-formed XML."""
    if b"<!DOCTYPE" in body:
        raise EnvelopeError("a DOCTYPE is not welcome")
    try:
        return etree.fromstring(body, _PARSER)
    except (etree.LxmlError, ValueError):
        raise EnvelopeError("the body is not XML") from None


def read_envelope(body: bytes) -> str:
    """The text of the one `Encrypt` element; the others are unsigned and ignored (facts/wecom.md §1.3).

    Raises EnvelopeError.
    """
    found = parse(body).findall("Encrypt")
    if len(found) != 1 or len(found[0]):
        raise EnvelopeError("expected one Encrypt element holding text")
    text = (found[0].text or "").strip()
    if not text:
        raise EnvelopeError("the Encrypt element is empty")
    return text
