"""Core: a Reading as the JSON that other programs may rely on (`intake read --json`)."""

from __future__ import annotations

from typing import Any

from parsers.form import BASIC_INFO, BLANK_TEMPLATE, NARRATIVE, SUMMARY_TABLE, SUPPORTING, Form, Reading


def reading_to_contract(reading: Reading, file: str) -> dict[str, Any]:
    """`intake read --json`: one object a file."""
    return {
        "file": file,
        "sha256": reading.sha256,
        "reader": reading.reader,
        "status": reading.status,
        "pages": reading.pages,
        "ocr": reading.ocr,
        "seals": reading.seals,
        "seal_words": list(reading.seal_words),
        "forms": [form_to_contract(f) for f in reading.forms],
        "problems": list(reading.problems),
    }


def form_to_contract(form: Form) -> dict[str, Any]:
    """A form as the contract prints it: typed values, texts as written, what a person should check."""
    if form.kind == NARRATIVE:
        return _narrative_to_contract(form)
    if form.kind == BLANK_TEMPLATE:
        return {"kind": form.kind, "of": form.facts.get("of", BASIC_INFO)}
    if form.kind not in (BASIC_INFO, SUMMARY_TABLE):
        return {"kind": form.kind} | ({"members": _typed_rows(form)} if form.kind == SUPPORTING and form.rows else {})
    rows = "members" if form.kind == BASIC_INFO else "rows"
    raw: dict[str, Any] = {k: v.raw for k, v in form.fields.items()}
    return {
        "kind": form.kind,
        "fields": {k: v.value for k, v in form.fields.items()},
        rows: [_income(form, None) | row for row in _typed_rows(form)],
        "raw": raw | {rows: [_income(form, "") | {k: v.raw for k, v in row.items()} for row in form.rows]},
        "confidence": form.confidence,
        "doubtful": list(form.doubtful),
        "unread": list(form.unread),
    }


def _income(form: Form, nothing: str | None) -> dict[str, Any]:
    """The three incomes of a summary row, as nothing: a table prints the two years or their total, and the contract names all of them."""
    if form.kind != SUMMARY_TABLE:
        return {}
    return dict.fromkeys([*(f"income_{year}" for year in form.facts.get("years", ())), "income_total"], nothing)


def _typed_rows(form: Form) -> list[dict[str, Any]]:
    return [{k: v.value for k, v in row.items()} for row in form.rows]


def _narrative_to_contract(form: Form) -> dict[str, Any]:
    return {
        "kind": form.kind,
        "studio": form.value("studio"),
        "leader": form.value("leader"),
        "characters": form.facts.get("characters", 0),
        "sections": list(form.facts.get("sections", ())),
        "confidence": form.confidence,
    }
