"""Core: one form photographed page by page (多张照片) - which pictures of a letter are its pages, and what they say when read as one file.

The first page is recognised by its title; those after it bear none, so alone they say nothing. They are read once more together, in the
order of their names, and believed together only when the form then says more than its first page did.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from intake.message import Attachment
from parsers.form import BASIC_INFO, NARRATIVE, SUMMARY_TABLE, SUPPORTING, Form, Reading, Value

MOST = 12
_NO_PAGE = "no_page_seen"


@dataclass(frozen=True, slots=True)
class Photo:
    """照片: a picture file of a letter and what was read on it alone."""

    path: tuple[str, ...]
    reading: Reading


def find_series(leaves: Sequence[Attachment], readings: Mapping[str, Reading]) -> list[tuple[Photo, ...]]:
    """The pictures of a letter that begin a form and those after each, folder by folder, in the order of their names."""
    seen = {leaf.sha256: leaf.path or (leaf.name,) for leaf in leaves}
    photos = [Photo(path, readings[sha]) for sha, path in seen.items() if sha in readings and _is_picture(readings[sha])]
    series: list[list[Photo]] = []
    for photo in sorted(photos, key=lambda p: (p.path[:-1], _numbered(p.path[-1]))):
        if _begins(photo.reading):
            series.append([photo])
        elif series and series[-1][0].path[:-1] == photo.path[:-1] and _may_go_on(photo.reading):
            series[-1].append(photo)
    return [tuple(pages) for pages in series if 1 < len(pages) <= MOST]


def _is_picture(reading: Reading) -> bool:
    return reading.ocr and (reading.pages or 1) == 1 and _NO_PAGE not in reading.problems


def _numbered(name: str) -> tuple[tuple[int, str], ...]:
    """A name by which 9.jpg stands before 10.jpg."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name))


def _begins(reading: Reading) -> bool:
    return any(f.kind in (BASIC_INFO, SUMMARY_TABLE, NARRATIVE) for f in reading.forms)


def _may_go_on(reading: Reading) -> bool:
    """True for a page on which nothing was recognised but words or a list of members."""
    return bool(reading.text.strip()) and all(f.kind == SUPPORTING and f.facts.get("member_list") for f in reading.forms)


def pictures_to_file(payloads: Sequence[bytes]) -> bytes:
    """The pictures as one file, in this order: what the reader of scans takes for the pages of one scan."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for number, payload in enumerate(payloads, 1):
            package.writestr(zipfile.ZipInfo(f"{number:03d}"), payload)
    return out.getvalue()


def series_to_readings(series: Sequence[Photo], together: Reading) -> Iterator[Reading]:
    """The first page with all that its pages say together, and each other page as what it is, a part of that; nothing where no page adds anything."""
    first = series[0].reading
    if together.status != "read" or not _says_more(first.forms, together.forms):
        return
    forms = tuple(_placed(form, series) for form in together.forms)
    yield replace(together, sha256=first.sha256, pages=1, seals=first.seals, seal_words=first.seal_words, forms=forms)
    for photo in series[1:]:
        part = Form(kind=SUPPORTING, facts={"page_of": first.sha256})
        yield replace(photo.reading, status="read", forms=(part,), problems=())


def _placed(form: Form, series: Sequence[Photo]) -> Form:
    """The form, the values that stand on another picture than the first with that picture's name for their place."""
    fields, *rows = ({name: _on_its_picture(value, series) for name, value in values.items()} for values in (form.fields, *form.rows))
    return replace(form, fields=fields, rows=tuple(rows))


def _on_its_picture(value: Value, series: Sequence[Photo]) -> Value:
    area = value.where.area
    if area is None or not 1 < area.page <= len(series):
        return value
    return replace(value, where=replace(value.where, area=None, place=f"《{series[area.page - 1].path[-1]}》"))


def _says_more(alone: Sequence[Form], together: Sequence[Form]) -> bool:
    kinds = [f.kind for f in alone]
    return kinds == [f.kind for f in together] and sum(map(_said, together)) > sum(map(_said, alone))


def _said(form: Form) -> int:
    """How much a form says: its values, or the length of an essay."""
    if form.kind == NARRATIVE:
        return int(form.facts.get("characters") or 0)
    return sum(not v.blank for values in (form.fields, *form.rows) for v in values.values())
