"""A page that is not flat on its paper has straight lines again, and one that is flat is left as it is; pictures drawn here."""

from __future__ import annotations

import functools
from typing import Any

import pytest

cv2 = pytest.importorskip("cv2", reason="the extra `ocr` is not installed")
numpy = pytest.importorskip("numpy")

from parsers.scan.flat import rectify as room  # noqa: E402
from parsers.scan.flat.rectify import box_to_area, rectify  # noqa: E402
from parsers.scan.flat.waves import find_waves  # noqa: E402
from parsers.scan.words import Box  # noqa: E402
from tests.generator import scans  # noqa: E402

ROWS, COLUMNS = 11, 9


def ruled(rows: int = ROWS, columns: int = COLUMNS) -> Any:
    """A bare table of so many rows and columns on a page."""
    page = numpy.full((1400, 1000, 3), 255, numpy.uint8)
    for row in range(rows + 1):
        cv2.line(page, (100, 150 + 90 * row), (900, 150 + 90 * row), (0, 0, 0), 2)
    for column in range(columns + 1):
        x = 100 + 800 * column // columns
        cv2.line(page, (x, 150), (x, 150 + 90 * rows), (0, 0, 0), 2)
    return page


def spoils() -> dict[str, Any]:
    """The ways a page lies and is taken, none of them bending it."""
    return {"scan": lambda p: p, "askew": lambda p: scans.skewed(p, 1.7), "photo": scans.photographed, "chat": scans.chatted,
            "aside": lambda p: scans.photographed(p, 4, 0.08, 1.5)}  # fmt: skip


def bends() -> dict[str, Any]:
    """The ways it does not lie flat."""
    return {"bound": functools.partial(scans.curled, height=26.0), "other way": functools.partial(scans.curled, height=-20.0)} | {
        f"held {n}": functools.partial(scans.bent, seed=n) for n in (1, 2, 3)
    }


@pytest.mark.parametrize("spoil", spoils().values(), ids=spoils())
def test_a_flat_page_has_no_waves_and_stays_as_it_is(spoil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the very byte: nothing is resampled for a tremor of a line."""
    flat = rectify(spoil(ruled()))
    assert flat.waves is None
    monkeypatch.setattr(room, "find_waves", lambda *_: None)
    assert (rectify(spoil(ruled())).picture == flat.picture).all()


@pytest.mark.parametrize(
    ("bend", "spoil"),
    [*((bend, "scan") for bend in bends()), ("bound", "askew"), ("bound", "chat"), ("held 2", "photo"), ("held 3", "aside")],
)
def test_a_page_that_waves_becomes_straight_rows_and_columns(bend: str, spoil: str) -> None:
    """Every cell, each row on one height and each column in one place, however the page was taken besides."""
    flat = rectify(spoils()[spoil](bends()[bend](ruled())))
    (cells,) = flat.cells
    assert flat.waves is not None
    assert len(cells) == ROWS * COLUMNS
    for low, high, count in (("y0", "y1", ROWS), ("x0", "x1", COLUMNS)):
        middles = sorted((getattr(c, low) + getattr(c, high)) / 2 for c in cells)
        each = len(cells) // count
        groups = [middles[i * each : (i + 1) * each] for i in range(count)]
        assert max(group[-1] - group[0] for group in groups) < 9


def test_a_line_that_a_seal_or_a_fold_cut_still_tells_its_stretches() -> None:
    """Pieces of a line are followed each for itself."""
    page = scans.bent(ruled(), 2)
    page[:, 430:520] = 255
    page[600:700, :] = 255
    waves = find_waves(page[:, :, 2], [Box(100, 150, 900, 1140)])
    whole = find_waves(scans.bent(ruled(), 2)[:, :, 2], [Box(100, 150, 900, 1140)])
    assert waves is not None
    assert whole is not None
    places = numpy.array([[x, y] for x in (150.0, 480.0, 800.0) for y in (200.0, 650.0, 1000.0)])
    assert numpy.abs(waves.off(places) - waves.off(places).mean(axis=0) - whole.off(places) + whole.off(places).mean(axis=0)).max() < 3


@pytest.mark.parametrize("rows", [1, 20])
def test_too_few_lines_and_lines_that_disagree_tell_nothing(rows: int) -> None:
    """Two strokes, or a scrawl in which each line goes its own way."""
    page = numpy.full((1400, 1000), 255, numpy.uint8)
    rng = numpy.random.default_rng(5)
    x = numpy.arange(100, 900)
    for row in range(rows + 1):
        y = 150 + 25 * row + 12 * numpy.sin(x / 800 * rng.uniform(4, 25) + rng.uniform(0, 6))
        cv2.polylines(page, [numpy.stack([x, y], axis=1).astype(numpy.int32)], False, 0, 2)
    assert find_waves(page, [Box(100, 100, 900, 1200)]) is None
    assert find_waves(page, []) is None


def test_there_and_back_again_is_the_same_place() -> None:
    """The straight page's points on the waving one, and the other way."""
    waves = rectify(scans.bent(ruled(), 3)).waves
    assert waves is not None
    places = numpy.array([[x, y] for x in (300.0, 900.0, 1700.0) for y in (300.0, 1200.0, 2200.0)])
    assert numpy.abs(waves.straight(waves.waving(places)) - places).max() < 0.5


@pytest.mark.parametrize("bend", bends().values(), ids=bends())
def test_a_cell_is_found_again_on_the_bent_picture_as_it_came(bend: Any) -> None:
    """What the desk shows beside a value is the place on the page that was sent."""
    page = ruled()
    cv2.rectangle(page, (470, 545), (530, 565), (90, 90, 90), -1)
    given = bend(page)
    flat = rectify(given)
    inside = [c for c in flat.cells[0] if flat.grey[int(c.middle), int((c.x0 + c.x1) / 2)] < 150]
    assert len(inside) == 1
    area = box_to_area(inside[0], number=1, way=flat.way, quarters=0, shape=given.shape, waves=flat.waves)
    patch = cv2.erode(((given[:, :, 0] > 60) & (given[:, :, 0] < 120)).astype(numpy.uint8), numpy.ones((7, 7), numpy.uint8))
    rows, columns = numpy.nonzero(patch)
    assert abs((area.x0 + area.x1) / 2 * 1000 - numpy.median(columns)) < 8
    assert abs((area.top + area.bottom) / 2 * 1000 - numpy.median(rows)) < 8
