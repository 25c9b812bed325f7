"""Core: the rows of a long list as they stand in a sheet's XML - a workbook of sixty institutions has sixty thousand cells, and as objects
of openpyxl each of them costs more than everything else that is done for it.

What is written is what openpyxl writes (ECMA-376 part 1, 18.3.1.4 and 18.3.1.73): text inside the cell, dates as numbers, one style a look.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.compat import safe_string
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

CellValue = str | int | float | bool | date | None

END = b"</sheetData>"
DIMENSION = re.compile(rb'<dimension ref="[^"]*"')


@dataclass(slots=True)
class RowsToCome:
    """待写的行: rows of one sheet that stand below its own cells, and where the last of them ends."""

    columns: int
    last: int
    rows: list[str] = field(default_factory=list)

    def put_into(self, part: bytes) -> bytes:
        """The sheet's XML with these rows, and its dimension reaching to the last of them."""
        reach = f'<dimension ref="A1:{get_column_letter(self.columns)}{self.last}"'.encode()
        whole = part.replace(END, "".join(self.rows).encode() + END, 1)
        return DIMENSION.sub(reach, whole, count=1)


def row_to_xml(number: int, height: float, cells: Sequence[tuple[str, int, CellValue]]) -> str:
    """One row with its height in points; cells are (column letters, number of the style, value)."""
    inside = "".join(_cell_to_xml(f"{column}{number}", style, value) for column, style, value in cells)
    return f'<row r="{number}" ht="{height:.16g}" customHeight="1">{inside}</row>'


def _cell_to_xml(place: str, style: int, value: CellValue) -> str:
    if value is None or value == "":
        return f'<c r="{place}" s="{style}"/>'
    if isinstance(value, str):
        kept = ' xml:space="preserve"' if value != value.strip() else ""
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{kept}>{escape(value)}</t></is></c>'
    kind = "b" if isinstance(value, bool) else "n"
    number: Any = to_excel(value) if isinstance(value, date) else value  # type: ignore[no-untyped-call]
    return f'<c r="{place}" s="{style}" t="{kind}"><v>{safe_string(number)}</v></c>'
