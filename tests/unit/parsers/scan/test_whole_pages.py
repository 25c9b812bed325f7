"""Whole pages with the real engine: forms drawn, stamped and spoiled here come back as the same forms - and nothing is said wrongly and surely."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

import pytest

pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")

from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.schema import FormSchema
from parsers.form import Form, Reading
from parsers.scan.door import ILLEGIBLE, payload_to_reading
from parsers.scan.text.engine import RapidReader
from tests.generator import scans
from tests.generator.compare import compare_reading
from tests.generator.documents import basic_info_blocks, compose_narrative, make_head, make_row, make_studio, summary_blocks

pytestmark = [
    pytest.mark.ocr,
    pytest.mark.skipif(not scans.find_font(), reason="no Chinese font on this machine (fonts-noto-cjk)"),
]
UNIVERSITY = "大连海事大学"


@pytest.fixture(scope="module")
def forms() -> tuple[FormSchema, ...]:
    """The shipped schemas."""
    return load_campaign(DEFAULT_CAMPAIGN).forms


@pytest.fixture(scope="module")
def reader() -> Iterator[RapidReader]:
    """The engine, loaded once; the network is shut for as long as any page is read."""
    shut = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex", "sendto"):
        shut.setattr(socket.socket, name, refuse)
    shut.setattr(socket, "getaddrinfo", refuse)
    yield RapidReader()
    shut.undo()


def refuse(*_: Any, **__: Any) -> Any:
    """Models come out of the wheel; whoever asks the network is broken."""
    raise AssertionError("the engine asked the network")


def studio(seed: int) -> dict[str, Any]:
    """An invented studio that fits one page."""
    values = make_studio(random.Random(seed), UNIVERSITY)
    return {**values, "members": values["members"][:3]}


def basic_info(seed: int) -> tuple[Any, dict[str, Any]]:
    """A stamped 附件4 and what it says."""
    values = studio(seed)
    return scans.stamped(scans.drawn(basic_info_blocks(values)), f"{UNIVERSITY}工会委员会", (1150, 330)), {"kind": "basic_info", **values}


def summary(seed: int) -> tuple[Any, dict[str, Any]]:
    """A stamped 附件2 and what it says."""
    rng = random.Random(seed)
    head, rows = make_head(rng, UNIVERSITY), [make_row(rng, make_studio(rng, UNIVERSITY), n) for n in (1, 2)]
    page = scans.stamped(scans.drawn(summary_blocks("employee", head, rows), landscape=True), f"{UNIVERSITY}工会委员会", (1700, 1250))
    return page, {"kind": "summary_table", **head, "rows": rows}


def read(picture: Any, forms: tuple[FormSchema, ...], reader: RapidReader) -> Reading:
    """The reading of a page as a JPEG."""
    return payload_to_reading(scans.compressed(picture), "扫描件.jpg", forms, lambda: reader)


@pytest.mark.parametrize(
    ("page", "spoil", "right"),
    [
        (basic_info(1), lambda p: scans.skewed(p, 0.8), 0.97),
        (basic_info(2), lambda p: scans.turned_page(p, 1), 0.97),
        (basic_info(3), scans.photographed, 0.93),
        (summary(4), lambda p: scans.curled(scans.greyed(p)), 0.95),
        (summary(5), scans.chatted, 0.92),
    ],
    ids=["flatbed", "on its side", "photo", "grey and curled", "chat"],
)
def test_a_spoiled_form_is_the_same_form(page: Any, spoil: Any, right: float, forms: Any, reader: RapidReader) -> None:
    """Most values right, the rest blank or doubtful; at most one in a hundred wrong and not doubtful."""
    picture, truth = page
    reading = read(spoil(picture), forms, reader)
    tally = compare_reading(reading, [truth])
    assert (reading.status, reading.ocr, reading.seals) == ("read", True, 1)
    assert all(SequenceMatcher(None, UNIVERSITY, words).find_longest_match().size >= len(UNIVERSITY) // 2 for words in reading.seal_words)
    assert len(tally.wrong) <= max(1, 0.01 * tally.fields), tally.wrong
    assert len(tally.wrong) + len(tally.unread) <= (1 - right) * tally.fields + 1, (tally.wrong, tally.unread)
    (form,) = [f for f in reading.forms if f.kind == truth["kind"]]
    assert len(form.doubtful) <= 0.2 * tally.fields
    assert category_of(form) == truth.get("category", category_of(form))


def category_of(form: Form) -> Any:
    """The ticked box."""
    return form.value("category")


def test_a_fax_goes_to_a_person(forms: Any, reader: RapidReader) -> None:
    """What looks certain on a fax is half wrong: no value is taken, nothing is lost."""
    reading = read(scans.faxed(basic_info(6)[0]), forms, reader)
    assert (reading.status, reading.forms) == ("image", ())
    assert ILLEGIBLE in reading.problems
    assert "工作室" in reading.text


def test_a_scanned_essay_is_an_essay_with_its_length_and_outline(forms: Any, reader: RapidReader) -> None:
    """Two pages of a PDF without a letter in it."""
    lines = compose_narrative("“海浪”创新工作室", "王海", 1100, seed=7)
    half = len(lines) // 2
    payload = scans.scanned_pdf([scans.skewed(scans.drawn(lines[:half]), 0.5), scans.drawn(lines[half:])])
    reading = payload_to_reading(payload, "申报材料（盖章）.pdf", forms, lambda: reader)
    (essay,) = [f for f in reading.forms if f.kind == "narrative"]
    written = sum(len(line.replace(" ", "")) for line in lines)
    assert (reading.pages, reading.status) == (2, "read")
    assert abs(essay.facts["characters"] - written) < 0.05 * written
    assert len(essay.facts["sections"]) >= 5


def test_a_form_on_several_pages_is_one_form(forms: Any, reader: RapidReader) -> None:
    """Page bounds between its rows: the leader and the members stand on pages that bear no title."""
    values = make_studio(random.Random(5), UNIVERSITY, members=7)
    pages = [scans.skewed(scans.drawn(blocks), 0.4) for blocks in scans.in_pages(basic_info_blocks(values), 18, 24)]
    reading = payload_to_reading(scans.scanned_pdf(pages), "附件4（盖章）.pdf", forms, lambda: reader)
    tally = compare_reading(reading, [{"kind": "basic_info", **values}])
    assert (reading.pages, tally.wrong) == (3, [])
    assert len(tally.unread) <= 0.03 * tally.fields


def test_a_table_without_rules_goes_to_a_person_with_its_words(forms: Any, reader: RapidReader) -> None:
    """Which column a word stands in is not guessed: no value is taken, and what it says helps to tell whose it is."""
    rng = random.Random(4)
    head, rows = make_head(rng, UNIVERSITY), [make_row(rng, make_studio(rng, UNIVERSITY), n) for n in (1, 2)]
    page = scans.drawn(summary_blocks("employee", head, rows), landscape=True, ruled=False)
    reading = read(page, forms, reader)
    assert (reading.status, reading.forms) == ("image", ())
    assert UNIVERSITY in reading.text
    assert str(rows[0]["leader_name"]) in reading.text
