"""Core: HTML saved as .doc or .xls, and .mht web archives -> Document (the exports of many office systems, often in GBK)."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from parsers.document import OBJECT, TICKED, UNTICKED, Cell, Document, Table
from parsers.formats.blocks import Blocks
from parsers.formats.bounds import MAX_CELLS, MAX_MARKS, MAX_XML, Element, RefusedError, clean_count, damaged, too_large
from parsers.formats.marks import find_symbol_font, symbol_to_text
from parsers.formats.text import bytes_to_text

_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_SKIPPED = frozenset(("script", "style", "head", "title", "noscript", "xml", "meta", "link", "object", "select", "del"))
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "footer",
        "blockquote",
        "pre",
        "center",
        "form",
        "body",
        "html",
        "address",
        "main",
        "fieldset",
    ]
)
_MSO = re.compile(r"<!--\[if\s[^\]]*\]>.*?<!\[endif\]-->|<!\[(?:if[^\]]*|endif)\]>", re.DOTALL | re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_WRAPPED = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*[\r\n]\s*(?=[\u3000-\u9fff\uff00-\uffef])")
_FONT = re.compile(r"font-family\s*:\s*[\"']?([^;\"',]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_STRUCK = re.compile(r"text-decoration[^;]*line-through", re.IGNORECASE)
_MAX_DEPTH = 200


def html_to_document(payload: bytes) -> Document:
    """An HTML page as its reader sees it; headings by their level."""
    declared = _CHARSET.search(payload[:8192])
    return _text_to_document(bytes_to_text(payload, declared[1].decode("ascii") if declared else ""))


def mht_to_document(payload: bytes) -> Document:
    """The first HTML page inside a web archive."""
    letter = email.message_from_bytes(payload, policy=email.policy.compat32)
    for part in letter.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            body = part.get_payload(decode=True)
            if isinstance(body, bytes) and body.strip():
                declared = part.get_content_charset() or ""
                found = _CHARSET.search(body[:8192])
                return _text_to_document(bytes_to_text(body, declared or (found[1].decode("ascii") if found else "")))
    raise RefusedError("unsupported", "unknown_format")


def _text_to_document(text: str) -> Document:
    if len(text) > MAX_XML or text.count("<") > MAX_MARKS:
        raise too_large()
    text = _MSO.sub("", text.replace("\0", ""))
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = lxml_html.document_fromstring(text, parser=lxml_html.HTMLParser(huge_tree=False, no_network=True, remove_comments=True))
    except (etree.LxmlError, ValueError) as error:
        raise damaged() from error
    walk = _Walk()
    walk.container(root, 0)
    return walk.blocks.to_document("html", pictures=walk.pictures)


class _Walk:
    """One pass over the tree; inline text gathers until a block ends."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self.pictures = 0
        self._covered = 0

    def container(self, element: Element, depth: int, heading: int = 0) -> None:
        if depth > _MAX_DEPTH:
            raise RefusedError("unreadable", "too_deep")
        line: list[str] = []
        self._children(element, line, depth, heading)
        self._flush(line, heading)

    def _flush(self, line: list[str], heading: int) -> None:
        for part in _clean_line("".join(line)).split("\n"):
            self.blocks.add_paragraph(part, heading)
        line.clear()

    def _children(self, element: Element, line: list[str], depth: int, heading: int, font: str | None = None) -> None:
        if element.text:
            line.append(symbol_to_text(font, element.text))
        for inner in element:
            name = _name(inner)
            if _is_seen(inner, name):
                if name == "table":
                    self._flush(line, heading)
                    self._table(inner, None, depth)
                elif name in _BLOCKS:
                    self._flush(line, heading)
                    self.container(inner, depth + 1, int(name[1]) if re.fullmatch("h[1-6]", name) else heading)
                elif not self._leaf(inner, name, line):
                    self._guarded(inner, line, depth, heading, _font(inner) or font)
            if inner.tail:
                line.append(symbol_to_text(font, inner.tail))

    def _guarded(self, inner: Element, line: list[str], depth: int, heading: int, font: str | None) -> None:
        if depth > _MAX_DEPTH:
            raise RefusedError("unreadable", "too_deep")
        self._children(inner, line, depth + 1, heading, font)

    def _leaf(self, element: Element, name: str, line: list[str]) -> bool:
        if name == "br":
            line.append("\x0b")
        elif name == "input":
            kind = (element.get("type") or "text").lower()
            if kind in ("checkbox", "radio"):
                line.append(TICKED if element.get("checked") is not None else UNTICKED)
            elif kind != "hidden":
                line.append(element.get("value") or "")
        elif name in ("img", "imagedata"):
            self.pictures += 1
            line.append(OBJECT)
        else:
            return False
        return True

    def _table(self, table: Element, inside: tuple[int, int, int] | None, depth: int) -> None:
        slot, number = self.blocks.open_table()
        taken: set[tuple[int, int]] = set()
        cells: list[Cell] = []
        rows = list(_rows(table))
        for row, element in enumerate(rows):
            col = 0
            for cell in element:
                if _name(cell) not in ("td", "th") or not _is_seen(cell, "td"):
                    continue
                while (row, col) in taken:
                    col += 1
                rowspan, colspan = max(1, clean_count(cell.get("rowspan"))), max(1, clean_count(cell.get("colspan")))
                rowspan = min(rowspan, len(rows) - row)
                self._covered += rowspan * colspan  # of the whole page: a table in every cell must not have the limit to itself
                if self._covered > MAX_CELLS * 4:
                    raise too_large()
                taken.update((row + r, col + c) for r in range(rowspan) for c in range(colspan))
                text = self._cell_text(cell, (number, row, col), depth + 1)
                cells.append(Cell(text=text, row=row, col=col, rowspan=rowspan, colspan=colspan))
                col += colspan
        self.blocks.close_table(slot, Table(cells=_trimmed(cells), number=number, inside=inside))

    def _cell_text(self, cell: Element, place: tuple[int, int, int], depth: int) -> str:
        parts: list[str] = []
        self._cell_parts(cell, parts, place, depth, None)
        return _clean_line("".join(parts))

    def _cell_parts(self, element: Element, parts: list[str], place: tuple[int, int, int], depth: int, font: str | None) -> None:
        if depth > _MAX_DEPTH:
            raise RefusedError("unreadable", "too_deep")
        if element.text:
            parts.append(symbol_to_text(font, element.text))
        for inner in element:
            name = _name(inner)
            if _is_seen(inner, name):
                if name == "table":
                    self._table(inner, place, depth)
                elif not self._leaf(inner, name, parts):
                    block = name in _BLOCKS
                    parts.append("\x0b" if block else "")
                    self._cell_parts(inner, parts, place, depth + 1, _font(inner) or font)
                    parts.append("\x0b" if block else "")
            if inner.tail:
                parts.append(symbol_to_text(font, inner.tail))


def _trimmed(cells: list[Cell]) -> tuple[Cell, ...]:
    """Row spans no longer than the table."""
    rows = max((cell.row for cell in cells), default=0) + 1
    return tuple(
        cell
        if cell.row + cell.rowspan <= rows
        else Cell(text=cell.text, row=cell.row, col=cell.col, rowspan=rows - cell.row, colspan=cell.colspan)
        for cell in cells
    )


def _rows(table: Element) -> Iterator[Element]:
    for inner in table:
        name = _name(inner)
        if name == "tr" and _is_seen(inner, name):
            yield inner
        elif name in ("tbody", "thead", "tfoot"):
            yield from _rows(inner)


def _name(element: Element) -> str:
    tag = element.tag
    return tag.rpartition(":")[2].lower() if isinstance(tag, str) else "script"  # comments count as unseen


def _is_seen(element: Element, name: str) -> bool:
    if name in _SKIPPED or name in ("s", "strike"):
        return False
    style = element.get("style")
    return not (style and (_HIDDEN.search(style) or _STRUCK.search(style)))


def _font(element: Element) -> str | None:
    found = _FONT.search(element.get("style") or "")
    return find_symbol_font(found[1].strip() if found else element.get("face"))


def _clean_line(text: str) -> str:
    """Source line ends are spaces, and nothing between two Chinese letters (Word wraps its HTML anywhere); real breaks are \\n."""
    lines = (_SPACES.sub(" ", _WRAPPED.sub("", part)).strip() for part in text.split("\x0b"))
    return "\n".join(line.replace("\xa0", " ").strip() for line in lines if line).strip()
