"""Core: how much of one letter is opened; what exceeds it is kept whole and goes to a person (runtime.md 7)."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20
DEEPEST_PART = 20  # multiparts inside multiparts; the deepest honest letter seen has 7
DEEPEST_CONTAINER = 5  # archives and forwarded letters inside each other
MOST_PARTS = 1000
MOST_MEMBERS = 2000
LARGEST_MEMBER = 64 * MIB
LARGEST_SUM = 160 * MIB  # of everything unpacked; the reading child may use 1 GB
LONGEST_TEXT = 2 * MIB  # characters of body text that are looked at


@dataclass(slots=True)
class Budget:
    """余量: what may still be unpacked from this letter; shared by the whole tree."""

    room: int = LARGEST_SUM
    members: int = MOST_MEMBERS
    parts: int = MOST_PARTS

    def take(self, size: int) -> bool:
        """Spend room for one more leaf of that size; False when there is none left."""
        if self.members <= 0 or size > self.room:
            return False
        self.members -= 1
        self.room -= size
        return True

    @property
    def largest(self) -> int:
        """How large the next member may be, in bytes."""
        return min(LARGEST_MEMBER, self.room)
