"""Core: the door of the readers - any bytes -> Document, by content and never by extension; what cannot be read says so in its status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from parsers.document import Document, Status
from parsers.formats.bounds import RefusedError
from parsers.formats.doc import doc_to_document
from parsers.formats.docx import docx_to_document
from parsers.formats.html import html_to_document, mht_to_document
from parsers.formats.odf import flat_odf_to_document, odf_to_document
from parsers.formats.ofd import ofd_to_document
from parsers.formats.pdf import pdf_to_document
from parsers.formats.sheetxml import sheetxml_to_document
from parsers.formats.sniff import Kind, sniffed
from parsers.formats.text import csv_to_document, text_to_document
from parsers.formats.wordxml import flatopc_to_document, wordxml_to_document
from parsers.formats.xls import xls_to_document, xlsb_to_document
from parsers.formats.xlsx import xlsx_to_document

# Readers that go on with the container which was opened to see what the file is (see `sniff.sniffed`).
_OPENED: Mapping[Kind, Callable[[bytes, Any], Document]] = {
    "doc": doc_to_document,
    "docx": docx_to_document,
    "xls": xls_to_document,
    "xlsx": xlsx_to_document,
}
_READERS: Mapping[Kind, Callable[[bytes], Document]] = {
    "flatopc": flatopc_to_document,
    "html": html_to_document,
    "mht": mht_to_document,
    "odfxml": flat_odf_to_document,
    "ods": odf_to_document,
    "odt": odf_to_document,
    "ofd": ofd_to_document,
    "pdf": pdf_to_document,
    "sheetxml": sheetxml_to_document,
    "text": text_to_document,
    "wordxml": wordxml_to_document,
    "xlsb": xlsb_to_document,
}
_NOT_READ: Mapping[Kind, tuple[Status, str]] = {
    "empty": ("empty", ""),
    "encrypted": ("encrypted", ""),
    "damaged": ("unreadable", "damaged"),
    "image": ("image", ""),
    "rtf": ("unsupported", "needs_conversion"),
    "pptx": ("unsupported", "needs_conversion"),
    "ole": ("unsupported", "unknown_format"),
    "zip": ("unsupported", "archive"),
    "archive": ("unsupported", "archive"),
    "unknown": ("unsupported", "unknown_format"),
}


def bytes_to_document(payload: bytes, name: str = "") -> Document:
    """What a file shows; never raises for bad bytes.

    `name` is the sender's and decides nothing but how plain text is cut into columns (.csv). The status words are those of
    `parsers.document`; `problems` say more: damaged, too_large, too_deep, hostile, needs_conversion, archive, unknown_format.
    """
    kind, opened = sniffed(payload)
    going_on, reader = _OPENED.get(kind), _READERS.get(kind)
    if kind == "text" and name.lower().endswith((".csv", ".tsv")):
        reader = csv_to_document
    if going_on is None and reader is None:
        status, problem = _NOT_READ.get(kind, ("unsupported", "unknown_format"))
        return Document(reader=kind, status=status, problems=(problem,) if problem else ())
    try:
        return going_on(payload, opened) if going_on else reader(payload)  # type: ignore[misc]
    except RefusedError as refusal:
        return Document(reader=kind, status=refusal.status, problems=(refusal.problem,) if refusal.problem else ())
    except (MemoryError, RecursionError):
        return Document(reader=kind, status="unreadable", problems=("too_large",))
    except Exception:  # untrusted bytes: whatever a reader stumbles over, a person gets the file
        return Document(reader=kind, status="unreadable", problems=("damaged",))
