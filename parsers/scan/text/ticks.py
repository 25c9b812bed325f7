"""Core: tick boxes by the picture - empty, ticked, crossed, filled, or the word itself circled; the engine's letters only say where the words stand.

Recognisers drop □, take ☑ for 团 and √ for 人. So the printed words of a choice are found by their letters, the box beside each is looked at,
and the line is written anew with ☐ and ☑. Where no box can be seen the engine's own marks stay, as a doubtful reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy

from parsers.document import TICKED, UNTICKED
from parsers.scan.flat.rules import binary
from parsers.scan.words import Box, Picture, Piece, Script

_FAINT, _MARKED = 0.16, 0.21  # how dark the inside of an empty box is at most, and of a ticked one at least (measured: 0.16, 0.22)
_SURE, _LIKELY, _GUESSED = 0.97, 0.8, 0.5
_ZOOM_EM = 44.0
_LONG = 4  # letters
_AS_LARGE = 0.75
_BOXES = "□☐☑☒√✓■口回囗区"
_BOXED = re.compile(f"[{_BOXES}]" r"[\u4e00-\u9fff]{2}|[\u4e00-\u9fff]{2}[□☐☑☒√✓■囗]")
_NOISE = re.compile(r"[\s□☐☑☒√✓■●○◯口囗日回团区四田曰國图図冈凶区\[\]()（）【】〔〕.,，、。:：;；·|/\\_-]|[VvXx](?![a-z])")


@dataclass(frozen=True, slots=True)
class _Word:
    """A printed word of a choice on the page: where its first and last letters stand, and how wide a letter is."""

    text: str
    start: float
    end: float
    em: float


def read_ticks(grey: Picture, piece: Piece, choices: Sequence[Sequence[str]]) -> Piece:
    """The piece with its marks as the picture shows them; the same piece when it is no line of a choice."""
    words, ending = _find_words(piece, choices)
    if not words:
        return piece
    frames = _frames(grey, piece.box, words, len(_BOXED.findall(piece.script.text)))
    head = f"{ending} " if ending else _label(piece.script.text[: piece.script.text.find(words[0].text)])
    if frames is None:
        return _circled(grey, piece, words, head)
    shown = [_mark(grey, frame) for frame in frames]
    text = head + " ".join(f"{mark}{word.text}" for (mark, _), word in zip(shown, words, strict=True))
    return Piece(piece.box, Script(text, min(min(sure for _, sure in shown), max(piece.script.sure, 0.8))))


def _label(head: str) -> str:
    """The label in front of the first box (申报类型：), without what the engine made of the box."""
    found = re.match(r"(.*[:：])", head)
    return found[1] + " " if found else ""


def _find_words(piece: Piece, choices: Sequence[Sequence[str]]) -> tuple[list[_Word], str]:
    """The words of one choice in a line that holds nothing else but its label and what may be boxes, and the end of a word that the line above
    began (技术协 | 作)."""
    text = piece.script.text
    bare = re.sub(r"^.{0,8}?(?:类型|类别)\s*[:：]?", "", text)
    for words in choices:
        spelled = _spelled(tuple(words))
        met = list(spelled.finditer(text))
        if not (len(met) >= 2 or (len(met) == 1 and _BOXED.search(text))):
            continue
        ending = _ending(text[: met[0].start()], words)
        left = _NOISE.sub("", spelled.sub("", bare))
        if len(left) - len(ending) <= len(met):
            return _placed(piece, met, words), ending
    return [], ""


def _ending(head: str, words: Sequence[str]) -> str:
    """The longest end of a word of a choice with which what stands before the first box ends, whatever strays before it; "" for none."""
    run = _NOISE.sub("", head)
    return next((run[-n:] for n in range(max(map(len, words)) - 1, 0, -1) if any(w != run[-n:] and w.endswith(run[-n:]) for w in words if run)), "")


@lru_cache(maxsize=64)
def _spelled(words: tuple[str, ...]) -> re.Pattern[str]:
    """The words of a choice, long ones with any one letter misread, and the beginning of one at the very end of a line (技术协 | 作), a lone letter
    of it behind a box."""
    whole = [r"\s*".join(map(re.escape, w)) for w in sorted(words, key=len, reverse=True)]
    begun = [re.escape(w[:n]) + r"\s*$" for w in words for n in range(len(w) - 1, 1, -1)]
    lone = [f"(?<=[{_BOXES}])" + re.escape(w[0]) + r"\s*$" for w in words]
    misread = [re.escape(w[:i]) + r"[\u3400-\u9fff]" + re.escape(w[i + 1 :]) for w in words if len(w) >= _LONG for i in range(len(w))]
    return re.compile("|".join([*whole, *misread, *begun, *lone]))


def _placed(piece: Piece, met: Sequence[re.Match[str]], words: Sequence[str]) -> list[_Word]:
    text, places = piece.script.text, piece.script.places
    order = [sum(1 for letter in text[:i] if not letter.isspace()) for i in range(len(text) + 1)]
    if len(places) != order[-1]:
        return []
    spots = [piece.box.x0 + share * piece.box.width for share in places]
    steps = [b - a for m in met for a, b in pairwise(spots[order[m.start()] : order[m.end()]])]
    em = float(numpy.median(steps)) if steps else piece.box.height * 0.72
    return [_Word(_as_printed(re.sub(r"\s", "", m[0]), words), spots[order[m.start()]], spots[order[m.end()] - 1], em) for m in met]


def _as_printed(found: str, words: Sequence[str]) -> str:
    """A word as the form prints it, of which one letter may have been misread: the form's own words are not what is in question."""
    alike = (w for w in words if len(w) == len(found) >= _LONG and sum(a != b for a, b in zip(w, found, strict=True)) == 1)
    return found if found in words else next(alike, found)


def _frames(grey: Picture, line: Box, words: Sequence[_Word], boxed: int) -> list[_Frame] | None:
    """The box of each word, all on one side: those that cannot be seen stand where the others do from their words; None without any."""
    for side in (-1, 1):
        seen = _alike([_find_frame(grey, line, word, side) for word in words])
        found = [(frame, word) for frame, word in zip(seen, words, strict=True) if frame]
        if not found or (side == 1 and len(found) < len(words)):
            continue
        away = float(numpy.median([(_centre(frame) - _anchor(word, side)) / word.em for frame, word in found]))
        size = float(numpy.median([frame.box.width for frame, _ in found]))
        level = float(numpy.median([frame.box.middle for frame, _ in found]))
        return [frame or _expected(_anchor(word, side) + away * word.em, level, size) for frame, word in zip(seen, words, strict=True)]
    if boxed > len(words) / 2:  # too faint for an outline, but the engine saw something like a box before each word
        return [_expected(word.start - 1.1 * word.em, line.middle, 0.85 * word.em) for word in words]
    return None


def _alike(frames: Sequence[_Frame | None]) -> list[_Frame | None]:
    """The frames, those left out that are clearly smaller than the largest: boxes of one line are printed alike, so that is what a tick closes."""
    largest = max((frame.box.width for frame in frames if frame), default=0.0)
    return [frame if frame and frame.box.width > _AS_LARGE * largest else None for frame in frames]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The outline of a tick box; not `seen` when it is only known where it must stand."""

    box: Box
    seen: bool = True


def _anchor(word: _Word, side: int) -> float:
    return word.start if side < 0 else word.end


def _centre(frame: _Frame) -> float:
    return (frame.box.x0 + frame.box.x1) / 2


def _expected(centre: float, level: float, size: float) -> _Frame:
    return _Frame(Box(centre - size / 2, level - size / 2, centre + size / 2, level + size / 2), seen=False)


def _find_frame(grey: Picture, line: Box, word: _Word, side: int) -> _Frame | None:
    """The box beside a word, on its left (-1) or right (1)."""
    em = word.em
    near, far = _anchor(word, side) + side * 0.42 * em, _anchor(word, side) + side * 1.95 * em
    x0, x1 = max(0, int(min(near, far))), int(max(near, far))
    y0, y1 = max(0, int(max(line.y0 - 2, line.middle - 0.85 * em))), int(min(line.y1 + 2, line.middle + 0.85 * em))
    part = grey[y0:y1, x0:x1]
    if min(part.shape, default=0) < 8:
        return None
    zoom = _ZOOM_EM / max(em, 4.0)
    ink = binary(cv2.resize(part, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC), 61)
    frame = _closed_frame(ink) or _ruled_frame(ink)
    if frame is None:
        return None
    x, y, wide, high = (v / zoom for v in frame)
    return _Frame(Box(x0 + x, y0 + y, x0 + x + wide, y0 + y + high))


def _mark(grey: Picture, frame: _Frame) -> tuple[str, float]:
    """(☐ or ☑, how sure): by how dark the inside of the box is."""
    dark = _darkness(grey, frame.box)
    clear = dark < _FAINT or dark > (_MARKED if frame.seen else 2 * _MARKED)
    sure = (_SURE if frame.seen else _LIKELY) if clear else _GUESSED
    return (TICKED if dark > (_FAINT + _MARKED) / 2 else UNTICKED), sure


def _darkness(grey: Picture, box: Box) -> float:
    """How dark the inside of a box is beside its own outline, paper being 0: blur and faint print take from both alike."""
    x0, y0, x1, y1 = max(0, round(box.x0)), max(0, round(box.y0)), round(box.x1), round(box.y1)
    if min(x1 - x0, y1 - y0) < 6:
        return 0.0
    shown = cv2.resize(grey[y0:y1, x0:x1], (40, 40), interpolation=cv2.INTER_AREA if x1 - x0 > 40 else cv2.INTER_CUBIC).astype(
        numpy.float32
    )
    around = grey[max(0, y0 - 6) : y1 + 6, max(0, x0 - 6) : x1 + 6]
    paper = float(numpy.percentile(around, 92))
    sides = (shown[:9].min(axis=0), shown[-9:].min(axis=0), shown[:, :9].min(axis=1), shown[:, -9:].min(axis=1))
    line = float(numpy.median(numpy.concatenate(sides)))
    return (paper - float(shown[10:30, 10:30].mean())) / max(paper - line, 12.0)


def _closed_frame(ink: Picture) -> tuple[int, int, int, int] | None:
    """A square outline with ink along all its sides: the one nearest to the middle of the window's height - or, where a tick closes a smaller
    square in its box, the one around that."""
    contours, _ = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours:
        x, y, wide, high = cv2.boundingRect(contour)
        if _is_square(wide, high) and _has_sides(ink[y : y + high, x : x + wide] > 0):
            found.append((abs(y + high / 2 - ink.shape[0] / 2), (x, y, wide, high)))
    if not found:
        return None
    nearest = min(found)[1]
    return max((frame for _, frame in found if _holds(frame, nearest)), key=lambda frame: frame[2])


def _holds(outer: tuple[int, int, int, int], inner: tuple[int, int, int, int]) -> bool:
    """True when one frame (left, top, width, height) has the other within it, or is it."""
    return all(outer[i] <= inner[i] and outer[i] + outer[i + 2] >= inner[i] + inner[i + 2] for i in (0, 1))


def _is_square(wide: int, high: int) -> bool:
    return 0.45 * _ZOOM_EM <= wide <= 1.3 * _ZOOM_EM and 0.45 * _ZOOM_EM <= high <= 1.3 * _ZOOM_EM and 0.72 < wide / high < 1.38


def _has_sides(inked: Picture) -> bool:
    high, wide = inked.shape
    edge = max(3, int(min(wide, high) * 0.16))
    sides = (inked[:edge].any(axis=0), inked[-edge:].any(axis=0), inked[:, :edge].any(axis=1), inked[:, -edge:].any(axis=1))
    return all(float(side.mean()) >= 0.88 for side in sides)


def _ruled_frame(ink: Picture) -> tuple[int, int, int, int] | None:
    """A square made of straight strokes, a tick sticking out of it or not."""
    length = int(0.42 * _ZOOM_EM)
    levels = cv2.morphologyEx(cv2.dilate(ink, numpy.ones((3, 1), numpy.uint8)), cv2.MORPH_OPEN, numpy.ones((1, length), numpy.uint8))
    uprights = cv2.morphologyEx(cv2.dilate(ink, numpy.ones((1, 3), numpy.uint8)), cv2.MORPH_OPEN, numpy.ones((length, 1), numpy.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(levels | uprights)
    for i in range(1, count):
        x, y, wide, high, _ = (int(v) for v in stats[i])
        if _is_square(wide, high) and _has_sides(((levels | uprights)[y : y + high, x : x + wide]) > 0):
            return x, y, wide, high
    return None


def _circled(grey: Picture, piece: Piece, words: Sequence[_Word], head: str) -> Piece:
    """Words without boxes: the one with a ring drawn round it is chosen; without any ring the engine's own marks stay, doubtful."""
    ringed = [_has_ring(grey, piece.box, word) for word in words]
    if not any(ringed) or all(ringed):
        return Piece(piece.box, Script(piece.script.text, min(piece.script.sure, _GUESSED)))
    text = " ".join(f"{TICKED if ring else UNTICKED}{word.text}" for ring, word in zip(ringed, words, strict=True))
    return Piece(piece.box, Script(head + text, _GUESSED))


def _has_ring(grey: Picture, line: Box, word: _Word) -> bool:
    """True when one stroke runs round a word: left of it, right of it, over and under it."""
    em = word.em
    x0, x1 = int(word.start - 1.6 * em), int(word.end + 1.6 * em)
    y0, y1 = int(line.middle - 1.6 * em), int(line.middle + 1.6 * em)
    part = grey[max(0, y0) : y1, max(0, x0) : x1]
    if min(part.shape, default=0) < 8:
        return False
    count, _, stats, _ = cv2.connectedComponentsWithStats(binary(part, 61))
    needed_wide, needed_high = word.end - word.start + 1.15 * em, 1.15 * em
    wide, high = part.shape[1], part.shape[0]
    return any(
        needed_wide <= s[2] < wide and needed_high <= s[3] < high and s[4] < 0.3 * s[2] * s[3] for s in (stats[i] for i in range(1, count))
    )
