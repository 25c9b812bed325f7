"""Which of its possible readings a piece is given: made-up steps of the recogniser, no engine - and nothing so chosen is ever sure."""

from __future__ import annotations

from dataclasses import replace

import pytest

numpy = pytest.importorskip("numpy", reason="the extra `ocr` is not installed")

from parsers.scan.text.decode import steps_to_script  # noqa: E402
from parsers.scan.text.marks import with_label_colons, with_mail_letters, with_semicolons  # noqa: E402
from parsers.scan.text.opinions import settle  # noqa: E402
from parsers.scan.text.pen import doubted_hand  # noqa: E402
from parsers.scan.text.rank import rank_scripts  # noqa: E402
from parsers.scan.words import DISAGREES, Other, Script  # noqa: E402

LETTERS = ("blank", "国", "國", "教", "授", "0", "o", "红", "紅", " ")


def steps(*rows: dict[str, float]) -> object:
    """Steps with what they hold likely."""
    return numpy.array([[row.get(letter, 0.0) for letter in LETTERS] for row in rows], "float32")


def script(text: str, sure: float = 0.5, *others: tuple[int, str, float]) -> Script:
    """A script every letter of which is as sure."""
    letters = [letter for letter in text if not letter.isspace()]
    return Script(
        text, sure, tuple((i + 0.5) / len(letters) for i in range(len(letters))), (sure,) * len(letters), tuple(Other(*o) for o in others)
    )


def ranked(*scripts: Script, printed: tuple[str, ...] = (), cells: tuple[int | None, ...] = ()) -> list[str]:
    """The texts chosen, each in a cell of its own unless told."""
    return [s.text for s in rank_scripts(scripts, cells or tuple(range(len(scripts))), lambda text: text in printed)]


def test_steps_become_letters_with_their_places_and_what_else_was_possible() -> None:
    found = steps_to_script(
        steps({"教": 1.0}, {"教": 0.9}, {"blank": 1.0}, {"0": 0.6, "o": 0.38, "红": 0.02}, {" ": 1.0}, {"授": 0.99}), LETTERS, 1.0
    )
    assert (found.text, found.sure) == ("教0 授", pytest.approx(0.6))
    assert [round(p * 6, 1) for p in found.places] == [0.5, 3.5, 5.5]
    assert [(o.at, o.letter) for o in found.others] == [(1, "o"), (1, "红")]


@pytest.mark.parametrize(
    ("read", "other", "shown"),
    [
        ("省科技厅项目任费", (6, "经", 0.46), "省科技厅项目经费"),
        ("工作室面句全省12所高校开展技能培训36场次，培训职工2180人次", (4, "向", 0.28), "工作室面向全省12所高校开展技能培训36场次，培训职工2180人次"),
        ("省科技厅项目任费", (6, "经", 0.1), "省科技厅项目任费"),
        ("工会经费", (2, "任", 0.45), "工会经费"),
        ("数据分析", (1, "椐", 0.45), "数据分析"),
        ("沈任宜", (1, "住", 0.4), "沈任宜"),
    ],
)
def test_a_letter_that_makes_a_usual_phrase_is_the_likelier_of_two(read: str, other: tuple[int, str, float], shown: str) -> None:
    """In a text of any length, when the recogniser itself held it possible; a person sees it either way."""
    (found,) = rank_scripts([script(read, 0.9, other)], (0,), lambda _: False)
    assert found.text == shown
    assert found.sure <= DISAGREES or shown == read


def test_padding_beside_the_crop_does_not_move_its_letters() -> None:
    assert steps_to_script(steps({"教": 1.0}, {"blank": 1.0}), LETTERS, 0.5).places == (0.5,)


def test_steps_without_a_letter_are_nothing() -> None:
    assert steps_to_script(steps({"blank": 1.0}, {" ": 1.0}), LETTERS, 1.0) == Script("", 0.0)


def test_a_traditional_letter_speaks_for_its_simplified_one() -> None:
    """張建國 .31 beside 张建国 .69 is no doubt about the name."""
    found = steps_to_script(steps({"国": 0.4, "國": 0.59}, {"紅": 0.3, "红": 0.69}), LETTERS, 1.0)
    assert (found.text, found.sure, found.others) == ("国红", pytest.approx(0.99), ())


def test_two_readings_as_long_give_the_likelier_letter_at_each_place_and_stay_doubtful() -> None:
    found = settle(script("叛据分析", 0.58, (0, "数", 0.35)), script("数据分析", 0.74))
    assert (found.text, found.sure) == ("数据分析", DISAGREES)
    assert found.others[0].letter == "叛"


def test_two_readings_as_long_whose_letters_stand_elsewhere_are_not_mixed() -> None:
    """One lost the first box, the other the second: letter by letter they would be 技技术术."""
    one = Script("□技术", 0.6, (0.1, 0.35, 0.6), (0.6, 0.9, 0.9))
    other = Script("技术☑", 0.5, (0.35, 0.6, 0.85), (0.9, 0.9, 0.5))
    assert settle(one, other) == replace(one, sure=DISAGREES)


@pytest.mark.parametrize(
    ("own", "elsewhere", "chosen"),
    [
        (script("沈住宜", 0.55, (1, "佳", 0.45)), "沈佳宜劳模创新工作室", "沈佳宜"),
        (script("咎旻", 0.69, (0, "昝", 0.31)), "", "昝旻"),
        (script("负责人:逢锦聚", 0.69, (4, "逄", 0.31)), "", "负责人:逄锦聚"),
        (script("顾士", 0.5, (0, "硕", 0.06)), "", "硕士"),
        (script("o", 0.6, (0, "0", 0.3)), "", "0"),
        (script("国家+个", 0.5, (2, "4", 0.45)), "", "国家4个"),
        (script("=h10417@qq.com", 0.4, (0, "w", 0.28)), "", "wh10417@qq.com"),
        (script("张建国", 0.7, (1, "达", 0.3)), "", "张建国"),
        (script("软件开发", 0.7, (0, "阮", 0.3)), "", "软件开发"),
        (script("数据", 0.7, (0, "秦", 0.05)), "", "数据"),
    ],
)
def test_a_reading_that_fits_better_is_shown_and_doubtful(own: Script, elsewhere: str, chosen: str) -> None:
    """And where nothing fits better the recogniser's own choice stays, as sure as it was."""
    found = rank_scripts([own, script(elsewhere, 1.0)], (0, 1), lambda _: False)[0]
    assert found.text == chosen
    assert found.sure == own.sure if chosen == own.text else found.sure <= DISAGREES


def test_what_is_doubtful_itself_confirms_nothing() -> None:
    """王镕基 is not read as 王铭基 because the studio's name, as unsure, was."""
    assert ranked(script("王镕基", 0.6, (1, "铭", 0.3)), script("王铭基劳模创新工作室", 0.5)) == ["王镕基", "王铭基劳模创新工作室"]


def test_a_letter_hardly_likely_is_not_made_so_by_the_rest_of_the_page() -> None:
    """王镕基 .83 beside a studio in which both readings took 镕 for 铭."""
    assert ranked(script("王镕基", 0.83, (1, "铭", 0.17)), script("王铭基高分子", 0.92))[0] == "王镕基"


def test_a_name_that_was_chosen_is_borne_by_the_studio_too() -> None:
    """However surely the page said it otherwise; both are doubtful."""
    found = rank_scripts([script("逢锦聚", 0.7, (0, "逄", 0.3)), script("逢锦聚劳模创", 0.95, (0, "逄", 0.04))], (0, 1), lambda _: False)
    assert [(s.text, s.sure <= DISAGREES) for s in found] == [("逄锦聚", True), ("逄锦聚劳模创", True)]


def test_a_figure_that_might_only_be_a_letter_is_sure() -> None:
    """0 or o is no doubt where a number stands; 0 or 8 is."""
    found = rank_scripts([script("10", 0.6, (1, "o", 0.39)), script("10", 0.6, (1, "8", 0.39))], (0, 1), lambda _: False)
    assert [s.sure for s in found] == [pytest.approx(0.6), pytest.approx(0.6)]
    one = Script("10", 0.6, (0.2, 0.8), (0.99, 0.6), (Other(1, "o", 0.39),))
    assert rank_scripts([one], (0,), lambda _: False)[0].sure == pytest.approx(0.99)


def test_the_words_of_one_cell_are_read_as_the_label_they_may_be() -> None:
    label = "何年获市级以上劳模等荣誉称号"
    upper, lower = script("何年伏市级以上", 0.4, (2, "获", 0.3)), script("劳模等荣营称号", 0.4, (4, "誉", 0.33))
    assert ranked(upper, lower, printed=(label,), cells=(3, 3)) == ["何年获市级以上", "劳模等荣誉称号"]
    assert ranked(upper, lower, printed=(label,), cells=(3, 4))[0] == "何年伏市级以上"


@pytest.mark.parametrize(
    ("pieces", "left"),
    [
        ((("海", 1.0), ("全", 0.4), ("国", 0.4), ("劳", 1.0), ("模", 1.0)), ["", "全", "国", "劳", "模"]),
        ((("加", 0.4), ("乡", 0.1), ("全国劳", 1.0), ("模", 1.0)), ["", "", "全国劳", "模"]),
        ((("7", 0.36), ("助", 1.0), ("教", 1.0)), ["", "助", "教"]),
        ((("7", 0.9), ("助教", 1.0)), ["7", "助教"]),
        ((("助教", 1.0), ("博导", 0.4)), ["助教", "博导"]),
        ((("全国劳模", 1.0), ("三人次", 0.4)), ["全国劳模", "三人次"]),
    ],
)
def test_a_letter_of_a_seal_over_a_label_is_left_out_and_what_a_person_wrote_is_not(
    pieces: tuple[tuple[str, float], ...], left: list[str]
) -> None:
    assert ranked(*(script(*piece) for piece in pieces), printed=("全国劳模", "助教"), cells=(0,) * len(pieces)) == left


def test_printed_words_are_left_as_they_are() -> None:
    assert ranked(script("总数", 0.5, (0, "点", 0.4)), script("点数", 1.0), printed=("总数",)) == ["总数", "点数"]


RUNNING = "累计培训职工两千一百八十人次：与沈鼓集团等八家企业签订技术服务协议"


def dots(lower: int) -> object:
    """A line of running text of which only the two dots after the fifteenth letter are drawn; the lower one so high."""
    grey = numpy.full((40, 40 * len(RUNNING)), 250, "uint8")
    x = int((RUNNING.index("：") + 0.5) / len(RUNNING) * grey.shape[1])
    grey[12:17, x - 2 : x + 3] = 20
    grey[25 : 25 + lower, x - 2 : x + 3] = 20
    return grey


@pytest.mark.parametrize(("text", "lower", "mark"), [(RUNNING, 9, "；"), (RUNNING, 5, "："), (RUNNING.replace("人次", "如下"), 9, "：")])
def test_running_text_parts_with_semicolons_where_the_lower_dot_has_a_tail_and_no_list_is_announced(
    text: str, lower: int, mark: str
) -> None:
    assert with_semicolons(script(text, 0.99), dots(lower)).text[RUNNING.index("：")] == mark


def test_behind_a_label_stands_a_colon() -> None:
    """And in running text a semicolon stays one."""
    found = with_label_colons(script("高校工会；沈阳大学（盖章）填表日期;2022年；培训；"), lambda text: text in ("高校工会", "填表日期"))
    assert found.text == "高校工会：沈阳大学（盖章）填表日期：2022年；培训；"


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("1xx2010@example.edu.cn", "lxx2010@example.edu.cn"), ("wh10417@example.com", "whl0417@example.com"),
        ("u10417@example.com", "u10417@example.com"), ("zhang123@example.com", "zhang123@example.com"), ("1988年1月", "1988年1月"),
    ],
)  # fmt: skip
def test_an_address_is_read_with_the_letter_where_a_figure_would_be_odd(read: str, meant: str) -> None:
    assert with_mail_letters(script(read, 0.99)).text == meant


def wavering(letters: int, of: int, text: str = "字") -> Script:
    """A script of which so many letters waver."""
    return Script(text * of, 0.99, (), (0.9,) * letters + (0.999,) * (of - letters))


def test_marks_and_boxes_that_waver_are_no_handwriting() -> None:
    """A printed form whose brackets and tick boxes the recogniser is unsure of is printed all the same."""
    page = [wavering(0, 100), wavering(12, 12, text="（"), wavering(0, 100, text="印")]
    assert [s.sure for s in doubted_hand(page, lambda text: "印" in text)] == [0.99] * 3


@pytest.mark.parametrize(
    ("filled", "printed", "by_hand"),
    [((8, 100), (0, 100), True), ((3, 100), (0, 100), False), ((8, 100), (3, 100), False), ((3, 30), (0, 100), False)],
    ids=["a pen", "print", "a poor photograph", "too little to tell"],
)
def test_what_is_filled_in_by_hand_is_doubtful_by_kind(filled: tuple[int, int], printed: tuple[int, int], by_hand: bool) -> None:
    page = [wavering(*filled), wavering(*printed, text="印"), wavering(0, 1)]
    found = doubted_hand(page, lambda text: "印" in text)
    assert [s.sure < 0.75 for s in found] == [by_hand, False, by_hand]
