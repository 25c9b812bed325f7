"""Core: the forms in force as the checks look at them - whose form, which cell, where it stands, and whether the machine is sure of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from config.campaign import Campaign, Category
from intake.checks.alike import studio_name
from intake.checks.catalogue import finding
from intake.remembered import by_identity
from intake.submission import Finding, Material, StudioSubmission, Submission, Version
from parsers.form import BASIC_INFO, NARRATIVE, SUMMARY_TABLE, Form, Value, Where

CONFIDENT = 0.8
"""A value recognised with less confidence is never held against an institution (CONTRACT: doubtful)."""

LARGEST_FIGURE = 1e15
"""A figure beyond this, infinite or not a number is no figure of a form: it counts as something nobody could understand."""

ELECTRONIC = (Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """表单: a form, or one row of it, with the studio it speaks of. `prefixes` are how `doubtful` and `absent` may name its cells.

    A form of another year or another notice (M13) is not `trusted`: it is kept, it names its studio, and nothing is computed from its figures.
    """

    studio: StudioSubmission | str
    version: Version
    form: Form
    values: Mapping[str, Value]
    prefixes: tuple[str, ...] = ("",)
    number: int = 0
    trusted: bool = True

    def cell(self, name: str) -> Value | None:
        """The value under a contract key, None when the form does not print it."""
        return self.values.get(name)

    def absent(self, name: str) -> bool:
        """True when the reader looked for this box and did not find it: perhaps deleted, perhaps our own blindness."""
        return self.number == 0 and name in self.form.absent

    def blank(self, name: str) -> bool:
        """True when the printed box is empty, or when the box itself was not found (then for staff: see `doubtful`)."""
        cell = self.cell(name)
        return self.absent(name) if cell is None else cell.blank

    def written(self, name: str) -> str:
        """The text of a box for a sentence or a comparison: the typed text, else what was written; "" when blank or unread."""
        cell = self.cell(name)
        if cell is None or cell.blank or cell.unread:
            return ""
        return cell.value if isinstance(cell.value, str) else cell.raw.strip() or str(cell.value)

    def amount(self, name: str) -> float | None:
        """The figure in a box, None when blank or no figure, or when the form's figures are not trusted."""
        return self._figure(name) if self.trusted else None

    def _figure(self, name: str) -> float | None:
        cell = self.cell(name)
        if cell is None or isinstance(cell.value, bool) or not isinstance(cell.value, int | float):
            return None
        return cell.value if abs(cell.value) <= LARGEST_FIGURE else None

    def untyped(self, name: str) -> bool:
        """True when something stands in the box that could not be understood as what the box asks for."""
        cell = self.cell(name)
        if cell is None or cell.blank:
            return False
        number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
        return cell.value in (None, (), []) or (number and self._figure(name) is None)

    def doubtful(self, *names: str) -> bool:
        """True when the machine is not sure of one of these boxes, or of the whole form; of what a form lacks also when some of it is hidden."""
        if not names and self.form.facts.get("hidden"):
            return True
        if self.version.status == "received_unread" or self.form.confidence < CONFIDENT:
            return True
        return any(self._doubtful(name) for name in names)

    def _doubtful(self, name: str) -> bool:
        cell = self.cell(name)
        named = any(f"{prefix}{name}" in self.form.doubtful for prefix in self.prefixes)
        return named or (self.absent(name) if cell is None else cell.confidence < CONFIDENT or bool(cell.unread))

    def where(self, name: str = "") -> Where:
        """The place a person can look at for a box."""
        cell = self.cell(name)
        place = cell.where if cell else self.form.where
        return replace(place, file=place.file or self.version.file, field=place.field or name)

    def finding(self, code: str, *names: str, unclear: bool = False, **facts: object) -> Finding:
        """A finding about these boxes (the first is the place shown), turned to staff when one of them is doubtful."""
        where = self.where(names[0] if names else "")
        return finding(code, studio=self.studio, where=where, doubtful=self.doubtful(*names), unclear=unclear, **facts)


def find_sheet(studio: StudioSubmission, material: Material, campaign: Campaign | None = None) -> Sheet | None:
    """The form in force of one material of a studio, None when none is readable or staff waived it."""
    kinds = {Material.BASIC_INFO: BASIC_INFO, Material.NARRATIVE: NARRATIVE}
    state = studio.materials.get(material)
    if state is None or state.status == "waived" or state.current is None or state.current.form is None:
        return None
    form = state.current.form
    if form.kind != kinds.get(material):
        return None
    trusted = campaign is None or not find_other_year(form, campaign)
    return Sheet(studio=studio, version=state.current, form=form, values=form.fields, trusted=trusted)


def sheets(submission: Submission, material: Material, campaign: Campaign | None = None) -> Iterator[Sheet]:
    """The readable forms in force of one material, studio by studio; `campaign` tells which of them are another year's."""
    return (sheet for studio in submission.active_studios if (sheet := find_sheet(studio, material, campaign)))


def members(sheet: Sheet) -> Iterator[Sheet]:
    """The rows of 骨干成员, each as a sheet of its own."""
    for index, row in enumerate(sheet.form.rows):
        prefixes = (f"members.{index}.", f"rows.{index}.", f"{index}.")
        yield replace(sheet, values=row, prefixes=prefixes, number=index + 1)


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """汇总表: one summary table in force: its category key, its annex name as letters say it, its head and its rows."""

    category: str
    title: str
    head: Sheet
    rows: tuple[Sheet, ...]


@by_identity
def summary_tables(submission: Submission, campaign: Campaign) -> tuple[SummaryTable, ...]:
    """The summary tables in force, in the order of the campaign's categories."""
    return tuple(_summary_tables(submission, campaign))


def _summary_tables(submission: Submission, campaign: Campaign) -> Iterator[SummaryTable]:
    for category in campaign.categories:
        version = submission.summaries.get(category.key)
        if version and version.form and version.form.kind == SUMMARY_TABLE:
            trusted = not find_other_year(version.form, campaign)
            head = Sheet(studio="", version=version, form=version.form, values=version.form.fields, trusted=trusted)
            yield _summary_table(submission, category, head)


def _summary_table(submission: Submission, category: Category, head: Sheet) -> SummaryTable:
    rows = (_row(submission, head, category.key, index) for index in range(len(head.form.rows)))
    return SummaryTable(category.key, category.annex, head, tuple(row for row in rows if row is not None))


def _row(submission: Submission, head: Sheet, category: str, index: int) -> Sheet | None:
    """One row with its studio; None for a row with nothing but a number, and for a studio that staff withdrew."""
    row = head.form.rows[index]
    if all(value.blank for name, value in row.items() if name != "number"):
        return None
    studio = _find_studio(submission, row, category)
    if studio is not None and studio.withdrawn:
        return None
    prefixes = (f"rows.{index}.", f"{index}.")
    label = studio or _written_name(row) or f"第{index + 1}行"
    return replace(head, studio=label, values=row, prefixes=prefixes, number=index + 1)


def _written_name(row: Mapping[str, Value]) -> str:
    return str(row["studio"].value or row["studio"].raw).strip() if "studio" in row else ""


def _find_studio(submission: Submission, row: Mapping[str, Value], category: str) -> StudioSubmission | None:
    """The studio a row speaks of: by its name, else (a row without a name) the one that assembly gave this row to."""
    wanted = studio_name(_written_name(row), submission.institution)
    listed = [studio for studio in submission.studios if category in studio.summary_categories]
    for studio in (*listed, *submission.studios):
        if wanted and wanted in {studio_name(name, submission.institution) for name in (studio.name, *studio.names)}:
            return studio
    return next((studio for studio in listed if studio.summary_row == row), None)


def find_other_year(form: Form, campaign: Campaign) -> str:
    """What shows that a form is another year's or another notice's, in words for the sentence; "" when nothing does."""
    years, wanted = {int(year) for year in form.facts.get("years", ())}, set(campaign.data_years)
    # A year standing alone in a cell may be a date (创建日期 2018, 出生年份 2001): such a year is no column of another year's form.
    others = {year for year in years - wanted if str(year) not in _years_written(form)}
    if others and wanted - years:
        return "年度列为" + "、".join(str(year) for year in sorted(years & wanted | others))
    number = "".join(str(form.facts.get("document_number", "")).split())
    return f"文号为{number}" if number and number not in campaign.document_number else ""


def _years_written(form: Form) -> set[str]:
    cells = [*form.fields.values(), *(cell for row in form.rows for cell in row.values())]
    return {str(cell.value)[:4] for cell in cells if re.fullmatch(r"\d{4}(-\d{1,2}){0,2}", str(cell.value))}
