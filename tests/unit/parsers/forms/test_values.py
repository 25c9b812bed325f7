"""What people write in blanks becomes typed values; what cannot be told for sure becomes None and keeps its text."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from config.schema import FieldSchema
from parsers.document import Cell
from parsers.forms.values import (
    cell_to_value,
    chinese_to_int,
    clean_blank,
    number_to_date,
    text_to_date,
    text_to_email,
    text_to_number,
    text_to_person,
    text_to_phone,
    text_to_year,
)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("12", "", 12), ("12项", "", 12), ("8 (项)", "", 8), ("１８．６", "万元", 18.6), ("1,234.50", "万元", 1234.5), ("1，234", "", 1234),
        ("12.5万", "万元", 12.5), ("94万元", "万元", 94), ("125000元", "万元", 12.5), ("3.2亿", "万元", 32000), ("叁拾万元整", "万元", 30),
        ("壹佰贰拾万元", "万元", 120), ("二十三", "", 23), ("一百零五", "", 105), ("约30", "", 30), ("100余万", "万元", 100), ("¥12.5", "万元", 12.5),
        ("5万美元", "美元", 50000), ("$5000", "美元", 5000), ("39,299", "美元", 39299), ("30%", "", 0.3), ("-3", "万元", -3), ("0", "", 0),
        ("/", "", 0), ("／", "", 0), ("—", "", 0), ("无", "", 0), ("没有", "", 0), ("5（其中发明2）", "", 5), ("1.39e3", "", 1390),
    ],
)  # fmt: skip
def test_a_figure_is_read_in_the_printed_unit(text: str, unit: str, value: float) -> None:
    assert text_to_number(text, unit).value == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "  ", "项", "万元", "10-12", "若干", "3+2", "见附件", "1.2.3", "三五个", "5000美元"])
def test_what_is_no_single_figure_is_not_guessed(text: str) -> None:
    assert text_to_number(text, "万元").value is None


def test_a_vague_figure_is_less_sure_than_a_plain_one() -> None:
    assert text_to_number("约30").confidence < text_to_number("30").confidence
    assert text_to_number("12人(含兼职2人)").confidence < text_to_number("约12").confidence


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2022年8月5日", "2022-08-05"), ("2022.8.5", "2022-08-05"), ("2022/8/5", "2022-08-05"), ("2022-08-05", "2022-08-05"), ("20220805", "2022-08-05"),
        ("22.8.5", "2022-08-05"), ("二〇二二年八月五日", "2022-08-05"), ("二○二二年八月", "2022-08"), ("二零二二年十二月三十一日", "2022-12-31"),
        ("二〇一八年七月二十二日", "2018-07-22"), ("2022 年 8 月", "2022-08"), ("2019年5月", "2019-05"), ("2019", "2019"), ("二〇二二年", "2022"),
        ("202208", "2022-08"), ("44778", "2022-08-05"), ("１９７５．１０", "1975-10"), ("1975.10", "1975-10"), ("75.10", "1975-10"), ("2019年5月起", "2019-05"),
        ("1985年2月生", "1985-02"), ("2022-08-05 00:00:00", "2022-08-05"), ("2022年8月 日", "2022-08"), ("2022年8月5日（星期五）", "2022-08-05"), ("2022。8。5", "2022-08-05"),
    ],
)  # fmt: skip
def test_a_date_keeps_its_own_precision(text: str, iso: str) -> None:
    assert text_to_date(text).value == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   年  月  日",
        "2022年  月  日",
        "8月5日",
        "2022年13月",
        "2022.2.30",
        "2019.5-2021.6",
        "/",
        "无",
        "待定",
        "去年五月",
        "3.5",
        "12345678",
    ],
)
def test_an_unfilled_or_unclear_date_is_none(text: str) -> None:
    assert text_to_date(text).value is None


def test_excels_1975_10_is_only_a_year_unless_the_format_keeps_two_decimals() -> None:
    assert number_to_date(1975.1, "General") == ("1975", 0.5)
    assert number_to_date(1975.1, "0.00").value == "1975-10"
    assert number_to_date(1975.12, "General").value == "1975-12"
    assert number_to_date(1975.3, "General").value == "1975-03"
    assert number_to_date(44778.0, "General").value == "2022-08-05"
    assert number_to_date(20220803.0, "General").value == "2022-08-03"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("137-0000-4912", "13700004912"), ("13900001234.0", "13900001234"), ("+86 139 0000 1234", "13900001234"), ("１３９００００１２３４", "13900001234"),
        ("手机：13900001234", "13900001234"), ("024-86900000", "024-86900000"), ("(024)86900000", "024-86900000"), ("024 8690 0000", "024-86900000"),
        ("0411-84700000转8012", "0411-84700000-8012"), ("13900001234/13900001235", "13900001234/13900001235"), ("1390000", "1390000"),
    ],
)  # fmt: skip
def test_a_phone_is_digits_when_it_is_one_number_and_as_written_otherwise(text: str, phone: str) -> None:
    assert text_to_phone(text).value == phone


def test_a_phone_whose_digits_the_workbook_lost_is_not_made_up() -> None:
    assert text_to_phone("1.39E+10").value is None


def test_addresses_names_and_years_lose_only_what_a_narrow_cell_added() -> None:
    assert text_to_email("u51811@example.e\ndu.cn").value == "u51811@example.edu.cn"
    assert text_to_email("ｕ１＠example.com").value == "u1@example.com"
    assert text_to_person("张  三").value == "张三"
    assert text_to_person("张三、李四").value == "张三、李四"
    assert text_to_person("张\n三").value == "张三"
    assert text_to_person("欧阳 娜娜").value == text_to_person("欧 阳 娜 娜").value == "欧阳娜娜"
    assert text_to_person("阿卜杜拉 · 买买提").value == "阿卜杜拉·买买提"
    assert text_to_year("1986年").value == text_to_year("1986.05").value == text_to_year("一九八六").value == 1986


@pytest.mark.parametrize("text", ["张三 李四", "张三\n李四", "张三丰　李四", "张三 教授", "张三 李四 王五"])
def test_several_names_in_a_box_stay_apart(text: str) -> None:
    assert text_to_person(text).value == " ".join(text.split())


@pytest.mark.parametrize("text", ["单击或点击此处输入文字。", "____", "（盖章）", "请填写", "（单位全称）", "　", "选择一项。", "（签字）"])
def test_the_templates_own_words_are_a_blank(text: str) -> None:
    assert clean_blank(text) == ""


@pytest.mark.parametrize("text", ["无", "/", "选择性激光烧结", "请求权理论研究中心", "盖章机研发室", "示范中心"])
def test_words_that_only_look_like_a_hint_stay(text: str) -> None:
    assert clean_blank(text) == text


def test_chinese_numerals() -> None:
    assert [chinese_to_int(x) for x in ("十", "十二", "二十", "一百零五", "三千二百", "两万", "二〇二二", "百", "甲")] == [
        10,
        12,
        20,
        105,
        3200,
        20000,
        2022,
        100,
        None,
    ]


def test_a_workbooks_own_value_comes_before_what_it_shows() -> None:
    day, count, phone = (
        FieldSchema(name="d", title="d", type="date"),
        FieldSchema(name="n", title="n", type="number"),
        FieldSchema(name="p", title="p", format="phone"),
    )
    assert cell_to_value(Cell("2022/7/29", 0, 0, value=datetime(2022, 7, 29)), "2022/7/29", day).value == "2022-07-29"
    assert cell_to_value(Cell("2019年5月", 0, 0, value=date(2019, 5, 1)), "2019年5月", day).value == "2019-05"
    assert cell_to_value(Cell("12.3", 0, 0, value=12.345), "12.3", count).value == 12.345
    assert cell_to_value(Cell("1.39E+10", 0, 0, value=13900001234.0), "1.39E+10", phone).value == "13900001234"


@pytest.mark.parametrize(("text", "value", "sure"), [("69 70", None, False), ("1 5", 15, False), ("77\n2.65", 772.65, False), ("1 234.5", 1234.5, True), ("15 人", 15, True), ("15\n人", 15, True)])
def test_digits_with_a_gap_between_them_are_never_surely_one_number(text: str, value: float | None, sure: bool) -> None:
    typed = text_to_number(text)
    assert (typed.value, typed.confidence > 0.5) == (value, sure)
