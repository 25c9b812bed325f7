"""A whole submission that came as nothing but stamped scans, with the real engine: it is received, and nobody is told that anything is missing."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")

from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.belt.selfcheck import check_files
from intake.reading.engine import Inline
from intake.submission import Assessment, Material
from tests.generator import scans
from tests.generator.demo_letters import documents_of, make_head, make_row
from tests.generator.documents import basic_info_blocks, compose_narrative, summary_blocks, summary_docx
from tests.generator.people import make_studio

pytestmark = [
    pytest.mark.ocr,
    pytest.mark.skipif(not scans.find_font(), reason="no Chinese font on this machine (fonts-noto-cjk)"),
]
NOW = datetime.fromisoformat("2026-11-22T12:00:00+08:00")
UNIVERSITY = "大连海事大学"


def judged(files: dict[str, bytes]) -> Assessment:
    """The self-check of these files."""
    return check_files(files.items(), Inline(), None, load_campaign(DEFAULT_CAMPAIGN), NOW, UNIVERSITY)


def states(assessment: Assessment) -> dict[Material, str]:
    """The state of each material of the only studio."""
    (studio,) = assessment.submission.studios
    return {m: studio.materials[m].status for m in (Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE)}


def test_scans_alone_are_the_same_submission_as_the_word_files() -> None:
    """汇总表 askew, 基本情况表 from a phone, 申报材料 as a scanned PDF: all three received, nothing asked for that was sent."""
    rng = random.Random(11)
    studio = make_studio(rng, UNIVERSITY, "employee")
    studio = {**studio, "members": studio["members"][:3], "member_count": len(studio["members"][:3]) + 1, "filled_on": "2022-07-26"}
    head, row = make_head(rng, UNIVERSITY), make_row(rng, studio, 1)
    seal = f"{UNIVERSITY}工会委员会"
    table = scans.stamped(scans.drawn(summary_blocks("employee", head, [row]), landscape=True), seal, (1700, 1100))
    form = scans.stamped(scans.drawn(basic_info_blocks(studio)), seal, (1150, 330))
    essay = compose_narrative(studio["studio"], studio["leader.name"], 2300)
    half = len(essay) // 2
    scanned = judged(
        {
            "附件2.jpg": scans.compressed(scans.skewed(table, 0.7)),
            "附件4.jpg": scans.compressed(scans.photographed(form)),
            "申报材料.pdf": scans.scanned_pdf([scans.drawn(essay[:half]), scans.drawn(essay[half:])]),
        }
    )
    assert states(scanned) == dict.fromkeys((Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE), "received")
    typed = judged({"附件2.docx": summary_docx("employee", head, [row]), **documents_of(studio, 1)})
    asked = {f.code for f in scanned.findings if f.severity == "missing" and f.audience == "institution"}
    assert asked <= {f.code for f in typed.findings if f.severity == "missing"}


def test_three_photographs_of_one_form_are_the_form() -> None:
    """The second and third bear no title and no label of a column; with the first they are one 附件4, members and all, and nothing waits to be read."""
    studio = make_studio(random.Random(5), UNIVERSITY, members=7)
    pages = [scans.drawn(blocks) for blocks in scans.in_pages(basic_info_blocks(studio), 18, 24)]
    names = ("微信图片_9.jpg", "微信图片_10.jpg", "微信图片_11.jpg")
    files = {name: scans.compressed(scans.skewed(page, 0.3 * n)) for n, (name, page) in enumerate(zip(names, pages, strict=True))}
    found = judged(files)
    (sent,) = found.submission.studios
    form = sent.materials[Material.BASIC_INFO].current
    assert form is not None
    assert form.form is not None
    assert (form.file, form.form.value("leader.name"), len(form.form.rows)) == (names[0], studio["leader.name"], 7)
    assert form.form.rows[6]["name"].value == studio["members"][6]["name"]
    assert not found.submission.unread
