"""One measured stage beside its floor and its peers."""

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
