"""Core: Word 2003 XML and flat OPC (one XML file for the whole document) -> Document, by the same walk as .docx."""

from __future__ import annotations

import copy

from parsers.document import Document
from parsers.formats.blocks import Blocks
from parsers.formats.bounds import Element, attribute, child, damaged, local, xml_to_element
from parsers.formats.docx import TEMPLATE_PROPERTY
from parsers.formats.wordstyles import Numbering, Styles
from parsers.formats.wordwalk import WordWalk


def wordxml_to_document(payload: bytes) -> Document:
    """A Word 2003 "XML document" (.xml, often named .doc)."""
    root = xml_to_element(payload)
    body = child(root, "body")
    if body is None:
        raise damaged()
    blocks = Blocks()
    WordWalk(blocks, Styles(lambda: child(root, "styles"))).story(body)
    pictures = sum(1 for _ in root.iter("{*}binData"))
    tag = next((e.text or "" for e in root.iter(f"{{*}}{TEMPLATE_PROPERTY}")), "")
    return blocks.to_document("wordxml", pictures=pictures, tag=tag.strip())


def flatopc_to_document(payload: bytes) -> Document:
    """A package written as one XML file ("Word XML document" since 2007)."""
    parts: dict[str, Element] = {}
    pictures = 0
    for part in xml_to_element(payload):
        name = (attribute(part, "name") or "").lower()
        content = child(part, "xmlData")
        if content is not None and len(content):
            parts[name] = copy.copy(content[0])
        elif "/media/" in name:
            pictures += 1
    root = next((e for e in parts.values() if local(e) == "document"), None)
    body = child(root, "body") if root is not None else None
    if body is None:
        raise damaged()
    blocks = Blocks()
    WordWalk(blocks, Styles(lambda: parts.get("/word/styles.xml")), Numbering(lambda: parts.get("/word/numbering.xml"))).story(body)
    return blocks.to_document("docx", pictures=pictures)
