"""Cases of groups Q and C: how many are recommended, and what is still missing."""

from __future__ import annotations

from dataclasses import replace

from intake.message import CloudFile
from intake.submission import Claim, StudioSubmission, Submission
from tests.unit.intake.checks.builders import (
    EMPLOYEE,
    HOME,
    MEDICAL,
    MODEL,
    ROW,
    Case,
    basic_info,
    other_studio,
    state,
    studio,
    submission,
    summary,
    version,
)

UNCONFIRMED = replace(HOME, confirmed=False)
UNKNOWN = replace(HOME, unit_class="unknown")
WAIVED, UNREAD = state(status="waived"), state(status="received_unread")
LINK = CloudFile(name="a.zip", url="https://example.com/a", provider="qq")


def many(models: int, employees: int, **changes: object) -> Submission:
    studios = [_bare(f"劳模{i}", MODEL) for i in range(models)] + [_bare(f"职工{i}", EMPLOYEE) for i in range(employees)]
    return submission(*studios, summaries={}, summary_versions=(), **changes)


def _bare(name: str, category: str, **more: object) -> StudioSubmission:
    waived = {"basic": WAIVED, "story": WAIVED, "row": "waived", "tables": ()}
    return studio(f"{name}创新工作室", leader=name, category=category, **waived | more)  # type: ignore[arg-type]


def nothing(**changes: object) -> Submission:
    return replace(submission(), studios=(), summaries={}, summary_versions=(), **changes)  # type: ignore[arg-type]


EXTRA_FORM = version("基本情况表2.docx", basic_info({"studio": None, "leader.name": None}), attachment="extra")
TWO_ROWS = summary([ROW, {**ROW, "number": 2, "studio": "王五创新工作室", "leader_name": "王五"}])

CASES = (
    Case("Q01", "four studios of an ordinary university", many(3, 1), ("贵校共推荐4个工作室，超出通知规定的3个，请研究确定推荐名单后重新报送汇总表。",),
         audience="institution_after_approval"),
    Case("Q01", "six of a medical university", many(4, 2, institution=MEDICAL), ("贵校共推荐6个工作室，超出通知规定的5个，请研究确定推荐名单后重新报送汇总表。",)),
    Case("Q01", "three 劳模 studios", many(3, 0)),
    Case("Q01", "five of a medical university", many(3, 2, institution=MEDICAL)),
    Case("Q01", "the fourth is withdrawn", submission(*many(2, 1).studios, _bare("撤回", MODEL, withdrawn=True), summaries={}, summary_versions=())),
    Case("Q01", "the fourth stands in an older table only", submission(*many(2, 1).studios, _bare("旧", MODEL, superseded=True), summaries={}, summary_versions=())),
    Case("Q02", "three 职工 studios", many(0, 3), ("贵校推荐职工创新工作室3个，超出通知规定的2个，请调整后重新报送附件2。",), audience="institution_after_approval"),
    Case("Q02", "four 职工 of a medical university", many(1, 4, institution=MEDICAL), ("贵校推荐职工创新工作室4个，超出通知规定的3个，请调整后重新报送附件2。",)),
    Case("Q02", "two 职工 studios", many(1, 2)),
    Case("Q03", "a summary table without a row", submission(studio(), model=summary([]), studios=()),
         ("暂未从来件中识别到推荐的工作室，烦请核对汇总表是否已填写。",), audience="institution"),
    Case("Q03", "a file waits for a person", replace(submission(model=summary([])), studios=(), unread=(version("a.jpg", problem="image"),))),
    Case("Q03", "only a link came", nothing(cloud_files=(("letter-1", LINK),))),
    Case("Q03", "nothing came at all", nothing(letters=())),
    Case("Q04", "one row and two forms", submission(unplaced=(EXTRA_FORM,)), ("汇总表列有1个工作室，收到基本情况表2份，请核对是否有漏报或多报。",), audience="institution"),
    Case("Q04", "one form is missing: C03 says so", submission(studio(basic=state()), studio("王五创新工作室", leader="王五"), model=TWO_ROWS)),
    Case("Q04", "as many rows as forms", submission(studio(), other_studio())),
    Case("Q05", "a hospital writes for itself", submission(claims={"letter-1": Claim("示例大学", affiliate="示例大学附属医院", codes=("Q05",))}),
         ("示例大学附属医院单独来信，已并入示例大学名额，请与校工会核对。",), audience="staff"),
    Case("Q05", "the university writes", submission(claims={"letter-1": Claim("示例大学")})),
    Case("Q07", "only a hospital writes", submission(claims={"letter-1": Claim("示例大学", affiliate="示例大学附属医院", codes=("Q05",))}),
         ("示例大学附属医院报送的材料已收到，名额计入示例大学，请同时由校工会汇总推荐。",), audience="institution_after_approval"),
    Case("Q07", "the university has written too",
         submission(claims={"letter-1": Claim("示例大学", affiliate="示例大学附属医院"), "letter-2": Claim("示例大学")})),
    Case("Q06", "four studios, class unknown", many(3, 1, institution=UNKNOWN),
         ("名额类别待确认：共推荐4个（劳模3个、职工1个），若按一般高校则超出名额。请先在名单中确认该单位类别，再决定是否发名额函。",), audience="staff"),
    Case("Q06", "three 职工, row not confirmed", many(0, 3, institution=UNCONFIRMED),
         ("名额类别待确认：共推荐3个（职工3个），若按一般高校则超出名额。请先在名单中确认该单位类别，再决定是否发名额函。",)),
    Case("Q06", "within every quota", many(1, 2, institution=UNKNOWN)),
    Case("Q06", "the class is confirmed", many(3, 1)),
    Case("C01", "a 劳模 studio and no 附件1", submission(studio(row="missing", tables=())), ("尚缺《劳模创新工作室推荐汇总表》（附件1）。",), audience="institution"),
    Case("C01", "the table may be in an unread file", submission(studio(row="received_unread", tables=()))),
    Case("C01", "staff waived it", submission(studio(row="waived", tables=()))),
    Case("C01", "only 职工 studios", submission(other_studio(row="missing", tables=()))),
    Case("C02", "a 职工 studio and no 附件2", submission(other_studio(row="missing", tables=())), ("尚缺《职工创新工作室推荐汇总表》（附件2）。",)),
    Case("C02", "the table may be in an unread file", submission(other_studio(row="received_unread", tables=()))),
    Case("C03", "no 基本情况表", submission(studio(basic=state())), ("尚缺“张三丰劳模创新工作室”的《基本情况表》（附件4）。",), audience="institution"),
    Case("C03", "kept but unread", submission(studio(basic=UNREAD))),
    Case("C03", "staff waived it", submission(studio(basic=WAIVED))),
    Case("C03", "the studio is withdrawn", submission(studio(basic=state(), withdrawn=True))),
    Case("C04", "no 申报材料", submission(studio(story=state())), ("尚缺“张三丰劳模创新工作室”的申报材料（按附件3参考提纲撰写，2000字以上）。",), audience="institution"),
    Case("C04", "kept but unread", submission(studio(story=UNREAD))),
    Case("C05", "files of a studio the table does not list", submission(studio(), other_studio(category=MODEL, row="missing", tables=())),
         ("“李四光创新工作室”的基本情况表、申报材料已收到，但汇总表中未见该工作室，请核对。",), audience="institution"),
    Case("C05", "the newest table dropped it", submission(studio(), other_studio(category=MODEL, superseded=True, tables=())),
         ("“李四光创新工作室”的基本情况表、申报材料已收到，但汇总表中未见该工作室，请核对。",)),
    Case("C05", "its table has not come yet: C02 says so", submission(studio(), other_studio(row="missing", tables=()))),
    Case("C05", "its row may be in an unread file", submission(studio(), other_studio(category=MODEL, row="received_unread", tables=()))),
    Case("C06", "paper not registered", submission(paper={}), ("另请将纸质版（加盖公章、一式两份）于8月5日前报送，地址：沈阳市沈河区北站路118号（110832）。",), audience="institution"),
    Case("C06", "paper registered", submission()),
    Case("C07", "one copy", submission(paper={"copies": 1, "stamped": True}), ("纸质材料收到1份，通知要求一式两份，请补送。",), audience="institution_after_approval"),
    Case("C07", "two copies", submission(paper={"copies": 2, "stamped": True})),
    Case("C08", "no seal", submission(paper={"copies": 2, "stamped": False, "unstamped": "附件2"}), ("纸质材料中附件2尚未加盖公章，请补盖后报送。",),
         audience="institution_after_approval"),
    Case("C08", "two parts without a seal", submission(paper={"copies": 2, "stamped": False, "unstamped": "附件2、基本情况表"}),
         ("纸质材料中附件2尚未加盖公章，请补盖后报送。", "纸质材料中基本情况表尚未加盖公章，请补盖后报送。"), audience="institution_after_approval"),
    Case("C08", "nobody noted anything about the seal", submission(paper={"copies": 2})),
)  # fmt: skip
