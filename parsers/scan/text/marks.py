"""Core: marks the recogniser takes for one another, told by the picture or by what labels and addresses look like - ； for ： in running text, ： behind
a label, l for 1 in mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy

from parsers.scan.words import Picture, Script

_LISTING = re.compile(r"(?:如下|包括|分别|其中|即|为|是|有)$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_HALVES = re.compile(r"([\u3400-\u9fff]{2,})[；;]")
_LONG = 24
_NARROW = 0.17
_TAILED = 1.25
_BEFORE_LETTER = re.compile(r"(?<![A-Za-z0-9])1(?=[a-z])")
_BEFORE_DATE = re.compile(r"(?<=[a-z]{2})1(?=(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:19|20)\d\d)@)")


def with_semicolons(script: Script, crop: Picture) -> Script:
    """Running text with ； for each ： whose lower dot has a tail, unless the words before it announce a list."""
    places = [i for i, letter in enumerate(script.text) if not letter.isspace()]
    if len(places) <= _LONG or len(places) != len(script.places):
        return script
    letters = list(script.text)
    for at, share in zip(places, script.places, strict=True):
        parts = 0 < at < len(letters) - 1 and letters[at] in ":：" and bool(_HAN.match(letters[at - 1]) and _HAN.match(letters[at + 1]))
        if parts and not _LISTING.search(script.text[:at]) and _has_tail(crop, share * crop.shape[1]):
            letters[at] = "；"
    return replace(script, text="".join(letters))


def _has_tail(crop: Picture, x: float) -> bool:
    """True when of the two dots that stand over one another at x the lower one is clearly the higher."""
    grey = crop if crop.ndim == 2 else crop[:, :, 2]
    half = max(2, int(_NARROW * grey.shape[0]))
    part = 255.0 - grey[:, max(0, int(x) - half) : int(x) + half + 1]
    if min(part.shape) < 4:
        return False
    rows = numpy.maximum(part - numpy.percentile(part, 30), 0).max(axis=1)
    middle, third = len(rows) // 2, len(rows) // 6
    valley = middle - third + int(numpy.argmin(rows[middle - third : middle + 2 * third]))
    upper, lower = rows[third // 2 : valley], rows[valley : len(rows) - third // 2]
    heights = [int((dot > 0.5 * dot.max(initial=0)).sum()) for dot in (upper, lower)]
    apart = rows[valley] < 0.6 * min(upper.max(initial=0), lower.max(initial=0))
    return bool(apart and heights[0] >= 2 and heights[1] >= _TAILED * heights[0])


def with_label_colons(script: Script, is_printed: Callable[[str], bool]) -> Script:
    """A line with ： for the ； that stands behind one of the form's own labels: 省总直属高校工会；."""
    if not _HALVES.search(script.text):
        return script
    return replace(script, text=_HALVES.sub(lambda m: m[1] + "：" if is_printed(m[1]) else m[0], script.text))


def with_mail_letters(script: Script) -> Script:
    """A mail address with l for a 1 that begins a word, or parts a name from a day or a year: the two look the same in many fonts, and such an
    address is doubtful in any case."""
    if "@" not in script.text:
        return script
    return replace(script, text=_BEFORE_DATE.sub("l", _BEFORE_LETTER.sub("l", script.text)))
