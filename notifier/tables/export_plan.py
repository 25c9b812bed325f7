"""Core: which kept file goes where in the export (导出方案) - one clean folder an institution, one folder a studio, nothing left out.

东山大学/附件1_劳模创新工作室推荐汇总表_v1.xlsx
东山大学/01_张三劳模创新工作室/基本情况表_v2.docx
东山大学/01_张三劳模创新工作室/历史版本/基本情况表_v1.docx
东山大学/待人工查看/… · 其他材料/… · 不再推荐/… · 已剔除/…
待认领/20220801-1012_申报材料/…
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from config.campaign import Campaign
from intake.message import Attachment
from intake.submission import Assessment, Claim, Material, Received, StudioSubmission, Version
from notifier.safe_names import clean_file_name, split_extension, unique_name
from notifier.standing import MATERIAL_TITLES, material

TO_LOOK_AT, OTHER, EARLIER, WITHDRAWN, EXCLUDED, UNCLAIMED = "待人工查看", "其他材料", "历史版本", "不再推荐", "已剔除", "待认领"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """导出文件: where one kept file goes and what it is; `path` holds safe components below the export folder."""

    path: tuple[str, ...]
    sha256: str
    original: str
    institution: str = ""
    studio: str = ""
    what: str = ""
    received_at: datetime | None = None


@dataclass(slots=True)
class _Plan:
    """A plan in the making: names taken so far, by folder, and the files already placed."""

    files: list[PlannedFile] = field(default_factory=list)
    taken: dict[tuple[str, ...], set[str]] = field(default_factory=dict)

    def folder(self, parent: tuple[str, ...], name: str) -> tuple[str, ...]:
        """A folder of this name, another one when the name is taken by somebody else."""
        return (*parent, unique_name(clean_file_name(name), self.taken.setdefault(parent, set())))

    def place(self, folder: tuple[str, ...], name: str, planned: PlannedFile) -> None:
        """One file into a folder; the same bytes stand in the same folder once under a name."""
        safe = unique_name(clean_file_name(name), self.taken.setdefault(folder, set()))
        self.files.append(replace(planned, path=(*folder, safe)))

    @property
    def placed(self) -> set[str]:
        """The SHA-256 of every file that has a place."""
        return {planned.sha256 for planned in self.files}


def plan_export(
    people: Sequence[Assessment], received: Sequence[Received], claims: Mapping[str, Claim], campaign: Campaign
) -> tuple[PlannedFile, ...]:
    """Every kept file of every institution with its place, then the letters that nobody has claimed yet."""
    plan = _Plan(taken={(): {UNCLAIMED}})
    for assessment in people:
        if assessment.submission.letters:
            _plan_institution(plan, assessment, campaign)
    for letter in received:
        claim = claims.get(letter.sha256)
        if claim is not None and claim.institution is None and letter.message.kind == "submission":
            _plan_unclaimed(plan, letter, campaign)
    return tuple(plan.files)


def _plan_institution(plan: _Plan, assessment: Assessment, campaign: Campaign) -> None:
    """One institution's folder: summaries, studios, then whatever else it sent."""
    own = _Plan(taken=plan.taken)
    base = plan.folder((), assessment.institution.name)
    plan.taken[base] = {TO_LOOK_AT, OTHER, EARLIER, WITHDRAWN, EXCLUDED}
    _plan_summaries(own, base, assessment, campaign)
    for number, studio in enumerate(sorted(assessment.submission.studios, key=is_gone), start=1):
        parent = (*base, WITHDRAWN) if is_gone(studio) else base
        _plan_studio(own, base, own.folder(parent, f"{number:02d}_{studio.name or studio.leader}"), (assessment, studio))
    _plan_rest(own, base, assessment)
    plan.files.extend(own.files)


def is_gone(studio: StudioSubmission) -> bool:
    """True for a studio that is no longer nominated."""
    return studio.withdrawn or studio.superseded


def _plan_summaries(plan: _Plan, base: tuple[str, ...], assessment: Assessment, campaign: Campaign) -> None:
    """The summary tables: those in force in the institution's folder, earlier ones below, unread ones to be looked at."""
    submission = assessment.submission
    in_force = {(v.attachment, v.form_index): key for key, v in submission.summaries.items()}
    versions = {(v.attachment, v.form_index): v for v in (*submission.summary_versions, *submission.summaries.values())}
    for identity, version in versions.items():
        written = version.form.value("category") if version.form else None
        category = campaign.category(in_force.get(identity) or written)
        title = f"{category.annex}_{category.summary_title}" if category else "汇总表"
        folder = base if identity in in_force else (*base, EARLIER)
        if version.status == "received_unread":
            folder = (*base, TO_LOOK_AT)
        _place_version(plan, folder, f"{title}_v{version.number}", (assessment, None, version))


def _plan_studio(plan: _Plan, base: tuple[str, ...], folder: tuple[str, ...], owner: tuple[Assessment, StudioSubmission]) -> None:
    """One studio's folder: each material's version in force, earlier ones below, unread ones to be looked at."""
    assessment, studio = owner
    for which in (Material.BASIC_INFO, Material.NARRATIVE):
        state, title = material(studio, which), MATERIAL_TITLES[which]
        for version in state.versions:
            name, place = f"{title}_v{version.number}", folder
            if version.status == "received_unread":
                name, place = f"{folder[-1]}_{name}", (*base, TO_LOOK_AT)
            elif version != state.current and not (state.current and version.attachment in state.current.parts):
                place = (*folder, EARLIER)
            _place_version(plan, place, name, (assessment, studio, version))


def _place_version(plan: _Plan, folder: tuple[str, ...], name: str, owner: tuple[Assessment, StudioSubmission | None, Version]) -> None:
    """A version's file under a name of ours with the sender's extension, and the attached tables that belong to it."""
    assessment, studio, version = owner
    names = {a.sha256: a.name for letter in assessment.submission.letters for a in letter.message.leaves}
    extra = [(f"{name}_附表{number}", sha, names.get(sha, "")) for number, sha in enumerate(version.annexes, start=1)]
    for stem, sha, original in [(name, version.attachment, version.file), *extra]:
        if sha:
            planned = PlannedFile(
                path=(), sha256=sha, original=original, institution=assessment.institution.name, studio=studio.name if studio else "",
                what=stem.rpartition("_v")[0], received_at=version.received_at,
            )  # fmt: skip
            plan.place(folder, stem + split_extension(clean_file_name(original))[1], planned)


def _plan_rest(plan: _Plan, base: tuple[str, ...], assessment: Assessment) -> None:
    """What has no place yet: files to be looked at, set aside, supporting material, and any leaf of any letter."""
    submission = assessment.submission
    unread = {v.attachment for v in submission.unread}
    placed = plan.placed
    for letter in submission.letters:
        for leaf in letter.message.leaves:
            if leaf.sha256 in placed or (leaf.inline and leaf.sha256 not in unread):
                continue
            placed.add(leaf.sha256)
            where = EXCLUDED if leaf.sha256 in submission.excluded else TO_LOOK_AT if leaf.sha256 in unread or leaf.problem else OTHER
            plan.place((*base, where), leaf.name, _leaf_to_planned(leaf, letter, assessment.institution.name, where))


def _plan_unclaimed(plan: _Plan, letter: Received, campaign: Campaign) -> None:
    """The files of a letter whose institution nobody knows yet, in a folder named by its time and subject."""
    moment = letter.received_at.astimezone(campaign.zone)
    folder = plan.folder((UNCLAIMED,), f"{moment:%Y%m%d-%H%M}_{letter.message.subject or '无主题'}")
    for leaf in _leaves(letter):
        plan.place(folder, leaf.name, _leaf_to_planned(leaf, letter, UNCLAIMED, UNCLAIMED))


def _leaves(letter: Received) -> Iterator[Attachment]:
    """The letter's files, pictures that stand in its text left out."""
    return (leaf for leaf in letter.message.leaves if not leaf.inline)


def _leaf_to_planned(leaf: Attachment, letter: Received, institution: str, what: str) -> PlannedFile:
    return PlannedFile(
        path=(),
        sha256=leaf.sha256,
        original="/".join(leaf.path) or leaf.name,
        institution=institution,
        what=what,
        received_at=letter.received_at,
    )
