"""What the machine is not sure of is never held against an institution (CONTRACT: doubtful), and what is kept is never called missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.submission import Finding, Material, Submission
from tests.unit.intake.checks.builders import (
    ROW,
    Case,
    basic_info,
    findings,
    narrative,
    row_case,
    state,
    studio,
    submission,
    summary,
    version,
)
from tests.unit.intake.checks.test_cases import CASES


def to_institutions(given: Submission) -> list[str]:
    return [f.code for f in findings(given) if f.audience != "staff" and f.code[0] in "TFNX"]


def test_a_doubtful_box_raises_nothing_to_the_institution() -> None:
    assert to_institutions(submission(studio(basic=basic_info({"benefit.2021.total": 120})))) == ["F20"]
    assert to_institutions(submission(studio(basic=basic_info({"benefit.2021.total": 120}, doubtful=("benefit.2021.total",))))) == []


def test_a_value_of_low_confidence_raises_nothing_to_the_institution() -> None:
    form = basic_info({"social_benefit": None})
    unsure = replace(form, fields={**form.fields, "social_benefit": replace(form.fields["social_benefit"], confidence=0.79)})
    assert to_institutions(submission(studio(basic=form))) == ["F26"]
    assert to_institutions(submission(studio(basic=unsure))) == []


def test_a_doubtful_cell_of_a_member_or_of_a_row_raises_nothing_to_the_institution() -> None:
    members = basic_info(members=({"name": "赵小亮", "gender": None},), doubtful=("members.0.gender",))
    assert to_institutions(submission(studio(basic=members))) == []
    assert to_institutions(submission(model=summary([ROW | {"leader_post": None}], doubtful=("rows.0.leader_post",)))) == []


def test_one_doubtful_box_does_not_silence_the_others() -> None:
    form = basic_info({"leader.gender": None, "leader.education": None}, doubtful=("leader.gender",))
    said = {f.audience: f.message for f in findings(submission(studio(basic=form))) if f.code == "F27"}
    assert said["institution"] == "“张三丰劳模创新工作室”领衔人情况中“学历”未填写。"
    assert said["staff"] == "（机器识读把握不足，请先对照原件）“张三丰劳模创新工作室”领衔人情况中“性别”未填写。"


def test_a_box_the_reader_did_not_find_is_for_staff() -> None:
    form = basic_info({"social_benefit": ...}, absent=("social_benefit",))
    said = [f for f in findings(submission(studio(basic=form))) if f.code == "F26"]
    assert [f.audience for f in said] == ["staff"]


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.says and isinstance(case.given, Submission) and case.code[0] in "TFNX"], ids=str
)
def test_a_whole_form_of_low_confidence_says_nothing_to_the_institution(case: Case) -> None:
    assert isinstance(case.given, Submission)
    unsure = _unsure(case.given)
    said = [f for f in findings(unsure, case.now, case.campaign) if f.code[0] in "TFNX" and f.audience != "staff"]
    assert [f.code for f in said if not _of_the_matrix(f)] == []


def _of_the_matrix(found: Finding) -> bool:
    """X09 is about the matrix of studios; its evidence is the leader assembly settled on."""
    return found.code == "X09"


def _unsure(given: Submission) -> Submission:
    studios = tuple(
        replace(s, materials={m: replace(st, current=replace(st.current, form=replace(st.current.form, confidence=0.5)))
                              if st.current and st.current.form else st for m, st in s.materials.items()})
        for s in given.studios
    )  # fmt: skip
    summaries = {key: replace(v, form=replace(v.form, confidence=0.5)) for key, v in given.summaries.items() if v.form}
    return replace(given, studios=studios, summaries=summaries)


@pytest.mark.parametrize("status", ["received", "received_unread", "waived", "not_registered"])
@pytest.mark.parametrize("material", [Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE])
def test_only_a_missing_material_is_ever_called_missing(material: Material, status: str) -> None:
    bare = studio(basic=state(version("a.docx", basic_info())), story=state(version("b.docx", narrative())), tables=())
    waiting = replace(bare, materials={**bare.materials, material: state(status=status)})
    said = findings(submission(waiting, summaries={}, summary_versions=()))
    assert [f.message for f in said if "尚缺" in f.message] == []


def test_the_place_of_a_fault_names_the_file_and_the_box() -> None:
    found = next(f for f in findings(row_case({"leader_post": None})) if f.code == "T15")
    assert (found.where.file, found.where.field, found.studio) == ("附件1.docx", "leader_post", "张三丰劳模创新工作室")
