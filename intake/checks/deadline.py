"""Core: group D - in time, late, undecided; the server's time of arrival alone decides, the deadline in force now is the measure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from config.campaign import Campaign
from intake.checks.catalogue import finding
from intake.checks.dates import deadline_to_text, moment_to_text
from intake.submission import Finding, Received, Submission, Version


def carriers(submission: Submission) -> tuple[Received, ...]:
    """The letters that brought something kept, in order of arrival."""
    brought = {version.letter for version in _all_versions(submission)}
    return tuple(sorted((letter for letter in submission.letters if letter.sha256 in brought), key=lambda letter: letter.arrived_at))


def _all_versions(submission: Submission) -> Iterator[Version]:
    yield from submission.summary_versions
    yield from submission.summaries.values()
    yield from submission.unplaced
    yield from (version for version in submission.unread if version.problem != "cloud")
    states = (state for studio in submission.studios for state in studio.materials.values())
    yield from (version for state in states for version in state.versions if version.problem != "cloud")


def check_arrival(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """D01 D02 D04: one sentence about the latest letter with material; what came after the deadline never unmakes what came before."""
    letters = carriers(submission)
    late = [letter for letter in letters if letter.sha256 in submission.late_letters]
    undecided = set(submission.late_letters) | set(submission.borderline_letters) | set(submission.accepted_late)
    in_time = [letter for letter in letters if letter.sha256 not in undecided]
    if late and (in_time or submission.accepted_late):
        yield _arrival("D04", late[-1], campaign, now)
    elif late:
        yield _arrival("D02", late[-1], campaign, now)
    elif in_time:
        yield _arrival("D01", in_time[-1], campaign, now)


def _arrival(code: str, letter: Received, campaign: Campaign, now: datetime) -> Finding:
    deadline = campaign.deadline_at(now).at
    time = moment_to_text(letter.arrived_at, campaign.zone)
    return finding(code, letter=letter.sha256, 时间=time, 截止=deadline_to_text(deadline, campaign.zone))


def check_borderline(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """D03: minutes after the deadline, or sent before and arrived after: a person decides, the letter says only when it came."""
    deadline = campaign.deadline_at(now).at
    grace = timedelta(minutes=campaign.thresholds.grace_minutes)
    for letter in carriers(submission):
        if letter.sha256 in submission.borderline_letters:
            near = letter.arrived_at <= deadline + grace
            evidence = f"在截止后{campaign.thresholds.grace_minutes}分钟之内到达" if near else "邮件自称在截止前发出、截止后到达"
            yield finding("D03", letter=letter.sha256, 依据=evidence, 时间=moment_to_text(letter.arrived_at, campaign.zone),
                          截止=deadline_to_text(deadline, campaign.zone))


def check_early(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """D05: material that came before the stage for it began is welcome all the same."""
    phase, letters = campaign.phase(campaign.submission_phase), carriers(submission)
    if phase and letters and letters[0].arrived_at.astimezone(campaign.zone).date() < phase.starts:
        start = f"{phase.starts.month}月{phase.starts.day}日"
        yield finding("D05", letter=letters[0].sha256, 时间=moment_to_text(letters[0].arrived_at, campaign.zone), 阶段=phase.name, 开始=start)


def check_silence(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """D06: the deadline passed and nothing came, not even a 不推荐."""
    deadline = campaign.deadline_at(now).at + timedelta(minutes=campaign.thresholds.grace_minutes)
    answered = any("not_recommending" in letter.message.intents for letter in submission.letters)
    if submission.unread_letters:
        return
    if now > deadline and not (_sent_anything(submission) or answered or submission.not_recommending):
        yield finding("D06", 截止=deadline_to_text(campaign.deadline_at(now).at, campaign.zone))


def _sent_anything(submission: Submission) -> bool:
    return bool(carriers(submission)) or any(letter.message.kind == "submission" for letter in submission.letters)


def check_time_evidence(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """D07: the mailbox's time and the newest Received header differ: the letter was moved or imported."""
    tolerance = timedelta(minutes=campaign.thresholds.time_evidence_minutes)
    for letter in carriers(submission):
        headers = letter.message.received
        if headers and abs(letter.received_at - headers[0]) > tolerance:
            yield finding("D07", letter=letter.sha256, 时间=moment_to_text(letter.received_at, campaign.zone),
                          邮件头=moment_to_text(headers[0], campaign.zone), 分钟=campaign.thresholds.time_evidence_minutes)
