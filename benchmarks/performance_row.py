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

    def line(self) -> str:
        """The row as the terminal shows it: ours, how many times the floor and each peer it is, target, note."""
        times = {"floor": self.floor, **self.peers}
        beside = "".join(f", {name} {value:.3g} (× {self.ours / value:.2f})" for name, value in times.items() if value)
        return f"{self.what}: {self.ours:.3g} {self.unit}{beside}; {self.target}: {'met' if self.met else 'missed'}. {self.note}"
