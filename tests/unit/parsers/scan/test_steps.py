"""Each step from a picture to cells, lines, ticks and seals, on pictures drawn here; the engine is a made-up one."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from typing import Any

import pytest

cv2 = pytest.importorskip("cv2", reason="the extra `ocr` is not installed")
numpy = pytest.importorskip("numpy")

from PIL import Image  # noqa: E402

from parsers.formats.bounds import RefusedError  # noqa: E402
from parsers.scan.flat.colour import is_colourless, is_fax, lifted_red, without_seal_grey  # noqa: E402
from parsers.scan.flat.edges import fill_gaps, part_merged, straightened  # noqa: E402
from parsers.scan.flat.orient import find_turn, turned  # noqa: E402
from parsers.scan.flat.rectify import Flat, box_to_area, rectify  # noqa: E402
from parsers.scan.flat.rules import lean  # noqa: E402
from parsers.scan.flat.sheet import find_sheet  # noqa: E402
from parsers.scan.opened import pictures  # noqa: E402
from parsers.scan.opened.files import payload_to_pages  # noqa: E402
from parsers.scan.opened.pictures import payload_to_pictures  # noqa: E402
from parsers.scan.scan import PageReader  # noqa: E402
from parsers.scan.seals.ring import find_seals  # noqa: E402
from parsers.scan.text.bands import find_bands  # noqa: E402
from parsers.scan.text.engine import NARROW  # noqa: E402
from parsers.scan.text.lines import find_ink, read_text  # noqa: E402
from parsers.scan.text.opinions import settle  # noqa: E402
from parsers.scan.text.ticks import _alike, _closed_frame, _Frame, read_ticks  # noqa: E402
from parsers.scan.words import Box, Piece, Script  # noqa: E402
from tests.generator import scans  # noqa: E402
from tests.generator.documents import basic_info_blocks  # noqa: E402
from tests.generator.people import make_studio  # noqa: E402

needs_font = pytest.mark.skipif(not scans.find_font(), reason="no Chinese font on this machine (fonts-noto-cjk)")
CHOICE = (("劳模", "职工"), ("技术开发", "技术攻关", "其他"))


def ruled(rows: int = 6, columns: int = 4, merged: bool = True) -> Any:
    """A bare table, its first row one cell when `merged`."""
    page = numpy.full((1400, 1000, 3), 255, numpy.uint8)
    for row in range(rows + 1):
        cv2.line(page, (100, 200 + 100 * row), (900, 200 + 100 * row), (0, 0, 0), 2)
    for column in range(columns + 1):
        inner = 0 < column < columns
        cv2.line(
            page,
            (100 + 800 * column // columns, 300 if inner and merged else 200),
            (100 + 800 * column // columns, 200 + 100 * rows),
            (0, 0, 0),
            2,
        )
    return page


@pytest.mark.parametrize("degrees", [0.0, 1.3, -2.4])
def test_a_table_laid_askew_becomes_upright_cells(degrees: float) -> None:
    """One merged heading and twenty cells under it, however the page lay."""
    flat = rectify(scans.skewed(ruled(), degrees))
    assert len(flat.tables) == 1
    assert len(flat.cells[0]) == 21
    widest = max(flat.cells[0], key=lambda c: c.width)
    assert widest.width > 0.95 * flat.tables[0].width


def test_a_photograph_from_the_side_becomes_the_same_cells() -> None:
    """Perspective, shadow and warm light."""
    assert len(rectify(scans.photographed(ruled())).cells[0]) == 21


@pytest.mark.parametrize("seed", [201, 204, 211, 213])
def test_a_sheet_photographed_from_far_aside_becomes_the_same_cells(seed: int) -> None:
    """Its corners an eighth of the page off, most of the picture a desk."""
    photo = scans.photographed(ruled(11, 9, merged=False), seed, 0.13, 1.7)
    assert find_sheet(photo[:, :, 2]) is not None
    assert len(rectify(photo).cells[0]) == 99


@pytest.mark.parametrize(
    "spoil", [lambda p: p, lambda p: scans.skewed(p, 2.0), scans.greyed, lambda p: scans.grainy(p, 9)], ids=["scan", "askew", "grey", "grain"]
)
def test_a_scan_that_is_all_paper_shows_no_sheet(spoil: Any) -> None:
    """Nothing is cut off a page that fills its picture."""
    assert find_sheet(spoil(ruled())[:, :, 2]) is None


def test_the_bright_part_of_a_page_in_half_shadow_is_no_sheet() -> None:
    """Its lines go on in the shadow: nothing is cut off there."""
    photo = scans.photographed(ruled(11, 9, merged=False), 3, 0.02, 1.3)
    shaded = photo.copy()
    shaded[:, : photo.shape[1] // 2] = (shaded[:, : photo.shape[1] // 2] * 0.5).astype(numpy.uint8)
    assert find_sheet(photo[:, :, 2]) is not None
    assert find_sheet(shaded[:, :, 2]) is None


def test_a_line_of_letters_across_a_cell_is_no_rule_and_a_rule_is() -> None:
    """专利类别 stands in the middle of two rows, where the cells beside it end."""
    left, tall, right = Box(100, 100, 300, 300), Box(300, 100, 500, 300), Box(500, 100, 700, 300)
    boxes = [*(Box(b.x0, y, b.x1, y + 100) for b in (left, right) for y in (100, 200)), tall]
    for thick, parts in ((3, 6), (26, 5)):
        ink = numpy.zeros((400, 800), numpy.uint8)
        ink[200 - thick // 2 : 200 + thick // 2 + 1, 310:490] = 255
        assert len(part_merged(boxes, ink, 0, 0)) == parts


def test_a_thick_leaning_rule_that_a_seal_covers_in_part_still_parts_two_cells() -> None:
    """On a photograph brought up to size a rule is eight pixels thick and hardly lies where the cells beside it end."""
    left, tall, right = Box(100, 100, 300, 300), Box(300, 100, 700, 300), Box(700, 100, 900, 300)
    boxes = [*(Box(b.x0, y, b.x1, y + 100) for b in (left, right) for y in (100, 200)), tall]
    ink = numpy.zeros((400, 1000), numpy.uint8)
    cv2.line(ink, (300, 195), (700, 207), 255, 8)
    ink[:, 480:600] = 0
    assert len(part_merged(boxes, ink, 0, 0)) == 6
    ink[:, 420:] = 0
    assert len(part_merged(boxes, ink, 0, 0)) == 5


def test_the_lean_of_a_page_is_told_by_its_rules() -> None:
    """In degrees, against the clock."""
    assert abs(lean(scans.skewed(ruled(), 2.0)[:, :, 2]) + 2.0) < 0.2


def test_a_cell_whose_line_is_lost_is_filled_in_from_its_neighbours() -> None:
    """Two columns of one height that nobody covers are one cell, others are their own."""
    boxes = [Box(100 * c, 50 * r, 100 * c + 100, 50 * r + 50) for r in range(3) for c in range(4) if (r, c) not in ((0, 1), (0, 2), (2, 3))]
    gaps = fill_gaps(boxes)[len(boxes) :]
    assert sorted((round(g.x0), round(g.y0), round(g.x1), round(g.y1)) for g in gaps) == [(100, 0, 300, 50), (300, 100, 400, 150)]


def test_a_curl_across_the_page_does_not_tear_a_row() -> None:
    """Edges are level by what they touch, though the row sinks by more than a row's height from left to right."""
    row = [Box(100 * c, 100 + 12 * c, 100 * c + 100, 160 + 12 * c) for c in range(8)]
    assert len({box.y0 for box in straightened(row)}) == 1


# ---- colours


def test_black_under_a_red_seal_stays_and_the_seal_goes() -> None:
    """Dark red in shadow is dark in the red channel too."""
    page = numpy.full((400, 400, 3), 150, numpy.uint8)
    cv2.rectangle(page, (100, 100), (300, 300), (30, 20, 105), 18)
    cv2.line(page, (50, 200), (350, 200), (12, 12, 12), 6)
    grey = lifted_red(page)
    assert grey[150, 100] > 200
    assert grey[200, 100] < 90
    assert grey[200, 200] < 60


@needs_font
@pytest.mark.parametrize("quality", [60, 85])
def test_hardly_a_rim_is_left_of_a_seal_whose_colour_was_compressed(quality: int) -> None:
    """Pale letters of it would be read as letters of the label they lie on; the black line through it is as black as ever."""
    page = numpy.full((900, 900, 3), 255, numpy.uint8)
    page[440:446, 100:800] = 15
    grey = lifted_red(scans.recompressed(scans.stamped(page, "大连海事大学工会委员会", (450, 450)), quality))
    assert grey[441:445, 120:780].max() < 80
    grey[430:456] = 255
    assert numpy.count_nonzero(grey < 200) < 400


@pytest.mark.parametrize(("radius", "raised"), [(14, False), (30, True)])
def test_on_a_coarse_page_only_what_is_as_large_as_a_star_is_taken_for_one(radius: int, raised: bool) -> None:
    """Where letters and lines are grey all through, a thick corner of them leaves a small patch - and its lines are not a seal's."""
    page = numpy.full((1400, 1000), 250, numpy.uint8)
    page[::40] = page[1::40] = 20
    for row in range(2, 6):
        page[row::40] = 120
    cv2.circle(page, (500, 700), radius, 120, -1)
    assert bool((without_seal_grey(page) != page).any()) == raised


def test_soft_edges_of_letters_on_a_grey_scan_outlive_a_seal() -> None:
    """What is next to print is print: the grey rim of a letter is as grey as a seal."""
    page = grey_page(seal=True)
    soft = cv2.GaussianBlur(page, (5, 5), 1.0)
    raised = without_seal_grey(soft)
    beside = (cv2.dilate((page <= 20).astype(numpy.uint8), numpy.ones((3, 3), numpy.uint8)) > 0) & (page > 20)
    assert (raised[beside] == soft[beside]).mean() > 0.95
    assert raised[690:710, 455:470].min() > 240


def test_a_fax_is_known_and_a_clean_drawing_is_none() -> None:
    """Two levels and lone dots of dirt."""
    assert is_fax(scans.faxed(ruled()))
    assert not is_fax(ruled())
    assert is_colourless(scans.greyed(scans.photographed(ruled())))
    assert not is_colourless(scans.photographed(ruled()))


# ---- seals


@needs_font
@pytest.mark.parametrize(
    "spoil", [lambda p: p, lambda p: scans.skewed(p, 2.0), scans.photographed, scans.chatted], ids=["flat", "skewed", "photo", "chat"]
)
def test_a_seal_is_found_where_it_is(spoil: Any) -> None:
    """Ring, letters, star."""
    page = scans.stamped(scans.drawn(["辽宁省某大学工会推荐材料"] * 20), "某某大学工会委员会", (900, 800))
    (seal,) = find_seals(spoil(page))
    assert seal.kind == "star"
    assert 0.05 < seal.radius / max(spoil(page).shape[:2]) < 0.085


@needs_font
@pytest.mark.parametrize("spoil", [scans.greyed, scans.faxed, lambda p: scans.faxed(scans.skewed(p, 1.5))], ids=["grey", "fax", "leaning fax"])
def test_a_seal_without_colour_is_found_by_its_ring_and_star_among_print_and_rules(spoil: Any) -> None:
    """A fax has no lighter ink: its seal is as black as the text it lies over."""
    form = scans.drawn(basic_info_blocks(make_studio(random.Random(7), "某某大学")))
    sealed = scans.stamped(form, "某某大学工会委员会", (900, 800))
    (seal,) = find_seals(spoil(sealed))
    assert (seal.kind, abs(seal.x - 900) < 60, abs(seal.y - 800) < 60) == ("grey", True, True)
    assert find_seals(spoil(form)) == ()


@needs_font
def test_what_is_red_but_no_seal_is_none() -> None:
    """A heading, a disc, a frame, a ring drawn by hand, a flag - and a page with nothing red at all."""
    page = scans.drawn(["普通的一页"] * 12)
    assert find_seals(page) == ()
    cv2.circle(page, (500, 1300), 150, (40, 40, 210), -1)
    cv2.circle(page, (1100, 1300), 150, (40, 40, 210), 7)
    cv2.rectangle(page, (200, 1600), (700, 1900), (40, 40, 210), 9)
    cv2.rectangle(page, (900, 1600), (1400, 1900), (40, 40, 210), -1)
    assert find_seals(page) == ()


# ---- ticks


def printed_line(line: str, spoil: Any = lambda p: p, misread: str = "") -> tuple[Any, Piece]:
    """A line of a choice on a page in grey, and what the engine says of it: 口 for an empty box, nothing for a ticked one, `misread` (two letters)
    one for the other."""
    paper = scans.Paper(900, 200, 30)
    picture = spoil(paper.print_blocks([line]))
    scale = picture.shape[1] / 900
    at, places, spoken = float(scans.MARGIN), [], ""
    for letter in line:
        width = paper._length(letter)
        if letter not in " ☑":
            places.append(at + width / 2)
            spoken += {"□": "口", misread[:1]: misread[1:]}.get(letter, letter)
        at += width
    box = Box((scans.MARGIN - 6) * scale, 104 * scale, (at + 6) * scale, 160 * scale)
    return lifted_red(picture), Piece(box, Script(spoken, 0.95, tuple((p * scale - box.x0) / box.width for p in places)))


@needs_font
@pytest.mark.parametrize("spoil", [lambda p: p, scans.chatted], ids=["flat", "chat"])
@pytest.mark.parametrize("line", ["□劳模 ☑职工", "☑劳模 □职工", "□劳模 □职工", "☑技术开发 □技术攻关 ☑其他"])
def test_boxes_are_told_by_the_picture_and_not_by_the_engines_letters(line: str, spoil: Any) -> None:
    """The engine says 口 for an empty box and drops a ticked one."""
    grey, piece = printed_line(line, spoil)
    read = read_ticks(grey, piece, CHOICE)
    assert read.script.text == line.replace("□", "☐")
    assert read.script.sure >= 0.75


@needs_font
@pytest.mark.parametrize(
    ("line", "misread", "told"),
    [
        ("□技术开发 ☑技术攻关 □技", "", "☐技术开发 ☑技术攻关 ☐技"),
        ("术攻关 ☑技术开发 □其他", "", "术攻关 ☑技术开发 ☐其他"),
        ("工作 ☑技术开发 □其他", "", "☑技术开发 ☐其他"),
        ("关 □技术开发 ☑其他", "开升", "关 ☐技术开发 ☑其他"),
    ],
    ids=["a letter of the next word", "the rest of a word", "a stray letter", "a misread letter"],
)
def test_a_choice_over_two_lines_is_one_choice(line: str, misread: str, told: str) -> None:
    """Wherever its words are broken, and whatever one letter of them was taken for: the words are the form's own."""
    grey, piece = printed_line(line, misread=misread)
    assert read_ticks(grey, piece, CHOICE).script.text == told


def test_a_square_that_a_tick_closes_within_its_box_is_not_the_box() -> None:
    """Else the inside of that small square would be looked at, which is empty."""
    ink = numpy.zeros((75, 90), numpy.uint8)
    cv2.rectangle(ink, (20, 15), (60, 55), 255, 3)
    cv2.rectangle(ink, (32, 25), (58, 49), 255, 2)
    frame = _closed_frame(ink)
    assert frame is not None
    assert frame[2] > 36


@needs_font
def test_boxes_too_faint_for_an_outline_are_looked_for_where_the_engine_saw_them() -> None:
    """Before each word, as large as a letter; what is dark there is ticked."""
    line = "□技术开发 □技术攻关 □其他"
    grey, piece = printed_line(line)
    paper = scans.Paper(size=30)
    for at in (0, 6, 12):
        x = int(scans.MARGIN + paper._length(line[:at]))
        grey[100:160, x : x + 30] = 255
    cv2.line(grey, (scans.MARGIN + 4, 134), (scans.MARGIN + 24, 122), 20, 12)
    assert read_ticks(grey, piece, CHOICE).script.text == "☑技术开发 ☐技术攻关 ☐其他"


def test_a_square_smaller_than_the_boxes_beside_it_is_what_a_tick_closed() -> None:
    """Boxes of one line are printed alike: where that one's own is, the others tell."""
    boxes = [_Frame(Box(x, 10, x + side, 10 + side)) for x, side in ((0, 25), (100, 14), (200, 22))]
    assert _alike([*boxes, None]) == [boxes[0], None, boxes[2], None]


def test_a_title_that_holds_the_words_of_a_choice_is_left_alone() -> None:
    """劳模（职工）创新工作室 is no choice."""
    grey = numpy.full((100, 900), 255, numpy.uint8)
    text = "辽宁省教科文卫体系统劳模（职工）创新工作室基本情况表"
    piece = Piece(Box(10, 10, 890, 60), Script(text, 0.9, tuple((i + 0.5) / len(text) for i in range(len(text)))))
    assert read_ticks(grey, piece, CHOICE) is piece


# ---- lines


@needs_font
def test_two_lines_squeezed_into_a_cell_come_apart() -> None:
    """全国 over 劳模, almost touching."""
    paper = scans.Paper(400, 200, 30)
    paper._print("全国", 150, 40)
    paper._print("劳模", 150, 70)
    grey = numpy.asarray(paper.image)[:, :, 0]
    bands = find_bands(grey, Box(100, 30, 300, 130), 30)
    assert len(bands) == 2
    assert bands[0].middle < bands[1].middle


@needs_font
def test_the_last_line_of_a_text_may_be_one_letter() -> None:
    """媒体报道9 | 次。 - beside a full line it is hardly any ink."""
    paper = scans.Paper(1400, 300, 30)
    paper._print("面向全省开展技能培训三十六场次签订技术服务协议解决技术难题媒体报道九", 110, 60)
    paper._print("次。", 110, 110)
    bands = find_bands(numpy.asarray(paper.image)[:, :, 0], Box(100, 40, 1300, 200), 30)
    assert len(bands) == 2
    assert bands[1].width < 0.1 * bands[0].width


@needs_font
def test_a_cell_of_several_lines_that_the_finder_overlooked_is_read_line_by_line() -> None:
    """全国 劳 模 over one another in a narrow cell are higher than any line; a cell beside it gives the height of a letter."""
    grey = scans.drawn(["全国", "劳", "模", "", "其他"])[:, :, 2]
    cells = [Box(110, 100, 300, 255), Box(110, 275, 300, 345)]

    class Sees:
        """Finds the second cell's line alone, reads nothing."""

        def find(self, picture: Any, side: int = 0) -> list[Any]:
            return [numpy.array([[118, 288], [180, 288], [180, 328], [118, 328]], numpy.float32)]

        def read(self, crops: Sequence[Any], room: int = NARROW) -> list[Script]:
            return [Script("字", 0.99, (0.5,)) for _ in crops]

    flat = Flat(numpy.dstack([grey] * 3), grey, numpy.eye(3), (Box(110, 100, 300, 345),), (tuple(cells),))
    text = read_text(flat, Sees(), lambda _: False)
    assert [len(cell.pieces) for cell in text.tables[0]] == [3, 1]


def test_an_empty_cell_has_no_ink_and_a_written_one_has() -> None:
    """Blank and illegible are two things; dust is nothing."""
    grey = numpy.full((200, 400), 250, numpy.uint8)
    cell = Box(10, 10, 390, 190)
    assert find_ink(grey, cell) is None
    grey[50, 60] = 0
    assert find_ink(grey, cell) is None
    cv2.putText(grey, "X7", (100, 120), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 4)
    assert find_ink(grey, cell) is not None


def test_two_readings_that_differ_are_doubtful_whatever_the_engine_thinks() -> None:
    """Letters are lost more often than made up, so the longer one is shown."""
    same = settle(Script("教授", 0.8), Script("教 授", 0.99))
    assert (same.text, same.sure) == ("教授", 0.99)
    lost = settle(Script("附属第医院", 0.9999), Script("附属第一医院", 0.85))
    assert lost.text == "附属第一医院"
    assert lost.sure < 0.75
    other = settle(Script("经费", 0.99), Script("任费", 0.97))
    assert other.text == "经费"
    assert other.sure < 0.75


# ---- turns and files


class Upright:
    """An engine that finds level lines and is sure of those whose ink is heavier at the top."""

    def find(self, picture: Any, side: int = 0) -> list[Any]:
        """Every row of ink, or column when the page lies on its side."""
        ink = (picture < 128).astype(numpy.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(ink, numpy.ones((9, 9), numpy.uint8)))
        boxes = [stats[i][:4] for i in range(1, count)]
        return [numpy.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], numpy.float32) for x, y, w, h in boxes]

    def read(self, crops: Sequence[Any], room: int = NARROW) -> list[Script]:
        """Sure when the upper half is the darker one."""
        return [Script("字", 0.99 if c[: len(c) // 2].mean() < c[len(c) // 2 :].mean() else 0.2, (0.5,)) for c in crops]


def grey_page(*, seal: bool) -> Any:
    """A grey scan of ten lines of print, one of them under the star of a seal."""
    page = numpy.full((1400, 1000), 250, numpy.uint8)
    if seal:
        cv2.circle(page, (500, 700), 50, 120, -1)
    for line in range(10):
        cv2.putText(page, "1738 + 108", (300, 180 + 130 * line), cv2.FONT_HERSHEY_SIMPLEX, 2, 20, 4)
    return page


def test_a_seal_on_a_grey_scan_is_raised_to_paper_and_print_is_left_alone() -> None:
    """Under the star as everywhere; far from it nothing is touched."""
    page, bare = grey_page(seal=True), grey_page(seal=False)
    raised = without_seal_grey(page)
    assert raised[690:710, 455:470].min() > 240
    assert (raised[page <= 20] <= 20).all()
    assert (raised[:400] == page[:400]).all()
    assert (without_seal_grey(bare) == bare).all()


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_page_is_set_upright_from_every_side(quarters: int) -> None:
    """Lines tell level from upright, sense tells up from down."""
    page = numpy.full((900, 700, 3), 255, numpy.uint8)
    for row in range(5):
        cv2.rectangle(page, (100, 100 + 120 * row), (600, 112 + 120 * row), (0, 0, 0), -1)
        cv2.rectangle(page, (100, 112 + 120 * row), (600, 132 + 120 * row), (120, 120, 120), -1)
    lying = turned(page, -quarters % 4)
    assert find_turn(lying, Upright()) == quarters


class Counting(Upright):
    """Counts the pictures it was asked about."""

    looked = 0

    def find(self, picture: Any, side: int = 0) -> list[Any]:
        """One more."""
        self.looked += 1
        return super().find(picture, side)


def test_a_page_that_was_read_lately_is_not_read_again() -> None:
    """A photograph alone, then as the third page of its form: one look, and the places on it are those of the page it is now."""
    page = numpy.full((900, 700, 3), 255, numpy.uint8)
    cv2.putText(page, "X7", (100, 300), cv2.FONT_HERSHEY_SIMPLEX, 3, (0, 0, 0), 8)
    engine = Counting()
    first = PageReader((), engine).read(1, page)
    looked = engine.looked
    again = PageReader((), engine).read(3, page.copy())
    assert (engine.looked, first.printed.number, again.printed.number) == (looked, 1, 3)
    assert [line.text for line in again.printed.items] == [line.text for line in first.printed.items]
    PageReader((), engine).read(1, 255 - page)
    assert engine.looked > looked


def test_every_page_of_a_tiff_and_the_turn_a_camera_noted() -> None:
    """EXIF says how the camera was held; a TIFF holds many pages."""
    assert len(payload_to_pictures(scans.tiff([ruled(), ruled()]), 12)) == 2
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(ruled()[:, :, ::-1]).save(out, "JPEG", exif=exif)
    (page,) = payload_to_pictures(out.getvalue(), 12)
    assert page.shape[:2] == (1000, 1400)


def test_a_photograph_of_an_iphone_is_a_page_too() -> None:
    """HEIC, by pillow-heif."""
    heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    heif.from_pillow(Image.fromarray(ruled()[:, :, ::-1])).save(out, quality=80)
    (page,) = payload_to_pages(out.getvalue())
    assert page.shape == (1400, 1000, 3)


def test_a_picture_too_large_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes can ask for gigabytes."""
    monkeypatch.setattr(pictures, "MAX_PIXELS", 1000)
    with pytest.raises(RefusedError):
        payload_to_pictures(scans.compressed(ruled()), 12)


def test_a_broken_picture_is_refused_and_a_small_one_is_no_page() -> None:
    """Logos are never read."""
    with pytest.raises(RefusedError):
        payload_to_pictures(b"\xff\xd8\xff" + b"nothing", 12)
    assert payload_to_pages(scans.compressed(ruled()[:300, :300])) == []


def test_scanned_pages_of_a_pdf_are_drawn_up_to_the_limit() -> None:
    """Three pages, two wanted."""
    pages = payload_to_pages(scans.scanned_pdf([ruled()] * 3), 2)
    assert len(pages) == 2
    assert all(page.ndim == 3 for page in pages)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("degrees", [0.0, 2.0])
def test_a_cell_is_found_again_on_the_picture_as_it_came(quarters: int, degrees: float) -> None:
    """Turned upright, made flat, and led back: the place of a cell on the given picture is where its ink is."""
    page = ruled()
    cv2.rectangle(page, (330, 430), (470, 470), (90, 90, 90), -1)  # the second row's second cell
    given = turned(scans.skewed(page, degrees), (4 - quarters) % 4)
    flat = rectify(turned(given, quarters))
    inside = [c for c in flat.cells[0] if flat.grey[int(c.middle), int((c.x0 + c.x1) / 2)] < 150]
    assert len(inside) == 1
    area = box_to_area(inside[0], number=3, way=flat.way, quarters=quarters, shape=given.shape)
    wide = given.shape[1]
    rows, columns = numpy.nonzero((given[:, :, 0] > 60) & (given[:, :, 0] < 120))
    assert (area.page, area.turn) == (3, quarters)
    assert area.x0 * wide < numpy.median(columns) < area.x1 * wide
    assert area.top * wide < numpy.median(rows) < area.bottom * wide
    assert (area.x1 - area.x0) * (area.bottom - area.top) * wide * wide < 2.2 * 200 * 100
