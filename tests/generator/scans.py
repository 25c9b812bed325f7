"""Forms as paper: the generator's blocks drawn, stamped and spoiled the ways scanners, phones and chat programs do (needs the extra `ocr`)."""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy
from PIL import Image, ImageDraw, ImageFont

from tests.generator.documents import Box, Sheet

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
)  # fmt: skip
WIDTH, HEIGHT = 1654, 2339  # A4 at 200 dpi
MARGIN = 120
Picture = Any


def find_font() -> str:
    """A font file with Chinese letters, "" where none is installed (CI installs fonts-noto-cjk)."""
    return next((f for f in FONTS if Path(f).is_file()), "")


class Paper:
    """A sheet of paper being printed from top to bottom; with `by_hand`, all but the words `is_printed` knows is written in that font;
    without `ruled`, its tables have no lines."""

    def __init__(
        self, width: int = WIDTH, height: int = HEIGHT, size: int = 27, font: str = "", by_hand: str = "",
        is_printed: Callable[[str], bool] = bool, ruled: bool = True,
    ) -> None:  # fmt: skip
        self.image = Image.new("RGB", (width, height), "white")
        self.draw = ImageDraw.Draw(self.image)
        self.size = size
        self.print_font = self.font = ImageFont.truetype(font or find_font(), size)
        self.hand_font = ImageFont.truetype(by_hand, int(1.1 * size)) if by_hand else None
        self.is_printed = is_printed
        self.ruled = ruled
        self.at = 110

    def _take_pen(self, text: str) -> None:
        """The font for a text: the form's own for its printed words, the writer's for all else."""
        self.font = self.hand_font if self.hand_font and text and not self.is_printed(text) else self.print_font

    def print_blocks(self, blocks: Iterable[Any]) -> Picture:
        """Lines and tables; the picture as blue, green, red."""
        for block in blocks:
            if isinstance(block, Sheet):
                self._print_sheet(block)
            else:
                self.font = self.print_font
                for line in self._wrapped(str(block), self.image.width - 2 * MARGIN):
                    self._print(line, MARGIN, self.at)
                    self.at += int(1.7 * self.size)
        return numpy.asarray(self.image)[:, :, ::-1].copy()

    def _print_sheet(self, sheet: Sheet) -> None:
        columns = max(b.col + b.colspan for b in sheet.boxes)
        step = (self.image.width - 2 * MARGIN) / columns
        heights = [int(2.0 * self.size)] * max(b.row + b.rowspan for b in sheet.boxes)
        texts = {}
        for box in sheet.boxes:
            self._take_pen(box.text)
            texts[id(box)] = self._wrapped(box.text, box.colspan * step - 16)
        for box in sheet.boxes:
            if box.rowspan == 1:
                heights[box.row] = max(heights[box.row], int(1.3 * self.size * len(texts[id(box)]) + 0.7 * self.size))
        tops = [self.at + sum(heights[:i]) for i in range(len(heights) + 1)]
        for box in sheet.boxes:
            self._print_box(
                box,
                texts[id(box)],
                (MARGIN + box.col * step, tops[box.row], MARGIN + (box.col + box.colspan) * step, tops[box.row + box.rowspan]),
            )
        self.at = tops[-1] + int(0.8 * self.size)

    def _print_box(self, box: Box, lines: Sequence[str], edges: tuple[float, float, float, float]) -> None:
        if self.ruled:
            self.draw.rectangle(edges, outline="black", width=2)
        self._take_pen(box.text)
        at = (edges[1] + edges[3]) / 2 - 1.3 * self.size * len(lines) / 2
        for line in lines:
            self._print(line, (edges[0] + edges[2]) / 2 - self._length(line) / 2, at)
            at += 1.3 * self.size

    def _print(self, line: str, x: float, y: float) -> None:
        for letter in line:
            if letter in "□☑":
                self._print_tick_box(x, y, ticked=letter == "☑")
            else:
                self.draw.text((x, y), letter, font=self.font, fill=(15, 15, 15))
            x += self._length(letter)

    def _print_tick_box(self, x: float, y: float, *, ticked: bool) -> None:
        s = self.size
        left, top, right, bottom = x + 0.08 * s, y + 0.32 * s, x + 0.9 * s, y + 1.14 * s
        self.draw.rectangle((left, top, right, bottom), outline=(15, 15, 15), width=2)
        if ticked:
            self.draw.line([(left + 4, top + 0.4 * s), (left + 0.35 * s, bottom - 4), (right - 2, top + 3)], fill=(15, 15, 15), width=3)

    def _length(self, text: str) -> float:
        return sum(float(self.size) if c in "□☑" else self.font.getlength(c) for c in text)

    def _wrapped(self, text: str, room: float) -> list[str]:
        lines = []
        for part in text.split("\n"):
            line = ""
            for letter in part:
                if self._length(line + letter) > room:
                    lines.append(line)
                    line = ""
                line += letter
            lines.append(line)
        return lines


def drawn(blocks: Iterable[Any], *, landscape: bool = False, **pens: Any) -> Picture:
    """A page of blocks at 200 dpi; `pens` are those of Paper."""
    return (Paper(HEIGHT, WIDTH, **pens) if landscape else Paper(**pens)).print_blocks(blocks)


def in_pages(blocks: Iterable[Any], *cuts: int) -> list[list[Any]]:
    """The blocks of one form on several pages: a page ends before each of these rows of its table; a box that crosses an end goes on empty."""
    pages: list[list[Any]] = [[]]
    for block in blocks:
        if not isinstance(block, Sheet):
            pages[-1].append(block)
            continue
        edges = [0, *cuts, block.rows]
        sheets = [Sheet(tuple(_on_page(block.boxes, top, end))) for top, end in itertools.pairwise(edges)]
        pages[-1].append(sheets[0])
        pages += [[sheet] for sheet in sheets[1:]]
    return pages


def _on_page(boxes: Iterable[Box], top: int, end: int) -> Iterator[Box]:
    for box in boxes:
        first, last = max(box.row, top), min(box.row + box.rowspan, end)
        if first < last:
            yield replace(box, row=first - top, rowspan=last - first, text=box.text if first == box.row else "")


def stamped(picture: Picture, words: str, centre: tuple[int, int], radius: int = 160) -> Picture:
    """The page with a round red seal: ring, letters along it, star; black under it stays black."""
    side = 2 * radius + 20
    seal = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(seal)
    middle = side / 2
    draw.ellipse((10, 10, side - 10, side - 10), outline=255, width=8)
    star = [
        (middle + r * math.sin(k * math.pi / 5), middle - r * math.cos(k * math.pi / 5))
        for k in range(10)
        for r in [(0.32, 0.125)[k % 2] * radius]
    ]
    draw.polygon(star, fill=255)
    font = ImageFont.truetype(find_font(), int(0.27 * radius))
    for i, letter in enumerate(words):
        angle = math.radians(-130 + 260 * i / max(len(words) - 1, 1))
        tile = Image.new("L", (int(0.4 * radius),) * 2, 0)
        ImageDraw.Draw(tile).text((0.06 * radius, 0.0), letter, font=font, fill=255)
        tile = tile.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
        x, y = middle + 0.76 * radius * math.sin(angle), middle - 0.76 * radius * math.cos(angle)
        seal.paste(255, (int(x - tile.width / 2), int(y - tile.height / 2)), tile)
    ink = numpy.asarray(seal, numpy.float32)[:, :, None] / 255 * 0.88
    x0, y0 = centre[0] - side // 2, centre[1] - side // 2
    out = picture.copy()
    under = out[y0 : y0 + side, x0 : x0 + side].astype(numpy.float32)
    red = numpy.minimum(under, numpy.array([60, 45, 205], numpy.float32))
    out[y0 : y0 + side, x0 : x0 + side] = (under * (1 - ink) + red * ink).astype(numpy.uint8)
    return out


# ---- what happens to paper


def skewed(picture: Picture, degrees: float) -> Picture:
    """Laid askew on a flatbed."""
    high, wide = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1)
    return cv2.warpAffine(picture, turn, (wide, high), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255))


def turned_page(picture: Picture, quarters: int) -> Picture:
    """Laid on its side, or upside down."""
    return numpy.ascontiguousarray(numpy.rot90(picture, quarters))


def greyed(picture: Picture) -> Picture:
    """Scanned without colour."""
    return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


def faxed(picture: Picture, seed: int = 1) -> Picture:
    """Two levels and dirt."""
    rng = numpy.random.default_rng(seed)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    out = numpy.where(grey > 140, 255, 0).astype(numpy.uint8)
    out[rng.random(out.shape) < 0.004] = 0
    out[rng.random(out.shape) < 0.01] = 255
    return cv2.cvtColor(out, cv2.COLOR_GRAY2BGR)


def photographed(picture: Picture, seed: int = 1, lean: float = 0.02, far: float = 1.12) -> Picture:
    """From the side, on a desk, with a shadow over it and warm light; `lean` is how much a corner is off, `far` how much is seen around the page."""
    rng = numpy.random.default_rng(seed)
    high, wide = picture.shape[:2]
    desk = numpy.full((int(high * far), int(wide * far), 3), (70, 95, 120), numpy.uint8)
    edge = numpy.array([[0, 0], [wide, 0], [wide, high], [0, high]], numpy.float32)
    aside = 0.5 * (far - 0.96) - 0.03
    onto = edge * 0.96 + (aside * wide, aside * high) + rng.uniform(-lean, lean, (4, 2)) * (wide, high)
    way = cv2.getPerspectiveTransform(edge, onto.astype(numpy.float32))
    size = (desk.shape[1], desk.shape[0])
    paper = cv2.warpPerspective(picture, way, size, flags=cv2.INTER_AREA)
    there = cv2.warpPerspective(numpy.full((high, wide), 255, numpy.uint8), way, size)
    out = numpy.where(there[:, :, None] > 127, paper, desk).astype(numpy.float32)
    slope = numpy.linspace(0.62, 1.0, size[0], dtype=numpy.float32)
    out *= slope[None, :, None] * numpy.array([0.86, 0.95, 1.0], numpy.float32)
    return cv2.GaussianBlur(out.clip(0, 255).astype(numpy.uint8), (3, 3), 0.7)


def curled(picture: Picture, height: float = 14.0) -> Picture:
    """From a bound volume: level lines wave."""
    high, wide = picture.shape[:2]
    x, y = numpy.meshgrid(numpy.arange(wide, dtype=numpy.float32), numpy.arange(high, dtype=numpy.float32))
    return cv2.remap(
        picture, x, y + height * numpy.sin(x / wide * math.pi).astype(numpy.float32), cv2.INTER_LINEAR, borderValue=(255, 255, 255)
    )


def bent(picture: Picture, seed: int = 1, most: float = 0.02) -> Picture:
    """Held in the hand, or not pressed flat: level and upright lines wave, each differently from one edge to the other; `most` in widths of the page."""
    rng = numpy.random.default_rng(seed)
    high, wide = picture.shape[:2]
    y, x = numpy.indices((high, wide), numpy.float32)
    u, v = x / wide, y / high
    down = rng.uniform(0.5, 1) * most * wide * numpy.sin(math.pi * (rng.uniform(0.8, 1.3) * u + rng.uniform(-0.4, 0.4) * v + rng.uniform(-0.2, 0.2)))
    aside = rng.uniform(0.2, 0.5) * most * wide * numpy.sin(math.pi * (v + rng.uniform(-0.2, 0.2)))
    there = ((x + aside).astype(numpy.float32), (y + down).astype(numpy.float32))
    return cv2.remap(picture, *there, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def chatted(picture: Picture) -> Picture:
    """Sent through a chat program: 1080 points, JPEG."""
    return recompressed(coarse(picture, 1080 / min(picture.shape[:2])), 50)


def coarse(picture: Picture, scale: float) -> Picture:
    """With fewer points: scanned at 75 dpi instead of 200, taken from farther away."""
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def grainy(picture: Picture, strength: float, seed: int = 1) -> Picture:
    """With the noise of a sensor."""
    noise = numpy.random.default_rng(seed).normal(0, strength, picture.shape)
    return (picture + noise).clip(0, 255).astype(numpy.uint8)


def recompressed(picture: Picture, quality: int) -> Picture:
    """As it comes out of a JPEG file of this quality."""
    return cv2.imdecode(numpy.frombuffer(compressed(picture, quality), numpy.uint8), 1)


def compressed(picture: Picture, quality: int = 80) -> bytes:
    """The page as a JPEG file."""
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def scanned_pdf(pictures: Sequence[Picture], quality: int = 80) -> bytes:
    """The pages as a PDF without any text, as office scanners write it."""
    pages = [Image.fromarray(p[:, :, ::-1]) for p in pictures]
    out = io.BytesIO()
    pages[0].save(out, "PDF", resolution=200, save_all=True, append_images=pages[1:], quality=quality)
    return out.getvalue()


def tiff(pictures: Sequence[Picture]) -> bytes:
    """The pages as one TIFF file."""
    pages = [Image.fromarray(p[:, :, ::-1]) for p in pictures]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_deflate")
    return out.getvalue()
