"""Core: tables in plain text - runs of lines whose cells are parted by tabs, as they come out of Word and Excel when pasted."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST_LABEL = 20  # characters of the first of two cells in a form of labels and values
LEAST_PAIRS = 4  # lines of label and value that make a form; fewer are indented prose
Run = tuple[int, int]


def find_tabbed(lines: Sequence[str]) -> list[Run]:
    """(first line, line after the last) of every table: at least two lines of three cells, or four of a label and a value.

    A blank line or one without tabs ends a table; a line of prose that begins with a tab is none.
    """
    runs: list[Run] = []
    start = -1
    for number, line in enumerate([*lines, ""]):
        is_row = _is_row(line, lines[start] if start >= 0 else "")
        if is_row and start < 0:
            start = number
        elif not is_row and start >= 0:
            if _is_table(lines[start:number]):
                runs.append((start, number))
            start = -1
    return runs


def line_to_cells(line: str) -> list[str]:
    """The texts between the tabs, without the quotes a workbook puts round a cell of several lines (`\\v` stands between them)."""
    cells = [cell.strip(" \r\n") for cell in line.split("\t")]
    return [cell[1:-1].replace('""', '"').replace("\v", "\n") if _is_quoted(cell) else cell.strip() for cell in cells]


def _is_quoted(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"' and "\v" in cell


def _is_row(line: str, first: str) -> bool:
    """Two filled cells, or the same tabs as the first row with some of its cells left blank."""
    if "\t" not in line:
        return False
    filled = sum(map(bool, line_to_cells(line)))
    return filled > 1 or (filled > 0 and line.count("\t") >= 2 and line.count("\t") == first.count("\t"))


def _is_table(lines: Sequence[str]) -> bool:
    rows = [[cell for cell in line_to_cells(line) if cell] for line in lines]
    if len(rows) > 1 and sum(len(row) > 2 for row in rows) > 1:
        return True
    return len(rows) >= LEAST_PAIRS and all(len(row[0]) <= LONGEST_LABEL for row in rows)
