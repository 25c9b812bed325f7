"""Core: what a symbol font shows - Wingdings, Wingdings 2, Webdings, Symbol and ZapfDingbats letters as the glyphs a person sees.

A box that holds a check or a cross counts as ticked (documents.md trap 5: Word's default "checked" glyph is a cross), so
every boxed mark comes out as ☑ and every empty box as ☐; loose checks and crosses stay marks of their own (√ ✗).
"""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.document import TICKED, UNTICKED

CHECK = "√"
CROSS = "✗"
UNKNOWN_GLYPH = "\ufffd"


def _glyphs(**groups: str) -> dict[str, str]:
    """One table from `glyph-name=letters` groups."""
    shown = {"ticked": TICKED, "unticked": UNTICKED, "check": CHECK, "cross": CROSS, "square": "■", "bullet": "●"}
    return {letter: shown[name] for name, letters in groups.items() for letter in letters}


# Code points 0x20..0xFF of each font, after F0xx has been folded to 00xx (both occur: trap 2).
_WINGDINGS = _glyphs(ticked="\xfe\xfdx", unticked="\xa8opqr", check="\xfc", cross="\xfb", square="n\xa7", bullet="l\x9f") | {
    "u": "◆",
    "v": "❖",
    "\xd8": "➢",
    "(": "☎",
    ")": "☎",
    "*": "✉",
    "J": "☺",
    "\xe0": "→",
    "\xdf": "←",
    "\xab": "★",
}
_WINGDINGS_2 = _glyphs(ticked="QRST", unticked="\xa3\xa4*", check="P", cross="O", square="\xa2\xa1", bullet="\x97\x98")
_WINGDINGS_3 = {"}": "▶", "u": "▲", "\x86": "▶"}
_WEBDINGS = _glyphs(unticked="c", check="a", cross="r", square="g", bullet="n=")
_ZAPF = _glyphs(unticked="opqr", check="34", cross="5678", square="n", bullet="l")
_SYMBOL = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ",
        strict=True,
    )
) | {
    "\xd6": CHECK,
    "\xb7": "•",
    "\xb4": "×",
    "\xb8": "÷",
    "\xb1": "±",
    "\xb0": "°",
    "\xa3": "≤",
    "\xb3": "≥",
    "\xb9": "≠",
    "\xbb": "≈",
    "\xae": "→",
    "\xac": "←",
    "\xad": "↑",
    "\xaf": "↓",
    "\xa5": "∞",
    "\xd7": "⋅",
    "\xe5": "∑",
    "\xbc": "…",
    "\xa8": "♦",
    "\xd2": "®",
    "\xd3": "©",
    "\xd4": "™",
    "\xe2": "®",
    "\xe3": "©",
    "\xe4": "™",
    "\xb2": "″",
    "\xa2": "′",
}
_FONTS = {
    "wingdings": _WINGDINGS,
    "wingdings2": _WINGDINGS_2,
    "wingdings3": _WINGDINGS_3,
    "webdings": _WEBDINGS,
    "zapfdingbats": _ZAPF,
    "itczapfdingbats": _ZAPF,
    "dingbats": _ZAPF,
    "symbol": _SYMBOL,
    "symbolmt": _SYMBOL,
}
# Private-use glyphs whose font is lost (trap 2, F16): only the codes that mean a box or a mark in the fonts above.
_LOST_FONT = str.maketrans(
    {
        "\uf052": TICKED, "\uf053": TICKED, "\uf054": TICKED, "\uf051": TICKED, "\uf0fe": TICKED, "\uf0fd": TICKED, "\uf078": TICKED,
        "\uf0a3": UNTICKED, "\uf0a8": UNTICKED, "\uf06f": UNTICKED, "\uf070": UNTICKED, "\uf071": UNTICKED, "\uf072": UNTICKED,
        "\uf0fc": CHECK, "\uf050": CHECK, "\uf0fb": CROSS, "\uf04f": CROSS, "\uf06e": "■", "\uf06c": "●", "\uf0b7": "•", "\uf0d8": "➢",
    }
)  # fmt: skip
_PRIVATE = re.compile("[\uf020-\uf0ff]")
_EQ_OVERSTRIKE = re.compile(r"eq\s+\\o(?:\s*\\a[clr])?\s*[(（]\s*([^,，;；]*)[,，;；]\s*([^)）]*)[)）]", re.IGNORECASE)
_BOXES = "□☐▢⬜◻口"
_TICKS = "√✓✔☑☒×✗✘Xx■"


@lru_cache(maxsize=2048)
def find_symbol_font(name: str | None) -> str | None:
    """The canonical name of a symbol font ("Wingdings 2", "ABCDEF+Wingdings2-Regular" …), None for a font of real letters."""
    if not name:
        return None
    plain = name.rpartition("+")[2].lower().replace(" ", "").replace("-", "").removesuffix("regular")
    return plain if plain in _FONTS else None


def symbol_to_text(font: str | None, text: str) -> str:
    """The glyphs that `text` shows in the symbol font `font` (canonical name); text in any other font comes back unchanged."""
    table = _FONTS.get(font or "")
    if table is None:
        return clean_private(text)
    return "".join(_glyph(table, letter) for letter in text)


def _glyph(table: dict[str, str], letter: str) -> str:
    code = ord(letter)
    if 0xF000 <= code <= 0xF0FF:
        letter = chr(code - 0xF000)
    elif code > 0xFF:
        return letter  # the font has no such glyph: the program falls back to a font of real letters
    if letter.isspace():
        return letter
    return table.get(letter, letter if table is _SYMBOL else UNKNOWN_GLYPH)


def clean_private(text: str) -> str:
    """Private-use boxes and marks that lost their font become ☑ ☐ √ (trap 2); all else is kept."""
    return text.translate(_LOST_FONT) if _PRIVATE.search(text) else text


def find_overstrike(instruction: str) -> str | None:
    """What an EQ \\o field ("eq \\o\\ac(□,√)", 带圈字符, trap 3) shows; None when the field is something else."""
    found = _EQ_OVERSTRIKE.search(instruction)
    if not found:
        return None
    outer, inner = found[1].strip(), found[2].strip()
    marks = outer + inner
    if any(box in marks for box in _BOXES):
        return TICKED if any(tick in marks for tick in _TICKS) else UNTICKED
    return inner or outer
