"""Shell: 文件 - the picture beside the values, each value with its printed label and place; personal fields are masked until asked for."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from intake.submission import Assessment, Version
from notifier.standing import ELECTRONIC, MATERIAL_TITLES, material
from notifier.wording import clean_private
from service.desk import queries
from service.desk.door import here
from service.desk.pages.letters import download, raw_bytes
from service.desk.queries import FileFacts
from service.desk.shown.forms import file_asks
from service.desk.shown.picture import Refused, picture_key
from service.desk.shown.sheets import reading_to_sheets, sheets_to_marks
from service.desk.shown.sources import is_pictured
from service.desk.shown.words import PROBLEMS, READING_PROBLEMS, READING_STATES, size_to_text

page = Blueprint("files", __name__)
MOST_PAGES = 30


@page.get("/file/<sha>")
def show(sha: str) -> str:
    """One file."""
    found = queries.find_file(here.ledger(), sha) or abort(404)
    campaign, asked = here.office().campaign, request.args.get("from", "")
    owners = list(dict.fromkeys(owner for _, _, owner in found.letters if owner))
    assessment = queries.find_assessment(here.ledger(), campaign, owners[0]) if owners else None
    shown = request.args.get("show") == "private"
    sheets = reading_to_sheets(found.reading, campaign, shown)
    return render_template(
        "file.html",
        f=found,
        owner=owners[0] if owners else "",
        letter=asked if asked in [sha for sha, _, _ in found.letters] else found.letters[0][0],
        state=state_sentence(found),
        sheets=sheets,
        marks=sheets_to_marks(sheets),
        recognised=bool(found.reading and found.reading.ocr),
        seals=seal_sentence(found),
        problems=[READING_PROBLEMS[p] for p in (found.reading.problems if found.reading else ()) if p in READING_PROBLEMS],
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
    if found.reading is None:
        return "还没有读"
    recognised = "，是识别出来的，请对照原件" if found.reading.ocr and found.reading.forms else ""
    return READING_STATES.get(found.reading.status, "") + recognised


def page_count(found: FileFacts) -> int:
    """How many pictures to ask for: none of a suspicious file and none of what has no pages."""
    if not is_pictured(found.name) or found.problem in ("hostile", "too_large"):
        return 0
    return min((found.reading.pages or 1) if found.reading else 1, MOST_PAGES)


def seal_sentence(found: FileFacts) -> str:
    """What was seen stamped on the pages."""
    reading = found.reading
    if reading is None or not reading.seals:
        return ""
    words = "、".join(f"“{word}”" for word in reading.seal_words)
    return f"看到 {reading.seals} 个公章{f'：{words}' if words else '，字迹认不清'}"


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
