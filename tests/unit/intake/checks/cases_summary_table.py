"""Cases of group T: the summary tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from intake.submission import Claim, Submission
from tests.unit.intake.checks.builders import EMPLOYEE, OTHER_ROW, ROW, Case, head_case, other_studio, row_case, studio, submission, summary

NAME = "附件1“张三丰劳模创新工作室”"
BY_YEAR = {"income_total": ..., "income_2020": 90.5, "income_2021": 112.5}


def other_row(**changes: Any) -> Submission:
    return submission(other_studio(), employee=summary([OTHER_ROW | changes]))


def renamed(name: str, **changes: Any) -> Submission:
    return submission(studio(name), model=summary([ROW | {"studio": name} | changes]))


def absent(*names: str, **changes: Any) -> Submission:
    return submission(model=summary([ROW | changes], dict.fromkeys(names, ...), absent=names))


CASES = (
    Case("T01", "no university in the head", head_case({"union": None}), ("附件1“省总工会直属高校工会（盖章）”处未填写单位名称。",), audience="institution"),
    Case("T01", "the head names it", head_case({"union": "示例大学"})),
    Case("T02", "the head names another university", head_case({"union": "示例大学城市学院工会"}),
         ("归属待确认：附件1署名“示例大学城市学院工会”与认定的报送单位示例大学不一致，请核对后认领。",), audience="staff"),
    Case("T02", "the sender's evidence disagreed", submission(claims={"letter-1": Claim("示例大学", codes=("T02",))}),
         ("归属待确认：材料署名与认定的报送单位示例大学不一致，请核对后认领。",)),
    Case("T02", "the head names its hospital", head_case({"union": "示例大学附属医院工会"})),
    Case("T02", "the head uses the short name", head_case({"union": "示大工会委员会"})),
    Case("T03", "no date", head_case({"filled_on": None}), ("附件1“填表日期”未填写或有误，请补填。",), audience="institution"),
    Case("T03", "a date of another year", head_case({"filled_on": "2021-07-28"}), ("附件1“填表日期”未填写或有误，请补填。",)),
    Case("T03", "a date nobody can read", submission(model=summary([ROW], raw={"filled_on": "七月末"})),
         ("附件1“填表日期”未填写或有误，请补填。",)),
    Case("T03", "a month of this year", head_case({"filled_on": "2022-07"})),
    Case("T04", "no 填表人", head_case({"filled_by": None}), ("附件1“填表人”未填写。",)),
    Case("T04", "a 填表人", head_case({"filled_by": "周某"})),
    Case("T05", "no telephone", head_case({"phone": None}), ("附件1“联系电话（手机）”未填写。",)),
    Case("T05", "a telephone that is none: T06 says so", head_case({"phone": "123"})),
    Case("M22", "rows are hidden", submission(model=replace(summary([ROW]), facts={"years": (2020, 2021), "hidden": True})),
         ("《附件1.docx》有隐藏的行或列，机器没有读，请打开原件、取消隐藏后核对。",), audience="staff"),
    Case("M22", "nothing is hidden", head_case()),
    Case("T06", "ten digits", head_case({"phone": "1380000222"}), ("附件1“联系电话（手机）”似非有效手机号码，请核实。",), audience="institution"),
    Case("T06", "a landline where a mobile is asked for", head_case({"phone": "024-80001111"}), ("附件1“联系电话（手机）”似非有效手机号码，请核实。",)),
    Case("T06", "a mobile and whose it is", head_case({"phone": "13800002222（张三）"})),
    Case("T06", "whose it is and a mobile", head_case({"phone": "张三 13800002222"})),
    Case("T06", "a landline, a gap, a mobile", head_case({"phone": "024-80001111 13800002222"})),
    Case("T06", "a digit too many beside a name", head_case({"phone": "张三 138000022223"}), ("附件1“联系电话（手机）”似非有效手机号码，请核实。",)),
    Case("T06", "a mobile with spaces", head_case({"phone": "138 0000 2222"})),
    Case("T06", "a landline and a mobile", head_case({"phone": "024-80001111、13800002222"})),
    Case("T07", "a row without a name", row_case({"studio": None}), ("附件1第1行“创新工作室名称”未填写。",), audience="institution"),
    Case("T07", "an empty row is no row", submission(model=summary([ROW, dict.fromkeys(ROW) | {"number": 2}]))),
    Case("T08", "no 所在单位", row_case({"organisation": None}), (f"{NAME}的“所在单位”未填写。",)),
    Case("T08", "the university itself", row_case({"organisation": "示例大学"})),
    Case("T09", "no number of conversions", row_case({"conversions": None}), (f"{NAME}的“成果转化数量”未填写（如无请填0）。",)),
    Case("T09", "none is a number too", row_case({"conversions": 0})),
    Case("T10", "words where a number belongs", row_case({"raw:conversions": "若干项"}), (f"{NAME}的成果转化数量“若干项”请填写整数。",)),
    Case("T10", "half a conversion", row_case({"conversions": 2.5}), (f"{NAME}的成果转化数量“2.5”请填写整数。",)),
    Case("T10", "a whole number read as a decimal", row_case({"conversions": 4.0})),
    Case("T11", "no sum", row_case({"income_total": None}), (f"{NAME}的“20年21年创收与节资合计”未填写（如无请填0）。",), audience="institution"),
    Case("T11", "one of the two years is empty", row_case(BY_YEAR | {"income_2021": None}), (f"{NAME}的“20年21年创收与节资合计”未填写（如无请填0）。",)),
    Case("T11", "the two years instead of the sum", row_case(BY_YEAR)),
    Case("T11", "the sum instead of the two years", row_case({"income_2020": None, "income_2021": None})),
    Case("T12", "a sum in 元", row_case({"income_total": 2030000}), (f"{NAME}的创收与节资“2030000”请核对数字及单位（万元）。",)),
    Case("T12", "a negative year", row_case(BY_YEAR | {"income_2020": -3}), (f"{NAME}的创收与节资“-3”请核对数字及单位（万元）。",)),
    Case("T12", "words", row_case({"raw:income_total": "效益显著"}), (f"{NAME}的创收与节资“效益显著”请核对数字及单位（万元）。",)),
    Case("T12", "exactly the limit", row_case({"income_total": 100000})),
    Case("T13", "no leader", row_case({"leader_name": None}), (f"{NAME}的领衔人姓名未填写。",)),
    Case("T13", "a leader of two characters", row_case({"leader_name": "张三"})),
    Case("T14", "two leaders", row_case({"leader_name": "张三丰、李四光"}), (f"{NAME}填有多名领衔人，通知要求由一名职工领衔，请核实。",)),
    Case("T14", "two leaders joined by 和", row_case({"leader_name": "张三丰和李四光"}), (f"{NAME}填有多名领衔人，通知要求由一名职工领衔，请核实。",)),
    Case("T14", "a name with a space", row_case({"leader_name": "张 三丰"})),
    Case("T14", "a name with its titles", row_case({"leader_name": "张三丰 教授（博士、主任）"})),
    Case("T14", "a name with 和 in it", row_case({"leader_name": "张和平"})),
    Case("T15", "no post", row_case({"leader_post": None}), (f"{NAME}领衔人“职务”未填写。",)),
    Case("T15", "无 is an answer", row_case({"leader_post": "无"})),
    Case("T16", "no honours", row_case({"leader_honours": None}), (f"{NAME}领衔人“荣誉基础”未填写（如无请填“无”）。",)),
    Case("T16", "无 is an answer", row_case({"leader_honours": "无"})),
    Case("T17", "one studio twice", submission(model=summary([ROW, ROW | {"number": 2, "studio": "“张三丰”劳模创新工作室"}])), ("附件1中“张三丰劳模创新工作室”重复列示，请核对。",)),
    Case("T17", "the same 序号 for two studios", submission(studio(), studio("王五劳模创新工作室", leader="王五"),
         model=summary([ROW, ROW | {"studio": "王五劳模创新工作室", "leader_name": "王五"}]))),
    Case("T18", "a column is gone", absent("leader_post", leader_post=...), ("附件1缺少“领衔人职务”栏，请使用通知所附表样，勿增删栏目。",)),
    Case("T18", "no money column at all", absent("income_total", "income_2020", "income_2021", income_total=...),
         ("附件1缺少“20年21年创收与节资合计”栏，请使用通知所附表样，勿增删栏目。",)),
    Case("T18", "the years printed instead of the sum", absent("income_total", **BY_YEAR)),
    Case("T19", "no honour of the kind", row_case({"leader_honours": "省级教学名师"}),
         ("“张三丰劳模创新工作室”领衔人荣誉基础为“省级教学名师”，请核实是否为市级（含）以上劳模或五一劳动奖章获得者。",), audience="institution_after_approval"),
    Case("T19", "only the university's own", row_case({"leader_honours": "2015年校劳模"}),
         ("“张三丰劳模创新工作室”领衔人荣誉基础为“2015年校劳模”，请核实是否为市级（含）以上劳模或五一劳动奖章获得者。",)),
    Case("T19", "五一劳动奖状 is another honour", row_case({"leader_honours": "全国五一劳动奖状"}),
         ("“张三丰劳模创新工作室”领衔人荣誉基础为“全国五一劳动奖状”，请核实是否为市级（含）以上劳模或五一劳动奖章获得者。",)),
    Case("T19", "an autonomous region is no district", row_case({"leader_honours": "2015年内蒙古自治区劳动模范"})),
    Case("T19", "a district's own", row_case({"leader_honours": "沈河区劳模"}),
         ("“张三丰劳模创新工作室”领衔人荣誉基础为“沈河区劳模”，请核实是否为市级（含）以上劳模或五一劳动奖章获得者。",)),
    Case("T19", "one of several is enough", row_case({"leader_honours": "2010年校劳模；2015年沈阳市先进工作者"})),
    Case("T19", "a 职工 studio", other_row(leader_honours="省级教学成果奖")),
    Case("T20", "no craftsman's honour", other_row(leader_honours="校先进个人"),
         ("“李四光创新工作室”领衔人荣誉基础“校先进个人”未见工匠、技师、技术能手等高技能人才称号（条件2为“原则上”），供评审参考。",), audience="staff"),
    Case("T20", "a craftsman", other_row(leader_honours="大连工匠")),
    Case("T21", "a name like an existing body", renamed("岩石力学研究所"),
         ("“岩石力学研究所”名称含“研究所”，疑为原有建制的研发机构或班组（条件1）；已有此类名称获命名的先例，请人工判断。",), audience="staff"),
    Case("T21", "an ordinary name", renamed("岩石力学创新工作室")),
    Case("T22", "劳模 in the name, listed as 职工", submission(studio(tables=(EMPLOYEE,), category=EMPLOYEE), employee=summary([ROW])),
         ("“张三丰劳模创新工作室”名称与所列汇总表类别不一致，请核实申报类型。",), audience="institution"),
    Case("T22", "a name that says neither", renamed("张三丰创新工作室")),
)  # fmt: skip
