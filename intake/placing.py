"""Core: which studio a narrative, an attached table, a scan or a link belongs to (归位).

Contents decide before names, names before folders, folders before elimination. A file that nobody can place keeps every material it
may be from being called missing (law 6) - it is shown as received and unread, and a person looks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from intake.leaves import Leaf, is_annex, leaf_to_materials, path_to_materials
from intake.message import CloudFile
from intake.names_match import clean_name, clean_person, clean_studio, clean_text, likeness, studio_core
from intake.studios import Fact, field_text, identity_likeness, is_member_sheet
from intake.submission import Material, Received, Version
from parsers.form import BASIC_INFO, NARRATIVE, Form

_STUDIO_IN_NAME = re.compile(r"[\u3400-\u9fffA-Za-z0-9“”]{2,24}?(?:劳模|职工)?创新工作室")
_NAME_NOISE = re.compile(r"(附件\W?\d?|基本情况表?|申报材料|推荐|汇总表?|关于|报送|辽宁省教科文卫体系统|的|^\d+[._\-、 ]*)")
_VERSION_WORDS = re.compile(r"(最终版?|终稿|定稿|更新版?|更正版?|修改版?|补正版?|重发|重新发送|新版?|副本|完整版?|v\d+|\d+)$")
_GENERAL_WORDS = re.compile(
    r"(附件|申报|材料|基本情况表?|情况表|汇总表?|推荐|劳模|职工|创新|工作室|全部|全套|电子版|扫描件?|盖章|正文|文件|图片|照片|压缩包|img|scan|doc|新建|[一二三四五之\d])"
)
_PROBLEMS_TOLD = frozenset({"encrypted", "corrupt", "hostile", "too_large", "unsupported", "unreadable", "empty"})


@dataclass(slots=True)
class Draft:
    """A studio while it is being put together: its facts, the names it goes by, and what has been placed with it."""

    facts: list[Fact] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    leaders: list[str] = field(default_factory=list)
    versions: dict[Material, list[Version]] = field(default_factory=dict)

    def add(self, material: Material, version: Version) -> None:
        """One more arrival of a material."""
        self.versions.setdefault(material, []).append(version)

    def lacks(self, material: Material) -> bool:
        """True when nothing readable of this material has arrived."""
        return not any(v.status == "received" for v in self.versions.get(material, ()))


@dataclass(frozen=True, slots=True)
class Floating:
    """A kept but unread file (or a link) that may be a material of some studios: all of them when `drafts` is empty.

    `stranger`: its name tells of a studio that nothing readable knows, so no other studio's files make it needless.
    `category` is that of an unread summary table, as its name tells. `foreign`: it stands in a letter that nobody has claimed yet.
    """

    version: Version
    order: int
    drafts: tuple[int, ...] = ()
    cloud: CloudFile | None = None
    stranger: bool = False
    category: str | None = None
    foreign: bool = False

    def may_concern(self, index: int) -> bool:
        """True when the studio with this index may be meant."""
        return not self.drafts or index in self.drafts


def facts_to_draft(facts: Sequence[Fact]) -> Draft:
    """A studio from the rows and forms that speak of it."""
    names = dict.fromkeys(f.studio for f in facts if f.studio)
    leaders = dict.fromkeys(f.leader for f in facts if f.leader)
    return Draft(list(facts), list(names), list(leaders))


# --- narratives ----------------------------------------------------------------------------------------------------------------


def place_narratives(leaves: Sequence[Leaf], drafts: list[Draft], owners: Sequence[str]) -> list[tuple[Leaf, int]]:
    """Put every narrative with its studio; returns those that no evidence places. May add studios when no table or form named any."""
    left: list[tuple[Leaf, int]] = []
    pending = [(leaf, i) for leaf in leaves for i, form in enumerate(leaf.forms) if form.kind == NARRATIVE]
    named = bool(drafts)
    for leaf, index in pending:
        scores = [_narrative_score(leaf, index, draft, drafts, owners) for draft in drafts]
        best = _clear_best(scores)
        if best is None and not named:
            best = _draft_from_narrative(leaf.forms[index], drafts)
        if best is None:
            left.append((leaf, index))
        else:
            drafts[best].add(Material.NARRATIVE, leaf.to_version(index))
    return _place_by_elimination(left, drafts, owners)


def _narrative_score(leaf: Leaf, index: int, draft: Draft, drafts: Sequence[Draft], owners: Sequence[str]) -> float:
    form = leaf.forms[index]
    said = field_text(form, "studio"), field_text(form, "leader")
    pairs = [(n, leader) for n in draft.names or [""] for leader in draft.leaders or [""]]
    content = max((identity_likeness(said, pair, owners) for pair in pairs), default=0.0)
    scores = [
        content,
        _path_score(leaf.path, draft, drafts, owners),
        _sibling_score(leaf, index, draft),
        _folder_score(leaf, draft, drafts),
    ]
    scores.append(_text_score(leaf, draft, drafts))
    return max(scores) + 0.05 * sum(scores)


def _path_score(path: Sequence[str], draft: Draft, drafts: Sequence[Draft], owners: Sequence[str]) -> float:
    own, folders = clean_name(path[-1]), clean_name("/".join(path[:-1]))
    return (
        1.9
        if _is_among(draft, drafts_in_name(own, drafts, owners))
        else 1.7
        if _is_among(draft, drafts_in_name(folders, drafts, owners))
        else 0.0
    )


def _is_among(draft: Draft, drafts: Sequence[Draft]) -> bool:
    return any(d is draft for d in drafts)


def drafts_in_name(name: str, drafts: Sequence[Draft], owners: Sequence[str]) -> list[Draft]:
    """The studios whose leader or topic stands in a cleaned name; 许刚 is not meant where 许刚玲 is."""
    matched = [(draft, max((k for k in draft_keys(draft, owners) if k in name), key=len, default="")) for draft in drafts]
    found = [(d, k) for d, k in matched if k]
    return [d for d, k in found if not any(k != other and k in other for _, other in found)]


def draft_keys(draft: Draft, owners: Sequence[str]) -> tuple[str, ...]:
    """The words by which a file name can mean a studio: leaders and cores of at least two characters."""
    words = [clean_person(leader) for leader in draft.leaders] + [studio_core(n, owners) for n in draft.names]
    return tuple(dict.fromkeys(w for w in words if len(w) >= 2))


def _sibling_score(leaf: Leaf, index: int, draft: Draft) -> float:
    """A narrative that follows a studio's form in the same file belongs to it."""
    before = [i for i, f in enumerate(leaf.forms) if f.kind == BASIC_INFO and i < index]
    ours = {f.form_index for f in draft.facts if f.leaf.attachment.sha256 == leaf.attachment.sha256 and f.row is None}
    if not ours:
        return 0.0
    return 1.8 if (before and before[-1] in ours) or (not before and len(ours) == 1) else 0.0


def _folder_score(leaf: Leaf, draft: Draft, drafts: Sequence[Draft]) -> float:
    folder = leaf.path[:-1]
    if not folder:
        return 0.0
    here = [d for d in drafts if any(f.leaf.path[:-1] == folder and f.row is None for f in d.facts)]
    return 1.5 if len(here) == 1 and here[0] is draft else 0.0


def _text_score(leaf: Leaf, draft: Draft, drafts: Sequence[Draft]) -> float:
    text = leaf.reading.text if leaf.reading else ""
    mine = sum(text.count(name) for name in draft.leaders if name)
    others = max((text.count(n) for d in drafts if d is not draft for n in d.leaders if n and n not in draft.leaders), default=0)
    return 1.2 if mine > others else 0.0


def _clear_best(scores: Sequence[float]) -> int | None:
    if not scores:
        return None
    ranked = sorted(range(len(scores)), key=lambda i: -scores[i])
    best, second = scores[ranked[0]], scores[ranked[1]] if len(ranked) > 1 else 0.0
    return ranked[0] if best >= 1.0 and best - second > 0.05 else None


def _draft_from_narrative(form: Form, drafts: list[Draft]) -> int | None:
    studio, leader = field_text(form, "studio"), field_text(form, "leader")
    if not studio or len(studio) > 40:
        return None
    drafts.append(Draft([], [studio], [leader] if leader else []))
    return len(drafts) - 1


def _place_by_elimination(left: list[tuple[Leaf, int]], drafts: Sequence[Draft], owners: Sequence[str]) -> list[tuple[Leaf, int]]:
    """The only narrative nobody placed and the only studio without one go together, unless the text plainly speaks of another."""
    needy = [d for d in drafts if d.lacks(Material.NARRATIVE)]
    target = needy[0] if len(needy) == 1 else drafts[0] if len(drafts) == 1 else None
    if len(left) != 1 or target is None or _speaks_of_another(left[0][0], left[0][1], target, owners):
        return left
    target.add(Material.NARRATIVE, left[0][0].to_version(left[0][1]))
    return []


def _speaks_of_another(leaf: Leaf, index: int, draft: Draft, owners: Sequence[str]) -> bool:
    form, text = leaf.forms[index], leaf.reading.text if leaf.reading else ""
    if any(name in text for name in draft.leaders):
        return False
    core = studio_core(field_text(form, "studio"), owners)
    other_studio = bool(core) and all(likeness(core, studio_core(n, owners)) < 0.5 for n in draft.names)
    other_leader = bool(field_text(form, "leader")) and bool(draft.leaders)
    return other_studio or other_leader or names_stranger(leaf.path, [draft], owners)


def names_stranger(path: Sequence[str], drafts: Sequence[Draft], owners: Sequence[str]) -> bool:
    """True when a name on the way is a studio's (…创新工作室) that none of these studios bears."""
    keys = [k for d in drafts for k in draft_keys(d, owners)]
    found = (studio_core(m, owners) for part in path for m in _STUDIO_IN_NAME.findall(_NAME_NOISE.sub("", clean_path_part(part))))
    return any(2 <= len(core) <= 20 and not any(k in core or core in k for k in keys) for core in found)


def _tells_nothing(name: str, owners: Sequence[str]) -> bool:
    """True when only general words (and the university's own name) stand in a file name."""
    stem = file_stem(name)
    for owner in sorted((clean_name(o) for o in owners), key=len, reverse=True):
        stem = stem.replace(owner, "")
    return len(re.sub(r"[^\u3400-\u9fff]", "", _GENERAL_WORDS.sub("", stem))) < 2


# --- attached tables (附表) ------------------------------------------------------------------------------------------------------


def place_annexes(leaves: Sequence[Leaf], drafts: Sequence[Draft], owners: Sequence[str]) -> set[str]:
    """Join each attached table of members to the form it continues; returns the files that found one."""
    joined: set[str] = set()
    for leaf in leaves:
        sheets = [f for f in leaf.forms if is_member_sheet(f)]
        if not sheets and not (is_annex(leaf) and not any(f.kind == BASIC_INFO for f in leaf.forms)):
            continue
        target = _annex_target(leaf, drafts, owners)
        if target is not None:
            target.versions[Material.BASIC_INFO] = [_with_annex(v, leaf, sheets) for v in target.versions[Material.BASIC_INFO]]
            joined.add(leaf.attachment.sha256)
    return joined


def _annex_target(leaf: Leaf, drafts: Sequence[Draft], owners: Sequence[str]) -> Draft | None:
    with_form = [d for d in drafts if not d.lacks(Material.BASIC_INFO)]
    scores = [_path_score(leaf.path, d, drafts, owners) + _folder_score(leaf, d, drafts) for d in with_form]
    best = _clear_best(scores)
    if best is not None:
        return with_form[best]
    waiting = [d for d in with_form if any(v.form and not v.form.rows for v in d.versions[Material.BASIC_INFO])]
    return waiting[0] if len(waiting) == 1 else None


def _with_annex(version: Version, leaf: Leaf, sheets: Sequence[Form]) -> Version:
    form = version.form
    if form is not None and not form.rows and sheets:
        form = replace(form, rows=sheets[0].rows)
    return replace(version, form=form, annexes=(*version.annexes, leaf.attachment.sha256))


# --- what nobody has read ---------------------------------------------------------------------------------------------------------


def place_unread(leaves: Sequence[Leaf], drafts: list[Draft], owners: Sequence[str], annexes: Mapping[str, str]) -> list[Floating]:
    """Put unread files with the studio and material their names tell; the rest float over all that they may be.

    `annexes` gives the words by which a name tells a summary table's category (附件1, 劳模 → model_worker).
    """
    floating = []
    for leaf in leaves:
        materials = leaf_to_materials(leaf)
        version = replace(leaf.to_version(), may_be=materials)
        targets = _named_drafts(leaf.path, drafts, owners)
        if len(targets) == 1 and len(materials) == 1 and materials[0] is not Material.SUMMARY_ROW:
            drafts[targets[0]].add(materials[0], version)
        stranger = not targets and (names_stranger(leaf.path, drafts, owners) or _is_unknown(version, owners))
        targets = targets or ((0,) if len(drafts) == 1 and not stranger else ())
        floating.append(Floating(version, leaf.order, targets, None, stranger, name_to_category(version.file, annexes)))
    return floating


def _is_unknown(version: Version, owners: Sequence[str]) -> bool:
    """A closed or damaged file whose name tells something nobody knows; a mere scan repeats what came readable more often than not."""
    return version.problem in _PROBLEMS_TOLD and _is_document(version.file) and not _tells_nothing(version.file, owners)


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


def cloud_to_floating(letter: Received, cloud: CloudFile, order: int, late: bool) -> Floating:
    """A link stands for the file it points at, though nothing of it is kept (domain.md 5.7)."""
    version = Version(
        number=1, status="received_unread", letter=letter.sha256, attachment="", file=cloud.name, path=(cloud.name,),
        received_at=letter.received_at, late=late, size=cloud.size or 0, problem="cloud", may_be=path_to_materials((cloud.name or "链接.zip",)),
    )  # fmt: skip
    return Floating(version, order, (), cloud)


def drafts_from_names(leaves: Sequence[Leaf], owners: Sequence[str]) -> list[Draft]:
    """Studios named only by the names of unread files (scenario 26: nothing but stamped scans came)."""
    found: dict[str, str] = {}
    for leaf in leaves:
        for part in leaf.path if leaf_to_materials(leaf) else ():
            for match in _STUDIO_IN_NAME.findall(_NAME_NOISE.sub("", clean_path_part(part))):
                core = studio_core(match, owners)
                if 2 <= len(core) <= 20:
                    found.setdefault(core, clean_studio(match, owners))
    return [Draft([], [name], []) for name in found.values()]


def clean_path_part(part: str) -> str:
    """A file name for finding a studio's name in it: separators become spaces."""
    return re.sub(r"[\s_\-—+/\\()()【】\[\].《》]+", " ", part)


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
    told = version.problem in _PROBLEMS_TOLD or version.problem == "cloud"
    concerned = [d for i, d in enumerate(drafts) if floating.may_concern(i)]
    if not version.may_be:
        return not told
    another_table = floating.category is not None and floating.category not in categories and Material.SUMMARY_ROW in version.may_be
    if floating.stranger or another_table or not concerned or any(d.lacks(m) for d in concerned for m in version.may_be):
        return False
    arrived = [v for d in concerned for m in version.may_be for v in d.versions.get(m, ()) if v.status == "received"]
    return not told or any(v.received_at > version.received_at for v in arrived)
