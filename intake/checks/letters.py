"""Core: group M - what came by letter: files that do not open, links instead of files, robots, questions, withdrawals, identity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath

from config.campaign import Campaign
from intake.checks.catalogue import finding
from intake.checks.sheets import ELECTRONIC, find_other_year
from intake.message import is_recording
from intake.submission import Claim, Finding, MaterialState, Received, Submission, Version
from parsers.form import Where

UNOPENABLE = ("corrupt", "unreadable")
SCANNED = ("scanned", "image")
ISOLATED = {"hostile": "含可执行内容或可疑结构", "too_large": "展开后过大"}
ENVELOPES = (".p7m", ".p7e", ".pgp", ".gpg", ".asc")
"""A letter sealed by the sender's mail program (数字信封): nothing that a person set a password on."""
ROBOTS = {"auto_reply": "自动回复", "bounce": "退信", "read_receipt": "已读回执", "notice": "系统或群发通知"}
CLAIM_CODES = ("M01", "M10", "M15")


def check_identity(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M01 M10 M15: how sure we are whose letter it is."""
    for letter, claim in submission.claims.items():
        yield from claim_to_findings(letter, claim)


def claim_to_findings(letter: str, claim: Claim) -> Iterator[Finding]:
    """The findings about one letter's identity (M01 M10 M15); also for letters that nobody owns yet."""
    names = tuple(candidate.institution for candidate in claim.candidates)
    evidence = f"可能为{'、'.join(names)}" if names else "没有线索"
    for code in CLAIM_CODES:
        if code in claim.codes:
            yield finding(code, letter=letter, 依据=evidence, 单位列表=claim.split or names or "多个单位")


def check_no_attachment(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M02: a letter that speaks of material and carries none, unless a later one brought it; for staff when nothing is missing anyway."""
    whole = not _something_waits(submission) or bool(submission.unread_letters)
    for letter in submission.letters:
        answered = any(_carries(other) for other in submission.letters if other.arrived_at >= letter.arrived_at)
        if _promises_material(letter) and not answered and letter.sha256 not in submission.explanations:
            yield finding("M02", letter=letter.sha256, doubtful=whole)


def _promises_material(letter: Received) -> bool:
    """The opener saw it in the text (请查收、见附件 …); who asks or declines may use the same words and promises nothing."""
    message = letter.message
    said = any(problem.code == "M02" for problem in message.problems) or (message.kind == "empty" and "submission" in message.intents)
    return said and not _carries(letter) and message.kind not in (*ROBOTS, "question") and "not_recommending" not in message.intents


def _something_waits(submission: Submission) -> bool:
    """True when some electronic material of some studio is not there in readable form, or there is no studio yet."""
    studios = submission.active_studios
    states = (studio.materials.get(material, MaterialState()).status for studio in studios for material in ELECTRONIC)
    return not studios or any(status in ("missing", "received_unread") for status in states)


def _carries(letter: Received) -> bool:
    return bool(letter.message.leaves) or any(not cloud.quoted for cloud in letter.message.cloud_files)


def check_files(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M03 M04 M06 M08 M12 M20: files a person must still look at, by what is the matter with them."""
    for version in submission.unread:
        code = _file_code(version)
        if code:
            yield _file_finding(code, version)


def _file_code(version: Version) -> str:
    if version.problem in UNOPENABLE:
        return "M03"
    if version.problem == "encrypted" and PurePath(version.file).suffix.lower() in ENVELOPES:
        return "M18"
    if version.problem == "unsupported" and is_recording(version.file):
        return ""
    return {"empty": "M20", "encrypted": "M04", "unsupported": "M06", "hostile": "M08", "too_large": "M08", "unrecognised": "M12"}.get(version.problem, "")


def _file_finding(code: str, version: Version) -> Finding:
    matter = ISOLATED.get(version.problem, "")
    return finding(code, where=Where(file=version.file), 文件=version.file, 情况=matter, sha256=version.attachment, letter=version.letter)


def check_isolated(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M08: things the opener refused to touch and that never became a file."""
    files = {version.file for version in submission.unread}
    for letter in submission.letters:
        for problem in letter.message.problems:
            if problem.code == "M08" and PurePath(problem.where).name not in files and problem.where not in files:
                matter = f"（{problem.message}）" if problem.message else ISOLATED["hostile"]
                yield finding("M08", where=Where(file=problem.where), 文件=problem.where, 情况=matter, letter=letter.sha256)


def check_cloud_files(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M05 M19: a link instead of a file, as long as no attachment has answered it; sound and film the notice does not ask for."""
    for letter, cloud in submission.cloud_files:
        expiry = cloud.expires_at.isoformat() if cloud.expires_at else ""
        code = "M19" if is_recording(cloud.name) else "M05"
        yield finding(code, where=Where(file=cloud.name), 文件=cloud.name or "来信所附网盘文件", 到期=expiry, letter=letter)


def check_scans(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M07: a scan or photo stands where no editable file does."""
    told: set[str] = set()
    for version in (*_scans_in_force(submission), *_unplaced_scans(submission)):
        if version.attachment not in told:
            told.add(version.attachment)
            yield _file_finding("M07", version)


def _scans_in_force(submission: Submission) -> Iterator[Version]:
    for studio in submission.active_studios:
        for material in ELECTRONIC:
            state = studio.materials.get(material, MaterialState())
            if state.current and state.current.problem in SCANNED and not any(_editable(v) for v in state.versions):
                yield state.current


def _editable(version: Version) -> bool:
    return version.status == "received" and not version.problem


def _unplaced_scans(submission: Submission) -> Iterator[Version]:
    """Scans nobody could place: worth asking for only while something is not there in readable form (else they are 佐证材料)."""
    if _something_waits(submission):
        yield from (version for version in submission.unread if version.problem in SCANNED)


def check_duplicates(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M09: the same bytes again are noted, not registered twice."""
    names = [a.name for r in submission.letters for a in r.message.leaves if (r.sha256, a.sha256) in submission.repeats]
    for file in dict.fromkeys(names):
        yield finding("M09", where=Where(file=file), 文件=PurePath(file).name)


def check_robots(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M11: letters from machines; a bounce says that our receipt may not have arrived."""
    for letter in submission.letters:
        if letter.message.kind in ROBOTS:
            bounced = letter.message.kind == "bounce"
            advice = f"{submission.institution.name}可能未收到我方回执，请电话联系。" if bounced else "无需处理。"
            yield finding("M11", letter=letter.sha256, 类别=ROBOTS[letter.message.kind], 提示=advice)


def check_forms_of_other_years(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M13: a form with the data years of another year, or with another notice's number on it."""
    told: set[str] = set()
    for version in _versions_in_force(submission):
        evidence = find_other_year(version.form, campaign) if version.form else ""
        if evidence and version.file not in told:
            told.add(version.file)
            where, number = Where(file=version.file), campaign.document_number
            yield finding("M13", where=where, 文件=version.file, 依据=evidence, 文号=number, sha256=version.attachment)


def _versions_in_force(submission: Submission) -> Iterator[Version]:
    yield from submission.summaries.values()
    states = (state for studio in submission.active_studios for state in studio.materials.values())
    yield from (state.current for state in states if state.current)


def check_questions(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M14: a question waits for a person's answer (an explanation of open questions is M17's)."""
    for letter in submission.letters:
        if letter.message.kind == "question" and letter.sha256 not in submission.explanations:
            yield finding("M14", letter=letter.sha256, 主题=letter.message.subject)


def check_explanations(submission: Submission, campaign: Campaign, now: datetime) -> Iterator[Finding]:
    """M17 (added to the rule table): an explanation of open questions, for staff to accept (scenario 6)."""
    for letter in submission.letters:
        if letter.sha256 in submission.explanations:
            yield finding("M17", letter=letter.sha256, 说明=letter.message.text)
