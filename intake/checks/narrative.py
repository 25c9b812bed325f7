"""Core: group N - the 申报材料: length, outline, what the conditions ask to be spoken of, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from config.campaign import Campaign
from intake.checks.alike import alike_texts, owners
from intake.checks.catalogue import finding
from intake.checks.letters import SCANNED
from intake.checks.sheets import Sheet, find_sheet, sheets
from intake.names import clean_person, studio_core
from intake.submission import Finding, Material, MaterialState, Submission

ASKED_OF_STAFF = {"systems": "制度建设（条件5）", "places": "活动场所或设备（条件4）", "plans": "工作计划"}

Owned = tuple[str, Sheet]


def _sheets(submission: Submission) -> Iterator[Sheet]:
    return sheets(submission, Material.NARRATIVE)


def check_length(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """N01 N02: shorter than the notice asks; within the tolerance Word and WPS may count differently, so it is only a question. Silent while more of it may come."""
    if Material.NARRATIVE in submission.awaited:
        return
    wanted, tolerance = campaign.thresholds.minimum_characters, campaign.thresholds.character_tolerance
    for sheet in _sheets(submission):
        characters = sheet.form.facts.get("characters")
        if characters is not None and characters < wanted:
            yield sheet.finding("N02" if characters >= wanted - tolerance else "N01", n=characters, 字数=wanted)


def check_unread(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """N03: a scan or photo: nothing can be counted (a locked or damaged file has its own code)."""
    for studio in submission.active_studios:
        state = studio.materials.get(Material.NARRATIVE, MaterialState())
        if state.status == "received_unread" and state.current and state.current.problem in SCANNED:
            yield finding("N03", studio=studio, 文件=state.current.file)


def check_outline(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """N04: parts of the outline (附件3, a reference) that the text does not treat; a tip, never a fault."""
    for sheet in _sheets(submission):
        missing = tuple(sheet.form.facts.get("missing_sections", ()))
        if missing:
            yield sheet.finding("N04", 项=missing)


def check_mentions(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """N05 N06: what the conditions ask for and the text never mentions."""
    for sheet in _sheets(submission):
        mentioned = _mentioned(sheet)
        if mentioned is None:
            continue
        if "ideology" not in mentioned:
            yield sheet.finding("N05")
        unsaid = tuple(title for group, title in ASKED_OF_STAFF.items() if group not in mentioned)
        if unsaid:
            yield sheet.finding("N06", 项=unsaid)


def _mentioned(sheet: Sheet) -> set[str] | None:
    """The groups of words the text mentions, None when nobody looked."""
    mentions = sheet.form.facts.get("mentions")
    if isinstance(mentions, Mapping):
        return {group for group, words in mentions.items() if words}
    return None if mentions is None else set(mentions)


def check_whose(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """N07: the text names another studio, and not this leader; a leader's name alone, found in prose, is only for staff to look at."""
    for sheet in _sheets(submission):
        form = find_sheet(sheet.studio, Material.BASIC_INFO) if not isinstance(sheet.studio, str) else None
        studio, leader = _agrees_on_studio(sheet, form, submission), _agrees_on_leader(sheet, form)
        if form is not None and False in (studio, leader) and True not in (studio, leader):
            doubtful = studio is None or sheet.doubtful("studio", "leader") or form.doubtful("studio", "leader.name")
            named = tuple(name for name in (sheet.written("studio"), sheet.written("leader")) if name)
            yield finding("N07", studio=sheet.studio, where=sheet.where("studio"), doubtful=doubtful, 文件=sheet.version.file, 值=named)


def _agrees_on_studio(sheet: Sheet, form: Sheet | None, submission: Submission) -> bool | None:
    """Whether the studio the text names is that of the form; None when one of them names none."""
    names = owners(submission.institution)
    told = [studio_core(name, names) for name in (sheet.written("studio"), *sheet.form.facts.get("studios", ()))]
    known = studio_core(form.written("studio"), names) if form else ""
    return any(core in known or known in core for core in told if core) if told[0] and known else None


def _agrees_on_leader(sheet: Sheet, form: Sheet | None) -> bool | None:
    """Whether the leader the text names is that of the form; None when one of them names none."""
    told, known = clean_person(sheet.written("leader")), clean_person(form.written("leader.name")) if form else ""
    return (told in known or known in told) if told and known else None


def check_copies(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """N08: two narratives of one institution that are nearly the same text."""
    own = [(submission.institution.name, sheet) for sheet in _sheets(submission)]
    for (_, one), (_, other), alike in _alike(own, campaign):
        yield _copied(one, other, "", alike)


def narrative_sheets(submission: Submission) -> Iterator[tuple[str, tuple[int, ...], Sheet]]:
    """The studio's name, the fingerprint and the sheet of every narrative in force (N08 between institutions, see `across`)."""
    for sheet in _sheets(submission):
        name = sheet.studio if isinstance(sheet.studio, str) else sheet.studio.name
        yield name, tuple(sheet.form.facts.get("fingerprint") or ()), sheet


def _alike(owned: Sequence[Owned], campaign: Campaign) -> Iterator[tuple[Owned, Owned, float]]:
    prints = [sheet.form.facts.get("fingerprint") or () for _, sheet in owned]
    for one, other, alike in alike_texts(prints, campaign.thresholds.near_duplicate):
        yield owned[one], owned[other], alike


def _copied(one: Sheet, other: Sheet, institution: str, alike: float) -> Finding:
    name = other.studio if isinstance(other.studio, str) else other.studio.name
    return one.finding("N08", 对方=f"{institution}“{name}”", 相似度=round(alike * 100))
