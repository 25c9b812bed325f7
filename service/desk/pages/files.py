"""Shell: 文件 - the picture beside the values, each value with its printed label and place; personal fields are masked until asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from config.campaign import Campaign
from config.forms import FieldSchema, FormSchema
from intake.submission import Assessment, Version
from notifier.standing import ELECTRONIC, MATERIAL_TITLES, material
from notifier.wording import clean_private
from parsers.form import Form, Value
from service.desk import queries
from service.desk.door import here
from service.desk.pages.letters import download, raw_bytes
from service.desk.queries import FileFacts
from service.desk.shown.forms import file_asks
from service.desk.shown.picture import Refused, picture_key
from service.desk.shown.words import FORM_KINDS, PROBLEMS, READING_STATES, size_to_text

page = Blueprint("files", __name__)
PICTURED = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".gif", ".webp"})
MOST_PAGES = 30
SURE = 0.9
MASK = "＊＊＊"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """一格: a value with the label printed on the form and the place where it stands."""

    label: str
    value: str
    place: str
    doubtful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """一张表: a form as read - its title, its filled cells (doubtful ones first), its blank ones by name, its rows."""

    title: str
    lines: tuple[Line, ...]
    blanks: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    doubtful: bool
    facts: tuple[str, ...]


@page.get("/file/<sha>")
def show(sha: str) -> str:
    """One file."""
    found = queries.find_file(here.ledger(), sha) or abort(404)
    campaign, asked = here.office().campaign, request.args.get("from", "")
    owners = list(dict.fromkeys(owner for _, _, owner in found.letters if owner))
    assessment = queries.find_assessment(here.ledger(), campaign, owners[0]) if owners else None
    shown = request.args.get("show") == "private"
    return render_template(
        "file.html",
        f=found,
        owner=owners[0] if owners else "",
        letter=asked if asked in [sha for sha, _, _ in found.letters] else found.letters[0][0],
        state=state_sentence(found),
        sheets=[form_to_sheet(form, campaign, shown) for form in (found.reading.forms if found.reading else ())],
        shown=shown,
        pages=range(1, page_count(found) + 1),
        uses=list(uses_of(sha, assessment)) if assessment else [],
        versions=list(versions_of(sha, assessment)) if assessment else [],
        asks_here=file_asks(owners[0], sha, assessment) if assessment else (),
        size=size_to_text(found.size),
        text=clean_private((found.reading.text if found.reading else "")[:4000]),
    )


def state_sentence(found: FileFacts) -> str:
    """What the program made of the file, in words that say the true reason."""
    if found.problem:
        return PROBLEMS.get(found.problem, "需要人工查看")
    return READING_STATES.get(found.reading.status, "") if found.reading else "还没有读"


def page_count(found: FileFacts) -> int:
    """How many pictures to ask for: none of a suspicious file and none of what has no pages."""
    suffix = PurePosixPath(found.name.lower()).suffix
    if suffix not in PICTURED or found.problem in ("hostile", "too_large"):
        return 0
    return min((found.reading.pages or 1) if found.reading else 1, MOST_PAGES)


def form_to_sheet(form: Form, campaign: Campaign, shown: bool) -> Sheet:
    """A form with the labels its schema prints."""
    schema = schema_of(form, campaign)
    fields = {f.name: f for f in schema.fields} if schema else {}
    names = list(dict.fromkeys(name for row in form.rows for name in row))
    lines = [value_to_line(name, value, fields.get(name), name in form.doubtful, shown) for name, value in form.fields.items() if not value.blank]
    hidden = {name for name in names if not shown and is_private(fields.get(name))}
    return Sheet(
        title=FORM_KINDS.get(form.kind, form.kind),
        lines=tuple(sorted(lines, key=lambda line: not line.doubtful)),
        blanks=tuple(label_of(n, fields.get(n)) for n, v in form.fields.items() if v.blank),
        head=tuple(label_of(n, fields.get(n)) for n in names),
        rows=tuple(tuple(MASK if n in hidden and n in row else (row[n].raw if shown else clean_private(row[n].raw)) if n in row else "" for n in names) for row in form.rows),
        doubtful=form.confidence < SURE or any(line.doubtful for line in lines),
        facts=tuple(form_facts(form)),
    )


def schema_of(form: Form, campaign: Campaign) -> FormSchema | None:
    """The schema whose fields this form bears: of several the one that knows most of them."""
    names = {*form.fields, *(name for row in form.rows for name in row)}
    return max(campaign.forms, key=lambda s: len(names & {f.name for f in s.fields}), default=None)


def value_to_line(name: str, value: Value, field: FieldSchema | None, doubtful: bool, shown: bool) -> Line:
    """One filled cell."""
    return Line(
        label=label_of(name, field),
        value=value.raw if shown else MASK if is_private(field) else clean_private(value.raw),
        place=value.where.cell or value.where.place,
        doubtful=doubtful or value.confidence < SURE,
    )


def label_of(name: str, field: FieldSchema | None) -> str:
    """The label printed on the form."""
    return (field.title if field else "") or "（表样外的一栏）"


def is_private(field: FieldSchema | None) -> bool:
    """Whether a field holds what may not lie open on a screen: what the schema calls private, and what it does not know."""
    return field is None or field.private


def form_facts(form: Form) -> Iterator[str]:
    """What is neither cell nor row: the length of a text, the parts it lacks."""
    if characters := form.facts.get("characters"):
        yield f"约 {characters} 字"
    if lacking := form.facts.get("missing_sections"):
        yield f"未见：{'、'.join(map(str, lacking))}"


def uses_of(sha: str, assessment: Assessment) -> Iterator[str]:
    """Where the file counts in the matrix."""
    for studio in assessment.submission.studios:
        for which in ELECTRONIC:
            current = material(studio, which).current
            if current and current.attachment == sha:
                yield f"“{studio.name or '未写名称'}”的{MATERIAL_TITLES[which]}（现用的版本）"


def versions_of(sha: str, assessment: Assessment) -> Iterator[tuple[Version, bool]]:
    """The other versions of the same material, each with whether it is in force."""
    for studio in assessment.submission.studios:
        for which in ELECTRONIC:
            state = material(studio, which)
            if len(state.versions) > 1 and sha in [v.attachment for v in state.versions]:
                yield from ((v, v == state.current) for v in reversed(state.versions))
                return


@page.get("/file/<sha>/page/<int:number>.png")
def picture(sha: str, number: int) -> Answer:
    """One page as a picture, drawn by the jailed child or kept from before."""
    found = queries.find_file(here.ledger(), sha)
    if found is None or not 1 <= number <= max(page_count(found), 0):
        abort(404)
    now = here.desk().clock()
    held = here.store().picture(picture_key(sha, number), now)
    if held is None:
        made = here.desk().artist.draw(raw_bytes(sha), number)
        if isinstance(made, Refused):
            return redirect(url_for("static", filename="no-picture.svg"))
        here.store().keep_picture(picture_key(sha, number), made, now)
        held = made
    return Response(held, mimetype="image/png", headers={"Content-Security-Policy": "default-src 'none'; sandbox"})


@page.get("/file/<sha>/download")
def save(sha: str) -> Response:
    """The file as it came; what may run a program keeps a name that will not."""
    found = queries.find_file(here.ledger(), sha) or abort(404)
    return download(raw_bytes(sha), found.name + (".请勿打开" if found.problem == "hostile" else ""))
