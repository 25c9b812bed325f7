"""Core: the words printed on a form, made comparable - full width, CJK radicals, invisible characters, white space, colons and brackets
do not count when a label is looked for; what a person wrote is kept as written.

Sources: documents.md trap 13 (姓 名, one character a line), trap 28 (Kangxi radicals; NFKC leaves CJK Radicals Supplement alone:
Unicode EquivalentUnifiedIdeograph).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_FROM = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺"
    "⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲"
)
_TO = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄心扌攵旡日月歺民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀"
    "聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀"
)
CACHE_LIMIT = 20_000
LONGEST_LABEL = 80
LONGEST_WILD = 28
_RADICALS = str.maketrans(_FROM, _TO)
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffc]")
_ANY_RADICAL = re.compile(f"[{_FROM}]")
_SPACE = re.compile(r"\s+")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_MARKS = re.compile(r"[:;,.、。·_/*\\|()\[\]【】<>《》〈〉\"'“”‘’\-—–―~☑☐□■]")
_NUMBERING = re.compile(r"^(?:\(?\d{1,2}[.、)]|\(?[一二三四五六七八九十]{1,2}[、)])(?=[^\d])")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDE_KEPT = {code: shown for code, shown in _WIDE.items() if chr(shown).isalnum() or chr(shown) in "@.-_+%/"}
_FIGURE = re.compile(r"[-+]?\d+(?:[.,]\d+)+")
_KANGXI = re.compile("[\u2e80-\u2fdf]")
_CJK = "\u2e80-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef〇“”‘’—…"
_CJK_GAP = re.compile(rf"(?<=[{_CJK}])\s+|\s+(?=[{_CJK}])")
# Anything that `clean_text` may change: what is not seen, radicals, full-width letters, any white space.
_UNCLEAN = re.compile(rf"[\u2e80-\u2fdf{''.join(map(chr, _WIDE_KEPT))}\s\u00a0\u3000]|{_INVISIBLE.pattern}")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Text made comparable: NFKC, CJK radicals to their characters, invisible characters dropped; white space stays."""
    plain = unicodedata.normalize("NFKC", text)
    if _ANY_RADICAL.search(plain):
        plain = plain.translate(_RADICALS)
    return _INVISIBLE.sub("", plain)


@lru_cache(maxsize=65536)
def compact(text: str) -> str:
    """Folded text without any white space."""
    return _SPACE.sub("", fold(text))


@lru_cache(maxsize=65536)
def label_keys(text: str) -> tuple[str, ...]:
    """The keys a printed label may be known by: without its bracketed words, and with them (专业(特长)); lower case, no punctuation."""
    whole = compact(text).lower()
    whole = _NUMBERING.sub("", whole)
    keys = (_MARKS.sub("", _BRACKETED.sub("", whole)), _MARKS.sub("", whole))
    return tuple(dict.fromkeys(k for k in keys if k))


def label_key(text: str) -> str:
    """The first key of a label, "" for text without any letter."""
    return next(iter(label_keys(text)), "")


def clean_text(text: str) -> str:
    """A value as a person would retype it: radicals and full-width letters and digits folded, lines joined, no stray blanks between characters."""
    if not _UNCLEAN.search(text):  # as most people type
        return text
    kept = _KANGXI.sub(lambda m: unicodedata.normalize("NFKC", m[0]), _INVISIBLE.sub("", text))
    kept = kept.translate(_RADICALS).translate(_WIDE_KEPT).replace("\u3000", " ").replace("\u00a0", " ")
    return _SPACE.sub(" ", _CJK_GAP.sub("", kept.strip())).strip()


class LabelBook:
    """标签簿: the spellings of many labels; `find` gives the names a text is known by, exact spellings before those with `*`.

    A text is looked up once: what it is known by is remembered for the documents that follow, which print the same labels.
    """

    def __init__(self, labels: Iterable[tuple[str, str]]) -> None:
        self._exact: dict[str, tuple[str, ...]] = {}
        self._wild: list[tuple[re.Pattern[str], str]] = []
        wild = []
        for spelling, name in labels:
            if "*" in spelling:
                wild.append(".*".join(re.escape(compact(p).lower()) for p in spelling.split("*")))
                self._wild.append((re.compile(wild[-1]), name))
            else:
                for key in label_keys(spelling)[:1]:
                    self._exact[key] = tuple(dict.fromkeys((*self._exact.get(key, ()), name)))
        self._any_wild = re.compile("|".join(wild) or r"(?!)")
        self._remembered = lru_cache(maxsize=CACHE_LIMIT)(self._find)

    def find(self, text: str) -> tuple[str, ...]:
        """The names whose spelling the whole text is; empty when it is no label (a label is short)."""
        return self._remembered(text) if text and len(text) <= LONGEST_LABEL else ()

    def knows(self, text: str) -> bool:
        """True when a short text may be a label: for who asks once about a text and remembers the answer himself."""
        keys = label_keys(text)
        return any(key in self._exact for key in keys) or any(len(key) <= LONGEST_WILD and self._any_wild.fullmatch(key) for key in keys)

    def _find(self, text: str) -> tuple[str, ...]:
        keys = label_keys(text)
        if any(key[-1].isdecimal() for key in keys) and _FIGURE.fullmatch(compact(text)):  # 202.1 and 2,021 are amounts, not the year 2021
            return ()
        for key in keys:
            if key in self._exact:
                return self._exact[key]
        for key in keys:
            if len(key) <= LONGEST_WILD and self._any_wild.fullmatch(key):
                return tuple(dict.fromkeys(name for pattern, name in self._wild if pattern.fullmatch(key)))
        return ()
