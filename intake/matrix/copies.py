"""Core: scans and photos that only repeat what is in hand (副本), and those of which nobody can tell.

A union sends its Word files and, beside them, the same forms stamped and scanned: those ask nobody anything. A scan that names no studio
and repeats nothing recognisable (IMG_270.jpg, 扫描件51.pdf) may hold a whole other studio, so it keeps the union from 收齐 until staff
have placed it or set it aside (law 6): that other files are whole says nothing about it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from intake.matrix.floating import Floating, file_stem, tells_nothing
from intake.matrix.leaves import Leaf
from intake.names import clean_name, clean_text
from intake.submission import Material, Version
from parsers.form import BASIC_INFO, NARRATIVE, SUMMARY_TABLE

_UNSEEN = frozenset({"scanned", "image", "not_read"})
_STAMPED = re.compile(r"盖章|签章|盖公章|公章|签字|用印")
_SCANNED = re.compile(r"扫描")
_COPY_WORDS = re.compile(r"盖公章|盖章|签章|公章|签字|用印|扫描件?|纸质版?|原件|版$|件$|pdf")
_PROOF_FOLDER = re.compile(r"证书|获奖|专利|佐证|奖状|支撑材料")
_MATERIAL = {BASIC_INFO: Material.BASIC_INFO, NARRATIVE: Material.NARRATIVE, SUMMARY_TABLE: Material.SUMMARY_ROW}
_ALL = 3


def mark_nameless(floating: Iterable[Floating], leaves: Sequence[Leaf], owners: Sequence[str]) -> list[Floating]:
    """The same files, those scans marked as strangers that name no studio and are no recognisable copy of one of `leaves`."""
    files = list(floating)
    copies = _stamped_copies(files, leaves, owners)
    return [replace(f, stranger=True) if _is_nameless(f) and not _repeats(f, leaves, copies) else f for f in files]


def _is_nameless(floating: Floating) -> bool:
    """A table whose name tells its category is judged by the tables in hand; any other scan must name its studio."""
    told_table = floating.version.may_be == (Material.SUMMARY_ROW,) and floating.category is not None
    return floating.version.problem in _UNSEEN and not floating.drafts and not told_table


def _repeats(floating: Floating, leaves: Sequence[Leaf], copies: Collection[str]) -> bool:
    version = floating.version
    proof = any(_PROOF_FOLDER.search(clean_text(folder)) for folder in version.path[:-1])
    return proof or version.attachment in copies or any(_is_print_of(version, leaf) for leaf in leaves)


def _is_print_of(version: Version, leaf: Leaf) -> bool:
    """附件4.pdf or 附件4（盖章）.pdf beside 附件4.docx: one folder of one letter, one name."""
    beside = leaf.letter.sha256 == version.letter and leaf.path[:-1] == version.path[:-1]
    return beside and bool(_leaf_to_kinds(leaf)) and _copied_stem(leaf.path[-1]) == _copied_stem(version.file) != ""


def _copied_stem(name: str) -> str:
    return _COPY_WORDS.sub("", file_stem(name))


def _stamped_copies(floating: Sequence[Floating], leaves: Sequence[Leaf], owners: Sequence[str]) -> set[str]:
    """Scans whose names say 盖章 (or which form was scanned) and nothing unknown, as long as there are forms enough to be copies of."""
    groups: dict[tuple[str, tuple[Material, ...]], list[Version]] = {}
    for version in (f.version for f in floating if _is_nameless(f) and not f.stranger and _says_copy(f.version, owners)):
        told = _told(version)
        groups.setdefault(("" if told else version.letter, told or version.may_be), []).append(version)
    return {v.attachment for (letter, kinds), group in groups.items() if len(group) <= _forms(leaves, letter, kinds) for v in group}


def _says_copy(version: Version, owners: Sequence[str]) -> bool:
    name = clean_text(version.file)
    says = _STAMPED.search(name) or (_SCANNED.search(name) and _told(version))
    return bool(says) and tells_nothing(_COPY_WORDS.sub("", clean_name(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", version.file))), owners)


def _told(version: Version) -> tuple[Material, ...]:
    """The materials a scan's name tells; a silent name tells none."""
    return version.may_be if len(version.may_be) < _ALL or re.search(r"附件\W?\d", clean_text(version.file)) else ()


def _forms(leaves: Sequence[Leaf], letter: str, kinds: Collection[Material]) -> int:
    """How many readable files hold such forms; those of one letter only when one is given."""
    return sum(bool(_leaf_to_kinds(leaf) & set(kinds)) for leaf in leaves if not letter or leaf.letter.sha256 == letter)


def _leaf_to_kinds(leaf: Leaf) -> set[Material]:
    return {_MATERIAL[form.kind] for form in leaf.forms if form.kind in _MATERIAL}
