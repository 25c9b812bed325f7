"""What a university runs before it sends: files on disk judged as the letter they would come in."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from config.campaign import Campaign
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.belt.selfcheck import check_files
from intake.reading.engine import Inline
from intake.submission import Assessment, Material
from tests.generator.demo_letters import documents_of, make_head, make_row, make_studio, zipped
from tests.generator.documents import summary_docx

NOW = datetime.fromisoformat("2026-11-22T12:00:00+08:00")
UNIVERSITY = "大连海事大学"


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    """The shipped campaign."""
    return load_campaign(DEFAULT_CAMPAIGN)


def whole_submission() -> dict[str, bytes]:
    """One 职工 studio with everything the notice asks for."""
    rng = random.Random(7)
    studio = make_studio(rng, UNIVERSITY, "employee")
    table = summary_docx("employee", make_head(rng, UNIVERSITY), [make_row(rng, studio, 1)])
    return {"附件2 汇总表.docx": table, **documents_of(studio, 1)}


def judge(files: dict[str, bytes], campaign: Campaign, institution: str | None = None) -> Assessment:
    """The self-check of these files."""
    return check_files(files.items(), Inline(), None, campaign, NOW, institution)


def told(assessment: Assessment) -> set[str]:
    """The codes an institution is told, notes left out."""
    return {f.code for f in assessment.findings if f.audience == "institution" and f.severity != "note"}


def test_a_whole_submission_is_complete_and_knows_its_university(campaign: Campaign) -> None:
    """The forms themselves say who it is; years after the deadline no line speaks of lateness."""
    found = judge(whole_submission(), campaign)
    assert (found.institution.name, found.complete, told(found)) == (UNIVERSITY, True, set())
    assert not [f for f in found.findings if f.code.startswith("D")]


def test_the_same_files_in_a_zip_give_the_same_answer(campaign: Campaign) -> None:
    """GBK names, folders inside: as the letter would be opened."""
    loose, packed = judge(whole_submission(), campaign), judge({"材料.zip": zipped(whole_submission())}, campaign)
    assert packed.complete
    assert [s.name for s in packed.submission.studios] == [s.name for s in loose.submission.studios]
    assert [(f.code, f.message) for f in packed.findings] == [(f.code, f.message) for f in loose.findings]


def test_a_missing_form_is_named_with_its_studio(campaign: Campaign) -> None:
    """Without 附件4 the answer says which studio's."""
    files = {name: payload for name, payload in whole_submission().items() if "附件4" not in name}
    found = judge(files, campaign)
    assert (found.complete, told(found)) == (False, {"C03"})


def test_a_file_nobody_can_open_is_kept_for_a_person_and_never_missing(campaign: Campaign) -> None:
    """A form as a photograph: received_unread, not 尚缺 (law 6)."""
    files = {name: (b"\xff\xd8\xff\xe0" + bytes(40000) if "附件4" in name else payload) for name, payload in whole_submission().items()}
    files = {name.replace(".docx", ".jpg") if "附件4" in name else name: payload for name, payload in files.items()}
    found = judge(files, campaign)
    (studio,) = found.submission.studios
    assert studio.materials[Material.BASIC_INFO].status == "received_unread"
    assert "C03" not in told(found)


@pytest.mark.parametrize("name", [f"{UNIVERSITY}工会", UNIVERSITY, "大连海事"])
def test_an_institution_is_found_by_full_name_union_or_an_alias_of_its_own(campaign: Campaign, name: str) -> None:
    """What a person types is enough."""
    assert judge(whole_submission(), campaign, name).institution.name == UNIVERSITY


def test_hostile_names_in_an_archive_are_told_to_a_person(campaign: Campaign) -> None:
    """The file is looked at all the same, under a safe name."""
    found = judge({"材料.zip": zipped({"../../x.docx": whole_submission()["附件2 汇总表.docx"]})}, campaign)
    assert "M08" in {f.code for f in found.findings}
    assert all(".." not in a.name for letter in found.submission.letters for a in letter.message.attachments)
