"""PDF: ruled lines make the cells, spans told apart, frames and page breaks undone, and no text trusted that cannot be."""

from __future__ import annotations

import pypdfium2
import pytest

from parsers.formats import pdf_ink
from parsers.formats.door import bytes_to_document
from parsers.formats.pages import clean_radicals
from tests.unit.parsers.formats.builders import grid, lines, lines_of, pdf, show, texts

LONG = "工作室立足岗位创新累计开展技术培训三十三场次培训职工五百一十七人次"


def filler(count: int = 3) -> str:
    return "".join(show("这是一段用来说明本页确有文字的说明", 50, 780 - 14 * k) for k in range(count))


def test_upright_and_level_spans_are_told_apart() -> None:
    page = filler() + lines(
        (50, 600, 50, 700), (150, 600, 150, 700), (250, 600, 250, 650), (350, 600, 350, 700),
        (50, 700, 350, 700), (150, 650, 350, 650), (50, 600, 350, 600),
    ) + show("所在单位", 60, 645) + show("大学", 160, 670) + show("左", 160, 620) + show("右", 260, 620)  # fmt: skip
    document = bytes_to_document(pdf(page))
    assert texts(document) == [(0, 0, 2, 1, "所在单位"), (0, 1, 1, 2, "大学"), (1, 1, 1, 1, "左"), (1, 2, 1, 1, "右")]
    assert (document.pages, document.tables[0].place) == (1, "第1页")


def test_wingdings_letters_are_boxes_and_other_letters_are_not() -> None:
    page = (
        filler()
        + show("\u00fe", 50, 650, font="F2")
        + show("劳模R级", 62, 650)
        + show("\u00a8", 110, 650, font="F2")
        + show("职工", 122, 650)
    )
    assert lines_of(bytes_to_document(pdf(page)))[-1].replace(" ", "") == "☑劳模R级☐职工"


def test_a_line_wrapped_in_its_cell_is_one_line_again() -> None:
    page = filler() + grid([50, 125], [600, 660]) + show("一九八九年六", 56, 640) + show("月", 56, 625)
    assert texts(bytes_to_document(pdf(page)))[0][4] == "一九八九年六月"


def test_two_short_lines_of_a_cell_stay_two() -> None:
    page = filler() + grid([50, 250], [600, 660]) + show("技术开发", 56, 640) + show("技术攻关", 56, 625)
    assert texts(bytes_to_document(pdf(page)))[0][4] == "技术开发\n技术攻关"


def test_a_row_cut_by_the_page_is_whole_again() -> None:
    first = (
        filler()
        + grid([50, 100, 290], [40, 90, 140])
        + show("年度", 60, 110)
        + show("社", 70, 78)
        + show("会", 70, 64)
        + show("效", 70, 50)
    )
    first += show("甲", 110, 110) + show(LONG[:17], 106, 50)
    second = (
        grid([50, 100, 290], [700, 730, 760])
        + show("益", 70, 745)
        + show(LONG[17:], 106, 745)
        + show("姓名", 60, 715)
        + show("张三", 110, 715)
    )
    second += show("以上情况属实特此证明以上情况属实特此证明", 50, 650)
    table = texts(bytes_to_document(pdf(first, second)))
    assert [c[4].replace("\n", "") for c in table] == ["年度", "甲", "社会效益", LONG, "姓名", "张三"]


def test_full_rows_on_both_sides_of_a_page_break_stay_two_rows() -> None:
    xs = [50, 150, 250, 350]
    first = (
        filler()
        + grid(xs, [40, 70, 100])
        + "".join(
            show(t, x + 6, y)
            for y, line in ((80, ("姓名", "性别", "学历")), (50, ("张三", "男", "博士")))
            for t, x in zip(line, xs, strict=False)
        )
    )
    second = (
        grid(xs, [730, 760])
        + "".join(show(t, x + 6, 740) for t, x in zip(("李四", "女", "硕士"), xs, strict=False))
        + filler()[:0]
        + show("以上情况属实特此证明以上情况属实特此证明", 50, 650)
    )
    table = texts(bytes_to_document(pdf(first, second)))
    assert [c[4] for c in table] == ["姓名", "性别", "学历", "张三", "男", "博士", "李四", "女", "硕士"]
    assert table[-1][:2] == (2, 2)


def test_a_header_repeated_on_the_next_page_is_dropped() -> None:
    xs = [50, 150, 250]
    head = (("序号", "名称"),)
    first = (
        filler()
        + grid(xs, [40, 70, 100])
        + "".join(show(t, x + 6, 80) for t, x in zip(head[0], xs, strict=False))
        + show("1", 56, 50)
        + show("甲室", 156, 50)
    )
    second = (
        grid(xs, [700, 730, 760])
        + "".join(show(t, x + 6, 740) for t, x in zip(head[0], xs, strict=False))
        + show("2", 56, 710)
        + show("乙室", 156, 710)
    )
    second += show("以上情况属实特此证明以上情况属实特此证明", 50, 650)
    assert [c[4] for c in texts(bytes_to_document(pdf(first, second)))] == ["序号", "名称", "1", "甲室", "2", "乙室"]


def test_a_frame_holds_its_table() -> None:
    page = filler() + grid([40, 360], [590, 710]) + grid([50, 150, 350], [600, 650, 700]) + show("姓名", 60, 670) + show("张三", 160, 670)
    outer, inner = bytes_to_document(pdf(page)).tables
    assert (len(outer.cells), inner.inside) == (1, (1, 0, 0))
    assert [c.text for c in inner.cells] == ["姓名", "张三", "", ""]


def test_a_page_number_is_no_paragraph() -> None:
    assert "- 1 -" not in lines_of(bytes_to_document(pdf(filler() + show("- 1 -", 290, 20))))


def test_radicals_are_the_letters_they_look_like() -> None:
    assert clean_radicals("⼯会⼤学⻓⻢") == "工会大学长马"


def test_a_picture_of_a_page_is_a_scan() -> None:
    assert bytes_to_document(pdf("q 600 0 0 800 0 0 cm /I Do Q")).status == "scanned"


def test_a_scan_among_read_pages_is_said() -> None:
    document = bytes_to_document(pdf(filler(), "q 600 0 0 800 0 0 cm /I Do Q"))
    assert (document.status, document.problems) == ("read", ("pages_scanned",))


def test_text_without_meaning_is_not_text() -> None:
    document = bytes_to_document(pdf("".join(show("\ue123\ue124\ue125\ue126\ue127" * 6, 50, 700 - 14 * k) for k in range(3))))
    assert (document.status, document.problems) == ("scanned", ("text_garbled",))


def test_a_password_and_a_stump_are_told_apart() -> None:
    assert bytes_to_document(pdf(filler(), password=True)).status == "encrypted"
    assert bytes_to_document(pdf(filler())[:200]).status == "unreadable"


def test_a_drawing_that_unfolds_without_end_is_refused() -> None:
    document = bytes_to_document(pdf("0 0 m 1 1 l S\n" * 2_000_000))
    assert (document.status, document.problems) == ("unreadable", ("too_large",))


def test_a_blank_page_is_empty() -> None:
    assert bytes_to_document(pdf("")).status == "empty"


# ---- what parts and joins pages, and what is struck out


def _two_pages(head: str = "", foot: str = "", *, label: bool = True) -> list[str]:
    """A table whose last row goes on at the top of the next page, under a running head or over a running foot."""
    margins = (show(head, 50, 785) if head else "") + (show(foot, 50, 18) if foot else "")
    first = (
        filler() + margins + grid([50, 120, 400], [40, 90, 140]) + show("年度", 60, 110) + show("甲", 130, 110) + show("社会效益", 60, 70)
    )
    first += show(LONG[:27], 126, 50)
    second = margins + grid([50, 120, 400], [680, 720, 760]) + show(LONG[27:], 126, 740) + show("其他", 60, 700) + show("丙", 126, 700)
    return [first, second]


@pytest.mark.parametrize(
    ("head", "foot"),
    [("", ""), ("示例大学工会委员会", ""), ("", "联系地址：示例路1号"), ("示例大学工会委员会", "第1稿"), ("申报材料之一", "")],
)
def test_running_heads_and_feet_do_not_part_a_table(head: str, foot: str) -> None:
    document = bytes_to_document(pdf(*_two_pages(head, foot)))
    assert [[c[4] for c in texts(document)]] == [["年度", "甲", "社会效益", LONG, "其他", "丙"]]


def test_a_head_that_only_later_pages_have_does_not_part_a_table() -> None:
    first, second = _two_pages()
    document = bytes_to_document(pdf(first, show("示例大学工会委员会", 50, 785) + second))
    assert len(document.tables) == 1


def test_words_in_the_body_of_the_page_do_part_it() -> None:
    first, _ = _two_pages()
    second = show("创新工作室基本情况表", 200, 720) + grid([50, 120, 400], [640, 670, 700]) + show("其他", 60, 680) + show("丙", 126, 680)
    assert len(bytes_to_document(pdf(first, second)).tables) == 2


def test_the_first_entry_on_a_page_is_not_glued_to_the_titles_on_the_page_before() -> None:
    xs = [50, 92, 134, 180, 260]
    titles, entry = ("姓名", "性别", "学历", "专业技术职务"), ("李四", "男", "硕士", "正高级工程师")
    first = filler() + grid(xs, [40, 70, 100]) + "".join(show(t, x + 4, 80) for t, x in zip(("甲", "乙", "丙", "丁"), xs, strict=False))
    first += "".join(show(t, x + 4, 50) for t, x in zip(titles, xs, strict=False))
    second = grid(xs, [700, 730, 760]) + "".join(show(t, x + 4, 740) for t, x in zip(entry, xs, strict=False))
    second += "".join(show(t, x + 4, 710) for t, x in zip(("王五", "女", "博士", "教授"), xs, strict=False))
    read = [c[4] for c in texts(bytes_to_document(pdf(first, second)))]
    assert read == ["甲", "乙", "丙", "丁", *titles, *entry, "王五", "女", "博士", "教授"]


@pytest.mark.parametrize("scale", [15, 30, 60])
@pytest.mark.parametrize("figure", ["111", "11.5", "113.77", "2022", "1001"])
def test_narrow_equal_digits_are_all_there(figure: str, scale: int) -> None:
    page = filler() + grid([50, 250], [600, 660]) + f"BT {scale} Tz " + show(figure, 56, 640).removeprefix("BT ")
    assert texts(bytes_to_document(pdf(page)))[0][4].replace(" ", "") == figure


def test_a_letter_printed_twice_for_weight_counts_once() -> None:
    page = filler() + grid([50, 250], [600, 660]) + show("合计11", 56, 640) + show("合计11", 56.4, 640)
    assert texts(bytes_to_document(pdf(page)))[0][4] == "合计11"


def test_what_a_line_strikes_out_is_not_read_and_what_one_underlines_is() -> None:
    struck = show("33", 56, 640) + lines((56, 643.5, 76, 643.5)) + show("15", 80, 640)
    page = filler() + grid([50, 250], [600, 660]) + struck + show("有效", 56, 620) + lines((56, 618, 76, 618))
    assert texts(bytes_to_document(pdf(page)))[0][4] == "15\n有效"


def test_a_value_wrapped_half_over_and_half_under_its_label_follows_it() -> None:
    page = filler() + show("填表日期：", 300, 700, size=8) + show("2022年7月", 345, 705, size=8) + show("26日", 345, 694, size=8)
    assert "填表日期：2022年7月26日" in [line.replace(" ", "") for line in lines_of(bytes_to_document(pdf(page)))]


def test_words_of_two_rows_printed_into_each_other_are_no_value() -> None:
    """A worksheet's row too low for its wrapped text: the second line lies across the rule, and in the next row's words."""
    page = filler() + grid([50, 150, 250], [600, 615, 630, 645])
    page += (
        show("甲创新工", 56, 640)
        + show("作室", 56, 628)
        + show("乙创新工", 56, 626)
        + show("作室", 56, 613)
        + show("丙", 156, 634)
        + show("丁", 156, 619)
    )
    cells = {(c.row, c.col): c for c in bytes_to_document(pdf(page)).tables[0].cells}
    assert [cells[r, 0].unread for r in range(2)] == ["ink", "ink"]
    assert [(cells[r, 1].text, cells[r, 1].unread) for r in range(2)] == [("丙", ""), ("丁", "")]


@pytest.mark.parametrize("size", [8, 10, 12, 14])
def test_words_that_fill_their_row_to_the_rules_are_read(size: int) -> None:
    page = filler() + grid([50, 150, 250], [600, 600 + size * 1.1, 600 + size * 2.2])
    page += (
        show("甲创新", 56, 600 + size * 1.25, size) + show("乙创新", 56, 600 + size * 0.15, size) + show("丙", 156, 600 + size * 1.25, size)
    )
    cells = {(c.row, c.col): (c.text, c.unread) for c in bytes_to_document(pdf(page)).tables[0].cells}
    assert (cells[0, 0], cells[1, 0]) == (("甲创新", ""), ("乙创新", ""))


@pytest.mark.parametrize("written", ["工作室 2022", "in-", "𠮷林 ab", "\x00a\x07b", "a\u00adb", "：，、", ""], ids=ascii)
def test_letters_asked_for_at_once_are_those_asked_for_one_by_one(written: str) -> None:
    """Also where pdfium leaves letters out, writes one as two, or parts a word at a line's end."""
    content = "".join(show(part, 50, 700 - 14 * row) for row, part in enumerate((written, "tion", written, "吉林大学")))
    book = pypdfium2.PdfDocument(pdf(content))
    page = book[0].get_textpage()
    one_by_one = [pypdfium2.raw.FPDFText_GetUnicode(page.raw, index) for index in range(page.count_chars())]
    at_once = list(pdf_ink._codes(page.raw, page.count_chars()))
    assert [_plain(code) for code in at_once] == [_plain(code) for code in one_by_one]
    assert len(at_once) > 5


def _plain(code: int) -> int:
    """The two ways in which pdfium writes a hyphen at a line's end are one."""
    return 2 if code in pdf_ink._LINE_END_HYPHENS else code
