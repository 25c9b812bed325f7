"""Core: the door of the scan room - bytes of a file that shows pictures of pages -> Reading, for the scan engine's child process.

A form counts only when it is legible: most of its printed words were found. What is on a fax, or on a photo too poor for that, goes to a person
with its text, and nobody is told anything about its contents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from config.schema import FormSchema
from parsers.form import BASIC_INFO, BLANK_TEMPLATE, NARRATIVE, SUMMARY_TABLE, SUPPORTING, Form, Reading
from parsers.formats.bounds import RefusedError
from parsers.formats.ink import Ink
from parsers.read import document_to_reading
from parsers.scan.opened.files import MOST_PAGES, payload_to_pages
from parsers.scan.plausible import doubted
from parsers.scan.scan import FAX, pages_to_document
from parsers.scan.text.engine import TextReader

ILLEGIBLE, NO_PAGE = "illegible", "no_page_seen"
_RECOGNISED = (BASIC_INFO, SUMMARY_TABLE, NARRATIVE, BLANK_TEMPLATE, SUPPORTING)
_LEGIBLE = 0.7
PARTLY = 0.5


def payload_to_reading(
    payload: bytes, name: str, schemas: Sequence[FormSchema], load_reader: Callable[[], TextReader], most: int = MOST_PAGES
) -> Reading:
    """What a scan says; status `read` when a form, an essay or a supporting paper was recognised on it, else `image` with its text.

    The engine is loaded only for a file that shows a page: a logo or a small photograph costs nothing.
    """
    sha256 = hashlib.sha256(payload).hexdigest()
    try:
        pages = payload_to_pages(payload, most)
    except RefusedError as refusal:
        return Reading(sha256=sha256, reader="scan", status=refusal.status, ocr=True, problems=(refusal.problem,))
    if all(isinstance(page, Ink) for page in pages):
        return Reading(sha256=sha256, reader="scan", status="image", problems=(NO_PAGE,))
    document = pages_to_document(pages, schemas, load_reader())
    return settled(document_to_reading(document, sha256, name, schemas), schemas)


def settled(reading: Reading, schemas: Sequence[FormSchema]) -> Reading:
    """The reading with doubts where values are not plausible; without its forms where the page was too poor to be believed."""
    if FAX in reading.problems or any(not is_legible(form, schemas) for form in reading.forms):
        return replace(reading, status="image", forms=(), problems=(*reading.problems, ILLEGIBLE))
    forms = tuple(partly_seen(doubted(form, schema_of(form, schemas)), schemas) for form in reading.forms)
    recognised = any(form.kind in _RECOGNISED for form in forms)
    return replace(reading, forms=forms if recognised else (), status="read" if recognised else "image")


def partly_seen(form: Form, schemas: Sequence[FormSchema]) -> Form:
    """The form with little confidence as a whole when a part of it is not on the picture (one page of two, a torn edge): what is not seen
    is not missing, so nothing about it may be told to anybody but staff."""
    schema = schema_of(form, schemas)
    if form.kind != BASIC_INFO or schema is None:
        return form
    if form.rows and not any(f.name in form.absent for f in schema.fields if f.constraints.required):
        return form
    return replace(form, confidence=min(form.confidence, PARTLY))


def schema_of(form: Form, schemas: Sequence[FormSchema]) -> FormSchema | None:
    """The schema of a form's kind."""
    return next((s for s in schemas if s.kind == form.kind), None)


def is_legible(form: Form, schemas: Sequence[FormSchema]) -> bool:
    """True when most of the words that the form prints were found."""
    schema = schema_of(form, schemas)
    if form.kind not in (BASIC_INFO, SUMMARY_TABLE) or schema is None:
        return True
    printed = [f.name for f in (*schema.fields, *(schema.rows.columns if schema.rows else ())) if f.constraints.required]
    lacking = [name for name in form.absent if name in printed]
    return len(lacking) <= (1 - _LEGIBLE) * len(printed)
