"""Core: writing a Word form by hand (OOXML) - merged grid, content controls, ticking boxes, and equal bytes for equal contents.

Content controls follow ECMA-376 17.5.2; the ticking box is Word 2010's `w14:checkbox` (MS-DOCX 2.6.1). A control cannot be deleted
(`sdtLocked`) but everything in it can be written over. Empty text controls show a prompt that readers know for a blank.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="w14"'
)
FIXED_TIME = (2000, 1, 1, 0, 0, 0)
TWIPS_A_MM = 56.7
# A figure's prompt is a ruled gap: whatever program saves the form, nothing is left of it that could be taken for a figure.
TEXT_PROMPT, CHOICE_PROMPT, NUMBER_PROMPT = "请填写", "请选择", "\u3000\u3000"


@dataclass(frozen=True, slots=True)
class Text:
    """印文: printed words; `size` in points."""

    text: str
    bold: bool = False
    size: float = 10.5
    font: str = "宋体"


@dataclass(frozen=True, slots=True)
class Control:
    """填空: a place to write in. `kind`: text, number, date, or choice (then `choices` are offered)."""

    tag: str
    title: str
    kind: str = "text"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """勾选框: a box to click, with the word printed after it."""

    tag: str
    word: str


Piece = Text | Control | Tick
Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """表格单元: lines of pieces over `columns` grid columns and `rows` rows."""

    lines: tuple[Line, ...]
    columns: int
    rows: int = 1
    across: str = "center"


@dataclass(frozen=True, slots=True)
class Grid:
    """表格: rows of boxes (what a box above covers is left out), with the least height of each row in millimetres."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Box, ...], ...]
    heights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Para:
    """段落: a line of pieces outside the grid; `before` and `after` in points."""

    pieces: Line
    across: str = "left"
    before: float = 0
    after: float = 0


def compose_word(blocks: Sequence[Para | Grid], tag: tuple[str, str], title: str) -> bytes:
    """The finished .docx, A4 upright; `tag` is the custom property (name, value) by which it is known again."""
    numbers = count(100001)
    body = "".join(para_to_xml(b, numbers) if isinstance(b, Para) else grid_to_xml(b, numbers) for b in blocks)
    section = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1020" w:right="1134" w:bottom="907" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    )
    document = f"{XML_HEAD}<w:document {NAMESPACES}><w:body>{body}{section}</w:body></w:document>"
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": PACKAGE_RELATIONS,
        "docProps/core.xml": CORE_PROPERTIES.format(title=escape(title)),
        "docProps/custom.xml": CUSTOM_PROPERTIES.format(name=quoteattr(tag[0]), value=escape(tag[1])),
        "word/_rels/document.xml.rels": DOCUMENT_RELATIONS,
        "word/styles.xml": STYLES,
        "word/document.xml": document,
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, FIXED_TIME), text.encode(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def para_to_xml(para: Para, numbers: Iterable[int]) -> str:
    """A paragraph with its pieces."""
    return _paragraph(
        para.pieces, para.across, f'<w:spacing w:before="{int(para.before * 20)}" w:after="{int(para.after * 20)}"/>', numbers
    )


def _paragraph(pieces: Line, across: str, spacing: str, numbers: Iterable[int]) -> str:
    inside = "".join(piece_to_xml(piece, numbers) for piece in pieces)
    return f'<w:p><w:pPr>{spacing}<w:jc w:val="{across}"/></w:pPr>{inside}</w:p>'


def piece_to_xml(piece: Piece, numbers: Iterable[int]) -> str:
    """One piece as runs or a content control; control numbers are unique in the document."""
    if isinstance(piece, Text):
        return _run(piece.text, size=piece.size, bold=piece.bold, font=piece.font)
    number = next(iter(numbers))
    if isinstance(piece, Tick):
        state = '<w14:checkbox><w14:checked w14:val="0"/><w14:checkedState w14:val="2611" w14:font="Segoe UI Symbol"/>'
        state += '<w14:uncheckedState w14:val="2610" w14:font="Segoe UI Symbol"/></w14:checkbox>'
        return _control(piece.tag, piece.word, number, state, _run("☐", font="Segoe UI Symbol")) + _run(piece.word)
    prompt = {"number": NUMBER_PROMPT, "choice": CHOICE_PROMPT}.get(piece.kind, TEXT_PROMPT)
    return _control(
        piece.tag,
        piece.title,
        number,
        f"<w:showingPlcHdr/>{_kind_to_xml(piece)}",
        _run(prompt, style="PlaceholderText" if prompt.strip() else "PlaceholderLine"),
    )


def _kind_to_xml(control: Control) -> str:
    """What sort of control it is. Text is a rich one: LibreOffice 7.4 writes a plain one's text four times when it saves (documents.md trap 21)."""
    if control.kind == "choice":
        items = "".join(f"<w:listItem w:displayText={quoteattr(c)} w:value={quoteattr(c)}/>" for c in control.choices)
        return f"<w:comboBox>{items}</w:comboBox>"
    if control.kind == "date":
        return '<w:date><w:dateFormat w:val="yyyy年M月d日"/><w:lid w:val="zh-CN"/><w:storeMappedDataAs w:val="dateTime"/><w:calendar w:val="gregorian"/></w:date>'
    return "<w:richText/>"


def _control(tag: str, title: str, number: int, kind: str, content: str) -> str:
    written = '<w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体" w:cs="宋体"/><w:sz w:val="21"/></w:rPr>'
    head = f'{written}<w:alias w:val={quoteattr(title)}/><w:tag w:val={quoteattr(tag)}/><w:id w:val="{number}"/><w:lock w:val="sdtLocked"/>'
    return f"<w:sdt><w:sdtPr>{head}{kind}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def _run(text: str, *, size: float = 10.5, bold: bool = False, font: str = "宋体", style: str = "") -> str:
    """A run of text; `\\n` is a line break within the paragraph. A prompt's grey is a style, so that it goes when somebody writes."""
    properties = f'<w:rStyle w:val="{style}"/>' if style else ""
    properties += f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/>'
    properties += "<w:b/>" if bold else ""
    properties += f'<w:sz w:val="{int(size * 2)}"/>'
    lines = [f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")]
    return f"<w:r><w:rPr>{properties}</w:rPr>{'<w:br/>'.join(lines)}</w:r>"


def grid_to_xml(grid: Grid, numbers: Iterable[int]) -> str:
    """A table of fixed column widths; boxes over several rows become vertical merges."""
    twips = [int(width * TWIPS_A_MM) for width in grid.widths]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    head = (
        f'<w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    )
    hanging: dict[int, tuple[int, int]] = {}  # grid column -> (columns, rows still to cover)
    rows = "".join(_row(boxes, height, twips, hanging, numbers) for boxes, height in zip(grid.rows, grid.heights, strict=True))
    return f"<w:tbl>{head}<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"


def _row(boxes: Sequence[Box], height: float, twips: Sequence[int], hanging: dict[int, tuple[int, int]], numbers: Iterable[int]) -> str:
    cells, waiting, column = [], list(boxes), 0
    while column < len(twips):
        if hanging.get(column, (0, 0))[1]:
            span, rows = hanging[column]
            hanging[column] = (span, rows - 1)
            cells.append(_cell(Box(((),), span), sum(twips[column : column + span]), "<w:vMerge/>", numbers))
        else:
            box = waiting.pop(0)
            span = box.columns
            hanging[column] = (span, box.rows - 1)
            merge = '<w:vMerge w:val="restart"/>' if box.rows > 1 else ""
            cells.append(_cell(box, sum(twips[column : column + span]), merge, numbers))
        column += span
    least = f'<w:trPr><w:cantSplit/><w:trHeight w:val="{int(height * TWIPS_A_MM)}" w:hRule="atLeast"/></w:trPr>'
    return f"<w:tr>{least}{''.join(cells)}</w:tr>"


def _cell(box: Box, width: int, merge: str, numbers: Iterable[int]) -> str:
    span = f'<w:gridSpan w:val="{box.columns}"/>' if box.columns > 1 else ""
    lines = "".join(_paragraph(line, box.across, "", numbers) for line in box.lines)
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>{lines}</w:tc>'


XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
CONTENT_TYPES = f"""{XML_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override \
PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override \
PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override \
PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override \
PartName="/docProps/custom.xml" ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>"""
PACKAGE_RELATIONS = f"""{XML_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" \
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" \
Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/><Relationship Id="rId3" \
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties" Target="docProps/custom.xml"/></Relationships>"""
DOCUMENT_RELATIONS = f"""{XML_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" \
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"""
STYLES = f"""{XML_HEAD}<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体"/>\
<w:sz w:val="21"/><w:lang w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="a">\
<w:name w:val="Normal"/></w:style><w:style w:type="character" w:styleId="PlaceholderText"><w:name w:val="Placeholder Text"/><w:rPr>\
<w:color w:val="808080"/></w:rPr></w:style><w:style w:type="character" w:styleId="PlaceholderLine"><w:name w:val="Placeholder Line"/><w:rPr>\
<w:color w:val="808080"/><w:u w:val="single"/></w:rPr></w:style></w:styles>"""
CORE_PROPERTIES = (
    XML_HEAD + '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></cp:coreProperties>'
)
CUSTOM_PROPERTIES = (
    XML_HEAD + '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property '
    'fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name={name}><vt:lpwstr>{value}</vt:lpwstr></property></Properties>'
)
