"""Core: files nobody has read, and links (未读件): which material they may be, and whether a person must still look.

A file that nobody can place keeps every material it may be from being called missing (law 6) - it is shown as received and unread.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from intake.matrix.leaves import Leaf, leaf_to_materials, path_to_materials
from intake.matrix.placing import NAME_NOISE, STUDIO_IN_NAME, Draft, clean_path_part, drafts_in_name, names_stranger
from intake.message import CloudFile
from intake.names import clean_name, clean_studio, clean_text, studio_core
from intake.submission import Material, Received, Version

_VERSION_WORDS = re.compile(r"(最终版?|终稿|定稿|更新版?|更正版?|修改版?|补正版?|重发|重新发送|新版?|副本|完整版?|v\d+|\d+)$")
_GENERAL_WORDS = re.compile(
    r"(附件|申报|材料|基本情况表?|情况表|汇总表?|推荐|劳模|职工|创新|工作室|全部|全套|电子版|扫描件?|盖章|正文|文件|图片|照片|压缩包|img|scan|doc|新建|[一二三四五之\d])"
)
_PROBLEMS_TOLD = frozenset({"encrypted", "corrupt", "hostile", "too_large", "unsupported", "unreadable", "empty", "cloud"})


@dataclass(frozen=True, slots=True)
class Floating:
    """A kept but unread file (or a link) that may be a material of the studios in `drafts`, which its own name or a folder's names, else of all.

    `stranger`: it may be of a studio that nothing readable knows, so no other studio's files make it needless.
    `category` is that of an unread summary table, as its name tells. `foreign`: it stands in a letter that nobody has claimed yet.
    """

    version: Version
    drafts: tuple[int, ...] = ()
    cloud: CloudFile | None = None
    stranger: bool = False
    category: str | None = None
    foreign: bool = False

    def may_concern(self, index: int) -> bool:
        """True when the studio with this index may be meant."""
        return not self.drafts or index in self.drafts


def place_unread(leaves: Sequence[Leaf], drafts: list[Draft], owners: Sequence[str], annexes: Mapping[str, str]) -> list[Floating]:
    """Put unread files with the studio and material their names tell; the rest float over all that they may be.

    `annexes` gives the words by which a name tells a summary table's category (附件1, 劳模 → model_worker).
    """
    floating = []
    for leaf in leaves:
        materials = leaf_to_materials(leaf)
        version = replace(leaf.to_version(), may_be=materials)
        targets = _named_drafts(leaf.path, drafts, owners)
        match targets, materials:
            case [target], [Material.BASIC_INFO | Material.NARRATIVE as material]:
                drafts[target].add(material, version)
        stranger = not targets and (names_stranger(leaf.path, drafts, owners) or _is_unknown(version, owners))
        category = name_to_category(version.file, annexes) if Material.SUMMARY_ROW in materials else None
        floating.append(Floating(version, targets, stranger=stranger, category=category))
    return floating


def _is_unknown(version: Version, owners: Sequence[str]) -> bool:
    """A closed or damaged file whose name tells something nobody knows; scans are judged by what they repeat (intake/matrix/copies.py)."""
    return version.problem in _PROBLEMS_TOLD and _is_document(version.file) and not tells_nothing(version.file, owners)


def name_to_category(name: str, annexes: Mapping[str, str]) -> str | None:
    """The category that exactly one annex's words in a file name tell; None when none or several do."""
    cleaned = clean_text(name)
    found = {category for words, category in annexes.items() if words in cleaned}
    return next(iter(found)) if len(found) == 1 else None


def _named_drafts(path: Sequence[str], drafts: Sequence[Draft], owners: Sequence[str]) -> tuple[int, ...]:
    for part in reversed(path):
        named = drafts_in_name(clean_name(part), drafts, owners)
        if named:
            return tuple(i for i, d in enumerate(drafts) if any(d is n for n in named))
    return ()


def cloud_to_floating(letter: Received, cloud: CloudFile, late: bool) -> Floating:
    """A link stands for the file it points at, though nothing of it is kept (domain.md 5.7)."""
    version = Version(
        number=1, status="received_unread", letter=letter.sha256, attachment="", file=cloud.name, path=(cloud.name,),
        received_at=letter.received_at, late=late, size=cloud.size or 0, problem="cloud", may_be=path_to_materials((cloud.name,)),
    )  # fmt: skip
    return Floating(version, cloud=cloud)


def drafts_from_names(leaves: Sequence[Leaf], owners: Sequence[str]) -> list[Draft]:
    """Studios named only by the names of unread files (scenario 26: nothing but stamped scans came)."""
    found: dict[str, str] = {}
    for leaf in leaves:
        for part in leaf.path if leaf_to_materials(leaf) else ():
            for match in STUDIO_IN_NAME.findall(NAME_NOISE.sub("", clean_path_part(part))):
                core = studio_core(match, owners)
                if 2 <= len(core) <= 20:
                    found.setdefault(core, clean_studio(match, owners))
    return [Draft([], [name], []) for name in found.values()]


def file_stem(name: str) -> str:
    """A file name without ending, copy marks and words like 最终版: by this a file sent again is recognised."""
    stem = clean_name(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", re.sub(r"[((]\d+[))]", "", name)))
    shorter = _VERSION_WORDS.sub("", stem)
    while shorter != stem and len(shorter) >= 2:
        stem, shorter = shorter, _VERSION_WORDS.sub("", shorter)
    return stem


def open_floating(
    floating: Iterable[Floating], leaves: Sequence[Leaf], drafts: Sequence[Draft], categories: Collection[str]
) -> list[Floating]:
    """Those a person must still look at: not sent again readable, not made needless by what else arrived (`categories` have a table)."""
    return [f for f in floating if not _sent_again(f, leaves) and not _needless(f, drafts, categories)]


def _sent_again(floating: Floating, leaves: Sequence[Leaf]) -> bool:
    """True when a later letter brought a readable file (or an archive that opened) of the same telling name; 申报材料 tells nothing."""
    stem = file_stem(floating.version.file)
    if not _GENERAL_WORDS.sub("", stem):
        return False
    packed = not _is_document(floating.version.file)
    later = [x for x in leaves if x.received_at > floating.version.received_at and x.known]
    names = (part for x in later for part in (x.path if packed else x.path[-1:]) if packed != _is_document(part))
    return any(file_stem(name) == stem for name in names)


def _is_document(name: str) -> bool:
    return not re.search(r"\.(zip|rar|7z|tar|gz|eml|msg)$", name.casefold())


def _needless(floating: Floating, drafts: Sequence[Draft], categories: Collection[str]) -> bool:
    """True when every material it may be is there in readable form; a damaged or closed file needs that to have come later."""
    version = floating.version
    told = version.problem in _PROBLEMS_TOLD
    concerned = [d for i, d in enumerate(drafts) if floating.may_concern(i)]
    if not version.may_be:
        return not told
    another_table = floating.category not in (None, *categories)
    if floating.stranger or another_table or not concerned or any(d.lacks(m) for d in concerned for m in version.may_be):
        return False
    arrived = [v for d in concerned for m in version.may_be for v in d.versions.get(m, ()) if v.status == "received"]
    return not told or any(v.received_at > version.received_at for v in arrived)


def tells_nothing(name: str, owners: Sequence[str]) -> bool:
    """True when only general words (and the university's own name) stand in a file name."""
    stem = file_stem(name)
    for owner in sorted((clean_name(o) for o in owners), key=len, reverse=True):
        stem = stem.replace(owner, "")
    return len(re.sub(r"[^\u3400-\u9fff]", "", _GENERAL_WORDS.sub("", stem))) < 2
