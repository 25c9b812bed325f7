"""The shared samples of reported documents and letters: each reads, or opens, as the answer beside it says."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from config.forms import mapping_to_schema
from parsers.read import read
from service.cli import intake
from tests.corpus.play import FOLDER, HERE

SHARED = Path(os.environ.get("INTAKE_SHARED", HERE.parents[1] / "../shared")) / "samples/reported"
pytestmark = [pytest.mark.samples, pytest.mark.skipif(not SHARED.exists(), reason="no shared samples/reported beside the project")]
# What README-public.md beside the letters says: the sender, the subject and the one file.
SHEET, FORM = "fujian1.xlsx", "fujian4.docx"
PLAIN = ("wang@example.edu.cn", "报送材料", SHEET)
OTHERS = {
    "b_bounced": ("li@neu.edu.cn", "退信重发：东北大学工作室材料", FORM),
    "c_lostfold": ("zhao@dlmu.edu.cn", "大连海事大学工作室材料", FORM),
    "d_badline": ("sun@lnu.edu.cn", "辽宁大学工作室材料", FORM),
    "e_waichu": ("qian@syau.edu.cn", "外出：沈阳农业大学王老师委托报送工作室材料", FORM),
    "f_longname": ("zhou@sut.edu.cn", "沈阳工业大学工作室材料", FORM),
    "g_comma": ("wu@bhu.edu.cn", "渤海大学工作室材料", FORM),
    "h09_bounced_and_sent_again": (PLAIN[0], "退信重发：示例大学工作室申报材料", SHEET),
    "h10_undelivered_sent_again": (PLAIN[0], "未送达的材料重新报送", SHEET),
    "h11_notice_of_bounce_quoted": (PLAIN[0], "Re: 系统退信", SHEET),
    "h16_out_of_office_subject": (PLAIN[0], "外出：王老师委托报送材料", SHEET),
    "h19_no_from_english": ("", "报送材料", SHEET),
    "h_date": ("zheng@lnnu.edu.cn", "辽宁师范大学工作室材料", FORM),
    "p4_toudi": ("wu@bhu.edu.cn", "投递失败重发-渤海大学工作室材料", FORM),
    "p7_system_admin": ("wu@bhu.edu.cn", "渤海大学工作室材料", FORM),
    "pa_vacation": ("wu@bhu.edu.cn", "Vacation lab material of Bohai University", FORM),
    "pb_tuijian": ("wu@bhu.edu.cn", "退件说明及渤海大学补报材料", FORM),
}
NEVER_ANSWERED = "h23_underscore_postmaster"
UNDATED = ("h06_date_overflow", "h_date")
# The two that need a form of their own: its blanks, its roster's columns (the second marks the roster), and how many rows are filled.
ROSTERS = {
    "t01_roster_on_its_side": (
        ["团队名称", "队伍口号", "团队简介", "指导教师意见"],
        ["姓名", "所在院系", "专业班级", "移动电话", "电子邮箱"],
        3,
    ),
    "t02_roster_in_the_middle": (["团队名称", "参赛题目", "基于平台", "主要创新点"], ["姓名", "学历及年级", "职务", "手机号码", "邮箱"], 4),
}
MEMBERS = ("r00_plain", "r01_roster_then_opinion", "r02_roster_then_remark", "r03_roster_then_body_label")
WORKBOOKS = ("x01_workbook_with_word_object", "x02_stream_name_in_capitals")


def spoken(*words: str) -> Any:
    found = CliRunner().invoke(intake, [*words, "--json"])
    assert found.exit_code in (0, 1), (words, found.output, found.exception)
    return json.loads(found.stdout)


def letters() -> list[Path]:
    return sorted((SHARED / "letters").glob("*.eml"))


def answered() -> list[Path]:
    return sorted((SHARED / "documents").glob("*.json"))


def _file_of(answer: Path) -> Path:
    return answer.with_suffix("")


@pytest.mark.parametrize("file", [p for p in letters() if not p.stem.startswith(("recall", NEVER_ANSWERED))], ids=lambda p: p.stem)
def test_a_reported_letter_opens_whole(file: Path, tmp_path: Path) -> None:
    told = spoken("open", str(file))
    sender, subject, name = OTHERS.get(file.stem, PLAIN)
    assert (told["kind"], told["from"]["address"], told["subject"]) == ("submission", sender, subject)
    (kept,) = told["attachments"]
    assert (kept["name"], kept["problem"]) == (name, None)
    assert (told["date"] is None) == (file.stem in UNDATED)
    assert not {problem["code"] for problem in told["problems"]} & {"M02", "M03", "M08"}
    if not told["answerable"]:
        assert _is_put_to_staff(file, tmp_path)


def _is_put_to_staff(file: Path, folder: Path) -> bool:
    """A letter with files that no program may answer is put to a person, or answered to the registered address."""
    config = ("--config", str(folder / "intake.toml"))
    (folder / "intake.toml").write_text(f'campaign = "{FOLDER}"\ndata = "data"\nmode = "approve"\n', encoding="utf-8")
    assert CliRunner().invoke(intake, ["import", "--now", "2022-08-01T09:00:00", str(file), *config]).exit_code in (0, 1)
    page = CliRunner().invoke(intake, ["digest", "--print", "--now", "2022-08-01T09:10:00", *config]).stdout
    return "待办0件" not in page or bool(CliRunner().invoke(intake, ["letters", "--json", *config]).stdout)


def test_what_a_postmaster_writes_is_not_answered() -> None:
    assert spoken("open", str(SHARED / f"letters/{NEVER_ANSWERED}.eml"))["answerable"] is False


@pytest.mark.parametrize("name", ["recall_by_hand", "recall_header", "recall_plain"])
def test_a_reported_recall(name: str) -> None:
    truth = json.loads((SHARED / f"letters/{name}.json").read_text(encoding="utf-8"))
    told = spoken("open", str(SHARED / f"letters/{name}.eml"))
    assert (told["kind"], told["answerable"]) == (truth["kind"], truth["answerable"])
    assert truth.get("problems_without") not in {problem["code"] for problem in told["problems"]}


def _same(got: Any, want: Any) -> bool:
    return got == want or (isinstance(want, str) and str(got) == want)


def differing(form: dict[str, Any], want: dict[str, Any]) -> list[str]:
    """Each value that is neither the right one nor withheld: null and doubtful, or unread."""
    rows = "members" if "members" in want else "rows"
    flat = dict(want.get("fields", {k: v for k, v in want.items() if k not in ("rows", "members")}))
    flat |= {f"{rows}.{n}.{k}": v for n, row in enumerate(want.get(rows, ())) for k, v in row.items()}
    got = dict(form["fields"]) | {f"{rows}.{n}.{k}": v for n, row in enumerate(form.get(rows, ())) for k, v in row.items()}
    withheld = {*form["doubtful"], *form["unread"]}
    wrong = [
        f"{k}: {got.get(k)!r} for {v!r}" for k, v in flat.items() if not (_same(got.get(k), v) or (got.get(k) is None and k in withheld))
    ]
    return wrong + [f"{len(form.get(rows, ()))} rows"] * (rows in want and len(form.get(rows, ())) != len(want[rows]))


@pytest.mark.parametrize("answer", answered(), ids=lambda p: _file_of(p).name)
def test_a_reported_document_reads_as_its_answer_says(answer: Path) -> None:
    truth = json.loads(answer.read_text(encoding="utf-8"))
    told = spoken("read", str(_file_of(answer)))
    assert told["status"] == truth.get("status", told["status"])
    problems = told.get("problems", ())
    assert truth.get("problems_contains") in (None, *problems)
    assert truth.get("problems", list(problems)) == list(problems)
    assert truth.get("problems_without") not in problems
    kinds = [form["kind"] for form in told["forms"]]
    for kind in ("basic_info", "summary_table"):
        if kind in truth:
            assert kinds == [kind]
            assert differing(told["forms"][0], truth[kind]) == []
    if isinstance(truth.get("rows"), int):
        assert [len(form["rows"]) for form in told["forms"]] == [truth["rows"]]
    if isinstance(truth.get("forms"), int):
        assert len(kinds) == truth["forms"]


@pytest.mark.parametrize("name", MEMBERS)
def test_what_stands_under_a_roster_is_no_member(name: str) -> None:
    (form,) = spoken("read", str(SHARED / f"documents/{name}.docx"))["forms"]
    names = [member["name"] for member in form["members"]]
    assert len(names) == 7
    assert not {"学校工会意见", "备注", "社会效益", "推荐单位意见"} & set(names)


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_workbook_is_known_by_its_own_streams(name: str) -> None:
    told = spoken("read", str(SHARED / f"documents/{name}.xls"))
    assert (told["reader"], [(form["kind"], len(form["rows"])) for form in told["forms"]]) == ("xls", [("summary_table", 2)])


@pytest.mark.parametrize("name", ROSTERS)
def test_a_roster_that_another_years_form_may_have(name: str) -> None:
    blanks, columns, rows = ROSTERS[name]
    schema = mapping_to_schema(
        {
            "kind": "basic_info",
            "title": "报名表",
            "titles": ["报名表"],
            "groups": [{"name": "body", "title": "body"}],
            "fields": [{"name": f"f{n}", "title": title, "labels": [title], "group": "body"} for n, title in enumerate(blanks)],
            "rows": {
                "title": "成员",
                "key": "r0",
                "markers": ["r1"],
                "columns": [{"name": f"r{n}", "title": title, "labels": [title]} for n, title in enumerate(columns)],
            },
        }
    )
    (form,) = read((SHARED / f"documents/{name}.docx").read_bytes(), f"{name}.docx", (schema,)).forms
    assert (len(form.fields), len(form.rows)) == (len(blanks), rows)
    assert all(row["r0"].raw and row["r1"].raw for row in form.rows)
