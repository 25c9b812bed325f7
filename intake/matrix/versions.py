"""Core: the arrivals of one material in order (版本), what changed between them, and which one is in force.

The newest readable on-time version is in force; what came late replaces nothing unless staff choose it (D04), nor does what a sender who
proved nothing brought beside another mailbox's. Which is newest: arrival, then order in the mailbox, then the claimed time; within one
letter what the names say (定稿, 初稿), then what was attached against what was passed on, the editable file, the form's own date. The order
of parts and a digest decide nothing a person can see: where the evidence is silent or disagrees, the version is marked `unsettled`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from config.schema import FormSchema
from intake.decisions import Rulings
from intake.matrix.changes import find_schema, form_changes, row_changes, sure_changes
from intake.matrix.essays import SAME_TEXT, join_parts, same_text
from intake.matrix.placing import Draft
from intake.names import clean_text
from intake.submission import Unsettled, Version
from parsers.form import NARRATIVE, SUMMARY_TABLE, UNRECOGNISED, Form

_PRINTS = (".pdf", ".ofd", ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".heic", ".webp")
_FINAL = re.compile(r"终稿|定稿|终版|最终|最新|更正|更新|修改后|修改版|修订|改后|补正|新版|final|以此为准|正式")
_DRAFT = re.compile(r"初稿|草稿|旧版|旧稿|原版|作废|征求意见|讨论稿|送审稿|未定|样稿|draft|old")
_NUMBERED = re.compile(r"(?:^|[^a-z])v(\d{1,2})(?!\d)|第(\d{1,2})[稿版]|[稿版](\d{1,2})(?!\d)")
_UNREAD = Form(kind=UNRECOGNISED)
_CLOCKS_DIFFER = timedelta(minutes=10)


def number_versions(versions: Iterable[Version], schemas: Sequence[FormSchema] = ()) -> tuple[Version, ...]:
    """Versions oldest first; files of one letter are one version, the strongest last; each with what changed since the one before."""
    kept = list(versions)
    first: dict[str, int] = {}
    for version in kept:
        first[version.letter] = min(version.rank, first.get(version.letter, version.rank))
    ordered = sorted(kept, key=lambda v: (v.received_at, first[v.letter], v.letter, _strength(v)))
    numbered: list[Version] = []
    for version in join_parts(ordered):
        letters = {v.letter for v in (*numbered, version)}
        earlier = next((v.form for v in reversed(numbered) if v.form is not None and v.letter != version.letter), None)
        numbered.append(replace(version, number=len(letters), changes=_changes(earlier, version.form, schemas)))
    return tuple(numbered)


def _changes(earlier: Form | None, later: Form | None, schemas: Sequence[FormSchema]) -> tuple[str, ...]:
    if earlier is None or later is None or later.kind == SUMMARY_TABLE:
        return ()
    return form_changes(earlier, later, find_schema(schemas, later.kind))


def _strength(version: Version) -> tuple[object, ...]:
    """What speaks for one file against another of the same letter, strongest reason first; the digest only keeps the order stable."""
    form = version.form or _UNREAD
    legible = form is not _UNREAD and not version.problem
    places = not version.enclosed, not version.written, not is_picture_or_print(version)
    filled_on = str(form.value("filled_on") or "")
    filled = sum(not v.blank for v in form.fields.values())
    length = int(form.facts.get("characters") or 0)  # of an essay: the whole before an excerpt of it
    return legible, _word_rank(version), *places, filled_on, filled, length, version.attachment


def _word_rank(version: Version) -> tuple[int, int]:
    """How final a file calls itself: 1 定稿, 0 silent, -1 初稿; and its number when it bears one (v2, 第2稿)."""
    name = clean_text(version.file)
    number = _NUMBERED.search(name)
    rank = -1 if _DRAFT.search(name) else int(bool(_FINAL.search(name)))
    return rank, int(next(filter(None, number.groups()))) if number else 0


def is_picture_or_print(version: Version) -> bool:
    """True for a file nobody can edit: the Word or Excel file beside it is the one in force."""
    return version.file.casefold().endswith(_PRINTS)


def version_in_force(versions: Sequence[Version], rulings: Rulings) -> Version | None:
    """The one staff chose, else the newest readable on time, else the newest kept on time, else the newest that came late."""
    for sha in reversed(rulings.chosen):
        if chosen := [v for v in versions if sha in (v.attachment, *v.parts)]:
            return chosen[-1]
    on_time = [v for v in versions if not v.late]
    for group in ([v for v in on_time if v.status == "received"], on_time, [v for v in versions if v.status == "received"], versions):
        if group:
            return _standing(group)
    return None


def _standing(versions: Sequence[Version]) -> Version:
    """The newest, but that a sender who proved nothing replaces only what his own mailbox brought, and a scan no file that can be edited."""
    current, *others = versions
    for version in others:
        if may_follow(version, current) and not is_copy(version, current):
            current = version
    return current


def is_copy(version: Version, current: Version) -> bool:
    """True for a scan beside the file it was printed from (盖章件): what was read off paper never replaces what was typed."""
    return version.recognised and not current.recognised


def may_follow(version: Version, current: Version) -> bool:
    """True when the version may stand in the place of this one: its sender proved who he is, or brought that one himself."""
    return version.proven or version.letter == current.letter or version.sender == current.sender != ""


def with_doubts(
    versions: Sequence[Version], current: Version | None, rulings: Rulings, schemas: Sequence[FormSchema]
) -> tuple[tuple[Version, ...], Version | None]:
    """The versions with what they say otherwise than the one in force (`against`), those marked between which a person must choose."""
    if current is None or current.form is None:
        return tuple(versions), current
    chosen = bool({v.attachment for v in versions} & set(rulings.chosen))
    marked = [v if v is current or v.attachment in current.parts else _against(v, current, current.form, schemas, chosen) for v in versions]
    reasons = [v.unsettled for v in marked if v.unsettled]
    standing = replace(current, unsettled=reasons[0]) if reasons else current
    return tuple(standing if v is current else v for v in marked), standing


def _against(other: Version, current: Version, form: Form, schemas: Sequence[FormSchema], chosen: bool) -> Version:
    if other.form is None:
        return other
    differing = _differences(form, other.form, schemas)
    return replace(other, against=differing, unsettled=_doubt(other, current, form.kind) if differing and not chosen else "")


def _differences(one: Form, other: Form, schemas: Sequence[FormSchema]) -> tuple[str, ...]:
    if one.kind == NARRATIVE:
        lengths = f"字数 约{one.facts.get('characters')}→约{other.facts.get('characters')}"
        return (lengths,) if same_text(one, other) < SAME_TEXT else ()
    return sure_changes(one, other, find_schema(schemas, one.kind, one.value("category")))


def _doubt(other: Version, current: Version, kind: str) -> Unsettled:
    """Why it is not certain that `other` is the older of the two; "" when it is."""
    if other.late != current.late or not other.proven:
        return ""
    words = _word_rank(other), _word_rank(current)
    if is_copy(other, current) and other.letter != current.letter:
        return "later_scan" if other.received_at > current.received_at else ""
    if other.letter == current.letter:
        return "" if kind == NARRATIVE and words[0] != words[1] else "one_letter"
    if words[0][0] > 0 > words[1][0]:
        return "draft_after_final"
    if current.enclosed and not other.enclosed:
        return "passed_on"
    return _clock_doubt(other, current)


def _clock_doubt(other: Version, current: Version) -> Unsettled:
    """Arrival against what the senders' clocks say; a clock that runs ahead of the arrival proves nothing."""
    first, second = other.claimed_at, current.claimed_at
    if other.received_at == current.received_at and not (other.position and current.position):
        return "same_second" if first is None or first == second else ""
    if first is None or second is None or first > other.received_at + _CLOCKS_DIFFER:
        return ""
    return "claimed_date" if first > second + _CLOCKS_DIFFER else ""


def rows_with_changes(versions: Sequence[Version], draft: Draft, schemas: Sequence[FormSchema] = ()) -> tuple[Version, ...]:
    """Versions of a summary row, each with the cells that differ from the letter before."""
    rows = {f.table: f.row for f in draft.facts}
    result: list[Version] = []
    for version in versions:
        before = next((rows.get((v.attachment, v.form_index)) for v in reversed(result) if v.letter != version.letter), None)
        now = rows.get((version.attachment, version.form_index))
        schema = find_schema(schemas, SUMMARY_TABLE, version.form.value("category") if version.form else None)
        columns = schema.rows.columns if schema and schema.rows else ()
        result.append(replace(version, changes=tuple(row_changes(before, now, columns))) if before and now else version)
    return tuple(result)
