"""Cases of group X: the same fact told twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from intake.submission import Claim, Decision, Submission
from tests.unit.intake.checks.builders import (
    COLLEGE,
    EMPLOYEE,
    MODEL,
    OTHER_ROW,
    ROW,
    Case,
    at,
    basic_info,
    campaign,
    form_case,
    other_studio,
    row_case,
    state,
    studio,
    submission,
    summary,
    version,
)

NAME = "“张三丰劳模创新工作室”"
BY_YEAR = {"income_total": ..., "income_2020": 90.5, "income_2021": 112.5}
FX = {"benefit.2021.foreign_exchange": 20000, "benefit.2021.total": 126}
LISTED = replace(campaign(), named_before=("示例大学张三丰劳模创新工作室", "王五创新工作室"))


def spelled(row: str, form: str) -> Submission:
    """One studio under two spellings, as assembly joined it."""
    return submission(studio(row, basic=basic_info({"studio": form}), names=(row, form)), model=summary([ROW | {"studio": row}]))


def twins(changes: dict[str, Any], **pdf: Any) -> Submission:
    word, stamped = version("表.docx", basic_info()), version("表.pdf", basic_info(changes), **pdf)
    return submission(studio(basic=state(word, stamped)))


def beside(**other: Any) -> Submission:
    """A form in force, and another file of it as the matrix marked it."""
    return submission(studio(basic=state(version("表.docx", basic_info()), version("旧表.docx", basic_info(), **other))))


def sent_by_both() -> Submission:
    forms = state(version("表.docx", basic_info(), letter="letter-2"), version("旧表.docx", basic_info()))
    return submission(
        studio(basic=forms), claims={"letter-1": Claim("示例大学", affiliate="示例大学附属医院"), "letter-2": Claim("示例大学")}
    )


def leads_two(leader: str) -> Submission:
    return submission(studio(), other_studio(leader=leader, basic=basic_info({"studio": "李四光创新工作室", "leader.name": leader, "category": EMPLOYEE})),
                      employee=summary([OTHER_ROW | {"leader_name": leader}]))  # fmt: skip


CASES = (
    Case("X01", "listed as 劳模, ticked as 职工", form_case({"category": EMPLOYEE}), (f"{NAME}列在附件1，但基本情况表勾选为“职工”，请核实申报类型。",), audience="institution"),
    Case("X01", "listed and ticked alike", form_case()),
    Case("X01", "in both tables: X08 asks", submission(studio(tables=(MODEL, EMPLOYEE)), employee=summary([ROW]))),
    Case("X02", "two names", spelled("张三丰劳模创新工作室", "张三丰机器人工作室"), ("汇总表“张三丰劳模创新工作室”与基本情况表“张三丰机器人工作室”名称不一致，请统一。",)),
    Case("X02", "quotation marks and the university in front", spelled("张三丰劳模创新工作室", "示例大学“张三丰”劳模 创新工作室")),
    Case("X03", "two departments", row_case({"organisation": "化学学院"}), (f"{NAME}所在单位在两表中分别为“化学学院”“示例大学机械学院”，请统一。",)),
    Case("X03", "the university in front of one", row_case({"organisation": "机械学院"})),
    Case("X03", "only the university", row_case({"organisation": "示例大学"})),
    Case("X04", "two leaders", form_case({"leader.name": "张山丰"}), (f"{NAME}领衔人在汇总表为“张三丰”、在基本情况表为“张山丰”，请核实。",)),
    Case("X04", "spaces in the name", form_case({"leader.name": "张 三丰"})),
    Case("X05", "another number of conversions", row_case({"conversions": 5}), (f"{NAME}成果转化数量在汇总表为5、在基本情况表为4，请核对。",)),
    Case("X05", "the number is missing: T09 asks", row_case({"conversions": None})),
    Case("X06", "another sum", row_case({"income_total": 230}), (f"{NAME}20、21年创收与节资在汇总表为230万元、在基本情况表为203万元，请核对。",)),
    Case("X06", "another figure in one year", row_case(BY_YEAR | {"income_2021": 120}), (f"{NAME}21年创收与节资在汇总表为120万元、在基本情况表为112.5万元，请核对。",)),
    Case("X06", "the two years agree", row_case(BY_YEAR)),
    Case("X06", "a rounding", row_case({"income_total": 203.01})),
    Case("X06", "the table has it without foreign exchange", form_case(FX)),
    Case("X06", "the table has it with foreign exchange", submission(studio(basic=basic_info(FX)), model=summary([ROW | {"income_total": 216.5}]))),
    Case("X07", "honours with nothing in common", row_case({"leader_honours": "2010年全国五一劳动奖章"}), (f"{NAME}领衔人荣誉在两表中表述不一致，请核实。",),
         audience="institution_after_approval"),
    Case("X07", "劳模 and 劳动模范 are one", row_case({"leader_honours": "市劳模"})),
    Case("X07", "the same year", row_case({"leader_honours": "2015年获评先进"})),
    Case("X08", "in both tables", submission(studio(tables=(MODEL, EMPLOYEE)), employee=summary([ROW])), (f"{NAME}同时列入劳模和职工汇总表，请确定一种申报类型。",)),
    Case("X08", "two studios, one table each", submission(studio(), other_studio())),
    Case("X09", "one person leads two", leads_two("张三丰"), ("张三丰同时领衔“张三丰劳模创新工作室”“李四光创新工作室”，请核实。",), audience="institution_after_approval"),
    Case("X09", "two people", leads_two("李四光")),
    Case("X09", "the second is withdrawn", submission(studio(), other_studio(leader="张三丰", withdrawn=True))),
    Case("X10", "the hospital and the university sent it", sent_by_both(), (f"{NAME}（领衔人张三丰）由示例大学、示例大学附属医院分别报送，请核对后只登记一次。",), audience="staff"),
    Case("X10", "two institutions sent it", (submission(), submission(institution=COLLEGE)), (f"{NAME}（领衔人张三丰）由示例大学、示例大学城市学院分别报送，请核对后只登记一次。",) * 2),
    Case("X10", "two people of one name", (submission(), submission(
        studio("张三丰文献创新工作室", basic=basic_info({"leader.born_on": "1990-01", "studio": "张三丰文献创新工作室"})), institution=COLLEGE))),
    Case("X10", "only the hospital sent it", submission(claims={"letter-1": Claim("示例大学", affiliate="示例大学附属医院")})),
    Case("X11", "on the list of earlier years", submission(), (f"{NAME}与往年已命名名单中的“示例大学张三丰劳模创新工作室”相近，疑为往年已命名，请查对命名文件。",), audience="staff", campaign=LISTED),
    Case("X11", "not on the list", submission(other_studio()), campaign=LISTED),
    Case("X12", "the stamped PDF says something else", twins({"member_count": 9, "benefit.2021.total": 112}),
         (f"{NAME}基本情况表的两个文件《表.docx》《表.pdf》在“成员总数、2021年经济效益合计”处不一致，以哪一版为准待核，请选定采用的版本。",), audience="staff"),
    Case("X12", "the same in both", twins({"discipline": "机器人学"})),
    Case("X12", "a correction in a later letter", twins({"member_count": 9}, letter="letter-0")),
    Case("X12", "the difference is a doubtful reading", submission(studio(basic=state(version("表.docx", basic_info()),
         version("表.pdf", basic_info({"member_count": 9}, doubtful=("member_count",))))))),
    Case("X12", "two Word files of one letter that matrix could not put in order", beside(unsettled="one_letter", against=("创新成果 17→21",)),
         (f"{NAME}基本情况表的两个文件《表.docx》《旧表.docx》在“创新成果 17→21”处不一致，以哪一版为准待核，请选定采用的版本。",), audience="staff"),
    Case("X12", "an ordinary earlier version", beside(against=("创新成果 17→21",))),
    Case("X13", "a stranger's version stands beside", beside(proven=False, rank=5, against=("成员总数 118→1",)),
         (f"{NAME}基本情况表现采用《表.docx》；另有《旧表.docx》来自身份未经证实的邮箱，内容不同（成员总数 118→1），已另存、未替换，请核实后决定是否采用。",), audience="staff"),
    Case("X13", "a stranger's version that came first was replaced by a proven one", beside(proven=False, rank=-1, against=("成员总数 118→1",))),
    Case("X13", "a stranger sent the same", beside(proven=False, rank=5)),
    Case("X13", "staff chose", replace(beside(proven=False, rank=5, against=("成员总数 118→1",)), decisions=(Decision(1, "version", at(30), "郝老师", "示例大学", "sha-表.docx"),))),
)  # fmt: skip
