"""What a reading says against what a form was made of: values said wrongly, values not said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from parsers.form import Form, Reading

KINDS = ("basic_info", "summary_table", "narrative")


@dataclass(slots=True)
class Tally:
    """The count of one or many forms; `wrong` and `unread` name field, answer and truth."""

    forms: int = 0
    fields: int = 0
    wrong: list[tuple[Any, ...]] = field(default_factory=list)
    unread: list[tuple[Any, ...]] = field(default_factory=list)

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.forms + other.forms, self.fields + other.fields, self.wrong + other.wrong, self.unread + other.unread)

    def judge(self, name: str, got: Any, want: Any, doubtful: bool, unread: bool = False) -> None:
        """Counts one field; a truth of `<unread>` wants no value and a box that is said not to be blank."""
        self.fields += 1
        if want == "<unread>":
            if got not in (None, "", []) or not (unread or doubtful):
                self.wrong.append((name, got, want))
            return
        if not same(got, want):
            (self.unread if got in (None, "", []) or doubtful else self.wrong).append((name, got, want))


def same(got: Any, want: Any) -> bool:
    """True when an answer agrees with the truth; None, "" and [] are all blank."""
    if want in (None, "", []) or got in (None, "", []):
        return want in (None, "", []) and got in (None, "", [])
    if isinstance(want, list):
        return sorted(got) == sorted(want)
    if isinstance(want, int | float):
        return isinstance(got, int | float) and abs(got - want) < 1e-6
    return str(got) == str(want)


def compare_reading(reading: Reading, truth: Sequence[Mapping[str, Any]]) -> Tally:
    """Every field of every form of a file; a form not found, or found where there is none, is wrong."""
    tally = Tally(forms=len(truth))
    for kind in KINDS:
        wanted = [t for t in truth if t["kind"] == kind]
        found = [f for f in reading.forms if f.kind == kind]
        if len(wanted) != len(found):
            tally.wrong.append((kind, f"{len(found)} forms", f"{len(wanted)} forms"))
            continue
        for want, form in zip(wanted, found, strict=True):
            _compare_form(tally, form, want)
    return tally


def _compare_form(tally: Tally, form: Form, want: Mapping[str, Any]) -> None:
    for name, value in want.items():
        if name not in ("kind", "members", "rows"):
            tally.judge(name, form.value(name), value, name in form.doubtful, name in form.unread)
    kind = "members" if "members" in want else "rows"
    rows = want.get(kind)
    if rows is None:
        return
    if len(rows) != len(form.rows):
        tally.wrong.append((kind, f"{len(form.rows)} rows", f"{len(rows)} rows"))
        return
    for i, (row, got) in enumerate(zip(rows, form.rows, strict=True)):
        for name, value in row.items():
            tally.judge(f"{kind}.{i}.{name}", got[name].value if name in got else None, value, f"{kind}.{i}.{name}" in form.doubtful)
