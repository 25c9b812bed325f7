"""Core: the text of a flat page, cell by cell and between the tables, each piece with a second opinion where it may be a value.

The whole page is looked over once for lines of text; a line over a cell's border is cut there, ink that no line covers is read by itself.
What is no printed label is read again from a picture made another way (shadows evened out, red erased): two readings that differ are
doubtful, whatever the engine thinks of either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy

from parsers.scan.flat.colour import without_red
from parsers.scan.flat.orient import cut_out
from parsers.scan.flat.rectify import Flat
from parsers.scan.flat.rules import binary
from parsers.scan.text.bands import find_bands
from parsers.scan.text.engine import ROOMY, TextReader
from parsers.scan.text.marks import with_label_colons, with_mail_letters, with_semicolons
from parsers.scan.text.opinions import settle
from parsers.scan.text.pen import doubted_hand
from parsers.scan.text.rank import rank_scripts
from parsers.scan.words import DISAGREES, Box, Picture, Piece, Quad, Script

_INSIDE, _TOUCHES, _SLICE = 0.8, 0.3, 0.12
_TALLEST, _SEVERAL = 90.0, 2.1
_BORDER = 3.0
_FRAME = 7
_SQUEEZED = 0.92
_LETTER = 0.72  # of the height of a box round a line, its letters take so much


@dataclass(frozen=True, slots=True)
class CellText:
    """格内文字: a cell with the pieces of text in it; `unread` when there is ink that no piece accounts for."""

    box: Box
    pieces: tuple[Piece, ...] = ()
    unread: bool = False


@dataclass(frozen=True, slots=True)
class PageText:
    """页面文字: the cells of each table, and the pieces outside all tables."""

    tables: tuple[tuple[CellText, ...], ...]
    outside: tuple[Piece, ...]
    grey: Picture


@dataclass(slots=True)
class _Job:
    """A crop to read: the cell it belongs to (None: outside all) and its corners."""

    cell: int | None
    quad: Quad


def read_text(flat: Flat, reader: TextReader, is_printed: Callable[[str], bool]) -> PageText:
    """Everything written on a flat page; `is_printed` tells a form's own words, which need no second opinion."""
    grey = flat.grey
    cells = [cell for table in flat.cells for cell in table]
    jobs = reach_ink(grey, part_lines(grey, _place(reader.find(grey), cells), cells), cells)
    jobs += _overlooked(grey, jobs, cells)
    crops = [cut_out(grey, job.quad) for job in jobs]
    scripts = _second_opinion(crops, flat.picture, jobs, reader.read(crops), reader, is_printed)
    scripts = doubted_hand(rank_scripts(scripts, [job.cell for job in jobs], is_printed), is_printed)
    scripts = [with_mail_letters(with_semicolons(script, crop)) for script, crop in zip(scripts, crops, strict=True)]
    scripts = [with_label_colons(script, is_printed) for script in scripts]
    pieces = [(job.cell, Piece(_bounds(job.quad), script)) for job, script in zip(jobs, scripts, strict=True)]
    legible = [(at, piece) for at, piece in pieces if piece.script.text.strip() and piece.script.sure > 0.05]
    by_cell = {i: tuple(piece for at, piece in legible if at == i) for i in range(len(cells))}
    texts = [CellText(cell, by_cell[i], unread=not by_cell[i] and find_ink(grey, cell) is not None) for i, cell in enumerate(cells)]
    tables, start = [], 0
    for table in flat.cells:
        tables.append(tuple(texts[start : start + len(table)]))
        start += len(table)
    return PageText(tuple(tables), tuple(piece for at, piece in legible if at is None), grey)


# ---- lines of text to cells


def _place(quads: Sequence[Quad], cells: Sequence[Box]) -> list[_Job]:
    """Each line of text with its cell; one that runs over borders is cut at them."""
    jobs: list[_Job] = []
    for quad in quads:
        box = _bounds(quad)
        area = max(box.width * box.height, 1.0)
        shares = sorted(((box.shared(cell) / area, i) for i, cell in enumerate(cells)), reverse=True)[:6]
        if not shares or shares[0][0] < _TOUCHES:
            jobs.append(_Job(None, quad))
        elif shares[0][0] > _INSIDE:
            jobs.append(_Job(shares[0][1], quad))
        else:
            jobs += [_Job(i, _quad(part)) for share, i in shares if share >= _SLICE and (part := _slice(box, cells[i]))]
    return jobs


def _slice(box: Box, cell: Box) -> Box | None:
    """What of a line lies in a cell; None for a sliver."""
    part = Box(max(box.x0, cell.x0 + _BORDER), max(box.y0, cell.y0 - 1), min(box.x1, cell.x1 - _BORDER), min(box.y1, cell.y1 + 1))
    return part if part.width >= 10 and part.height >= 0.45 * box.height else None


def part_lines(grey: Picture, jobs: Sequence[_Job], cells: Sequence[Box]) -> list[_Job]:
    """The jobs, those of cells with several lines (or one box too high for a line) parted anew by their rows of ink."""
    by_cell: dict[int, list[Box]] = {}
    for job in jobs:
        if job.cell is not None:
            by_cell.setdefault(job.cell, []).append(_bounds(job.quad))
    height = float(numpy.median([box.height for boxes in by_cell.values() for box in boxes])) if by_cell else 0.0
    anew: dict[int, list[Box]] = {}
    for i, boxes in by_cell.items():
        if len(_levels(boxes)) > 1 or max(box.height for box in boxes) > 1.12 * height:
            bands = find_bands(grey, cells[i], _LETTER * height)
            if len(bands) > 1:
                anew[i] = bands
    kept = [job for job in jobs if job.cell not in anew]
    return kept + [_Job(i, _quad(box)) for i, bands in anew.items() for box in bands]


def _levels(boxes: Sequence[Box]) -> list[float]:
    """The different heights at which boxes stand."""
    out: list[float] = []
    for box in sorted(boxes, key=lambda b: b.middle):
        if not out or box.middle - out[-1] > 0.4 * box.height:
            out.append(box.middle)
    return out


def _overlooked(grey: Picture, jobs: Sequence[_Job], cells: Sequence[Box]) -> list[_Job]:
    """What stands in cells where the finder saw nothing: one line, or several parted by their rows of ink."""
    filled = {job.cell for job in jobs}
    heights = [_bounds(job.quad).height for job in jobs if job.cell is not None]
    letter = _LETTER * float(numpy.median(heights)) if heights else 0.0
    found: list[_Job] = []
    for i, cell in enumerate(cells):
        box = find_ink(grey, cell) if i not in filled else None
        if box and letter and box.height > _SEVERAL * letter:
            found += [_Job(i, _quad(band)) for band in find_bands(grey, cell, letter)]
        elif box and box.height < _TALLEST:
            found.append(_Job(i, _quad(box)))
    return found


def reach_ink(grey: Picture, jobs: Sequence[_Job], cells: Sequence[Box]) -> list[_Job]:
    """The lines in cells, longer by what stands beside them unfound: the finder overlooks a lone stroke (一) at either end."""
    out = []
    for job in jobs:
        box = _bounds(job.quad)
        if job.cell is None or box.height < 12 or box.width < 0.6 * box.height:
            out.append(job)
            continue
        cell = cells[job.cell]
        others = [_bounds(o.quad) for o in jobs if o.cell == job.cell and o is not job]
        left, right = _free_ink(grey, box, cell, others)
        grown = numpy.array(job.quad, numpy.float32)
        grown[[0, 3], 0] -= left
        grown[[1, 2], 0] += right
        out.append(_Job(job.cell, grown))
    return out


def _free_ink(grey: Picture, box: Box, cell: Box, others: Sequence[Box]) -> tuple[float, float]:
    """How far ink goes on left and right of a line, up to two letters, within its cell and short of its neighbours."""
    reach = 2.0 * box.height
    level = [o for o in others if min(o.y1, box.y1) - max(o.y0, box.y0) > 0.4 * min(o.height, box.height)]
    low = max([cell.x0 + _FRAME, box.x0 - reach, *(o.x1 for o in level if o.x0 < box.x0)])
    high = min([cell.x1 - _FRAME, box.x1 + reach, *(o.x0 for o in level if o.x1 > box.x1)])
    top, bottom = int(box.y0 + 0.2 * box.height), int(box.y1 - 0.2 * box.height)
    return _run(grey[top:bottom, int(low) : max(int(low), int(box.x0))][:, ::-1], box.height), _run(
        grey[top:bottom, int(box.x1) : max(int(box.x1), int(high))], box.height
    )


def _run(part: Picture, height: float) -> float:
    """How many columns from the near edge to the last that is inked, blanks of less than a letter between."""
    if min(part.shape, default=0) < 4:
        return 0.0
    dark = (part < int(part.max()) * 0.62).sum(axis=0) >= 2
    end = 0
    for column in numpy.flatnonzero(dark):
        if column - end > 0.75 * height:
            break
        end = int(column) + 1
    return end + 0.15 * height if end > 0.2 * height else 0.0


def find_ink(grey: Picture, cell: Box) -> Box | None:
    """Where a cell is written on; None for a cell with nothing but dust and the edges of its own lines."""
    x0, y0, x1, y1 = (int(v) for v in (cell.x0 + _FRAME, cell.y0 + _FRAME, cell.x1 - _FRAME, cell.y1 - _FRAME))
    if x1 - x0 < 10 or y1 - y0 < 8:
        return None
    part = grey[y0:y1, x0:x1]
    high, wide = part.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats(binary(part, 31))
    kept = [stats[i] for i in range(1, count) if _is_stroke(stats[i], wide, high)]
    if not kept:
        return None
    left, top = min(s[0] for s in kept), min(s[1] for s in kept)
    right, bottom = max(s[0] + s[2] for s in kept), max(s[1] + s[3] for s in kept)
    if sum(s[4] for s in kept) < 35 or bottom - top < 12:
        return None
    return Box(max(0, x0 + left - 5), max(0, y0 + top - 5), x0 + right + 5, y0 + bottom + 5)


def _is_stroke(stats: Sequence[int], wide: int, high: int) -> bool:
    x, y, width, height, area = (int(v) for v in stats)
    if area < 12 or max(width, height) < 12:
        return False
    if (width > 0.8 * wide and height < 6) or (height > 0.8 * high and width < 6):
        return False
    beside = (x <= 1 or x + width >= wide - 1) and width < 7
    return not (beside or ((y <= 1 or y + height >= high - 1) and height < 7))


# ---- a second opinion


def _second_opinion(
    crops: Sequence[Picture],
    picture: Picture,
    jobs: Sequence[_Job],
    scripts: Sequence[Script],
    reader: TextReader,
    is_printed: Callable[[str], bool],
) -> list[Script]:
    """The scripts, those doubtful that another picture of the same place tells differently."""
    asked = [i for i, script in enumerate(scripts) if not is_printed(script.text)]
    other = without_red(picture)
    again = reader.read([_narrowed(cut_out(other, _grown(jobs[i].quad))) for i in asked], ROOMY)
    out = list(scripts)
    for i, second in zip(asked, again, strict=True):
        settled = settle(scripts[i], second)
        lost = has_lost_ink(crops[i], settled)
        out[i] = replace(settled, sure=min(DISAGREES, settled.sure)) if lost else settled
    return out


def has_lost_ink(crop: Picture, script: Script) -> bool:
    """True when a letter's width of ink at either end of a line belongs to no letter that was read: 第一 read as 第, the last digit gone."""
    high, wide = crop.shape
    if not script.places or high < 12 or wide < high:
        return False
    rows = crop[int(0.2 * high) : int(0.8 * high)]
    columns = numpy.flatnonzero((rows < float(rows.max()) * 0.62).sum(axis=0) >= 2)
    if not len(columns):
        return False
    reach = 0.85 * _LETTER * high
    return bool(script.places[0] * wide - columns[0] > reach or columns[-1] - script.places[-1] * wide > reach)


def _grown(quad: Quad) -> Quad:
    """A little more of the page above, under and beside a line."""
    centre = quad.mean(axis=0)
    high = float(numpy.linalg.norm(quad[3] - quad[0]))
    out = numpy.array(quad, numpy.float32)
    out[:, 1] += numpy.where(quad[:, 1] < centre[1], -0.06 * high, 0.06 * high)
    out[:, 0] += numpy.where(quad[:, 0] < centre[0], -0.08 * high, 0.08 * high)
    return out


def _narrowed(crop: Picture) -> Picture:
    """A crop a little narrower, for a view of its own."""
    return crop if min(crop.shape[:2]) < 4 else cv2.resize(crop, None, fx=_SQUEEZED, fy=1.0, interpolation=cv2.INTER_AREA)


def _quad(box: Box) -> Quad:
    return numpy.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]], numpy.float32)


def _bounds(quad: Quad) -> Box:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))
