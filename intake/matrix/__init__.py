"""总表: all letters of one institution -> Submission (institution × studio × material); pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.doors import opens

if TYPE_CHECKING:
    from intake.matrix.assembly import ALONE, Around, assemble

__all__ = [
    "ALONE",
    "Around",
    "assemble",
]

__getattr__ = opens(
    {
        "intake.matrix.assembly": (
            "ALONE",
            "Around",
            "assemble",
        ),
    }
)
