"""Core: WordprocessingML (docx, Strict, flat OPC, Word 2003 XML) -> blocks, one walk over the elements in reading order.

Names are compared without their namespace, so that the three generations of the format are one. Trap numbers are those of
the document research (check boxes 1-5, text boxes 10, tracked changes 11, placeholders 12).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from parsers.document import OBJECT, TICKED, UNTICKED, Table
from parsers.formats.blocks import Blocks, Grid
from parsers.formats.bounds import Element, attribute, child, clean_count, local
from parsers.formats.marks import find_overstrike, find_symbol_font, symbol_to_text
from parsers.formats.wordplain import PlainRow, find_plain_rows
from parsers.formats.wordstyles import Numbering, Styles

_UNSEEN = frozenset(("strike", "dstrike", "vanish"))
# What a drawing may hold that is no text: a picture, an embedded object, ink written with a stylus, a chart.
_NO_TEXT = frozenset(("blip", "imagedata", "OLEObject", "contentPart", "chart", "relIds", "svgBlip"))
_OFF = ("0", "false", "off", "none")
# Elements that only wrap what a person sees. `del` and `moveFrom` are absent: what was deleted is not seen (trap 11).
_INLINE = frozenset(
    [
        "ins",
        "moveTo",
        "hyperlink",
        "smartTag",
        "customXml",
        "fldSimple",
        "sdtContent",
        "rubyBase",
        "dir",
        "bdo",
        "oMath",
        "oMathPara",
        "proofErr",
        "e",
        "num",
        "den",
        "sup",
        "sub",
        "sSub",
        "sSup",
        "sSubSup",
        "f",
        "rad",
        "d",
        "func",
        "fName",
        "nary",
        "lim",
        "limLow",
        "limUpp",
        "acc",
        "bar",
        "groupChr",
        "m",
        "mr",
        "eqArr",
        "box",
        "borderBox",
    ]
)
_BLOCK = frozenset(["customXml", "ins", "moveTo", "sdtContent", "sect", "sub-section", "body", "txbxContent", "docPartBody", "hdr", "ftr"])
_ROWLIKE = frozenset(["sdt", "sdtContent", "customXml", "ins", "moveTo"])


@dataclass(slots=True)
class _Field:
    """One open field: its instruction, the state of a legacy check box, whether its result has begun."""

    instruction: str = ""
    ticked: bool | None = None
    shown: bool = False


@dataclass(slots=True)
class _Line:
    """What has been read of one paragraph."""

    parts: list[str] = field(default_factory=list)
    fields: list[_Field] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)

    @property
    def hidden(self) -> bool:
        """True inside a field's instruction."""
        return bool(self.fields) and not self.fields[-1].shown


def is_on(element: Element | None) -> bool:
    """An on/off property: present without a value means on."""
    return element is not None and attribute(element, "val") not in _OFF


class WordWalk:
    """Walks one story (body, header, foot note) and writes its blocks."""

    def __init__(
        self, blocks: Blocks, styles: Styles | None = None, numbering: Numbering | None = None, controls: Mapping[str, str] | None = None
    ) -> None:
        self._blocks = blocks
        self._styles = styles or Styles()
        self._numbering = numbering or Numbering()
        self._controls = controls or {}
        self._waiting: list[Element] = []
        self._place = ""

    def story(self, container: Element, place: str = "") -> None:
        """Every paragraph and table of a container, in reading order."""
        self._place = place
        for element in _unwrapped(container):
            name = local(element)
            if name == "p":
                text, heading = self._paragraph(element)
                self._blocks.add_paragraph(text, heading, place)
            elif name == "tbl":
                self._table(element, None)
            else:
                continue
            while self._waiting:
                self.story(self._waiting.pop(0), place)

    def _paragraph(self, paragraph: Element) -> tuple[str, int]:
        line = _Line()
        style = _style_name(paragraph)
        self._inline(paragraph, line, self._styles.font(style))
        self._waiting += line.boxes
        text = "".join(line.parts)
        label = self._numbering.next_label(paragraph, self._styles.numbering(style))
        if label and (text.strip() or _is_numbered_itself(paragraph)):
            text = f"{label}{text}" if text.strip() else label.strip()
        return text, self._heading(paragraph, style)

    def _heading(self, paragraph: Element, style: str) -> int:
        properties = child(paragraph, "pPr")
        level = child(properties, "outlineLvl") if properties is not None else None
        if level is not None:
            depth = clean_count(attribute(level, "val"), 9, 9)
            return depth + 1 if depth < 9 else 0
        return self._styles.heading(style)

    def _inline(self, container: Element, line: _Line, font: str | None) -> None:
        for element in container:
            name = local(element)
            if name == "r":
                self._run(element, line, font)
            elif name in _INLINE:
                self._inline(element, line, font)
            elif name == "sdt":
                self._control(element, line, font)
            elif name == "ruby":
                base = child(element, "rubyBase")
                if base is not None:
                    self._inline(base, line, font)
            elif name == "AlternateContent":
                self._inline(_choice(element), line, font)
            elif name in ("pict", "drawing", "object"):
                self._drawing(element, line)

    def _control(self, element: Element, line: _Line, font: str | None) -> None:
        """A content control in the line: a check box by its state (trap 5), a placeholder as a blank (trap 12)."""
        properties = child(element, "sdtPr")
        box = child(properties, "checkbox") if properties is not None else None
        content = child(element, "sdtContent")
        if box is not None:
            state = child(box, "checked")
            line.parts.append(TICKED if is_on(state) else UNTICKED)
        elif content is not None and not (properties is not None and is_on(child(properties, "showingPlcHdr"))):
            self._inline(content, line, font)

    def _run(self, run: Element, line: _Line, font: str | None) -> None:
        for element in run:
            if local(element) == "rPr":
                if _is_unseen(element) and child(run, "fldChar") is None:
                    return
                font = self._run_font(element) or font
            else:
                self._run_piece(element, line, font)

    def _run_font(self, properties: Element) -> str | None:
        for element in properties:
            name = local(element)
            if name == "rFonts":
                for value in element.attrib.values():
                    found = find_symbol_font(value)
                    if found:
                        return found
            elif name == "font":  # Word 2003 XML: the font a person really sees
                return find_symbol_font(attribute(element, "val"))
            elif name == "rStyle":
                found = self._styles.font(attribute(element, "val") or "")
                if found:
                    return found
        return None

    def _run_piece(self, element: Element, line: _Line, font: str | None) -> None:
        name = local(element)
        if name == "t":
            if not line.hidden:
                line.parts.append(symbol_to_text(font, element.text or ""))
        elif name == "sym":
            self._write(symbol_glyph(element), line)
        elif name == "instrText":
            if line.fields:
                line.fields[-1].instruction += symbol_to_text(font, element.text or "")
        elif name == "fldChar":
            _turn_field(element, line)
        elif name == "tab":
            self._write("\t", line)
        elif name in ("br", "cr"):
            self._write("\n", line)
        elif name in ("noBreakHyphen", "softHyphen"):
            self._write("-" if name == "noBreakHyphen" else "", line)
        elif name == "AlternateContent":
            for inner in _choice(element):
                self._run_piece(inner, line, font)
        elif name in ("drawing", "pict", "object"):
            self._drawing(element, line)
        elif name == "ruby":
            self._inline(element, line, font)

    def _write(self, text: str, line: _Line) -> None:
        if not line.hidden:
            line.parts.append(text)
        elif line.fields and text.strip():
            line.fields[-1].instruction += text

    def _drawing(self, element: Element, line: _Line) -> None:
        """Text boxes wait until the paragraph is done; an ActiveX control shows its state and caption; what is no text leaves its mark."""
        picture = control = False
        for inner in element.iter():
            name = local(inner)
            if name == "txbxContent" and not _inside_box(inner, element):
                line.boxes.append(inner)
            elif name == "control":
                control = True
                shown = self._controls.get(attribute(inner, "id") or "")
                if shown:
                    self._write(shown, line)
            elif name in _NO_TEXT and not _inside_box(inner, element):
                picture = True
        if picture and not control and not line.hidden:
            line.parts.insert(0 if _floats(element) else len(line.parts), OBJECT)

    def _cell_text(self, cell: Element, number: int, row: int, col: int) -> str:
        lines: list[str] = []
        for element in _unwrapped(cell):
            if local(element) == "p":
                lines.append(self._paragraph(element)[0])
            elif local(element) == "tbl":
                self._table(element, (number, row, col))
        text = "\n".join(lines).strip()
        if not text and self._waiting:  # a text box laid over an empty cell is how some people fill it in
            boxes, self._waiting = self._waiting, []
            text = "\n".join(self._paragraph(p)[0] for box in boxes for p in box if local(p) == "p").strip()
        return text

    def _table(self, table: Element, inside: tuple[int, int, int] | None) -> None:
        slot, number = self._blocks.open_table()
        grid = Grid()
        rows = find_plain_rows(table, self._styles)
        if rows is None:
            self._walk_rows(table, grid, number)
        else:
            self._write_rows(rows, grid, number)
        self._blocks.close_table(slot, Table(cells=tuple(grid.cells), number=number, place=self._place, inside=inside))

    def _write_rows(self, rows: Sequence[PlainRow], grid: Grid, number: int) -> None:
        """The rows of a table that is built like any other; only cells with more than words in them are walked through."""
        for row in rows:
            grid.start_row(row.skipped)
            for cell in row.cells:
                text = cell.text if cell.plain else self._cell_text(cell.element, number, grid.row, grid.col)
                if cell.vertical is None:
                    grid.add(text, cell.span)
                elif cell.vertical == "continue":
                    grid.continue_above(text, cell.span)
                else:
                    grid.add(text, cell.span, opens=cell.vertical == "restart")

    def _walk_rows(self, table: Element, grid: Grid, number: int) -> None:
        for row in _parts(table, "tr"):
            if not _is_deleted(row):
                grid.start_row(_skipped_columns(row))
                for cell in _parts(row, "tc"):
                    self._cell(cell, grid, number)

    def _cell(self, cell: Element, grid: Grid, number: int) -> None:
        properties = child(cell, "tcPr")
        span, vertical, horizontal = 1, None, None
        for element in properties if properties is not None else ():
            name = local(element)
            if name == "gridSpan":
                span = clean_count(attribute(element, "val"))
            elif name in ("vMerge", "vmerge"):
                vertical = attribute(element, "val") or "continue"
            elif name in ("hMerge", "hmerge"):
                horizontal = attribute(element, "val") or "continue"
            elif name == "cellDel":
                return
        if horizontal == "continue":
            grid.widen_last(span)
        elif vertical == "continue":
            grid.continue_above(self._cell_text(cell, number, grid.row, grid.col), span)
        else:
            grid.add(self._cell_text(cell, number, grid.row, grid.col), span, opens=vertical == "restart")


def _is_unseen(properties: Element) -> bool:
    """Struck out or hidden."""
    return any(local(element) in _UNSEEN and is_on(element) for element in properties)


def symbol_glyph(element: Element) -> str:
    """The glyph of a w:sym element; F052 and 0052 both occur (trap 2)."""
    font = find_symbol_font(attribute(element, "font"))
    try:
        code = int(attribute(element, "char") or "", 16)
    except ValueError:
        return ""
    return symbol_to_text(font, chr(code)) if 0x20 <= code <= 0xFFFF and not 0xD800 <= code <= 0xDFFF else ""


def _turn_field(element: Element, line: _Line) -> None:
    kind = attribute(element, "fldCharType")
    if kind == "begin":
        line.fields.append(_Field(ticked=_legacy_box(element)))
        return
    if not line.fields:
        return
    current = line.fields[-1]
    if not current.shown:
        current.shown = True
        if current.ticked is not None:
            line.parts.append(TICKED if current.ticked else UNTICKED)
        line.parts.append(find_overstrike(current.instruction) or "")
    if kind == "end":
        line.fields.pop()


def _legacy_box(begin: Element) -> bool | None:
    """The state of a FORMCHECKBOX: `checked` wins over `default` (trap 4); None for any other field."""
    data = child(begin, "ffData")
    box = child(data, "checkBox") if data is not None else None
    if box is None:
        return None
    state = child(box, "checked")
    return is_on(state if state is not None else child(box, "default"))


def _choice(element: Element) -> Element:
    """The branch of mc:AlternateContent to read: Choice, and Fallback only without one (trap 10: both hold the same box)."""
    branch = child(element, "Choice")
    return branch if branch is not None else child(element, "Fallback") if child(element, "Fallback") is not None else element


def _inside_box(element: Element, top: Element) -> bool:
    """True when the text box stands inside another one, or in the Fallback beside a Choice."""
    above = element.getparent()
    while above is not None and above is not top:
        name = local(above)
        if name == "txbxContent" or (name == "Fallback" and child(above.getparent(), "Choice") is not None):
            return True
        above = above.getparent()
    return False


def _floats(element: Element) -> bool:
    """True for a picture laid over the page, whose anchor says little of where it is seen."""
    if any(local(inner) == "anchor" for inner in element):
        return True
    return any("position:absolute" in (attribute(inner, "style") or "").replace(" ", "") for inner in element.iter("{*}shape", "{*}rect"))


def _unwrapped(container: Element) -> Iterator[Element]:
    """The paragraphs and tables of a container, through whatever only wraps them."""
    for element in container:
        name = local(element)
        if name in ("p", "tbl"):
            yield element
        elif name in _BLOCK:
            yield from _unwrapped(element)
        elif name == "AlternateContent":
            yield from _unwrapped(_choice(element))
        elif name == "sdt":
            properties = child(element, "sdtPr")
            content = child(element, "sdtContent")
            if content is not None and not (properties is not None and is_on(child(properties, "showingPlcHdr"))):
                yield from _unwrapped(content)


def _parts(container: Element, wanted: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, also inside content controls (trap 8)."""
    for element in container:
        name = local(element)
        if name == wanted:
            yield element
        elif name in _ROWLIKE:
            yield from _parts(element, wanted)


def _is_deleted(row: Element) -> bool:
    properties = child(row, "trPr")
    return properties is not None and child(properties, "del") is not None


def _skipped_columns(row: Element) -> int:
    properties = child(row, "trPr")
    before = child(properties, "gridBefore") if properties is not None else None
    return clean_count(attribute(before, "val"), 0) if before is not None else 0


def _style_name(paragraph: Element) -> str:
    properties = child(paragraph, "pPr")
    style = child(properties, "pStyle") if properties is not None else None
    return (attribute(style, "val") or "") if style is not None else ""


def _is_numbered_itself(paragraph: Element) -> bool:
    properties = child(paragraph, "pPr")
    return properties is not None and child(properties, "numPr") is not None
