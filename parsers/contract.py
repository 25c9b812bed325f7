"""Core: a Reading as JSON - `reading_to_json` and back for the ledger (nothing lost), `reading_to_contract` for other programs (CONTRACT.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parsers.form import BASIC_INFO, BLANK_TEMPLATE, NARRATIVE, SUMMARY_TABLE, SUPPORTING, Form, Reading, Value, Where


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """Everything a Reading knows, as JSON values."""
    return {
        "sha256": reading.sha256,
        "reader": reading.reader,
        "status": reading.status,
        "pages": reading.pages,
        "ocr": reading.ocr,
        "seals": reading.seals,
        "text": reading.text,
        "problems": list(reading.problems),
        "forms": [form_to_json(f) for f in reading.forms],
    }


def json_to_reading(json: Mapping[str, Any]) -> Reading:
    """The Reading that `reading_to_json` wrote."""
    return Reading(
        sha256=json["sha256"],
        reader=json["reader"],
        status=json["status"],
        pages=json["pages"],
        ocr=json["ocr"],
        seals=json["seals"],
        text=json["text"],
        problems=tuple(json["problems"]),
        forms=tuple(json_to_form(f) for f in json["forms"]),
    )


def form_to_json(form: Form) -> dict[str, Any]:
    """A Form as JSON values."""
    return {
        "kind": form.kind,
        "fields": {k: _value_to_json(v) for k, v in form.fields.items()},
        "rows": [{k: _value_to_json(v) for k, v in row.items()} for row in form.rows],
        "confidence": form.confidence,
        "doubtful": list(form.doubtful),
        "absent": list(form.absent),
        "where": _where_to_json(form.where),
        "facts": _plain(form.facts),
    }


def json_to_form(json: Mapping[str, Any]) -> Form:
    """The Form that `form_to_json` wrote."""
    return Form(
        kind=json["kind"],
        fields={k: _json_to_value(v) for k, v in json["fields"].items()},
        rows=tuple({k: _json_to_value(v) for k, v in row.items()} for row in json["rows"]),
        confidence=json["confidence"],
        doubtful=tuple(json["doubtful"]),
        absent=tuple(json["absent"]),
        where=_json_to_where(json["where"]),
        facts=_frozen(json["facts"]),
    )


def _value_to_json(value: Value) -> list[Any]:
    return [value.raw, _plain(value.value), _where_to_json(value.where), value.confidence]


def _json_to_value(json: list[Any]) -> Value:
    return Value(json[0], json[1], _json_to_where(json[2]), json[3])


def _where_to_json(where: Where) -> list[Any]:
    return [where.file, where.table, where.row, where.cell, where.place, where.field]


def _json_to_where(json: list[Any]) -> Where:
    return Where(*json)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in value]
    return value


def _frozen(value: Any) -> Any:
    """Facts hold tuples, never lists."""
    if isinstance(value, Mapping):
        return {k: _frozen(v) for k, v in value.items()}
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value


# ---- the contract


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
        rows: _typed_rows(form),
        "raw": raw | {rows: [{k: v.raw for k, v in row.items()} for row in form.rows]},
        "confidence": form.confidence,
        "doubtful": list(form.doubtful),
    }


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
