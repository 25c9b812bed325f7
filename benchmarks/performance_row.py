"""One measured row of docs/PERFORMANCE.md: a stage beside its floor and what a user would pick instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    stage: str
    what: str
    ours: float
    unit: str
    floor: float | None
    peers: dict[str, float]
    target: str
    met: bool
    note: str = ""
