"""Invented institutions, letters and assessments by hand, for tests of what we say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.campaign import Campaign, Institution
from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import MailboxSettings, Pacing, Settings, SmtpSettings, Staff
from intake.message import Address, Attachment, CloudFile, Message
from intake.records import OutboxRecord
from intake.submission import Assessment, Finding, Material, MaterialState, Received, StudioSubmission, Submission, Version
from notifier.letter import Occasion
from parsers.form import Form, Value

ZONE = ZoneInfo("Asia/Shanghai")
NOTHING = MaterialState()
ROW_NUMBERS = count(1)
SEA = Institution(
    name="滨海示例大学",
    aliases=("滨示大",),
    domains=("binhai.example",),
    unit_class="ordinary",
    confirmed=True,
    email="union@binhai.example",
)
HILL = Institution(name="青山示例学院", domains=("qingshan.example",), unit_class="ordinary", confirmed=True, email="gh@qingshan.example")
LAKE = Institution(
    name="平湖示例医科大学", domains=("pinghu.example",), unit_class="medical", confirmed=True, email="gonghui@pinghu.example"
)


def campaign() -> Campaign:
    """The shipped campaign with invented institutions in place of the roster."""
    return replace(load_campaign(DEFAULT_CAMPAIGN), institutions=(SEA, HILL, LAKE))


def settings(**changes: Any) -> Settings:
    """An installation that sends by itself, at once."""
    base = Settings(
        campaign=Path("campaign"),
        data=Path("data"),
        mode="automatic",
        mailbox=MailboxSettings(host="127.0.0.1", tls=False, user="intake@office.example"),
        smtp=SmtpSettings(host="127.0.0.1", tls=False, user="intake@office.example", sent_folder_witness=False),
        pacing=Pacing(seconds_between=0.0, per_quarter_hour=1000, per_day=1000),
        staff=(Staff("赵值班", "zhao@office.example"), Staff("钱值班", "qian@office.example")),
    )
    return replace(base, **changes)


def at(day: int, hour: int = 10, minute: int = 5, month: int = 7) -> datetime:
    """A moment of 2022 in Beijing."""
    return datetime(2022, month, day, hour, minute, tzinfo=ZONE)


def digest(text: str) -> str:
    """A SHA-256 for an invented thing."""
    return hashlib.sha256(text.encode()).hexdigest()


def letter(
    name: str,
    when: datetime,
    *,
    files: Sequence[str] = (),
    sender: str = "union@binhai.example",
    seen_at: tuple[datetime, ...] = (),
    content: str = "",
    **more: Any,
) -> Received:
    """One opened letter; `name` makes its identity; its files are those of the letter `content` when that is given."""
    attachments = tuple(Attachment(name=f, path=(f,), size=20480 + 311 * i, sha256=digest(f"{content or name}/{f}")) for i, f in enumerate(files))
    fields: dict[str, Any] = {
        "sha256": digest(name),
        "message_id": f"<{name}@binhai.example>",
        "subject": "创新工作室申报材料",
        "sender": Address("示例大学工会", sender),
        "date": when - timedelta(minutes=1),
        "kind": "submission" if files else "empty",
        "answerable": True,
        "attachments": attachments,
    }
    return Received(Message(**(fields | more)), when, {}, "INBOX", when, seen_at or (when,))


def version(received: Received, file: str, number: int = 1, *, form: Form | None = None, **more: Any) -> Version:
    """One version of a material that came as `file` of a letter."""
    attachment = next(a for a in received.message.attachments if a.name == file)
    fields: dict[str, Any] = {
        "number": number,
        "status": "received",
        "letter": received.sha256,
        "attachment": attachment.sha256,
        "file": file,
        "path": (file,),
        "received_at": received.received_at,
        "form": form,
        "size": attachment.size,
    }
    return Version(**(fields | more))


def state(*versions: Version) -> MaterialState:
    """A material as these versions leave it."""
    return MaterialState(versions[-1].status, versions, versions[-1]) if versions else MaterialState()


def studio(
    name: str, category: str, *, row: MaterialState = NOTHING, basic: MaterialState = NOTHING, text: MaterialState = NOTHING
) -> StudioSubmission:
    """A studio with its three electronic materials."""
    materials = {
        Material.SUMMARY_ROW: row,
        Material.BASIC_INFO: basic,
        Material.NARRATIVE: text,
        Material.PAPER: MaterialState("not_registered"),
    }
    return StudioSubmission(key=name, name=name, leader=name[:2], category=category, names=(name,), materials=materials)


def narrative(characters: int) -> Form:
    """A narrative's form with its length."""
    return Form(kind="narrative", facts={"characters": characters})


def summary(category: str) -> Form:
    """A summary table of a category."""
    return Form(kind="summary_table", fields={"category": Value(category, category)})


def finding(code: str, severity: str, message: str, *, studio: str = "", audience: str = "institution", **more: Any) -> Finding:
    """A finding with a stable key."""
    return Finding(
        code=code, severity=severity, audience=audience, message=message, studio=studio, key=f"{code}|{studio}|{message[:12]}", **more
    )  # type: ignore[arg-type]


COMPLETE_FILES = (
    "附件1 劳模汇总表.docx",
    "附件2 职工汇总表.docx",
    "基本情况表-张三.docx",
    "申报材料-张三.docx",
    "基本情况表-李四.docx",
    "申报材料-李四.docx",
)


def complete_submission(received: Received, institution: Institution = SEA) -> Submission:
    """One 劳模 and one 职工 studio with everything in one letter."""
    annex1 = version(received, COMPLETE_FILES[0], form=summary("model_worker"))
    annex2 = version(received, COMPLETE_FILES[1], form=summary("employee"))
    studios = (
        studio(
            "张三劳模创新工作室",
            "model_worker",
            row=state(annex1),
            basic=state(version(received, COMPLETE_FILES[2])),
            text=state(version(received, COMPLETE_FILES[3], form=narrative(3215))),
        ),
        studio(
            "李四创新工作室",
            "employee",
            row=state(annex2),
            basic=state(version(received, COMPLETE_FILES[4])),
            text=state(version(received, COMPLETE_FILES[5], form=narrative(2840))),
        ),
    )
    return Submission(
        institution=institution,
        letters=(received,),
        studios=studios,
        summaries={"model_worker": annex1, "employee": annex2},
        summary_versions=(annex1, annex2),
        first_received_at=received.received_at,
        last_received_at=received.received_at,
    )


def complete_case(when: datetime | None = None, institution: Institution = SEA) -> Assessment:
    """Everything in, on time."""
    received = letter("complete-1", when or at(29, 15, 42), files=COMPLETE_FILES, sender=institution.email)
    return Assessment(institution=institution, submission=complete_submission(received, institution), complete=True, timeliness="on_time")


def partial_case(when: datetime | None = None, institution: Institution = HILL) -> Assessment:
    """One studio without its 附件4, and two figures that disagree."""
    files = ("汇总表.xls", "张三 基本情况表.doc", "张三 申报材料.doc", "赵六 申报材料.doc")
    received = letter("partial-1", when or at(30), files=files, sender=institution.email)
    annex = version(received, files[0], form=summary("employee"))
    studios = (
        studio(
            "张三创新工作室",
            "employee",
            row=state(annex),
            basic=state(version(received, files[1])),
            text=state(version(received, files[2], form=narrative(2411))),
        ),
        studio("赵六创新工作室", "employee", row=state(annex), text=state(version(received, files[3], form=narrative(2088)))),
    )
    findings = (
        finding("C03", "missing", "尚缺“赵六创新工作室”的《基本情况表》（附件4）。", studio="赵六创新工作室"),
        finding("T05", "missing", "附件2“联系电话（手机）”未填写。"),
        finding(
            "F20",
            "conflict",
            "“张三创新工作室”2021年经济效益合计为120.5万元，与创收、节资之和112.5万元不一致，请核对。",
            studio="张三创新工作室",
        ),
        finding("X05", "conflict", "“张三创新工作室”成果转化数量在汇总表为5、在基本情况表为4，请核对。", studio="张三创新工作室"),
        finding("N05", "note", "“赵六创新工作室”申报材料可补充思政建设工作情况（见通知申报条件第8条）。", studio="赵六创新工作室"),
        finding("T21", "conflict", "名称疑为原有建制的研发机构，请人工判断。", audience="staff"),
        finding("C06", "note", "另请将纸质版于8月5日前报送。"),
    )
    submission = Submission(
        institution=institution,
        letters=(received,),
        studios=studios,
        summaries={"employee": annex},
        summary_versions=(annex,),
        first_received_at=received.received_at,
        last_received_at=received.received_at,
    )
    return Assessment(institution=institution, submission=submission, findings=findings, timeliness="on_time")


def corrected_case() -> tuple[Assessment, frozenset[str]]:
    """The partial case after a second letter: the missing form came, one figure was put right; with the keys told before."""
    first = partial_case()
    told = frozenset(f.key for f in first.findings)
    second = letter("partial-2", at(1, 9, 12, month=8), files=("赵六 基本情况表.docx", "张三 基本情况表（更正）.docx"), sender=HILL.email)
    zhang, zhao = first.submission.studios
    old = zhang.materials[Material.BASIC_INFO].versions[0]
    changes = ("2021年合计：120.5→112.5", "领衔人出生年月：1975-10→1976-10", "领衔人联系电话：13800138000→13900139000")
    zhang = replace(
        zhang,
        materials={**zhang.materials, Material.BASIC_INFO: state(old, version(second, "张三 基本情况表（更正）.docx", 2, changes=changes))},
    )
    zhao = replace(zhao, materials={**zhao.materials, Material.BASIC_INFO: state(version(second, "赵六 基本情况表.docx"))})
    submission = replace(
        first.submission, letters=(*first.submission.letters, second), studios=(zhang, zhao), last_received_at=second.received_at
    )
    left = tuple(f for f in first.findings if f.code in ("T05", "X05"))
    return replace(first, submission=submission, findings=left), told


def occasion(assessment: Assessment, now: datetime, *, answers: tuple[Received, ...] | None = None, **more: Any) -> Occasion:
    """The occasion of an answer to all letters of the assessment, unless told otherwise."""
    letters = assessment.submission.letters if answers is None else answers
    fields: dict[str, Any] = {"case_number": "LN2022-0017", "recipient": assessment.institution.email, "basis": "basis-1"}
    return Occasion(assessment=assessment, now=now, answers=letters, **(fields | more))


def outbox_row(**more: Any) -> OutboxRecord:
    """A 补正告知 to HILL in the queue, with a key of its own unless told otherwise."""
    key = f"letter-{next(ROW_NUMBERS)}"
    fields: dict[str, Any] = {
        "key": key, "kind": "supplement", "institution": HILL.name, "recipient": HILL.email, "subject": "回执", "message_id": f"<{key}@x.example>",
        "raw": key.encode(), "state": "queued", "created_at": at(30, 15, 0),
    }  # fmt: skip
    return OutboxRecord(**(fields | more))


def cloud(name: str = "申报材料.zip") -> CloudFile:
    """A file that is only a link."""
    return CloudFile(name, "https://mail.163.com/large-attachment-download/index.html?p=X", "netease", 80 << 20, at(10, 12, month=8))
