"""Core: the arrivals of one material in order (版本), what changed between them, and which one is in force.

The newest readable on-time version is in force; what came late replaces nothing unless staff choose it (D04).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from intake.decisions import Rulings
from intake.matrix.changes import form_changes, row_changes
from intake.matrix.placing import Draft
from intake.submission import Version
from parsers.form import SUMMARY_TABLE

_PRINTS = (".pdf", ".ofd", ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".heic", ".webp")


def number_versions(versions: Iterable[Version]) -> tuple[Version, ...]:
    """Versions oldest first; files of one letter are one version, the editable one last; each with what changed since the one before."""
    ordered = sorted(versions, key=lambda v: (v.received_at, v.letter, v.problem != "", 0 if is_picture_or_print(v) else 1))
    numbered: list[Version] = []
    for version in ordered:
        before = [v for v in numbered if v.letter != version.letter]
        same = [v for v in numbered if v.letter == version.letter]
        number = same[0].number if same else (before[-1].number + 1 if before else 1)
        earlier = next((v.form for v in reversed(before) if v.form is not None), None)
        changes = (
            form_changes(earlier, version.form)
            if earlier is not None and version.form is not None and version.form.kind != SUMMARY_TABLE
            else ()
        )
        numbered.append(replace(version, number=number, changes=changes))
    return tuple(numbered)


def is_picture_or_print(version: Version) -> bool:
    """True for a file nobody can edit: the Word or Excel file beside it is the one in force."""
    return version.file.casefold().endswith(_PRINTS)


def version_in_force(versions: Sequence[Version], rulings: Rulings) -> Version | None:
    """The one staff chose, else the newest readable on time, else the newest kept on time, else the newest that came late."""
    for sha in reversed(rulings.chosen):
        if chosen := [v for v in versions if v.attachment == sha]:
            return chosen[-1]
    on_time = [v for v in versions if not v.late]
    for group in ([v for v in on_time if v.status == "received"], on_time, [v for v in versions if v.status == "received"], versions):
        if group:
            return group[-1]
    return None


def rows_with_changes(versions: Sequence[Version], draft: Draft) -> tuple[Version, ...]:
    """Versions of a summary row, each with the cells that differ from the letter before."""
    rows = {(f.leaf.attachment.sha256, f.form_index): f.row for f in draft.facts if f.row is not None}
    result: list[Version] = []
    for version in versions:
        before = next((rows.get((v.attachment, v.form_index)) for v in reversed(result) if v.letter != version.letter), None)
        now = rows.get((version.attachment, version.form_index))
        result.append(replace(version, changes=tuple(row_changes(before, now))) if before and now else version)
    return tuple(result)
