"""Core: group X - the same fact told twice: summary table against 基本情况表, studio against studio, institution against institution."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from config.campaign import Campaign
from config.schema import FormSchema
from intake.checks.alike import means_nothing, owners, people_in, share_honour, studio_name
from intake.checks.catalogue import finding
from intake.checks.sheets import CONFIDENT, Sheet, SummaryTable, find_sheet, summary_tables
from intake.checks.stated import agree, find_schema
from intake.names import clean_name, clean_organisation, clean_person, studio_core
from intake.submission import Finding, Material, StudioSubmission, Submission, Version
from parsers.form import BASIC_INFO, SUMMARY_TABLE, Form, Value, Where

KEY_CELLS = ("category", "studio", "leader.name", "founded_on", "member_count", "innovation.conversions")
KEY_COLUMNS = ("studio", "leader_name", "conversions")


@dataclass(frozen=True, slots=True)
class Pair:
    """一事两填: a row of a summary table and the 基本情况表 of the same studio."""

    table: SummaryTable
    row: Sheet
    form: Sheet
    studio: StudioSubmission

    def finding(self, code: str, column: str, box: str, **facts: object) -> Finding:
        """A finding about the two cells; shown at the form, for staff when either is doubtful."""
        doubtful = self.row.doubtful(column) or self.form.doubtful(*([box] if box else []))
        return finding(code, studio=self.studio, where=self.form.where(box), doubtful=doubtful, unclear=False, **facts)


def _pairs(submission: Submission, campaign: Campaign) -> Iterator[Pair]:
    for table in summary_tables(submission, campaign):
        for row in table.rows:
            studio = row.studio
            form = find_sheet(studio, Material.BASIC_INFO, campaign) if isinstance(studio, StudioSubmission) else None
            if form is not None and isinstance(studio, StudioSubmission):
                yield Pair(table, row, form, studio)


def check_category(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """X01: listed in one table, ticked as the other kind (silent when it stands in both tables: X08 says that)."""
    for pair in _pairs(submission, campaign):
        ticked = campaign.category(pair.form.form.value("category"))
        if ticked and ticked.key != pair.table.category and len(pair.studio.summary_categories) < 2:
            yield pair.finding("X01", "studio", "category", 表=pair.table.title, 值=ticked.title)


def check_names(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """X02 X03 X04: names of the studio, its department and its leader, apart from widths, marks and the university's own name."""
    for pair in _pairs(submission, campaign):
        for code, column, box in (("X02", "studio", "studio"), ("X03", "organisation", "organisation")):
            one, other = pair.row.written(column), pair.form.written(box)
            if one and other and not _same(code, one, other, submission):
                yield pair.finding(code, column, box, 甲=one, 乙=other)
        leader, named = pair.row.written("leader_name"), pair.form.written("leader.name")
        if leader and named and clean_person(named) not in {clean_person(leader), *people_in(leader)}:
            yield pair.finding("X04", "leader_name", "leader.name", 甲=leader, 乙=named)


def _same(code: str, one: str, other: str, submission: Submission) -> bool:
    """Equal for comparing; a department given as the bare university is less precise, not another one."""
    institution = submission.institution
    if code == "X02":
        return studio_name(one, institution) == studio_name(other, institution)
    first, second = (clean_organisation(text, owners(institution)) for text in (one, other))
    return first == second or clean_name(institution.name) in (first, second)


def check_conversions(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """X05: the number of conversions."""
    for pair in _pairs(submission, campaign):
        one, other = pair.row.amount("conversions"), pair.form.amount("innovation.conversions")
        if one is not None and other is not None and one != other:
            yield pair.finding("X05", "conversions", "innovation.conversions", 甲=one, 乙=other)


def check_money(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """X06: income and savings of the data years; the form's sum may hold foreign exchange or not, either may be what the table says."""
    years = campaign.data_years
    for pair in _pairs(submission, campaign):
        yearly = {year: pair.row.amount(f"income_{year}") for year in years}
        if all(amount is not None for amount in yearly.values()):
            for year in years:
                yield from _money(pair, (year,), yearly[year], campaign)
        else:
            yield from _money(pair, years, pair.row.amount("income_total"), campaign)


def _money(pair: Pair, years: Sequence[int], told: float | None, campaign: Campaign) -> Iterator[Finding]:
    readings = _form_money(pair.form, years)
    if told is None or not readings or any(agree(told, known, campaign.thresholds.sum_tolerance) for known in readings):
        return
    column = f"income_{years[0]}" if len(years) == 1 else "income_total"
    box = f"benefit.{years[0]}.total"
    title = "、".join(f"{year % 100:02d}" for year in years) + "年"
    yield pair.finding("X06", column, box, 年度=title, 甲=told, 乙=readings[0])


def _form_money(form: Sheet, years: Sequence[int]) -> tuple[float, ...]:
    """What the form may mean by the benefit of these years: its totals as written, and its 创收 + 节资 without foreign exchange."""
    totals = [form.amount(f"benefit.{year}.total") for year in years]
    plain = [form.amount(f"benefit.{year}.{part}") for year in years for part in ("income", "savings")]
    return tuple(sum(n for n in numbers if n is not None) for numbers in (totals, plain) if all(n is not None for n in numbers))


def check_honours(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """X07: honours told in words that have nothing in common."""
    words = campaign.vocabulary.honours + campaign.vocabulary.craftsmen
    for pair in _pairs(submission, campaign):
        one, other = pair.row.written("leader_honours"), pair.form.written("leader.honours")
        both_nothing = means_nothing(one) and means_nothing(other)
        if one and other and not both_nothing and not share_honour(one, other, words):
            yield pair.finding("X07", "leader_honours", "leader.honours", 甲=one, 乙=other)


def check_both_tables(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """X08: one studio in two summary tables."""
    for studio in submission.active_studios:
        titles = [category.title for category in campaign.categories if category.key in studio.summary_categories]
        if len(titles) > 1:
            doubtful = any(table.head.doubtful() for table in summary_tables(submission, campaign))
            yield finding("X08", studio=studio, doubtful=doubtful, 类别="和".join(titles))


def check_one_leader(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """X09: one person leads several studios."""
    led: defaultdict[str, list[StudioSubmission]] = defaultdict(list)
    for studio in submission.active_studios:
        led[clean_person(studio.leader)].append(studio)
    for leader, studios in led.items():
        if leader and len(studios) > 1:
            forms = [find_sheet(studio, Material.BASIC_INFO) for studio in studios]
            doubtful = any(form is not None and form.doubtful("leader.name") for form in forms)
            names = "".join(f"“{studio.name}”" for studio in sorted(studios, key=lambda s: s.name))
            yield finding("X09", doubtful=doubtful, 姓名=studios[0].leader, 工作室列表=names)


def check_two_senders(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """X10: the university and its hospital each sent the same studio (scenario 16)."""
    hospital = {letter: claim.affiliate for letter, claim in submission.claims.items() if claim.affiliate}
    for studio in submission.active_studios:
        letters = {version.letter for state in studio.materials.values() for version in state.versions}
        affiliates = {hospital[letter] for letter in letters if letter in hospital}
        senders = sorted(affiliates | ({submission.institution.name} if letters - set(hospital) else set()))
        if len(senders) > 1:
            yield finding("X10", studio=studio, 姓名=studio.leader or "未填", 单位列表=tuple(senders))


def studio_marks(submission: Submission) -> Iterator[tuple[StudioSubmission, str]]:
    """What two units' studios must share to be the same: own name and leader, or leader and month of birth (X10, see `across`)."""
    for studio in submission.active_studios:
        leader = clean_person(studio.leader)
        core = studio_core(studio.name, owners(submission.institution))
        form = find_sheet(studio, Material.BASIC_INFO)
        born = form.written("leader.born_on") if form else ""
        if len(core) >= 2:
            yield studio, f"{leader}\t{core}"
        if leader and born:
            yield studio, f"{leader}\t{born}"


def check_named_before(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """X11: on the imported list of studios named in earlier years, by name or by leader."""
    for studio in submission.active_studios:
        core, leader = studio_core(studio.name, owners(submission.institution)), clean_person(studio.leader)
        for entry in campaign.named_before:
            listed = studio_core(entry, owners(submission.institution))
            if any(len(mark) >= 2 and listed.endswith(mark) for mark in (core, leader)):
                yield finding("X11", studio=studio, 值=entry)


def check_two_files(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """X12: two files of one form differ, and what orders them is silent or disagrees (one letter; Date against arrival; 初稿 after 定稿)."""
    for title, studio, current, versions in _standing(submission, campaign):
        kind = SUMMARY_TABLE if studio == "" else BASIC_INFO
        schema = find_schema(campaign, kind, current.form.value("category") if current.form else None)
        for other in versions:
            differing = other.against if other.unsettled else _twin_differences(current, other, schema)
            if differing and other.attachment != current.attachment:
                where = Where(file=other.file)
                yield finding("X12", studio=studio, where=where, 对象=title, 甲=current.file, 乙=other.file, 项=differing, sha256=other.attachment)


def check_unproven(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """X13 (added to the rule table): a version of a sender who proved nothing stands beside the one in force until staff choose."""
    chosen = {d.target for d in submission.decisions if d.kind == "version"}
    for title, studio, current, versions in _standing(submission, campaign):
        later = [v for v in versions if not v.proven and v.rank > current.rank and v.attachment != current.attachment and v.status == "received"]
        for other in later:
            if other.against and not {other.attachment, current.attachment} & chosen:
                where = Where(file=other.file)
                yield finding("X13", studio=studio, where=where, 对象=title, 甲=current.file, 乙=other.file, 项=other.against, sha256=other.attachment)


Standing = tuple[str, StudioSubmission | str, Version, Sequence[Version]]


def _standing(submission: Submission, campaign: Campaign) -> Iterator[Standing]:
    """Every form in force with its title in a sentence, its studio ("" for a summary table) and all its versions."""
    for studio in submission.active_studios:
        for material, title in ((Material.BASIC_INFO, "基本情况表"), (Material.NARRATIVE, "申报材料")):
            state = studio.materials.get(material)
            if state and state.current:
                yield f"“{studio.name}”{title}", studio, state.current, state.versions
    for category in campaign.categories:
        if version := submission.summaries.get(category.key):
            yield category.annex, "", version, [v for v in submission.summary_versions if _same_table(v, version)]


def _same_table(one: Version, other: Version) -> bool:
    return one.form is not None and other.form is not None and one.form.value("category") == other.form.value("category")


def _twin_differences(current: Version, other: Version, schema: FormSchema | None) -> tuple[str, ...]:
    """The key cells in which Word or Excel and the stamped PDF of the same letter differ."""
    if not _twins(current, other) or current.form is None or other.form is None or schema is None:
        return ()
    one, two = _key_values(current.form, schema), _key_values(other.form, schema)
    return tuple(name for name in one if name in two and one[name] != two[name])


def _twins(one: Version, other: Version) -> bool:
    """The same form twice in one letter, in files of different kinds."""
    if one.form is None or other.form is None or one.letter != other.letter or one.attachment == other.attachment:
        return False
    suffixes = {PurePath(version.file).suffix.lower() for version in (one, other)}
    same_table = one.form.kind == BASIC_INFO or one.form.value("category") == other.form.value("category")
    return len(suffixes) == 2 and one.form.kind == other.form.kind and same_table


def _key_values(form: Form, schema: FormSchema) -> Mapping[str, str]:
    """The cells that matter, by their printed title, as text for comparing; a doubtful or an empty one is no evidence."""
    boxes = {f.title: (f.name, form.fields.get(f.name)) for f in schema.fields if f.name in KEY_CELLS or f.name.endswith(".total")}
    columns = [f for f in schema.rows.columns if f.name in KEY_COLUMNS] if schema.rows and form.kind == SUMMARY_TABLE else []
    rows = {f"第{i + 1}行{f.title}": (f"rows.{i}.{f.name}", row.get(f.name)) for i, row in enumerate(form.rows) for f in columns}
    return {title: _text(value) for title, (name, value) in (boxes | rows).items() if value is not None and _sure(form, name, value)}


def _sure(form: Form, name: str, value: Value) -> bool:
    return not value.blank and value.confidence >= CONFIDENT and name not in form.doubtful


def _text(value: Value) -> str:
    return clean_name(str(value.raw if value.value is None else value.value))
