"""Core: a workbook's typed value -> the text Excel or WPS shows for it under the cell's number format (ECMA-376 18.8.30/31)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

# Built-in formats; 27-36 and 50-58 are those of a Chinese Excel, which writes only the number.
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy/m/d h:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"',
    34: 'h"时"mm"分"', 35: 'h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"', 55: 'h"时"mm"分"', 56: 'h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_TOKEN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|AM/PM|A/P|上午/下午|y+|m+|d+|h+|s+|a{3,}|\.0+|.', re.IGNORECASE | re.DOTALL)
_WEEKDAYS = "一二三四五六日"
Scalar = int | float | bool | date | datetime | time | timedelta | str | None


@lru_cache(maxsize=1024)
def is_date_format(code: str) -> bool:
    """True when the format shows a day or a time of day."""
    bare = _QUOTED.sub("", code.partition(";")[0]).lower()
    if re.search(r"\[(?:h+|m+|s+)\]", code.lower()):
        return True
    return bare not in ("general", "") and bool(re.search(r"[ymdhs]", bare)) and not re.search(r"[0#?]", bare.replace(".0", ""))


def serial_to_date(serial: float, *, from_1904: bool = False) -> datetime | None:
    """A workbook's day number as a moment; None outside the years Excel can show."""
    if not 0 <= serial < 2_958_466:
        return None
    if from_1904:
        return datetime(1904, 1, 1) + timedelta(days=serial)  # noqa: DTZ001 - a workbook's dates have no zone
    if serial < 60:  # Excel believes in a 29 February 1900
        serial += 1
    return datetime(1899, 12, 30) + timedelta(days=serial)  # noqa: DTZ001


def value_to_text(value: Scalar, code: str = "General") -> str:
    """What the cell shows: 0.156 under 0.0% is 15.6%, 43586 under yyyy"年"m"月" is 2019年5月."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number_text(value, code)
    if isinstance(value, timedelta):
        return str(value)
    return _moment_text(value, code)


def _number_text(value: float, code: str) -> str:
    section, value = _section(value, code)
    bare = _QUOTED.sub("", section)
    found = re.search(r"[0#?][0#?,]*(?:\.([0#?]*))?", bare)
    if not found or "e+" in bare.lower() or "/" in bare or "general" in bare.lower():
        prefix, _, suffix = section.partition("General") if "General" in section else ("", "", "")
        return _literals(prefix) + general_text(value) + _literals(suffix)
    scaled = value * 100 ** bare.count("%")
    tail = found[0].partition(".")[0]
    while tail.endswith(","):  # a trailing comma shows thousands
        scaled, tail = scaled / 1000, tail[:-1]
    return _placed(section, _digits(scaled, found[0], found[1] or ""))


def _section(value: float, code: str) -> tuple[str, float]:
    """The part of the format for this sign, and the value it is given (the negative part writes its own sign)."""
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)
    if value < 0 and len(sections) > 1 and sections[1]:
        return sections[1], -value
    if value == 0 and len(sections) > 2 and sections[2]:
        return sections[2], value
    return sections[0], value


def _digits(value: float, pattern: str, decimals: str) -> str:
    whole = pattern.partition(".")[0]
    text = f"{abs(value):,.{len(decimals)}f}" if "," in whole.rstrip(",") else f"{abs(value):.{len(decimals)}f}"
    integer, _, fraction = text.partition(".")
    least = whole.count("0")
    integer = integer.zfill(least) if least > 1 else "" if integer == "0" and not least and decimals else integer
    needed = max((i + 1 for i, c in enumerate(decimals) if c == "0"), default=0)
    while len(fraction) > needed and fraction.endswith("0"):
        fraction = fraction[:-1]
    sign = "-" if value < 0 and any(c in "123456789" for c in text) else ""
    return sign + integer + (f".{fraction}" if fraction else "")


def _placed(section: str, digits: str) -> str:
    """The digits where the format has its first placeholders, with the literals around them."""
    out, placed = [], False
    for piece in _TOKEN.findall(section):
        if piece[0] in '"\\':
            out.append(piece.strip('"').lstrip("\\"))
        elif piece[0] in "0#?.," or re.fullmatch(r"\.0+", piece):
            if not placed:
                out.append(digits)
                placed = True
        elif piece[0] == "[":
            out.append(_currency(piece))
        elif piece[0] not in "_*@":
            out.append(piece)
    return "".join(out).strip()


def _currency(piece: str) -> str:
    found = re.match(r"\[\$([^\]-]*)", piece)
    return found[1] if found else ""


def _literals(text: str) -> str:
    return "".join(a or b for a, b in re.findall(r'"([^"]*)"|\\(.)', text))


def general_text(value: float) -> str:
    """A number without a format: 13900001234.0 is 13900001234, 0.1+0.2 is 0.3."""
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.10g}" if abs(value) < 1e15 else f"{value:.5E}"
    if "e" in text and 1e-9 < abs(value) < 1e15:
        text = f"{value:.9f}".rstrip("0").rstrip(".")
    return text


def _moment_text(value: date | datetime | time, code: str) -> str:
    if code in ("General", "", "@") or not is_date_format(code):
        return _plain_moment(value)
    tokens = _TOKEN.findall(code.partition(";")[0])
    twelve = any(t.upper() in ("AM/PM", "A/P", "上午/下午") for t in tokens)
    out = []
    for place, piece in enumerate(tokens):
        kind = piece[0].lower()
        if kind in '"\\':
            out.append(piece.strip('"').lstrip("\\"))
        elif kind == "[" and piece[1:-1].lower() not in ("h", "hh", "m", "mm", "s", "ss"):
            continue
        elif kind == "m" and _is_minute(tokens, place):
            out.append(f"{getattr(value, 'minute', 0):0{len(piece)}d}"[:2])
        else:
            out.append(_piece(value, piece.strip("[]"), twelve=twelve))
    return "".join(out).strip()


def _plain_moment(value: date | datetime | time) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == time() else value.strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat()


def _is_minute(tokens: list[str], place: int) -> bool:
    """m is a minute after h or before s."""
    letters = [t.strip("[]")[:1].lower() for t in tokens]
    before = next((c for c in reversed(letters[:place]) if c in "ymdhs"), "")
    after = next((c for c in letters[place + 1 :] if c in "ymdhs"), "")
    return before == "h" or after == "s"


def _piece(value: date | datetime | time, piece: str, *, twelve: bool) -> str:
    kind, length = piece[:1].lower(), len(piece)
    if isinstance(value, date):
        if kind == "y":
            return f"{value.year:04d}" if length > 2 else f"{value.year % 100:02d}"
        if kind == "m":
            return value.strftime("%b") if length == 3 else value.strftime("%B") if length > 3 else f"{value.month:0{length}d}"
        if kind == "d":
            return value.strftime("%a") if length == 3 else value.strftime("%A") if length > 3 else f"{value.day:0{length}d}"
    if piece.lower().startswith("aaa") and isinstance(value, date):
        return ("星期" if length > 3 else "") + _WEEKDAYS[value.weekday()]
    hour = getattr(value, "hour", 0)
    if kind == "h":
        return f"{(hour - 1) % 12 + 1 if twelve else hour:0{min(length, 2)}d}"
    if kind == "s":
        return f"{getattr(value, 'second', 0):0{min(length, 2)}d}"
    if piece.upper() in ("AM/PM", "A/P"):
        return "AM" if hour < 12 else "PM"
    if piece == "上午/下午":
        return "上午" if hour < 12 else "下午"
    return "" if kind in "_*@;" else piece
