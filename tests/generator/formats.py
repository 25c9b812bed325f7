"""The same blocks as odt and as the HTML that passes for .doc: writers beside those of `documents`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from xml.sax.saxutils import escape

from tests.generator.documents import Block, Box, Sheet, blocks_to_docx, blocks_to_xlsx

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_NAMESPACES = f'xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0" xmlns:table="{_ODF}:table:1.0"'
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def blocks_to_html(blocks: Iterable[Block], charset: str = "gb18030") -> bytes:
    """Blocks as a web page in a Chinese charset."""
    body = "".join(_html(b) for b in blocks)
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><body>{body}</body></html>'
    return page.encode(charset)


def _html(block: Block) -> str:
    if isinstance(block, str):
        return f"<p>{_html_text(block)}</p>"
    rows = ("".join(_html_cell(b) for b in sorted((b for b in block.boxes if b.row == r), key=lambda b: b.col)) for r in range(block.rows))
    return "<table border=1>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _html_cell(box: Box) -> str:
    paragraphs = box.text.split("\f")
    text = _html_text(paragraphs[0]) if len(paragraphs) == 1 else "".join(f"<p>{_html_text(p)}</p>" for p in paragraphs)
    return f'<td rowspan="{box.rowspan}" colspan="{box.colspan}">{text}{"".join(_html(b) for b in box.inner)}</td>'


def _html_text(text: str) -> str:
    return escape(text).replace("\n", "<br>").replace("  ", "&nbsp; ")


def blocks_to_odt(blocks: Iterable[Block]) -> bytes:
    """Blocks as an OpenDocument text."""
    body = "".join(_odt(b) for b in blocks)
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES}><office:body><office:text>{body}</office:text></office:body></office:document-content>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", content)
    return packed.getvalue()


def _odt(block: Block) -> str:
    if isinstance(block, str):
        return f"<text:p>{_odt_text(block)}</text:p>"
    owner = {(b.row + i, b.col + j): b for b in block.boxes for i in range(b.rowspan) for j in range(b.colspan)}
    rows = []
    for r in range(block.rows):
        cells = [_odt_cell(owner.get((r, c)), r, c) for c in range(block.cols)]
        rows.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    return f'<table:table><table:table-column table:number-columns-repeated="{block.cols}"/>{"".join(rows)}</table:table>'


def _odt_cell(box: Box | None, row: int, col: int) -> str:
    if box is None:
        return "<table:table-cell/>"
    if (box.row, box.col) != (row, col):
        return "<table:covered-table-cell/>"
    content = "".join(f"<text:p>{_odt_text(p)}</text:p>" for p in box.text.split("\f")) + "".join(_odt(b) for b in box.inner)
    return f'<table:table-cell table:number-rows-spanned="{box.rowspan}" table:number-columns-spanned="{box.colspan}">{content}</table:table-cell>'


def _odt_text(text: str) -> str:
    return escape(text).replace("\n", "<text:line-break/>").replace("\t", "<text:tab/>").replace("  ", " <text:s/>")


WRITERS = {"docx": blocks_to_docx, "xlsx": blocks_to_xlsx, "html": blocks_to_html, "odt": blocks_to_odt}

__all__ = ["WRITERS", "Sheet", "blocks_to_html", "blocks_to_odt"]
