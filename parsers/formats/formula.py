"""Core: the value of a simple formula that was saved without one: arithmetic, cell references, SUM, AVERAGE, ROUND (trap 25).

Excel and WPS calculate such cells on opening, so a person sees the value; anything beyond this grammar stays without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from parsers.formats.number_format import Scalar
from parsers.formats.sheetgrid import Place, address_to_place

_TOKEN = re.compile(r"\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|\$?[A-Za-z]{1,3}\$?\d{1,7}|[A-Za-z]+(?=\()|[-+*/^(),:%])")
_MAX_FORMULA = 500
_MAX_DEPTH = 20


class _NotSimpleError(Exception):
    """The formula is beyond this grammar, or a cell it needs is no number."""


def formula_to_value(formula: str, values: Mapping[Place, Scalar], uncached: Mapping[Place, str], depth: int = 0) -> float | None:
    """The number the formula gives over `values`; None when it is not simple or its cells are no numbers."""
    try:
        tokens = _tokens(formula.lstrip("=+"))
        number = _Sum(tokens, values, uncached, depth).whole()
    except (_NotSimpleError, ZeroDivisionError, OverflowError, RecursionError, TypeError, ValueError):
        return None
    return round(number, 10) if isinstance(number, (int, float)) and abs(number) < 1e15 else None


def _tokens(formula: str) -> list[str]:
    tokens, position = [], 0
    if not formula or len(formula) > _MAX_FORMULA:
        raise _NotSimpleError
    while position < len(formula.rstrip()):
        found = _TOKEN.match(formula, position)
        if not found:
            raise _NotSimpleError
        tokens.append(found[1])
        position = found.end()
    return tokens


class _Sum:
    """A recursive-descent reader of one formula."""

    def __init__(self, tokens: list[str], values: Mapping[Place, Scalar], uncached: Mapping[Place, str], depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise _NotSimpleError
        self._tokens, self._values, self._uncached, self._depth, self._at = tokens, values, uncached, depth, 0

    def whole(self) -> float:
        number = self._terms()
        if self._at != len(self._tokens):
            raise _NotSimpleError
        return number

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, wanted: str = "") -> str:
        piece = self._peek()
        if not piece or (wanted and piece != wanted):
            raise _NotSimpleError
        self._at += 1
        return piece

    def _terms(self) -> float:
        number = self._factors()
        while self._peek() in ("+", "-"):
            number = number + self._factors() if self._take() == "+" else number - self._factors()
        return number

    def _factors(self) -> float:
        number = self._signed()
        while self._peek() in ("*", "/"):
            number = number * self._signed() if self._take() == "*" else number / self._signed()
        return number

    def _signed(self) -> float:
        if self._peek() in ("+", "-"):
            return self._signed() if self._take() == "+" else -self._signed()
        number = self._atom()
        while self._peek() == "%":
            self._take()
            number /= 100
        return number

    def _atom(self) -> float:
        piece = self._take()
        if piece == "(":
            number = self._terms()
            self._take(")")
            return number
        if piece[0].isdigit() or piece[0] == ".":
            return float(piece)
        if self._peek() == "(":
            return self._function(piece.upper())
        place = address_to_place(piece.replace("$", ""))
        if place is None:
            raise _NotSimpleError
        return self._cell(place) or 0.0

    def _cell(self, place: Place) -> float | None:
        """A cell's number, None for a blank or (in a range) a text; an uncached formula is worked out first."""
        value = self._values.get(place)
        if value in (None, "") and place in self._uncached:
            value = formula_to_value(self._uncached[place], self._values, self._uncached, self._depth + 1)
            if value is None:
                raise _NotSimpleError
        if value in (None, ""):
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _NotSimpleError
        return float(value)

    def _function(self, name: str) -> float:
        self._take("(")
        if name == "ROUND":
            number = self._terms()
            self._take(",")
            digits = int(self._terms())
            self._take(")")
            return round(number + (1e-9 if number > 0 else -1e-9), digits)
        if name not in ("SUM", "AVERAGE", "MAX", "MIN"):
            raise _NotSimpleError
        numbers = [n for n in self._arguments() if n is not None]
        self._take(")")
        if name == "SUM":
            return sum(numbers)
        if not numbers:
            raise _NotSimpleError
        return sum(numbers) / len(numbers) if name == "AVERAGE" else max(numbers) if name == "MAX" else min(numbers)

    def _arguments(self) -> Iterator[float | None]:
        while True:
            if len(self._tokens) > self._at + 2 and self._tokens[self._at + 1] == ":":
                first = address_to_place(self._take().replace("$", ""))
                self._take(":")
                last = address_to_place(self._take().replace("$", ""))
                yield from self._range(first, last)
            else:
                yield self._terms()
            if self._peek() != ",":
                return
            self._take()

    def _range(self, first: Place | None, last: Place | None) -> Iterator[float | None]:
        if first is None or last is None or (last[0] - first[0] + 1) * (last[1] - first[1] + 1) > 5000:
            raise _NotSimpleError
        for row in range(first[0], last[0] + 1):
            for col in range(first[1], last[1] + 1):
                if not isinstance(self._values.get((row, col)), str):  # SUM passes over text
                    yield self._cell((row, col))
