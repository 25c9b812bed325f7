"""Hand-made campaigns and assessments: every person, university and figure is invented."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.campaign import Campaign, Category, Contact, Deadline, Institution, Phase, Quota, Thresholds, Vocabulary
from intake.message import Address, Attachment, Message
from intake.submission import Assessment, Finding, Material, MaterialState, Received, StudioSubmission, Submission, Version
from parsers.form import BASIC_INFO, NARRATIVE, SUMMARY_TABLE, Form, Value, Where

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2022, 8, 6, 8, 30, tzinfo=ZONE)
FIRST = datetime(2022, 7, 29, 15, 42, 7, tzinfo=ZONE)

CAMPAIGN = Campaign(
    key="liaoning-2022",
    title="2022年辽宁省教科文卫体系统劳模和职工创新工作室",
    document_number="辽教科文卫体工发〔2022〕16号",
    year=2022,
    zone=ZONE,
    office="辽宁省教科文卫体工会",
    address="沈阳市某路1号",
    postcode="110000",
    mailbox="office@example.org",
    contacts=(Contact("甲", "13900000001"),),
    phases=(Phase("推荐和申报阶段", date(2022, 7, 26), date(2022, 8, 5)),),
    submission_phase="推荐和申报阶段",
    deadlines=(Deadline(datetime(2022, 8, 5, 23, 59, 59, tzinfo=ZONE), datetime(2022, 6, 20, tzinfo=ZONE), "通知规定"),),
    categories=(
        Category("model_worker", "劳模", "劳模创新工作室推荐汇总表", "附件1", 10),
        Category("employee", "职工", "职工创新工作室推荐汇总表", "附件2"),
    ),
    quotas={"ordinary": Quota(3, {"employee": 2}), "medical": Quota(5, {"employee": 3})},
    award_total=40,
    data_years=(2020, 2021),
    paper_copies=2,
    case_prefix="LN2022",
    thresholds=Thresholds(),
    vocabulary=Vocabulary(),
    forms=(),
    institutions=(
        Institution("东山大学", unit_class="ordinary", confirmed=True, phone="024-00000001", email="gh@dongshan.example"),
        Institution("西河医科大学", unit_class="medical", confirmed=True),
        Institution("南湖学院", unit_class="unknown", phone="024-00000003"),
        Institution("北原理工学院", unit_class="ordinary"),
        Institution("中岭师范学院", unit_class="ordinary"),
        Institution("青石职业学院", unit_class="ordinary"),
    ),
)


def sha(text: str) -> str:
    """The identity of invented bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def row(studio: str, leader: str, **others: Any) -> dict[str, Value]:
    """A summary row as the reader gives it; an absent key is a printed blank."""
    values: dict[str, Any] = {
        "number": 1, "studio": studio, "organisation": "机械工程学院", "conversions": 5, "income_2020": None, "income_2021": None,
        "income_total": 225.5, "leader_name": leader, "leader_post": "教授", "leader_honours": "2018年沈阳市劳动模范", **others,
    }  # fmt: skip
    return {k: v if isinstance(v, Value) else Value("" if v is None else str(v), v) for k, v in values.items()}


def version(
    file: str, number: int = 1, *, received_at: datetime = FIRST, status: Any = "received", form: Form | None = None, **others: Any
) -> Version:
    """One arrival of a file whose bytes are its own name."""
    return Version(
        number=number, status=status, letter=sha(f"letter {received_at}"), attachment=sha(f"{file} {number}"), file=file, path=(file,),
        received_at=received_at, form=form, **others,
    )  # fmt: skip


def state(*versions: Version, **others: Any) -> MaterialState:
    """A material with these versions, the last in force."""
    return MaterialState(versions[-1].status, versions, versions[-1], **others)


def studio(
    name: str, leader: str, category: str | None = "model_worker", summary: Mapping[str, Any] | None = None, **others: Any
) -> StudioSubmission:
    """A studio with all three electronic materials in their first version."""
    narrative = Form(kind=NARRATIVE, facts={"characters": 3215})
    summary_file = version(f"{'附件1' if category == 'model_worker' else '附件2'}汇总表.xlsx", form=Form(kind=SUMMARY_TABLE))
    given = StudioSubmission(
        key=f"{leader}|{name}",
        name=name,
        leader=leader,
        category=category,
        names=(name,),
        materials={
            Material.SUMMARY_ROW: state(summary_file),
            Material.BASIC_INFO: state(version(f"基本情况表-{leader}.docx", form=Form(kind=BASIC_INFO))),
            Material.NARRATIVE: state(version(f"申报材料-{leader}.docx", form=narrative)),
        },
        summary_row=row(name, leader) if summary is None else summary,
        summary_categories=(category,) if category else (),
    )
    return replace(given, **others)


def letter(at: datetime = FIRST, subject: str = "申报材料", files: Sequence[str] = ("附件1汇总表.xlsx",), **others: Any) -> Received:
    """A letter received at `at`, said to be sent two minutes before."""
    attachments = tuple(Attachment(f, (f,), 10, sha(f"{f} 1")) for f in files)
    message = Message(
        sha256=sha(f"letter {at}"),
        message_id=f"<{at.timestamp()}@dongshan.example>",
        subject=subject,
        sender=Address("东山大学工会", "gh@dongshan.example"),
        date=at - timedelta(minutes=2),
        received=(at.astimezone(UTC) - timedelta(seconds=3),),
        kind="submission",
        attachments=attachments,
    )
    return Received(message, at, fetched_at=at + timedelta(minutes=4), seen_at=(at,), **others)


def assessment(institution: str, *studios: StudioSubmission, findings: Sequence[Finding] = (), **others: Any) -> Assessment:
    """An institution that sent these studios in one letter, complete and on time unless told otherwise."""
    unit = CAMPAIGN.institution(institution) or Institution(institution)
    judged = {"complete": True, "timeliness": "on_time", **{k: others.pop(k) for k in ("complete", "timeliness") if k in others}}
    letters = others.pop("letters", (letter(),))
    times = [item.received_at for item in letters]
    submission = Submission(
        institution=unit,
        letters=letters,
        studios=studios,
        first_received_at=min(times, default=None),
        last_received_at=max(times, default=None),
        **others,
    )
    return Assessment(institution=unit, submission=submission, findings=tuple(findings), assessed_at=NOW, **judged)


def finding(code: str, message: str, **others: Any) -> Finding:
    """A finding for the institution, with a place."""
    values: dict[str, Any] = {
        "severity": "missing",
        "audience": "institution",
        "where": Where(file="附件2.xlsx", table=1, row=3, cell="C3"),
        **others,
    }
    return Finding(code=code, message=message, **values)


def campaign_of_six() -> dict[str, Assessment]:
    """Six institutions, one on each list of the final report."""
    split = {"income_total": None, "income_2020": 120.25, "income_2021": 130}
    corrected = state(
        version("基本情况表-李四.docx", form=Form(kind=BASIC_INFO)),
        version("基本情况表-李四(更正).docx", 2, received_at=FIRST + timedelta(days=2), form=Form(kind=BASIC_INFO)),
    )
    second = studio("李四创新工作室", "李四", "employee", row("李四创新工作室", "李四", **split))
    second = replace(second, materials={**second.materials, Material.BASIC_INFO: corrected})
    third = studio(
        "王五教学创新工作室", "王五", "employee", row("王五教学创新工作室", "王五", number=2, conversions=None, leader_honours=None)
    )
    lacking = studio("赵六创新工作室", "赵六", "employee")
    lacking = replace(
        lacking, materials={Material.SUMMARY_ROW: lacking.materials[Material.SUMMARY_ROW], Material.BASIC_INFO: MaterialState()}
    )
    gone = studio("钱七创新工作室", "钱七", "employee", withdrawn=True)
    late, close = datetime(2022, 8, 6, 0, 12, tzinfo=ZONE), datetime(2022, 8, 6, 0, 3, tzinfo=ZONE)
    lacks = [
        finding("C03", "尚缺“赵六创新工作室”的《基本情况表》（附件4）。", studio="赵六创新工作室"),
        finding("X05", "“赵六创新工作室”成果转化数量在汇总表为5、在基本情况表为4，请核对。", studio="赵六创新工作室", severity="conflict"),
        finding("T20", "请人工判断。", severity="manual", audience="staff", where=Where()),
    ]
    return {
        "东山大学": assessment(
            "东山大学", studio("张三劳模创新工作室", "张三"), second, third, paper={"date": "2022-08-03", "copies": 2, "stamped": True}
        ),
        "西河医科大学": assessment("西河医科大学", lacking, gone, findings=lacks, complete=False, paper={"copies": 1, "stamped": True}),
        "南湖学院": assessment(
            "南湖学院",
            studio("孙八劳模创新工作室", "孙八"),
            letters=(letter(late),),
            timeliness="late",
            late_letters=(sha(f"letter {late}"),),
        ),
        "北原理工学院": assessment(
            "北原理工学院", letters=(letter(subject="不推荐", files=()),), not_recommending=True, complete=False, timeliness="none"
        ),
        "中岭师范学院": assessment(
            "中岭师范学院",
            studio("周九创新工作室", "周九", "employee"),
            letters=(letter(close),),
            timeliness="borderline",
            borderline_letters=(sha(f"letter {close}"),),
        ),
    }
