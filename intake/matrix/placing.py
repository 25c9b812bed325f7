"""Core: which studio a narrative or an attached table belongs to (归位).

Contents decide before names, names before folders, folders before elimination.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from intake.matrix.leaves import Leaf, is_annex, leaf_to_materials
from intake.matrix.studios import Fact, field_text, identity_likeness, is_member_sheet
from intake.names import clean_name, clean_person, likeness, studio_core
from intake.submission import Material, Version
from parsers.form import BASIC_INFO, NARRATIVE, Form

STUDIO_IN_NAME = re.compile(r"[\u3400-\u9fffA-Za-z0-9“”]{2,24}?(?:劳模|职工)?创新工作室")
NAME_NOISE = re.compile(r"(附件\W?\d?|基本情况表?|申报材料|推荐|汇总表?|关于|报送|辽宁省教科文卫体系统|的|^\d+[._\-、 ]*)")


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


def facts_to_draft(facts: Sequence[Fact]) -> Draft:
    """A studio from the rows and forms that speak of it."""
    names = dict.fromkeys(f.studio for f in facts if f.studio)
    leaders = dict.fromkeys(f.leader for f in facts if f.leader)
    return Draft(list(facts), list(names), list(leaders))


# --- narratives ----------------------------------------------------------------------------------------------------------------


def place_narratives(leaves: Sequence[Leaf], drafts: list[Draft], owners: Sequence[str]) -> list[tuple[Leaf, int]]:
    """Put every narrative with its studio; returns those that no evidence places.

    Adds the studios that only narratives name, when no table or form named any, or when unread files may be the table and form of more.
    """
    left: list[tuple[Leaf, int]] = []
    pending = [(leaf, i) for leaf in leaves for i, form in enumerate(leaf.forms) if form.kind == NARRATIVE]
    named = bool(drafts)
    for leaf, index in pending:
        scores = [_narrative_score(leaf, index, draft, drafts, owners) for draft in drafts]
        best = _clear_best(scores)
        if best is None and (not named or (not any(scores) and _may_be_more(leaves))):
            best = _draft_from_narrative(leaf.forms[index], drafts)
        if best is None:
            left.append((leaf, index))
        else:
            drafts[best].add(Material.NARRATIVE, leaf.to_version(index))
    return _place_by_elimination(left, drafts, owners)


def _may_be_more(leaves: Sequence[Leaf]) -> bool:
    """True when a scan or another unread file may be the form of a studio that nothing readable lists."""
    return any(leaf.unread and Material.BASIC_INFO in leaf_to_materials(leaf) for leaf in leaves)


def _narrative_score(leaf: Leaf, index: int, draft: Draft, drafts: Sequence[Draft], owners: Sequence[str]) -> float:
    form = leaf.forms[index]
    said = field_text(form, "studio"), field_text(form, "leader")
    pairs = [(n, leader) for n in draft.names or [""] for leader in draft.leaders or [""]]
    scores = [
        max(identity_likeness(said, pair, owners) for pair in pairs),
        _path_score(leaf.path, draft, drafts, owners),
        _sibling_score(leaf, index, draft),
        _folder_score(leaf, draft, drafts),
        _text_score(leaf, draft, drafts),
    ]
    return max(scores) + 0.05 * sum(scores)


def _path_score(path: Sequence[str], draft: Draft, drafts: Sequence[Draft], owners: Sequence[str]) -> float:
    own, folders = clean_name(path[-1]), clean_name("/".join(path[:-1]))
    return max(1.9 * _is_among(draft, drafts_in_name(own, drafts, owners)), 1.7 * _is_among(draft, drafts_in_name(folders, drafts, owners)))


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
    before = [i for i, f in enumerate(leaf.forms[:index]) if f.kind == BASIC_INFO and not is_member_sheet(f)]
    ours = [f.form_index for f in draft.facts if f.leaf is leaf and f.row is None]
    return 1.8 * (before[-1] in ours if before else bool(ours))


def _folder_score(leaf: Leaf, draft: Draft, drafts: Sequence[Draft]) -> float:
    folder = leaf.path[:-1]
    here = [d for d in drafts if any(f.leaf.path[:-1] == folder and f.row is None for f in d.facts)]
    return 1.5 * (folder != () and len(here) == 1 and _is_among(draft, here))


def _text_score(leaf: Leaf, draft: Draft, drafts: Sequence[Draft]) -> float:
    mine = sum(leaf.text.count(name) for name in draft.leaders)
    others = (leaf.text.count(name) for d in drafts for name in d.leaders if name not in draft.leaders)
    return 1.2 * (mine > max(others, default=0))


def _clear_best(scores: Sequence[float]) -> int | None:
    best = max(scores, default=0.0)
    near = [i for i, score in enumerate(scores) if best - score <= 0.05]
    return near[0] if best >= 1.0 and len(near) == 1 else None


def _draft_from_narrative(form: Form, drafts: list[Draft]) -> int | None:
    studio, leader = field_text(form, "studio"), field_text(form, "leader")
    if not studio:
        return None
    drafts.append(Draft([], [studio], [leader] if leader else []))
    return len(drafts) - 1


def _place_by_elimination(left: list[tuple[Leaf, int]], drafts: Sequence[Draft], owners: Sequence[str]) -> list[tuple[Leaf, int]]:
    """The only narrative nobody placed and the only studio without one go together, unless the text plainly speaks of another."""
    needy = [d for d in drafts if d.lacks(Material.NARRATIVE)]
    match left, needy or drafts:
        case [(leaf, index)], [target] if not _speaks_of_another(leaf, index, target, owners):
            target.add(Material.NARRATIVE, leaf.to_version(index))
            return []
    return left


def _speaks_of_another(leaf: Leaf, index: int, draft: Draft, owners: Sequence[str]) -> bool:
    if any(name in leaf.text for name in draft.leaders):
        return False
    core = studio_core(field_text(leaf.forms[index], "studio"), owners)
    other_studio = core != "" and all(likeness(core, studio_core(n, owners)) < 0.5 for n in draft.names)
    other_leader = field_text(leaf.forms[index], "leader") and draft.leaders
    return bool(other_studio or other_leader or names_stranger(leaf.path, [draft], owners))


def names_stranger(path: Sequence[str], drafts: Sequence[Draft], owners: Sequence[str]) -> bool:
    """True when a name on the way is a studio's (…创新工作室) that none of these studios bears."""
    keys = [k for d in drafts for k in draft_keys(d, owners)]
    found = (studio_core(m, owners) for part in path for m in STUDIO_IN_NAME.findall(NAME_NOISE.sub("", clean_path_part(part))))
    return any(2 <= len(core) <= 20 and not any(k in core or core in k for k in keys) for core in found)


def clean_path_part(part: str) -> str:
    """A file name for finding a studio's name in it: separators become spaces."""
    return re.sub(r"[\s_\-—+/\\()()【】\[\].《》]+", " ", part)


# --- attached tables (附表) ------------------------------------------------------------------------------------------------------


def place_annexes(leaves: Sequence[Leaf], drafts: Sequence[Draft], owners: Sequence[str]) -> set[str]:
    """Join each attached table of members to the form it continues; returns the files that found one."""
    joined: set[str] = set()
    for leaf in leaves:
        sheets = [f for f in leaf.forms if is_member_sheet(f)]
        named = is_annex(leaf) and all(f.kind != BASIC_INFO for f in leaf.forms)
        target = _annex_target(leaf, drafts, owners) if sheets or named else None
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
