"""Core: numbers as SVG drawn by the server - prints, needs no script, no style attribute; the page gives the same numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 220, 36, 30, 14


@dataclass(frozen=True, slots=True)
class Point:
    """一天: a label and a number; `marked` draws the line of the deadline before it."""

    label: str
    number: int
    marked: bool = False


def columns(points: Sequence[Point], title: str, last: str = "截止") -> str:
    """A column for each day, the deadline as a line."""
    top = max((p.number for p in points), default=0) or 1
    step = (WIDTH - LEFT) / max(len(points), 1)
    parts = [axis(top)]
    every = max(1, len(points) // 12)
    for i, point in enumerate(points):
        tall = (HEIGHT - BOTTOM - TOP) * point.number / top
        x, y = LEFT + i * step + step * 0.15, HEIGHT - BOTTOM - tall
        parts.append(f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{step * 0.7:.1f}" height="{tall:.1f}"/>')
        if point.number:
            parts.append(f'<text class="number" x="{x + step * 0.35:.1f}" y="{y - 3:.1f}">{point.number}</text>')
        if i % every == 0:
            parts.append(f'<text class="label" x="{x + step * 0.35:.1f}" y="{HEIGHT - 10}">{escape(point.label)}</text>')
        if point.marked:
            parts.append(deadline_line(LEFT + (i + 1) * step, last))
    return framed(parts, title)


def curve(points: Sequence[Point], of: int, title: str, last: str = "截止") -> str:
    """A rising line of how many of so many."""
    step = (WIDTH - LEFT) / max(len(points), 1)
    spots = [(LEFT + (i + 0.5) * step, HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * p.number / (of or 1)) for i, p in enumerate(points)]
    parts = [axis(of or 1)]
    parts.append('<polyline class="curve" points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in spots) + '"/>')
    every = max(1, len(points) // 12)
    for i, (point, (x, y)) in enumerate(zip(points, spots, strict=True)):
        if i % every == 0 or i == len(points) - 1:
            parts.append(f'<text class="label" x="{x:.1f}" y="{HEIGHT - 10}">{escape(point.label)}</text>')
            parts.append(f'<text class="number" x="{x:.1f}" y="{max(y - 5, 10):.1f}">{point.number}</text>')
        if point.marked:
            parts.append(deadline_line(LEFT + (i + 1) * step, last))
    return framed(parts, title)


def axis(top: int) -> str:
    """The ground line and the highest number."""
    ground = HEIGHT - BOTTOM
    return (
        f'<line class="axis" x1="{LEFT}" y1="{ground}" x2="{WIDTH}" y2="{ground}"/>'
        f'<line class="grid" x1="{LEFT}" y1="{TOP}" x2="{WIDTH}" y2="{TOP}"/><text class="label" x="16" y="{TOP + 4}">{top}</text>'
        f'<text class="label" x="16" y="{ground + 4}">0</text>'
    )


def deadline_line(x: float, word: str) -> str:
    """Where the time ends."""
    return (
        f'<line class="deadline" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}"/>'
        f'<text class="label deadline-word" x="{x - 4:.1f}" y="{TOP + 10}">{escape(word)}</text>'
    )


def framed(parts: Sequence[str], title: str) -> str:
    """The drawing with its name for who cannot see it."""
    return f'<svg class="chart" role="img" aria-label="{escape(title)}" viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>'
