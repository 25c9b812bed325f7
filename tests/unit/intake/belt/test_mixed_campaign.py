"""The same campaign in Word and on paper, mixed: forms drawn, stamped, spoiled and read with the real engine give the matrix of the typed ones."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")

from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.belt.selfcheck import files_to_message, open_files, read_leaves
from intake.judging import assess
from intake.reading.engine import Inline
from intake.submission import Assessment, Material, Received
from parsers.form import Reading
from tests.generator import scans
from tests.generator.documents import basic_info_blocks, basic_info_docx, blocks_to_docx, compose_narrative, summary_blocks, summary_docx
from tests.generator.people import make_head, make_row, make_studio
from tests.generator.received import moment

pytestmark = [
    pytest.mark.ocr,
    pytest.mark.slow,
    pytest.mark.skipif(not scans.find_font(), reason="no Chinese font on this machine (fonts-noto-cjk)"),
]
UNIVERSITY = "大连海事大学"
SEAL = f"{UNIVERSITY}工会委员会"
FIRST, SECOND = moment("07-29 10:00"), moment("08-01 10:00")
Files = Mapping[str, bytes]


@cache
def typed() -> Files:
    """附件2 with two studios, and each studio's form and essay, as Word files."""
    found = {"附件2.docx": summary_docx("employee", *table())}
    for number, studio in enumerate(studios()):
        found[f"附件4 {studio['leader.name']}.docx"] = basic_info_docx(studio)
        found[f"申报材料 {studio['leader.name']}.docx"] = blocks_to_docx(essay(number))
    return found


@cache
def essay(number: int) -> list[str]:
    """The lines of a studio's 申报材料."""
    studio = studios()[number]
    return compose_narrative(studio["studio"], studio["leader.name"], 2300, seed=number)


@cache
def studios() -> tuple[dict[str, Any], ...]:
    """Two invented studios that fit one page each."""
    rng = random.Random(23)
    made = [make_studio(rng, UNIVERSITY, "employee", members=3) for _ in range(2)]
    return tuple({**s, "member_count": 4, "filled_on": "2022-07-26"} for s in made)


@cache
def table() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The head and the rows of 附件2."""
    rng = random.Random(24)
    return {**make_head(rng, UNIVERSITY), "filled_on": "2022-07-26"}, [make_row(rng, s, i) for i, s in enumerate(studios(), 1)]


@cache
def paper(what: str, number: int = 0) -> bytes:
    """One of these papers, stamped and spoiled in its own way."""
    if what == "table":
        page = scans.stamped(scans.drawn(summary_blocks("employee", *table()), landscape=True), SEAL, (1800, 1250))
        return scans.compressed(scans.skewed(page, 0.6))
    studio = studios()[number]
    if what == "form":
        return scans.compressed(scans.photographed(scans.stamped(scans.drawn(basic_info_blocks(studio)), SEAL, (1150, 330)), 3))
    lines = essay(number)
    return scans.scanned_pdf([scans.drawn(lines[: len(lines) // 2]), scans.drawn(lines[len(lines) // 2 :])])


READ: dict[str, Reading] = {}


def letter(files: Files, at: datetime = FIRST) -> Received:
    """A letter with these files; each is read once."""
    campaign = load_campaign(DEFAULT_CAMPAIGN)
    leaves, problems = open_files(list(files.items()), Inline(), campaign)
    READ.update(read_leaves([leaf for leaf in leaves if leaf.sha256 not in READ], Inline(), None, campaign, lambda *_: None))
    readings = {leaf.sha256: READ[leaf.sha256] for leaf in leaves}
    return Received(message=replace(files_to_message(leaves, problems), date=at), received_at=at, readings=readings)


def papers() -> dict[str, bytes]:
    """The whole submission on paper."""
    found = {"附件2（盖章）.jpg": paper("table")}
    for i in range(2):
        found |= {f"附件4-{i + 1}（盖章）.jpg": paper("form", i), f"申报材料{i + 1}（盖章）.pdf": paper("essay", i)}
    return found


def judged(*letters: Received) -> Assessment:
    """What these letters come to."""
    campaign = load_campaign(DEFAULT_CAMPAIGN)
    unit = campaign.institution(UNIVERSITY)
    assert unit is not None
    return assess(unit, list(letters), [], campaign, SECOND + timedelta(hours=1))


def matrix(assessment: Assessment) -> set[tuple[str, str, str]]:
    """Each studio's leader with the state of each material."""
    materials = (Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE)
    return {(s.leader, m.value, s.materials[m].status) for s in assessment.submission.studios for m in materials}


def told(assessment: Assessment) -> set[str]:
    """What the institution would be told is missing."""
    return {f"{f.code} {f.message}" for f in assessment.findings if f.severity == "missing" and f.audience == "institution"}


@pytest.fixture(scope="module")
def word() -> Assessment:
    """What the Word files alone come to."""
    found = judged(letter(typed()))
    assert {state for _, _, state in matrix(found)} == {"received"}
    return found


def test_paper_alone_is_complete_and_nobody_is_told_that_anything_is_missing(word: Assessment) -> None:
    """收齐 or 收齐（有待核对项）; what is doubtful is listed for staff, and for them alone."""
    found = judged(letter(papers()))
    assert matrix(found) == matrix(word)
    assert told(found) <= told(word)
    assert found.complete == word.complete


def test_word_and_paper_mixed_in_one_letter_give_the_same_matrix(word: Assessment) -> None:
    """One studio typed, the other and the table on paper."""
    one, other = (studio["leader.name"] for studio in studios())
    assert one != other
    half = {name: payload for name, payload in typed().items() if one in name} | {n: p for n, p in papers().items() if "1（" not in n}
    found = judged(letter(half))
    assert matrix(found) == matrix(word)
    assert told(found) <= told(word)


@pytest.mark.parametrize("paper_first", [False, True], ids=["Word first", "paper first"])
def test_paper_in_another_letter_is_a_copy_whichever_came_first(paper_first: bool, word: Assessment) -> None:
    """盖章件: the Word files stand, nothing is replaced, nothing is asked for again."""
    one, other = (papers(), typed()) if paper_first else (typed(), papers())
    found = judged(letter(one), letter(other, SECOND))
    assert matrix(found) == matrix(word)
    assert told(found) <= told(word)
    forms = [s.materials[Material.BASIC_INFO].current for s in found.submission.studios]
    assert all(v is not None and v.file.endswith(".docx") for v in forms)
