"""Core: .ofd (GB/T 33190) -> Document: the glyphs and ruled lines of each page, on the same grid as PDF."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from parsers.document import Document, Status
from parsers.formats.blocks import Blocks
from parsers.formats.bounds import Element, Package, RefusedError, attribute, child, damaged, local, too_large, xml_to_element
from parsers.formats.ink import Ink, Rule, glyph
from parsers.formats.marks import find_symbol_font, symbol_to_text
from parsers.formats.pages import pages_to_blocks
from parsers.formats.pdf_kind import page_kind

_POINTS = 72 / 25.4  # OFD measures in millimetres
_MAX_PAGES = 60
_MAX_GLYPHS = 60_000
_NUMBER = re.compile(r"-?\d*\.?\d+(?:[eE][-+]?\d+)?")
_COMMAND = re.compile(r"([MLSCQABZ])([^MLSCQABZ]*)")
Matrix = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def ofd_to_document(payload: bytes) -> Document:
    """An OFD of up to 60 pages; `scanned` when its pages are pictures."""
    package = Package(payload)
    main = xml_to_element(package.read("OFD.xml"))
    roots = [(e.text or "").strip() for e in main.iter("{*}DocRoot")]
    if not roots:
        raise damaged()
    if "encryptions.xml" in package or any(name.endswith("/encryptions.xml") for name in package.names()):
        raise RefusedError("encrypted")
    inks: list[Ink] = []
    pictures = 0
    for root in roots[:20]:
        read = _Book(package, root.lstrip("/"))
        inks += read.pages(_MAX_PAGES - len(inks))
        pictures += read.pictures
    kinds = [page_kind(ink) for ink in inks]
    blocks = Blocks()
    pages_to_blocks([(number, ink) for number, (ink, kind) in enumerate(zip(inks, kinds, strict=True), 1) if kind == "native"], blocks)
    status: Status = "read" if not blocks.blank else "scanned" if any(kind not in ("blank", "native") for kind in kinds) else "empty"
    return Document(reader="ofd", status=status, blocks=blocks.to_tuple(), pages=len(inks), pictures=pictures)


class _Book:
    """One document inside the package."""

    def __init__(self, package: Package, root: str) -> None:
        self._package = package
        self._folder = posixpath.dirname(root)
        self._document = xml_to_element(package.read(root))
        self._fonts = self._read_fonts()
        self._templates = {
            attribute(t, "ID") or "": attribute(t, "BaseLoc") or ""
            for t in self._document.iter("{*}TemplatePage")
            if attribute(t, "BaseLoc")
        }
        self.pictures = 0

    def pages(self, most: int) -> list[Ink]:
        """The ink of the first `most` pages, each on its template page."""
        found = []
        listed = child(self._document, "Pages")
        for page in list(listed if listed is not None else ())[: max(most, 0)]:
            location = attribute(page, "BaseLoc")
            if local(page) == "Page" and location:
                found.append(self._page(self._part(location)))
        return found

    def _part(self, location: str) -> Element:
        name = location if location.startswith("/") else posixpath.normpath(posixpath.join(self._folder, location))
        return xml_to_element(self._package.read(name))

    def _read_fonts(self) -> dict[str, str | None]:
        fonts: dict[str, str | None] = {}
        for resource in self._document.iter("{*}PublicRes", "{*}DocumentRes"):
            try:
                part = self._part((resource.text or "").strip())
            except RefusedError:
                continue
            for font in part.iter("{*}Font"):
                fonts[attribute(font, "ID") or ""] = find_symbol_font(attribute(font, "FontName") or attribute(font, "FamilyName"))
        return fonts

    def _page(self, page: Element) -> Ink:
        box = self._box(page)
        ink = Ink(box[2] * _POINTS, box[3] * _POINTS)
        for template in page.iter("{*}Template"):
            location = self._templates.get(attribute(template, "TemplateID") or "")
            if location:
                self._add(self._part(location), ink, box)
        self._add(page, ink, box)
        return ink

    def _box(self, page: Element) -> tuple[float, float, float, float]:
        """(left, top, width, height) of the page in millimetres, A4 when nothing says."""
        for holder in (page, self._document):
            for box in holder.iter("{*}PhysicalBox"):
                numbers = _numbers(box.text)
                if len(numbers) == 4 and 0 < numbers[2] < 5000 and 0 < numbers[3] < 5000:
                    return numbers[0], numbers[1], numbers[2], numbers[3]
        return 0.0, 0.0, 210.0, 297.0

    def _add(self, page: Element, ink: Ink, box: tuple[float, float, float, float]) -> None:
        covered = 0.0
        for item in page.iter("{*}TextObject", "{*}PathObject", "{*}ImageObject"):
            boundary = _numbers(attribute(item, "Boundary"))
            if len(boundary) != 4:
                continue
            matrix = _matrix(item)
            place = (boundary[0] - box[0], boundary[1] - box[1])
            kind = local(item)
            if kind == "TextObject":
                self._add_text(item, matrix, place, ink)
            elif kind == "PathObject":
                ink.paths += 1
                _add_path(item, matrix, place, ink)
            else:
                ink.pictures += 1
                self.pictures += 1
                covered += boundary[2] * boundary[3]
                x0, top = place[0] * _POINTS, place[1] * _POINTS
                ink.place(x0, top, x0 + boundary[2] * _POINTS, top + boundary[3] * _POINTS)
        ink.covered = min(1.0, ink.covered + covered / max(box[2] * box[3], 1.0))

    def _add_text(self, item: Element, matrix: Matrix, place: tuple[float, float], ink: Ink) -> None:
        name = attribute(item, "Font") or ""
        font = self._fonts.get(name)
        ink.fonts.add(name)
        size = (_numbers(attribute(item, "Size")) or [3.0])[0]
        x = y = 0.0
        for code in item:
            if local(code) != "TextCode" or not code.text:
                continue
            x = (_numbers(attribute(code, "X")) or [x])[0]
            y = (_numbers(attribute(code, "Y")) or [y])[0]
            text = symbol_to_text(font, code.text.strip("\r\n"))
            for letter, left, base in _letters(text, size, (x, y), code):
                px, py = _on(matrix, left, base, place)
                width = size * abs(matrix[0] or 1.0) * (1.0 if ord(letter[0]) > 0x2000 else 0.5)
                height = size * abs(matrix[3] or 1.0)
                ink.glyphs.append(
                    glyph(letter, px * _POINTS, (px + width) * _POINTS, (py - height * 0.85) * _POINTS, (py + height * 0.15) * _POINTS)
                )
            if len(ink.glyphs) > _MAX_GLYPHS:
                raise too_large()


def _letters(text: str, size: float, start: tuple[float, float], code: Element) -> Iterator[tuple[str, float, float]]:
    """Each letter with its place, by the steps the file gives (GB/T 33190 11.3)."""
    x, y = start
    along, down = _steps(attribute(code, "DeltaX")), _steps(attribute(code, "DeltaY"))
    for index, letter in enumerate(text):
        yield letter, x, y
        if index < len(along):
            x += along[index]
        elif not down:
            x += size if ord(letter) > 0x2000 else size * 0.5
        if index < len(down):
            y += down[index]


def _steps(text: str | None) -> list[float]:
    """ "3.5 g 4 3.2" -> 3.5 and four times 3.2."""
    out: list[float] = []
    words = (text or "").split()
    at = 0
    while at < len(words) and len(out) < 100_000:
        if words[at] == "g" and at + 2 < len(words):
            count, step = _numbers(words[at + 1]), _numbers(words[at + 2])
            out += (step or [0.0])[:1] * min(int((count or [0.0])[0]), 10_000)
            at += 3
        else:
            out += _numbers(words[at])[:1]
            at += 1
    return out


def _numbers(text: str | None) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text or "")]


def _matrix(item: Element) -> Matrix:
    numbers = _numbers(attribute(item, "CTM"))
    return (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]) if len(numbers) == 6 else _UNIT


def _on(matrix: Matrix, x: float, y: float, place: tuple[float, float]) -> tuple[float, float]:
    return place[0] + matrix[0] * x + matrix[2] * y + matrix[4], place[1] + matrix[1] * x + matrix[3] * y + matrix[5]


def _add_path(item: Element, matrix: Matrix, place: tuple[float, float], ink: Ink) -> None:
    """The level and upright lines of a path's data; curves end where they end."""
    described = next(((e.text or "") for e in item if local(e) == "AbbreviatedData"), "")
    here = start = None
    for command, rest in _COMMAND.findall(described[:100_000]):
        numbers = _numbers(rest)
        if command in "MS" and len(numbers) > 1:
            here = start = _on(matrix, numbers[0], numbers[1], place)
            continue
        there = start if command in "CZ" else _on(matrix, numbers[-2], numbers[-1], place) if len(numbers) > 1 else None
        if command in "LCZ" and here and there:
            _add_line(here, there, ink)
        here = there


def _add_line(a: tuple[float, float], b: tuple[float, float], ink: Ink) -> None:
    (ax, ay), (bx, by) = (a[0] * _POINTS, a[1] * _POINTS), (b[0] * _POINTS, b[1] * _POINTS)
    if abs(ay - by) < 1 and abs(ax - bx) > 4:
        ink.across.append(Rule((ay + by) / 2, min(ax, bx), max(ax, bx)))
    elif abs(ax - bx) < 1 and abs(ay - by) > 4:
        ink.down.append(Rule((ax + bx) / 2, min(ay, by), max(ay, by)))
