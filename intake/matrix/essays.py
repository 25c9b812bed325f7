"""Core: an 申报材料 that came in pieces (分件): several different files of one narrative are one, their lengths add up; a copy adds nothing.

Pieces stand in one letter, or call themselves pieces over several (上、下; 第一部分). The same text again, and an excerpt of a text that is
there whole, are copies: told by the fingerprints of the texts, never by their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from intake.names import clean_text
from intake.submission import Version
from parsers.form import NARRATIVE, Form
from parsers.forms.narrative import similarity

SAME_TEXT = 0.85
"""Two readings of one text (Word and its print) are at least so alike; an edited version is less, another piece hardly at all."""

OTHER_TEXT = 0.3
_CONTAINED = 0.7
_PART = re.compile(
    r"[上中下][篇部半卷集]?(?=$|[))】\]_\-—. ])|第?[一二三四五六七八九\d]+[部章篇节分之]+分?|之[一二三四五六七八九\d]|[((【\[]?[一二三四五六七八九\d]{1,2}[))】\]]|part\W?\d+|\d+[/-]\d+"
)
_NUMERALS = str.maketrans("一二三四五六七八九上中下", "123456789159")


def join_parts(ordered: Sequence[Version]) -> list[Version]:
    """The versions, the last piece of every narrative in pieces holding the whole of it (`parts` names them all)."""
    result = list(ordered)
    for group in _groups([v for v in ordered if v.form is not None and v.form.kind == NARRATIVE]):
        pieces = _distinct(group)
        if len(pieces) > 1:
            last = max(ordered.index(v) for v in group)
            result[last] = _joined(sorted(pieces, key=_place), ordered[last])
    return result


def _groups(versions: Iterable[Version]) -> list[list[Version]]:
    """Narratives that may be pieces of one: of one letter, or with the same name but for the number of the piece."""
    found: dict[tuple[bool, str], list[Version]] = {}
    for version in versions:
        found.setdefault((version.late, _stem(version) or version.letter), []).append(version)
    merged: list[list[Version]] = []
    for group in found.values():
        other = next((g for g in merged if g[0].late == group[0].late and {v.letter for v in g} & {v.letter for v in group}), None)
        if other is None:
            merged.append(list(group))
        else:
            other.extend(group)
    return merged


def _stem(version: Version) -> str:
    """The name without its number of a piece, empty when it bears none."""
    name = clean_text(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", version.file))
    stem = _PART.sub("", name)
    return stem if stem != name and len(stem) >= 2 else ""


def _place(version: Version) -> tuple[tuple[int, ...], str]:
    """Where a piece stands among the others, by the numbers in its name: never by the order of the parts of a letter."""
    name = clean_text(version.file).translate(_NUMERALS)
    return tuple(int(n) for n in re.findall(r"\d+", name)), name


def _distinct(group: Sequence[Version]) -> list[Version]:
    """The pieces that tell something of their own, the longest first: neither a copy nor an excerpt of another, nor an edited version."""
    kept: list[Version] = []
    for version in sorted(group, key=lambda v: (-_length(v), v.rank)):
        if all(_is_another(version, other) for other in kept):
            kept.append(version)
        elif any(_is_edited(version, other) for other in kept):
            return []
    return kept


def _is_another(shorter: Version, longer: Version) -> bool:
    alike = _likeness(shorter, longer)
    share = _length(shorter) / max(_length(longer), 1)
    return alike < OTHER_TEXT and (alike < 0.05 or alike < _CONTAINED * share)


def _is_edited(one: Version, other: Version) -> bool:
    """Neither the same text nor a part of it, yet much of it: two versions, which are not added up."""
    alike = _likeness(one, other)
    share = _length(one) / max(_length(other), 1)
    return OTHER_TEXT <= alike < SAME_TEXT and alike < _CONTAINED * share


def _likeness(one: Version, other: Version) -> float:
    return same_text(one.form, other.form)


def same_text(one: Form | None, other: Form | None) -> float:
    """How alike two narratives are, 0..1."""
    prints = [tuple(form.facts.get("fingerprint") or ()) if form else () for form in (one, other)]
    return similarity(*prints)


def _length(version: Version) -> int:
    return int(version.form.facts.get("characters") or 0) if version.form else 0


def _joined(pieces: Sequence[Version], last: Version) -> Version:
    forms = [v.form for v in pieces if v.form is not None]
    facts = [form.facts for form in forms]
    fields = {key: value for form in reversed(forms) for key, value in form.fields.items() if not value.blank}
    whole = replace(
        forms[0],
        fields={**forms[0].fields, **fields},
        confidence=min(form.confidence for form in forms),
        doubtful=tuple(dict.fromkeys(name for form in forms for name in form.doubtful)),
        facts={**facts[0], **_sums(facts), **_lists(facts)},
    )
    return replace(last, form=whole, parts=tuple(v.attachment for v in pieces), size=sum(v.size for v in pieces))


def _sums(facts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    counts = {key for f in facts for key in ("characters", "characters_without_spaces") if f.get(key) is not None}
    return {key: sum(int(f.get(key) or 0) for f in facts) for key in counts}


def _lists(facts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    lacking = [set(f.get("missing_sections", ())) for f in facts]
    prints = [f["fingerprint"] for f in facts if f.get("fingerprint")]
    found: dict[str, Any] = {
        "sections": tuple(dict.fromkeys(s for f in facts for s in f.get("sections", ()))),
        "missing_sections": tuple(s for s in facts[0].get("missing_sections", ()) if all(s in one for one in lacking)),
        "fingerprint": tuple(min(marks) for marks in zip(*prints, strict=False)),  # the MinHash of texts put together
    }
    return found | _mentions(facts)


def _mentions(facts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    told = [f["mentions"] for f in facts if f.get("mentions") is not None]
    if told and all(isinstance(m, Mapping) for m in told):
        return {"mentions": {group: next((m[group] for m in told if m.get(group)), False) for m in told for group in m}}
    return {"mentions": tuple(dict.fromkeys(group for m in told for group in m))} if told else {}
