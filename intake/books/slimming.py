"""Core: an assessment without what the books hold elsewhere - letters by their SHA-256, forms by the reading they stand in - and whole again.

One assessment used to repeat every letter and each form of it: 170 KB where 10 do. What is not exactly what the books hold (a letter laid
in by hand, a form that annexes were joined to) stays in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from intake.codec import json_to_value, value_to_json
from intake.submission import Assessment, Received, Submission, Version
from parsers.form import Form, Reading

ELSEWHERE = Form(kind="")
"""Stands for a form that is found in the reading of its file."""


@dataclass(frozen=True, slots=True)
class Reference:
    """引用: a letter of the books; `files` are the places of the attachments it keeps when it is only a share of a mixed letter."""

    sha256: str
    files: tuple[int, ...] | None = None


def slim(assessment: Assessment, whole: Mapping[str, Received]) -> tuple[Assessment, str]:
    """The assessment without letters and forms that stand in the books, and the references as JSON; untouched and "" where one does not."""
    submission = assessment.submission
    references = [_to_reference(letter, whole.get(letter.sha256)) for letter in submission.letters]
    if None in references or not references:
        return assessment, ""
    readings = _readings(submission.letters)
    bare = replace(_with_forms(submission, lambda version: _without(version, readings)), letters=())
    return replace(assessment, submission=bare), value_to_json(tuple(r for r in references if r), tuple[Reference, ...])


def text_to_references(text: str) -> tuple[Reference, ...]:
    """The references as they were written."""
    return json_to_value(text, tuple[Reference, ...]) if text else ()


def restore(assessment: Assessment, references: Sequence[Reference], letters: Mapping[str, Received]) -> Assessment:
    """The assessment whole again; a letter or form that the books no longer hold is left out."""
    if not references:
        return assessment
    held = tuple(_share(letters[r.sha256], r.files) for r in references if r.sha256 in letters)
    readings = _readings(held)
    return replace(assessment, submission=replace(_with_forms(assessment.submission, lambda v: _with(v, readings)), letters=held))


def _to_reference(letter: Received, whole: Received | None) -> Reference | None:
    if whole is None:
        return None
    if letter is whole or letter == whole:
        return Reference(letter.sha256)
    kept = {a.sha256 for a in letter.message.attachments}
    files = tuple(place for place, a in enumerate(whole.message.attachments) if a.sha256 in kept)
    return Reference(letter.sha256, files) if _share(whole, files) == letter else None


def _share(letter: Received, files: tuple[int, ...] | None) -> Received:
    if files is None:
        return letter
    mine = tuple(a for place, a in enumerate(letter.message.attachments) if place in files)
    return replace(letter, message=replace(letter.message, attachments=mine, cloud_files=()))


def _readings(letters: Iterable[Received]) -> Mapping[str, Reading]:
    return {sha: reading for letter in letters for sha, reading in letter.readings.items()}


def _without(version: Version, readings: Mapping[str, Reading]) -> Version:
    found = _stands_in(version, readings)
    return replace(version, form=ELSEWHERE) if found is not None and version.form is found else version


def _with(version: Version, readings: Mapping[str, Reading]) -> Version:
    if version.form is None or version.form.kind:
        return version
    return replace(version, form=_stands_in(version, readings))


def _stands_in(version: Version, readings: Mapping[str, Reading]) -> Form | None:
    reading = readings.get(version.attachment)
    return reading.forms[version.form_index] if reading and version.form_index < len(reading.forms) else None


def _with_forms(submission: Submission, change: Callable[[Version], Version]) -> Submission:
    """The submission with every version changed in the same way."""
    studios = tuple(
        replace(
            studio,
            materials={
                which: replace(state, versions=tuple(map(change, state.versions)), current=change(state.current) if state.current else None)
                for which, state in studio.materials.items()
            },
        )
        for studio in submission.studios
    )
    return replace(
        submission,
        studios=studios,
        summaries={key: change(version) for key, version in submission.summaries.items()},
        summary_versions=tuple(map(change, submission.summary_versions)),
        unplaced=tuple(map(change, submission.unplaced)),
        unread=tuple(map(change, submission.unread)),
        blank_templates=tuple(map(change, submission.blank_templates)),
    )
