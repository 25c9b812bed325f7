"""Core: python-calamine behind a wall - its Rust panics are no Exceptions (trap 23), and it must never see a far cell."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from parsers.formats.bounds import RefusedError, damaged
from parsers.formats.number_format import Scalar
from parsers.formats.sheetgrid import Place

# A dense grid of this many cells is ~100 MB; calamine aborts the interpreter when it cannot have its grid.
MAX_GRID = 3_000_000


@dataclass(frozen=True, slots=True)
class CalamineSheet:
    """One sheet's values and merged ranges, both by (row, col) from 0."""

    values: dict[Place, Scalar]
    merges: list[tuple[Place, Place]]


class CalamineBook:
    """A workbook opened by calamine; every failure is a RefusedError."""

    def __init__(self, payload: bytes) -> None:
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(payload))
            listed = list(self._book.sheets_metadata)
        except BaseException as error:
            raise _refusal(error) from error
        self.names = [item.name for item in listed]
        self.hidden = {item.name for item in listed if item.visible != SheetVisibleEnum.Visible}
        self.sheets = [item.name for item in listed if item.typ == SheetTypeEnum.WorkSheet]

    def sheet(self, name: str) -> CalamineSheet:
        """The values of one worksheet; the caller has made sure that it is no larger than MAX_GRID."""
        try:
            sheet = self._book.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
            merges = [((int(a), int(b)), (int(c), int(d))) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
        except BaseException as error:
            raise _refusal(error) from error
        values = {(r, c): _clean(v) for r, row in enumerate(rows) for c, v in enumerate(row) if v != "" and v is not None}
        return CalamineSheet(values, merges)


def _clean(value: Any) -> Scalar:
    if isinstance(value, str):
        return value.replace("_x000D_", "")  # how OOXML escapes a carriage return
    return value  # type: ignore[no-any-return]


def _refusal(error: BaseException) -> RefusedError:
    """Theirs as a RefusedError; a stop signal goes on."""
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        raise error
    return RefusedError("encrypted") if isinstance(error, PasswordError) else damaged()
