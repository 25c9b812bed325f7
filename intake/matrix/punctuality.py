"""Core: when letters came, measured by the server's time and the deadline in force (domain.md 1.2, DESIGN law 5).

A later notice adds a deadline version; letters are judged anew by it, what was told stays told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal

from config.campaign import Campaign
from intake.decisions import Rulings
from intake.submission import Material, Received, StudioSubmission

Punctuality = Literal["on_time", "borderline", "late"]


def letter_punctuality(letter: Received, campaign: Campaign, rulings: Rulings, now: datetime) -> Punctuality:
    """On time by the server's clock or by staff's word; borderline within the grace or when sent before and arrived after; else late."""
    deadline = campaign.deadline_at(now).at
    arrived = letter.arrived_at
    if arrived <= deadline or rulings.accepts(letter.sha256):
        return "on_time"
    if rulings.refuses(letter.sha256):
        return "late"
    claimed = letter.message.date
    sent_before = claimed is not None and claimed <= deadline
    within_grace = arrived <= deadline + timedelta(minutes=campaign.thresholds.grace_minutes)
    return "borderline" if sent_before or within_grace else "late"


def submission_timeliness(contributors: Sequence[str], punctual: dict[str, Punctuality], studios: Sequence[StudioSubmission]) -> str:
    """The one word of `Assessment.timeliness`, from the letters that brought something new."""
    kinds = [punctual[sha] for sha in contributors]
    if not kinds:
        return "none"
    if "late" not in kinds:
        in_time = frozenset(sha for sha in contributors if punctual[sha] == "on_time")
        # what was whole in time stays in time, whatever a correction in the grace minutes is held to be
        return "on_time" if "borderline" not in kinds else "on_time_then_corrected" if _was_whole(studios, in_time) else "borderline"
    if "on_time" not in kinds and "borderline" not in kinds:
        return "late"
    return "on_time_then_corrected" if _was_whole(studios) else "on_time_incomplete"


def _was_whole(studios: Sequence[StudioSubmission], letters: Collection[str] | None = None) -> bool:
    """True when everything that counts had arrived on time (in these letters, when named), so that later files only corrected it."""
    active = [s for s in studios if not s.withdrawn and not s.superseded]
    states = [s.materials[m] for s in active for m in (Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE)]
    return bool(active) and all(s.status == "waived" or any(not v.late and (letters is None or v.letter in letters) for v in s.versions) for s in states)
