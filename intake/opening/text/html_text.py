"""Core: the text of an HTML letter as a person sees it, line by line, with its links and with the quoted history told apart.

lxml lives here. Styles and scripts are never text: `#divNeteaseBigAttach` stands in the style sheet of thousands of ordinary letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from intake.opening.containers.limits import LONGEST_TEXT

LONGEST_TAG = 100_000
MOST_LINKS = 500
_BLOCKS = frozenset(
    [
        "div",
        "p",
        "br",
        "tr",
        "li",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "hr",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "section",
        "article",
        "center",
        "form",
        "fieldset",
    ]
)
_CELLS = frozenset(("td", "th"))
_UNSEEN = frozenset(["style", "script", "head", "title", "template", "noscript", "meta", "link", "object", "svg", "xml"])
_QUOTE_IDS = frozenset(
    [
        "isreplycontent",
        "isforwardcontent",
        "ntes-pcmail-quote",
        "original-content",
        "origbody",
        "reply-intro",
        "mail-editor-reference-message-container",
        "olk_src_body_section",
        "includetail-content",
        "lark-mail-quote",
    ]
)
_QUOTE_CLASSES = frozenset(
    [
        "gmail_quote",
        "yahoo_quoted",
        "moz-cite-prefix",
        "protonmail_quote",
        "history-quote-wrapper",
        "lark-mail-quote",
        "xm_compose_origin_mail_container",
        "ntes-mailmaster-quote",
        "mailmaster-quote",
        "mmquote",
        "xm_mail_oringinal_describe",
        "original-mail",
        "foxmail_quote",
    ]
)
# Outlook and its web page put the older letter after these, not into them.
_CUT_IDS = frozenset(("divrplyfwdmsg", "appendonsend", "stopspelling"))
_URL_ATTRIBUTES = ("href", "downloadlink", "data-href", "data-url")
_FILE_ATTRIBUTES = ("filename", "file-name", "filesize", "file-size", "expiretime", "expired")
_META_CHARSET = re.compile(rb"(?i)<meta[^>]{1,300}charset\s*=\s*[\"']?\s*([\w-]{3,40})")


@dataclass(frozen=True, slots=True)
class Link:
    """链接: where it leads and all that its surroundings say of it; `line` is its place in the page."""

    url: str
    text: str
    attributes: Mapping[str, str]
    title: str
    marks: str
    around: str
    line: int
    quoted: bool


@dataclass(frozen=True, slots=True)
class Page:
    """网页正文: (text, quoted) for each line, the links, and the pictures its text shows (Content-IDs)."""

    lines: tuple[tuple[str, bool], ...] = ()
    links: tuple[Link, ...] = ()
    pictures: frozenset[str] = frozenset()
    overflow: str = ""


@dataclass(frozen=True, slots=True)
class NewPart:
    """新写部分: the page without its history, as UTF-8 HTML, and the rows of its innermost tables as the texts of their cells."""

    payload: bytes = field(default=b"", repr=False)
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()


@dataclass(slots=True)
class _Reading:
    lines: list[tuple[str, bool]] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    links: list[tuple[etree._Element, int, bool]] = field(default_factory=list)
    pictures: set[str] = field(default_factory=set)
    pieces: list[tuple[etree._Element, bool, int]] | None = None
    quoted: int = 0
    cut: bool = False
    unseen: int = 0

    def add(self, text: str | None, element: etree._Element, tail: bool) -> None:
        if text and not self.unseen:
            self.current.append(text)
            if self.pieces is not None:
                self.pieces.append((element, tail, len(self.lines)))

    def end_line(self) -> None:
        text = " ".join("".join(self.current).replace("\u200b", "").split())
        self.current.clear()
        if text or (self.lines and self.lines[-1][0]):
            self.lines.append((text, bool(self.quoted) or self.cut))


def find_meta_charset(payload: bytes) -> str:
    """The charset an HTML body declares inside itself, "" when none (china-mail.md c80)."""
    found = _META_CHARSET.search(payload[:5000])
    return found[1].decode("ascii") if found else ""


def html_to_page(html: str) -> Page:
    """Lines, links and shown pictures of a page; hostile markup is cut or read as plain text, and `overflow` says so."""
    overflow = "网页正文过长，只读取前一部分" if len(html) > LONGEST_TEXT else ""
    text = html[:LONGEST_TEXT].replace("\0", "")
    if _has_endless_tag(text):
        return Page((("", False),), overflow="网页正文的标记异常，未作解析")
    root = _parse(text)
    if root is None:
        return Page(overflow=overflow)
    reading = _read(root)
    links = tuple(_link(element, line, quoted) for element, line, quoted in reading.links[:MOST_LINKS])
    return Page(tuple(reading.lines), links, frozenset(reading.pictures), overflow)


def _has_endless_tag(text: str) -> bool:
    """A tag that never closes makes every HTML reader slow: `<div ` 200 000 times."""
    at = text.find("<")
    while at >= 0:
        end = text.find(">", at)
        if (len(text) if end < 0 else end) - at > LONGEST_TAG:
            return not text.startswith("<!--", at) and "base64," not in text[at : at + 2000]
        at = text.find("<", end) if end >= 0 else -1
    return False


def _parse(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None


def html_to_new_part(html: str, is_new: Callable[[Sequence[tuple[str, bool]]], Sequence[bool]]) -> NewPart:
    """The page with nothing but its new lines; `is_new` judges the lines as `html_to_page` gives them."""
    text = html[:LONGEST_TEXT].replace("\0", "")
    root = None if _has_endless_tag(text) else _parse(text)
    if root is None:
        return NewPart()
    reading = _read(root, with_pieces=True)
    fresh = is_new(reading.lines)
    for element, tail, line in reading.pieces or ():
        if line >= len(fresh) or not fresh[line]:
            if tail:
                element.tail = None
            else:
                element.text = None
    etree.strip_elements(root, *sorted(_UNSEEN - {"head"}), "img", with_tail=False)
    tables = tuple(_rows(table) for table in root.iter("table") if next(table.iterdescendants("table"), None) is None)
    payload = etree.tostring(root, encoding="utf-8", method="html")
    return NewPart(b'<meta charset="utf-8">' + payload, tables)


def _rows(table: etree._Element) -> tuple[tuple[str, ...], ...]:
    rows = (tuple(_text(cell, 2000) for cell in row.iter("td", "th")) for row in table.iter("tr"))
    return tuple(row for row in rows if any(row))


def _read(root: etree._Element, with_pieces: bool = False) -> _Reading:
    reading = _Reading(pieces=[] if with_pieces else None)
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "start":
            _enter(reading, element)
        else:
            _leave(reading, element)
    reading.end_line()
    return reading


def _enter(reading: _Reading, element: etree._Element) -> None:
    tag = str(element.tag)
    reading.unseen += tag in _UNSEEN
    if tag in _BLOCKS:
        reading.end_line()
    elif tag in _CELLS:
        reading.current.append(" ")
    if _is_quote(element):
        reading.end_line()
        reading.quoted += 1
    if element.keys():
        _take_attributes(reading, element)
    reading.add(element.text, element, tail=False)


def _take_attributes(reading: _Reading, element: etree._Element) -> None:
    """What an element with attributes may be beside its words: the end of the new text, a link, a picture."""
    if _identity(element) in _CUT_IDS:
        reading.end_line()
        reading.cut = True
    if any(element.get(name) for name in _URL_ATTRIBUTES) and element.tag not in _UNSEEN:
        reading.links.append((element, len(reading.lines), bool(reading.quoted) or reading.cut))
    source = element.get("src") or element.get("background") or ""
    if source.lower().startswith("cid:"):
        reading.pictures.add(source[4:].strip())


def _leave(reading: _Reading, element: etree._Element) -> None:
    tag = str(element.tag)
    if tag in _BLOCKS and tag != "br":
        reading.end_line()
    if _is_quote(element):
        reading.end_line()
        reading.quoted -= 1
    reading.unseen -= tag in _UNSEEN
    reading.add(element.tail, element, tail=True)


def _identity(element: etree._Element) -> str:
    return (element.get("id") or "").strip().lower()


def _is_quote(element: etree._Element) -> bool:
    if not element.keys():
        return bool(element.tag == "includetail")
    identity, classes = _identity(element), (element.get("class") or "").lower().split()
    if identity in _QUOTE_IDS or identity.startswith("ntes-pcmail-quote") or element.tag == "includetail":
        return True
    if any(name in _QUOTE_CLASSES for name in classes):
        return True
    return element.tag == "blockquote" and (element.get("type") == "cite" or bool(element.get("cite")) or "quote" in identity)


def _link(element: etree._Element, line: int, quoted: bool) -> Link:
    url = next(value for name in _URL_ATTRIBUTES if (value := element.get(name)))
    attributes = {str(name): str(value)[:2000] for name, value in element.attrib.items()}
    text = _text(element, 500)
    title, marks, around = "", [], text
    node = element
    for _ in range(6):
        if node is not element and _other_links(node, url) == 0:
            attributes = {name: str(node.get(name))[:2000] for name in _FILE_ATTRIBUTES if node.get(name)} | attributes
        marks.append(f"{node.get('id') or ''} {node.get('class') or ''}")
        title = title or (node.get("title") or "")
        parent = node.getparent()
        if parent is None or not isinstance(parent.tag, str):
            break
        if len(around) < 300 and _other_links(parent, url) == 0:
            around = _text(parent, 600)
        node = parent
    return Link(url.strip()[:4000], text, attributes, title, " ".join(marks), around, line, quoted)


def _other_links(parent: etree._Element, url: str) -> int:
    """How many links below lead somewhere else: the surroundings of one file end where another file begins."""
    count = 0
    for position, node in enumerate(parent.iter()):
        if position > 200:
            return 1
        target = node.get("href") or node.get("downloadlink")
        count += bool(target) and target != url and _file_key(str(target)) != _file_key(url)
    return count


def _file_key(url: str) -> str:
    """The longest parameter names the file; preview and download pages of one file share it."""
    return max(re.split(r"[?&=/]", url), key=len, default="")


def _text(element: etree._Element, most: int) -> str:
    pieces, size = [], 0
    for piece in element.itertext():
        pieces.append(str(piece))
        size += len(piece)
        if size > most:
            break
    return " ".join("".join(pieces).split())[:most]
