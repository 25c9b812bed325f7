"""Everything an office says to people - pages, answers of the terminal, workbooks - with the words of others taken out, for the test of its language."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner
from openpyxl import load_workbook

from intake.submission import Received
from notifier.belt.staff import compose_digest
from notifier.belt.todo import write_todo
from notifier.digest.final_letter import compose_final_report
from notifier.post.mime import bytes_to_text
from notifier.tables.final_report import final_report_workbook
from notifier.tables.ledger_workbook import make_ledger_workbook
from notifier.tables.merged import merged_workbook
from service.cli import intake
from service.commands.terminal import run
from service.desk.app import make_desk
from service.desk.door.here import Desk
from service.desk.door.login import hash_password
from service.desk.door.premises import Premises
from service.desk.door.store import Person, Store
from tests.corpus.play import FOLDER, HERE, Play
from tests.truth import stains

SETTINGS = (
    'campaign = "campaign"\ndata = "."\nmode = "automatic"\n\n[mailbox]\nuser = "intake@office.example"\n\n'
    '[[staff]]\nname = "郝老师"\naddress = "hao@office.example"\n'
)
PASSWORD = "three quiet rivers"
HASH = hash_password(PASSWORD)
PAGES = ("/", "/ledger", "/paper", "/letters", "/outbox", "/progress", "/decisions", "/system", "/deadline", "/export", "/import", "/setup")
MOST_LETTERS = 3
NUMBER = re.compile(r"[\d\s.,:+-]*")
# A number people type or compare (a letter's or a file's first characters), names of files, places on the disk and units as the notice's own
# forms print them are no words of ours; nor is the date in the head of a letter that somebody forwarded.
TYPED = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{6,16}(?![0-9A-Za-z])|\b[A-Z2-7]{8}\b")
PLACES = re.compile(r"(?:/[\w.-]+)+|[\w-]*\.(?:eml|toml|txt|zip|xlsx|docx)(?![A-Za-z])|\w+\((?:个|万元|美元|单位：万元)\)|[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d{4} [\d:]+ [+-]\d{4}")


def visible(page: str) -> str:
    """A page's words without its tags, a block on a line."""
    bare = re.sub(r"<(script|style|code|title)\b.*?</\1>|<!--.*?-->", " ", page, flags=re.S)
    return unescape(re.sub(r"<[^>]+>", "\n", bare))


def foreign_words(play: Play) -> list[str]:
    """What others wrote and we only show: subjects, names, addresses, files, texts, and what stands in their forms; longest first."""
    found: set[str] = set()
    for received in play.ledger.received():
        found |= set(words_of(received))
    for institution in play.campaign.institutions:
        found |= {institution.email, *institution.domains}
    for schema in play.campaign.forms:
        for field in (*schema.fields, *(schema.rows.columns if schema.rows else ())):
            found |= {field.title, *field.labels}
    return sorted((word for word in found if len(word) > 1 and not NUMBER.fullmatch(word)), key=len, reverse=True)


def words_of(received: Received) -> Iterator[str]:
    """One letter's."""
    message = received.message
    yield from (message.subject, message.sender.name, message.sender.address, *message.text.splitlines())
    yield from (part for leaf in message.leaves for part in (leaf.name, *leaf.path, leaf.media_type))
    yield from (word for cloud in message.cloud_files for word in (cloud.name, cloud.url))
    for reading in received.readings.values():
        for form in reading.forms:
            for value in (*form.fields.values(), *(v for row in form.rows for v in row.values())):
                yield from (value.raw.strip(), str(value.value))


def ours(text: str, foreign: list[str]) -> str:
    """What is left of a text when the words of others are taken out."""
    for word in foreign:
        if word in text:
            text = text.replace(word, "〇")
    return TYPED.sub("〇", PLACES.sub("〇", text))


def workbook_cells(raw: bytes) -> Iterator[str]:
    """The texts of all cells, and the names of the sheets."""
    book = load_workbook(BytesIO(raw), read_only=True)
    for sheet in book.worksheets:
        yield sheet.title
        for row in sheet.iter_rows(values_only=True):
            yield from (cell for cell in row if isinstance(cell, str))


def said_on_workbooks(play: Play) -> Iterator[tuple[str, str]]:
    """台账, merged tables, final report."""
    assessments, campaign = play.ledger.assessments(), play.campaign
    for name, raw in (
        ("台账", make_ledger_workbook(assessments, campaign, play.now)),
        ("合并表", merged_workbook(assessments, campaign)),
        ("最终报告", final_report_workbook(assessments, campaign, play.now)),
    ):
        yield name, "\n".join(workbook_cells(raw))


def furnish(play: Play, folder: Path) -> Path:
    """The files an office has beside its books: settings, campaign, somebody who may log in."""
    if not (folder / "campaign").exists():
        shutil.copytree(FOLDER, folder / "campaign")
        shutil.copyfile(HERE / "roster.csv", folder / "campaign" / "roster.csv")
    (folder / "intake.toml").write_text(SETTINGS, encoding="utf-8")
    write_todo(play.ledger, play.campaign, play.settings, play.now)
    with Store.open(folder / "desk.db") as store:
        store.keep_person(Person("郝老师", "hao@office.example", "staff", HASH), 0.0)
    return folder / "intake.toml"


def said_on_the_terminal(play: Play, config: Path) -> Iterator[tuple[str, str]]:
    """What is asked most, and one letter shown."""
    names = [name for name, a in play.ledger.assessments().items() if a.submission.letters][:1]
    keys = [row.key for row in play.ledger.outbox(raw=False) if row.kind != "digest"][:1]
    lines = ["status", "letters", "decide list", "digest --print", *(f"status --institution {n}" for n in names), *(f"letters show {k}" for k in keys)]
    for line in lines:
        yield f"intake {line}", answer(line, config, play)


def answer(line: str, config: Path, play: Play) -> str:
    """What the terminal says to a line."""
    words = [*shlex.split(line), "--config", str(config), "--now", f"{play.now:%Y-%m-%dT%H:%M:%S}"]
    found = CliRunner().invoke(intake, words)
    assert found.exit_code in (0, 1, 2), (line, found.output, found.exception)
    return str(found.output)


# What goes wrong when people type, and what they ask for then.
SLIPS = (
    "nothing", "decide nothing", "decide claim 没有的大学 abcdef", "decide claim", "decide paper 滨海理工大学 零 已盖章 8月3日",
    "letters show 没有", "letters approve 没有", "letters --state 没有", "status --wrong", "status --institution 没有", "digest --date 没有",
)  # fmt: skip


def said_to_slips(config: Path) -> Iterator[tuple[str, str]]:
    """The terminal's own word on what it does not understand, as the console script says it."""
    for line in SLIPS:
        said = StringIO()
        with redirect_stdout(said), redirect_stderr(said), patch.object(sys, "argv", ["intake", *shlex.split(line), *([] if "nothing" in line else ["--config", str(config)])]):
            run(intake)
        yield f"intake {line}", re.sub(r"--?[a-z]+|\bnothing\b", "〇", said.getvalue())  # what was typed, and names of options


def said_on_the_desk(play: Play, config: Path) -> Iterator[tuple[str, str]]:
    """The pages, those of the schools that wrote, and a few letters."""
    client = make_desk(Desk(Premises(config, play.now), code="12345678")).test_client()
    assert client.post("/login", data={"name": "郝老师", "password": PASSWORD}).status_code == 302
    schools = [f"/unit/{name}" for name, a in play.ledger.assessments().items() if a.submission.letters]
    pages = {path: client.get(path) for path in (*PAGES, *schools)}
    links = [unescape(link) for page in pages.values() for link in re.findall(r'href="(/letter/[^"#]*)"', page.get_data(as_text=True))]
    pages |= {path: client.get(path) for path in dict.fromkeys(links[:MOST_LETTERS])}
    for path, page in pages.items():
        assert page.status_code in (200, 302), (path, page.status_code)
        if page.mimetype == "text/html":
            yield path, visible(page.get_data(as_text=True))


def said_on_the_page(play: Play) -> Iterator[tuple[str, str]]:
    """日报 as mail programs show it, and the same without pictures; the report of the day after."""
    page = compose_digest(play.ledger, play.campaign, play.settings, play.now, "")
    yield "日报", page.text
    yield "日报网页版", visible(page.wording.html)
    report = compose_final_report(play.ledger.assessments(), play.campaign, "郝老师", play.now)
    yield "最终报告的信", f"{report.subject}\n{report.text}\n{visible(report.html)}"


def said_in_letters(play: Play) -> Iterator[tuple[str, str]]:
    """Subjects and texts of everything composed, left or not, digests and notices too."""
    for row in play.ledger.outbox():
        yield f"信 {row.kind}", f"{row.subject}\n{bytes_to_text(row.raw)}"


def find_stains(play: Play, folder: Path) -> list[tuple[str, list[str]]]:
    """Where the office does not speak like people: codes, keys, English, half-width marks in Chinese sentences."""
    config, foreign = furnish(play, folder), foreign_words(play)
    said = [*said_in_letters(play), *said_on_the_page(play), *said_on_workbooks(play), *said_on_the_terminal(play, config), *said_to_slips(config), *said_on_the_desk(play, config)]
    return [(where, sorted(set(found))) for where, text in said if (found := stains(ours(text, foreign)))]
