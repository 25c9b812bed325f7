"""Small documents written by hand, part by part, so that each test shows exactly the trap it is about; contents are invented."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from parsers.document import Document, Paragraph

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_WORD = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT_SHEET = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def relations(*listed: tuple[str, str, str]) -> str:
    """A relations part of (id, kind, target)."""
    inner = "".join(f'<Relationship Id="{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for i, kind, target in listed)
    return f'<Relationships xmlns="{_RELATIONS}">{inner}</Relationships>'


def _types(**parts: str) -> str:
    """[Content_Types].xml: part name (dots and slashes as written) -> kind after the vendor's prefix."""
    listed = "".join(
        f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/>'
        for name, kind in parts.items()
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{listed}</Types>'
    )


def docx(
    body: str, parts: Mapping[str, str | bytes] | None = None, links: Sequence[tuple[str, str, str]] = (), namespace: str = WORD
) -> bytes:
    """A Word document with this body; `links` are the body's relations."""
    spaces = (
        f'xmlns:w="{namespace}" xmlns:r="{_OFFICE}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    return package(
        {
            "[Content_Types].xml": _types(**{"word/document.xml": "wordprocessingml.document.main"}),
            "_rels/.rels": relations(("rId1", "officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": relations(*links),
            "word/document.xml": f"<w:document {spaces}><w:body>{body}</w:body></w:document>",
            **(parts or {}),
        }
    )


def p(*runs: str) -> str:
    """A paragraph; a run that is no XML becomes one."""
    return "<w:p>" + "".join(run if run.startswith("<") else r(run) for run in runs) + "</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tc(content: str, span: int = 1, merge: str = "") -> str:
    """A cell; `merge` is "restart" or "continue"."""
    properties = (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "") + (f'<w:vMerge w:val="{merge}"/>' if merge else "")
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content if content.startswith('<') else p(content)}</w:tc>"


def tbl(*rows: Sequence[str]) -> str:
    """A table of rows of cells."""
    return "<w:tbl>" + "".join("<w:tr>" + "".join(row) + "</w:tr>" for row in rows) + "</w:tbl>"


def field(instruction: str, result: str = "", data: str = "") -> str:
    """A complex field."""
    shown = f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(result)}' if result else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r>'
        f'{shown}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def xlsx(
    sheets: Mapping[str, str],
    *,
    hidden: Sequence[str] = (),
    styles: str = "",
    parts: Mapping[str, str | bytes] | None = None,
    strict: bool = False,
) -> bytes:
    """A workbook of sheet name -> what its worksheet element holds."""
    space = _STRICT_SHEET if strict else _SHEET
    office = "http://purl.oclc.org/ooxml/officeDocument/relationships" if strict else _OFFICE
    listed = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"{" state=" + chr(34) + "hidden" + chr(34) if name in hidden else ""}/>'
        for i, name in enumerate(sheets, 1)
    )
    links = [(f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)]
    fix = (lambda text: text.replace(_OFFICE, office)) if strict else (lambda text: text)
    return package(
        {
            "[Content_Types].xml": _types(
                **{"xl/workbook.xml": "spreadsheetml.sheet.main", "xl/styles.xml": "spreadsheetml.styles"},
                **{f"xl/worksheets/sheet{i}.xml": "spreadsheetml.worksheet" for i in range(1, len(sheets) + 1)},
            ),
            "_rels/.rels": fix(relations(("rId1", "officeDocument", "xl/workbook.xml"))),
            "xl/_rels/workbook.xml.rels": fix(relations(*links, ("rIdS", "styles", "styles.xml"))),
            "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>',
            "xl/styles.xml": f'<styleSheet xmlns="{space}">{styles}</styleSheet>',
            **{
                f"xl/worksheets/sheet{i}.xml": f'<worksheet xmlns="{space}" xmlns:r="{office}">{content}</worksheet>'
                for i, content in enumerate(sheets.values(), 1)
            },
            **(parts or {}),
        }
    )


def rows(*lines: Sequence[object]) -> str:
    """sheetData of plain values: text inline, numbers as numbers, None as nothing."""
    out = []
    for number, line in enumerate(lines, 1):
        cells = []
        for col, value in enumerate(line):
            address = f"{chr(65 + col)}{number}"
            if isinstance(value, (int, float)):
                cells.append(f'<c r="{address}"><v>{value}</v></c>')
            elif value is not None:
                cells.append(f'<c r="{address}" t="inlineStr"><is><t>{value}</t></is></c>')
        out.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f"<sheetData>{''.join(out)}</sheetData>"


_ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0"'
)


def odf(kind: str, body: str, styles: str = "", manifest: str = "") -> bytes:
    """An OpenDocument file; `kind` is "text" or "spreadsheet"."""
    return package(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
            "content.xml": f"<office:document-content {_ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        }
    )


def pdf(*pages: str, images: bool = False, password: bool = False) -> bytes:
    """A PDF of content streams; F1 shows UTF-16 code units as they are, F2 is Wingdings; the page is 600 x 800 points."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def /CMapName /X def "
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
    )
    objects: list[bytes] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type0/BaseFont/Sim/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 6 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Sim/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000"
        b"/FontDescriptor 5 0 R>>",
        b"<</Type/FontDescriptor/FontName/Sim/Flags 4/FontBBox[0 -120 1000 880]/Ascent 880/Descent -120/CapHeight 700/ItalicAngle 0/StemV 80>>",
        _stream(cmap),
        b"<</Type/Font/Subtype/TrueType/BaseFont/Wingdings/FirstChar 0/LastChar 255/Widths[" + b"900 " * 256 + b"]/FontDescriptor 8 0 R>>",
        b"<</Type/FontDescriptor/FontName/Wingdings/Flags 4/FontBBox[0 -200 1000 900]/Ascent 900/Descent -200/CapHeight 700/ItalicAngle 0/StemV 80>>",
        _stream(b"\xff", b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"),
    ]
    kids = []
    for content in pages:
        objects.append(_stream(content.encode("latin-1")))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F1 3 0 R/F2 7 0 R>>/XObject<</I 9 0 R>>>>>>"
            % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    out, places = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    locked = b"/Encrypt<</Filter/Standard/V 1/R 2/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">/P -4>>/ID[<41><41>]" if password else b""
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, locked, start)
    return bytes(out)


def _stream(content: bytes, head: bytes = b"") -> bytes:
    packed = zlib.compress(content)
    return b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (head, len(packed), packed)


def show(text: str, x: float, y: float, size: float = 10, font: str = "F1") -> str:
    """Draws text with its baseline at (x, y); Wingdings letters are one byte each."""
    raw = text.encode("latin-1") if font == "F2" else text.encode("utf-16-be")
    return f"BT /{font} {size} Tf {x} {y} Td <{raw.hex()}> Tj ET "


def lines(*segments: tuple[float, float, float, float]) -> str:
    """Draws straight lines."""
    return "".join(f"{a} {b} m {c} {d} l S " for a, b, c, d in segments)


def grid(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Draws a full grid."""
    return lines(*((x, ys[0], x, ys[-1]) for x in xs), *((xs[0], y, xs[-1], y) for y in ys))


def texts(document: Document, table: int = 0) -> list[tuple[int, int, int, int, str]]:
    """(row, col, rowspan, colspan, text) of one table's cells."""
    return [(c.row, c.col, c.rowspan, c.colspan, c.text) for c in document.tables[table].cells]


def lines_of(document: Document) -> list[str]:
    """The paragraphs' texts."""
    return [b.text for b in document.blocks if isinstance(b, Paragraph)]
