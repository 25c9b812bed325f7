"""Core: any file's bytes -> Reading: the document, the forms in it, and the text for those who look for names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import is_

from config.schema import FormSchema
from parsers.document import Document
from parsers.form import NARRATIVE, SUPPORTING, UNRECOGNISED, Form, Reading
from parsers.formats.door import bytes_to_document
from parsers.forms.found import Part
from parsers.forms.grid import Grids
from parsers.forms.labels import compact
from parsers.forms.narrative import blocks_to_narratives
from parsers.forms.recognise import Recogniser

READER_VERSION = "2022.4"
TEXT_LIMIT = 60_000
OUTLINED = 3  # sections that make an essay of text under the title of a form that could not be read


def read(payload: bytes, name: str, schemas: Sequence[FormSchema]) -> Reading:
    """What one file says; never raises for bad bytes (the status tells). `name` is the sender's, and only a hint."""
    return document_to_reading(bytes_to_document(payload, name), hashlib.sha256(payload).hexdigest(), name, schemas)


def document_to_reading(document: Document, sha256: str, name: str, schemas: Sequence[FormSchema]) -> Reading:
    """A document's forms in reading order, the essay after them; a readable file without any is `supporting` or `unrecognised`."""
    forms = document_to_forms(document, name, schemas) if document.status == "read" else ()
    if "hidden_cells_skipped" in document.problems:
        forms = tuple(replace(form, facts={**form.facts, "hidden": True}) for form in forms)
    return Reading(
        sha256=sha256,
        reader=document.reader,
        status=document.status,
        pages=document.pages,
        ocr=document.ocr,
        seals=document.seals,
        seal_words=document.seal_words,
        forms=forms,
        text="\n".join(document.lines())[:TEXT_LIMIT],
        problems=document.problems,
    )


@lru_cache(maxsize=8)
def _equal_recogniser(schemas: tuple[FormSchema, ...]) -> Recogniser:
    return Recogniser(schemas)


_LAST: list[tuple[tuple[FormSchema, ...], Recogniser]] = []


def _recogniser(schemas: tuple[FormSchema, ...]) -> Recogniser:
    """The recogniser of these schemas: the last one where they are the very same objects, for comparing whole schemas takes longer than a table."""
    for known, made in _LAST:
        if len(known) == len(schemas) and all(map(is_, known, schemas)):
            return made
    _LAST[:] = [(schemas, _equal_recogniser(schemas))]
    return _LAST[0][1]


def document_to_forms(document: Document, name: str, schemas: Sequence[FormSchema]) -> tuple[Form, ...]:
    """Every form of a readable document."""
    recogniser = _recogniser(tuple(schemas))
    grids = Grids()
    parts = recogniser.recognise(document, name, grids)
    forms = [recogniser.readers[s.key].read(part, category, grids) for s, part, category in parts.forms]
    forms += [_member_list(recogniser, schema, part) for schema, part in parts.lists]
    essays = [e for s in schemas if s.kind == NARRATIVE for e in blocks_to_narratives(parts.rest, s, name)]
    essays = [] if essays and recogniser.is_unread_form(parts.rest) else essays
    forms += [e for e in essays if len(e.facts.get("sections", ())) >= OUTLINED or not recogniser.is_titled(parts.rest)]
    if forms or not any(line.strip() for line in document.lines()):
        return tuple(forms)
    return (Form(kind=SUPPORTING if _is_supporting(document, name, schemas) else UNRECOGNISED),)


def _member_list(recogniser: Recogniser, schema: FormSchema, part: Part) -> Form:
    """A stand-alone list of members (附表), with the studio and the leader that its lines name."""
    form = recogniser.readers[schema.key].read(part)
    facts = {"member_list": True, "studio": form.value("studio") or "", "leader": form.value("leader.name") or ""}
    return Form(kind=SUPPORTING, rows=form.rows, doubtful=form.doubtful, where=form.where, facts=facts)


def _is_supporting(document: Document, name: str, schemas: Iterable[FormSchema]) -> bool:
    head = compact(name) + compact("".join(line for _, line in zip(range(12), document.lines(), strict=False)))
    return any(word in head for s in schemas if s.kind == SUPPORTING for word in s.titles)
