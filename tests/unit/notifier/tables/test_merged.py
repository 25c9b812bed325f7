"""The merged annexes, compared cell by cell, and what is told beside them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import openpyxl

from intake.submission import Assessment, Material
from notifier.tables.merged import merged_workbook
from parsers.form import Value
from tests.unit.notifier.tables.builders import CAMPAIGN, assessment, campaign_of_six, row, state, studio, version


def sheets(assessments: Mapping[str, Assessment]) -> dict[str, list[tuple[Any, ...]]]:
    """Every sheet's rows of values by name."""
    book = openpyxl.load_workbook(io.BytesIO(merged_workbook(assessments, CAMPAIGN)))
    return {sheet.title: [tuple(r) for r in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def test_annex_1_is_the_notices_table_with_one_money_column_when_nobody_split_the_years() -> None:
    assert sheets(campaign_of_six())["附件1（劳模）"] == [
        ("附件1", *[None] * 8),
        ("2022年劳模创新工作室推荐汇总表", *[None] * 8),
        ("汇总单位：辽宁省教科文卫体工会", None, None, None, "推荐单位2个，工作室2个", *[None] * 4),
        ("序号", "推荐单位", "创新工作室名称", "所在单位", "成果转化\n数量(个)", "20年21年\n创收与节资合计\n(万元)", "领衔人", None, None),
        (None, None, None, None, None, None, "姓名", "职务", "荣誉基础"),
        (1, "东山大学", "张三劳模创新工作室", "机械工程学院", 5, 225.5, "张三", "教授", "2018年沈阳市劳动模范"),
        (2, "南湖学院", "孙八劳模创新工作室", "机械工程学院", 5, 225.5, "孙八", "教授", "2018年沈阳市劳动模范"),
    ]


def test_annex_2_keeps_years_and_totals_apart_and_leaves_every_blank_blank() -> None:
    got = sheets(campaign_of_six())["附件2（职工）"]
    assert got[3:] == [
        (
            "序号",
            "推荐单位",
            "创新工作室名称",
            "所在单位",
            "成果转化\n数量(个)",
            "20年21年创收与\n节资合计(万元)",
            None,
            None,
            "领衔人",
            None,
            None,
        ),
        (None, None, None, None, None, "20年", "21年", "合计", "姓名", "职务", "荣誉基础"),
        (1, "东山大学", "李四创新工作室", "机械工程学院", 5, 120.25, 130, None, "李四", "教授", "2018年沈阳市劳动模范"),
        (2, "东山大学", "王五教学创新工作室", "机械工程学院", None, None, None, 225.5, "王五", "教授", None),
        (3, "西河医科大学", "赵六创新工作室", "机械工程学院", 5, None, None, 225.5, "赵六", "教授", "2018年沈阳市劳动模范"),
        (4, "中岭师范学院", "周九创新工作室", "机械工程学院", 5, None, None, 225.5, "周九", "教授", "2018年沈阳市劳动模范"),
    ]


def test_the_headings_are_merged_as_the_notice_merges_them() -> None:
    book = openpyxl.load_workbook(io.BytesIO(merged_workbook(campaign_of_six(), CAMPAIGN)))
    merged = {str(area) for area in book["附件2（职工）"].merged_cells.ranges}
    assert {"A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:E5", "F4:H4", "I4:K4", "A2:K2"} <= merged
    assert not any(area.min_row > 5 for area in book["附件2（职工）"].merged_cells.ranges)


def test_two_years_alone_need_no_column_for_the_sum() -> None:
    split = row("甲工作室", "甲", income_total=None, income_2020=1.5, income_2021=0)
    got = sheets({"东山大学": assessment("东山大学", studio("甲工作室", "甲", "employee", split))})["附件2（职工）"]
    assert got[4][5:7] == ("20年", "21年")
    assert got[5][5:8] == (1.5, 0, "甲")


def test_a_value_the_reader_could_not_type_is_passed_on_as_written() -> None:
    odd = row("甲工作室", "甲", conversions=Value("约5项", None), income_total=Value("12.5万元", 12.5))
    got = sheets({"东山大学": assessment("东山大学", studio("甲工作室", "甲", "employee", odd))})["附件2（职工）"]
    assert got[5][4:6] == ("约5项", 12.5)


def test_plain_values_are_understood_as_well_as_readings() -> None:
    plain = {"studio": "甲工作室", "leader_name": "甲", "conversions": 3, "organisation": "", "income_total": None}
    got = sheets({"东山大学": assessment("东山大学", studio("甲工作室", "甲", "employee", plain))})["附件2（职工）"]
    assert got[5] == (1, "东山大学", "甲工作室", None, 3, None, "甲", None, None)


def test_withdrawn_and_superseded_studios_are_not_merged() -> None:
    gone = (studio("甲工作室", "甲", withdrawn=True), studio("乙工作室", "乙", superseded=True))
    got = sheets({"东山大学": assessment("东山大学", *gone)})
    assert len(got["附件1（劳模）"]) == 5
    assert [r[2] for r in got["待核"][3:]] == ["乙工作室"]


def test_nobody_is_left_out_in_silence() -> None:
    scan = version("汇总表扫描.pdf", status="received_unread")
    base = studio("丁工作室", "丁", "employee")
    unread = replace(base, summary_row=None, materials={**base.materials, Material.SUMMARY_ROW: state(scan)})
    people = assessment(
        "东山大学",
        studio("甲工作室", "甲", None),
        studio("乙工作室", "乙", "model_worker", summary_categories=("employee",)),
        replace(studio("丙工作室", "丙"), summary_row=None),
        unread,
        unread=(scan,),
    )
    got = sheets({"东山大学": people})
    assert [r[2] for r in got["附件1（劳模）"][5:]] == ["乙工作室"]
    assert [r[2:] for r in got["待核"][3:]] == [
        (None, None, "《汇总表扫描.pdf》已收到，程序未能读取，如为汇总表请人工补录。"),
        ("甲工作室", "甲", "申报类型未确定，未列入汇总，请确定后补入。"),
        ("乙工作室", "乙", "列在附件2，现按申报类型“劳模”列入附件1，请核对。"),
        ("丙工作室", "丙", "未见于汇总表，未列入汇总，请核对。"),
        ("丁工作室", "丁", "汇总表已收到，程序未能读取，未列入汇总，请人工补录。"),
    ]


def test_late_and_undecided_institutions_are_merged_but_named() -> None:
    got = sheets(campaign_of_six())["待核"]
    assert [(r[1], r[4]) for r in got[3:]] == [
        ("南湖学院", "材料截止后收到，已列入汇总，是否采用请工作人员决定。"),
        ("中岭师范学院", "材料时间待认定，已列入汇总，是否采用请工作人员决定。"),
    ]


def test_a_campaign_without_letters_still_prints_both_annexes() -> None:
    got = sheets({})
    assert list(got) == ["附件1（劳模）", "附件2（职工）"]
    assert [len(rows) for rows in got.values()] == [5, 5]


def test_a_formula_in_a_studio_name_stays_text() -> None:
    hostile = '=HYPERLINK("http://x.example","李四工作室")'
    book = openpyxl.load_workbook(
        io.BytesIO(merged_workbook({"东山大学": assessment("东山大学", studio(hostile, "@李四", "employee"))}, CAMPAIGN))
    )
    cells = [c for line in book["附件2（职工）"].iter_rows(min_row=6) for c in line if c.value in (hostile, "@李四")]
    assert [(c.data_type, c.quotePrefix) for c in cells] == [("s", True)] * 2
