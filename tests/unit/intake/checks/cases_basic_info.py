"""Cases of group F: the 基本情况表."""

from __future__ import annotations

from dataclasses import replace

from intake.submission import MaterialState, Version
from parsers.form import Form
from tests.unit.intake.checks.builders import EMPLOYEE, MEMBER, Case, basic_info, form_case, state, studio, submission, version

NAME = "“张三丰劳模创新工作室”"


def attached(form: Form, **more: object) -> MaterialState:
    arrived: Version = version("基本情况表.docx", form)
    return state(replace(arrived, **more))  # type: ignore[arg-type]


def pictured(*names: str) -> Form:
    """A form with a picture in these boxes."""
    form = basic_info()
    boxes = {name: replace(form.fields[name], raw="", value=None, confidence=0.5, unread="picture") for name in names}
    return replace(form, fields={**form.fields, **boxes}, doubtful=names)


FX = {"benefit.2021.foreign_exchange": 20000, "benefit.2021.total": 126}
ZERO = {"funding.2020.amount": 0, "funding.2021.amount": 0, "funding.2020.source": None, "funding.2021.source": None}

CASES = (
    Case("M21", "pictures for two boxes", submission(studio(basic=pictured("discipline", "filled_by"))),
         ("《基本情况表-张三丰.docx》中专业领域、填报人处是图片、签名、公式等非文字内容，机器未能识读，请对照原件核对。",), audience="staff"),
    Case("M21", "nothing but words", form_case()),
    Case("F01", "no box ticked", form_case({"category": None}), (f"{NAME}基本情况表“申报类型”请勾选劳模、职工其中一项。",), audience="institution"),
    Case("F01", "both boxes ticked", form_case(raw={"category": "☑劳模 ☑职工"}), (f"{NAME}基本情况表“申报类型”请勾选劳模、职工其中一项。",)),
    Case("F01", "one box ticked", form_case({"category": EMPLOYEE})),
    Case("F02", "neither university nor name", form_case({"union": None, "studio": None}),
         (f"{NAME}基本情况表“省总直属高校工会”未填写。", f"{NAME}基本情况表“工作室名称”未填写。"), audience="institution"),
    Case("F02", "both are there", form_case({"union": "示例大学"})),
    Case("F03", "no date", form_case({"filled_on": None}), (f"{NAME}基本情况表“填表日期”未填写或有误。",)),
    Case("F03", "a date later than the letter", form_case({"filled_on": "2022-07-30"}), (f"{NAME}基本情况表“填表日期”未填写或有误。",)),
    Case("F03", "last year", form_case({"filled_on": "2021-07-28"}), (f"{NAME}基本情况表“填表日期”未填写或有误。",)),
    Case("F03", "the day the letter came", form_case({"filled_on": "2022-07-29"})),
    Case("F03", "a month alone", form_case({"filled_on": "2022-07"})),
    Case("F04", "no date", form_case({"founded_on": None}), (f"{NAME}“创建日期”未填写，请填写至年月（日）。",)),
    Case("F04", "words", form_case(raw={"founded_on": "多年以前"}), (f"{NAME}“创建日期”填写为“多年以前”，请填写至年月（日）。",)),
    Case("F04", "a year alone", form_case({"founded_on": "2018"})),
    Case("F05", "a day too young", form_case({"founded_on": "2021-08-06"}),
         (f"{NAME}创建日期为2021年8月6日，至申报截止不满1年，请核实是否符合“已有效运行1年以上”的条件。",), audience="institution_after_approval"),
    Case("F05", "a month too young", form_case({"founded_on": "2021-09"}),
         (f"{NAME}创建日期为2021年9月，至申报截止不满1年，请核实是否符合“已有效运行1年以上”的条件。",)),
    Case("F05", "exactly a year", form_case({"founded_on": "2021-08-05"})),
    Case("F05", "the month is read in the applicant's favour", form_case({"founded_on": "2021-08"})),
    Case("F05", "the year is read in the applicant's favour", form_case({"founded_on": "2021"})),
    Case("F06", "no department, no discipline", form_case({"organisation": None, "discipline": None}),
         (f"{NAME}基本情况表“所在单位”未填写。", f"{NAME}基本情况表“专业领域”未填写。")),
    Case("F06", "a short answer", form_case({"discipline": "医"})),
    Case("F07", "named by the city", form_case({"named_by": "沈阳市总工会", "named_on": "2020-01"}),
         (f"{NAME}命名单位填为“沈阳市总工会”，按通知要求，已被省、市总工会命名的不再推荐申报，请核实。",), audience="institution_after_approval"),
    Case("F07", "named by the own union", form_case({"named_by": "示例大学工会", "named_on": "2020-01"})),
    Case("F08", "named by the own union", form_case({"named_by": "示例大学工会", "named_on": "2020-01"}),
         (f"{NAME}已由校工会命名（“示例大学工会”），命名时优先考虑（通知四.2），请在评审台账中保留此标记。",), audience="staff"),
    Case("F08", "named by nobody", form_case()),
    Case("F09", "named, but when?", form_case({"named_by": "示例大学工会"}), (f"{NAME}命名单位与命名日期请核对并填写完整。",), audience="institution"),
    Case("F09", "named before it was founded", form_case({"named_by": "示例大学工会", "named_on": "2018-04"}), (f"{NAME}命名单位与命名日期请核对并填写完整。",)),
    Case("F09", "named after the form was filled in", form_case({"named_by": "示例大学工会", "named_on": "2022-08"}), (f"{NAME}命名单位与命名日期请核对并填写完整。",)),
    Case("F09", "both empty", form_case()),
    Case("F09", "无 and an empty box", form_case({"named_by": "无"})),
    Case("F09", "named in the month of the founding", form_case({"named_by": "示例大学工会", "named_on": "2018-05-03"})),
    Case("F10", "no type ticked", form_case(raw={"studio_types": "☐技术开发 ☐技术攻关"}), (f"{NAME}“工作室类型”未勾选。",)),
    Case("F10", "several ticked", form_case({"studio_types": ["技术攻关", "技能传授"]})),
    Case("F11", "no number", form_case({"member_count": None}), (f"{NAME}“成员总数”未填写或不是整数。",)),
    Case("F11", "nobody", form_case({"member_count": 0}), (f"{NAME}“成员总数”填写为“0”，请填写人数（整数）。",)),
    Case("F11", "words", form_case(raw={"member_count": "十余人"}), (f"{NAME}“成员总数”填写为“十余人”，请填写人数（整数）。",)),
    Case("F11", "one", form_case({"member_count": 1})),
    Case("F12", "no amount", form_case({"funding.2020.amount": None}), (f"{NAME}2020年经费投入金额未填写（如无请填0）。",)),
    Case("F12", "words", form_case(raw={"funding.2020.amount": "见学校决算"}), (f"{NAME}2020年经费投入金额填写为“见学校决算”，请填写数字（如无请填0）。",)),
    Case("F12", "nothing is a figure", form_case(ZERO)),
    Case("F12", "last year's form has no such year: M13 asks",
         form_case({"funding.2021.amount": ...}, absent=("funding.2021.amount",), facts={"years": (2019, 2020)})),
    Case("F13", "money from nowhere", form_case({"funding.2021.source": None}), (f"{NAME}2021年“经费来源”未填写。",)),
    Case("F13", "no money, no source", form_case(ZERO)),
    Case("F14", "no money at all", form_case(ZERO), (f"{NAME}2020、2021年经费投入均为0（条件4要求“必要的工作经费”），请判断。",), audience="staff"),
    Case("F14", "money in one year", form_case({"funding.2020.amount": 0})),
    Case("F15", "no number of conversions", form_case({"innovation.conversions": None}), (f"{NAME}“创新成果/成果转化”数量未填写。",)),
    Case("F15", "no number at all, one line", form_case({"innovation.conversions": None, "innovation.results": None}), (f"{NAME}“创新成果/成果转化”数量未填写。",)),
    Case("F15", "words in one, nothing in the other", form_case({"innovation.results": None}, raw={"innovation.conversions": "20年3项，21年2项"}),
         (f"{NAME}“创新成果/成果转化”数量未填写。", f"{NAME}“成果转化”数量填写为“20年3项，21年2项”，请填写整数（如无请填0）。")),
    Case("F15", "none is a number", form_case({"innovation.conversions": 0})),
    Case("F16", "no conversion", form_case({"innovation.conversions": 0}),
         (f"{NAME}成果转化填为0，请对照“每年至少取得一项创新成果并实现转化”的条件核实。",)),
    Case("F16", "one conversion", form_case({"innovation.conversions": 1})),
    Case("F17", "more conversions than results", form_case({"innovation.conversions": 7}), (f"{NAME}成果转化数（7）大于创新成果数（6），请核对。",)),
    Case("F17", "as many", form_case({"innovation.conversions": 6})),
    Case("F18", "patents and awards left empty, one line", form_case({"patents.invention": None, "awards.national": None}), (f"{NAME}专利、获奖栏如无请填0。",)),
    Case("F18", "words", form_case(raw={"patents.invention": "申请中"}), (f"{NAME}“发明专利”填写为“申请中”，请填写整数（如无请填0）。",)),
    Case("F18", "all filled", form_case({"patents.utility_model": 0})),
    Case("F19", "two boxes of one year", form_case({"benefit.2020.savings": None, "benefit.2020.total": None}),
         (f"{NAME}2020年经济效益“节资金额、合计”未填写（如无请填0）。",)),
    Case("F19", "words", form_case(raw={"benefit.2020.income": "社会效益为主，无法量化"}),
         (f"{NAME}2020年经济效益“创收金额”填写为“社会效益为主，无法量化”，请填写数字（如无请填0）。",)),
    Case("F19", "foreign exchange left empty", form_case({"benefit.2020.foreign_exchange": None})),
    Case("F20", "a sum that is not the sum", form_case({"benefit.2021.total": 120.5}),
         (f"{NAME}2021年经济效益合计为120.5万元，与创收、节资之和112.5万元不一致，请核对。",), audience="institution"),
    Case("F20", "off by a rounding", form_case({"benefit.2021.total": 112.51})),
    Case("F20", "binary fractions", form_case({"benefit.2021.income": 0.1, "benefit.2021.savings": 0.2, "benefit.2021.total": 0.3})),
    Case("F20", "with foreign exchange: F21 asks", form_case(FX)),
    Case("F20", "a part is empty: F19 asks", form_case({"benefit.2021.income": None})),
    Case("F21", "foreign exchange may be in the sum", form_case(FX), (f"{NAME}2021年填有创收外汇，请注明合计是否含外汇折算及折算金额。",)),
    Case("F21", "foreign exchange plainly not in the sum", form_case(FX | {"benefit.2021.total": 112.5})),
    Case("F22", "figures before the founding", form_case({"founded_on": "2021-03", "funding.2020.amount": 0, "funding.2020.source": None}),
         (f"{NAME}创建于2021年3月，但填有2020年经济效益/经费，请核实。",)),
    Case("F22", "founded during the year", form_case({"founded_on": "2020-12"})),
    Case("F23", "no total", form_case({"training.total": None}), (f"{NAME}“培养人才”总数未填写。",)),
    Case("F23", "words", form_case(raw={"training.total": "若干"}), (f"{NAME}“培养人才”总数填写为“若干”，请填写整数（如无请填0）。",)),
    Case("F23", "nobody trained", form_case({f"training.{k}": 0 for k in ("total", "professor", "associate_professor", "lecturer", "provincial_model")})),
    Case("F24", "the ranks do not add up", form_case({"training.other": 3}), (f"{NAME}培养人才总数10与各职务等级之和13不一致，请核对。",)),
    Case("F24", "empty ranks count nothing", form_case()),
    Case("F24", "a hospital prints other ranks", form_case({"training.lecturer": ...})),
    Case("F25", "more 劳模 than people", form_case({"training.provincial_model": 11}), (f"{NAME}培养人才中荣誉人数大于总数，请核对。",)),
    Case("F25", "all of them 劳模", form_case({"training.provincial_model": 10})),
    Case("F26", "nothing said", form_case({"social_benefit": None}), (f"{NAME}“社会效益”未填写。",)),
    Case("F26", "little said", form_case({"social_benefit": "良好"})),
    Case("F27", "several boxes, one line", form_case({"leader.gender": None, "leader.ethnicity": None, "leader.specialty": None}),
         (f"{NAME}领衔人情况中“性别、民族、专业/特长”未填写。",), audience="institution"),
    Case("F27", "honours and e-mail have codes of their own", form_case({"leader.email": None, "leader.honours": None})),
    Case("F28", "a child", form_case({"leader.born_on": "2010-10"}), (f"{NAME}领衔人“出生年月”请核对。",)),
    Case("F28", "nobody can read it", form_case(raw={"leader.born_on": "七十年代"}), (f"{NAME}领衔人“出生年月”请核对。",)),
    Case("F28", "eighteen this very month", form_case({"leader.born_on": "2004-08"})),
    Case("F28", "the eightieth year", form_case({"leader.born_on": "1942-01"})),
    Case("F29", "telephone and e-mail malformed", form_case({"leader.phone": "1380000", "leader.email": "zsf(at)example.edu.cn"}),
         (f"{NAME}领衔人“联系电话”请核对。", f"{NAME}领衔人“E-mail”请核对。"), audience="institution"),
    Case("F29", "no e-mail", form_case({"leader.email": None}), (f"{NAME}领衔人“E-mail”请核对。",)),
    Case("F29", "a landline", form_case({"leader.phone": "0411-84708320"})),
    Case("F29", "an extension in brackets", form_case({"leader.phone": "0411-84708320（转8123）"})),
    Case("F29", "two telephones", form_case({"leader.phone": "84708320、13800001111"})),
    Case("F30", "a 劳模 leader without honours", form_case({"leader.honours": None}),
         (f"{NAME}申报类型为劳模，“何年获市级（含）以上劳模等荣誉称号”未填写。",)),
    Case("F30", "a 职工 leader without honours", form_case({"leader.honours": None, "category": EMPLOYEE})),
    Case("F31", "no member", form_case(members=()), (f"{NAME}骨干成员情况未填写，也未见附表。",), audience="institution"),
    Case("F31", "an attached sheet", submission(studio(basic=attached(basic_info(members=()), annexes=("sha-x",))))),
    Case("F31", "见附表 and a file still unplaced",
         submission(studio(basic=basic_info(members=(), facts={"annex_sheet": True})), unplaced=(version("附表.xlsx", Form(kind="supporting")),))),
    Case("F32", "more members than there are", form_case({"member_count": 1}, members=(MEMBER, MEMBER)), (f"{NAME}骨干成员2人多于成员总数1人，请核对。",)),
    Case("F32", "as many", form_case({"member_count": 2}, members=(MEMBER, MEMBER))),
    Case("F33", "empty cells of the second member", form_case(members=(MEMBER, MEMBER | {"education": None, "duties": None})),
         (f"{NAME}骨干成员表第2行“学历、主要分工”未填写。",)),
    Case("F33", "an empty row is no member", form_case(members=(MEMBER, dict.fromkeys(MEMBER)))),
    Case("F34", "no name and no telephone at the foot", form_case({"filled_by": None, "phone": None}), (f"{NAME}基本情况表末“填报人、电话”未填写。",)),
    Case("F34", "all signed", form_case({"responsible": "王某"})),
)  # fmt: skip
