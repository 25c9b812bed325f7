"""Words: what an institution has sent so far (报送) and what there is to say about it - the matrix institution x studio x material."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from config.campaign import Institution
from intake.message import CloudFile, Message
from intake.records import Authentication, UnknownLetter
from parsers.form import Form, Reading, Value, Where


class Material(StrEnum):
    """材料: the columns of the matrix; the values are the contract's keys."""

    SUMMARY_ROW = "summary_row"
    BASIC_INFO = "basic_info"
    NARRATIVE = "narrative"
    PAPER = "paper"


MaterialStatus = Literal["received", "received_unread", "missing", "waived", "not_registered"]
Severity = Literal["missing", "conflict", "manual", "note"]
Unsettled = Literal["", "one_letter", "same_second", "claimed_date", "draft_after_final", "passed_on", "later_scan"]
Audience = Literal["institution", "institution_after_approval", "staff"]


@dataclass(frozen=True, slots=True)
class Received:
    """收件: one letter as registered: the opened message, the server's time, and the readings of its leaves by SHA-256.

    `seen_at` are the server times of every copy of the same letter, earliest first (scenario 39: the earliest counts). `position` is its
    number in its folder (UID): two letters of one second came in that order; 0 when it is not known.
    """

    message: Message
    received_at: datetime
    readings: Mapping[str, Reading] = field(default_factory=dict)
    folder: str = "INBOX"
    fetched_at: datetime | None = None
    seen_at: tuple[datetime, ...] = ()
    position: int = 0

    @property
    def sha256(self) -> str:
        """The letter's identity."""
        return self.message.sha256

    @property
    def arrived_at(self) -> datetime:
        """The server's time of the earliest copy: the one that decides (tests/corpus/39-same-mail-three-times-in-panic)."""
        return min((self.received_at, *self.seen_at))


@dataclass(frozen=True, slots=True)
class Candidate:
    """候选单位: who it may be, how strongly (0..1), and the evidence in words staff can check."""

    institution: str
    score: float
    evidence: tuple[str, ...]


Proof = Literal["decision", "office", "registered", "domain", "confirmed", "thread", "unweighed"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """凭据: what proves, beyond a letter's own words, that it comes from the institution it is claimed for (law 14).

    `proofs`: decision (staff said so of this letter) · office (our own mailbox passed it on) · registered (the roster's address) · domain
    (the roster's domain) · confirmed (a mailbox staff confirmed) · thread (answers a letter of ours that went to a proven address).
    `authentication` is what our own mail server found about the sender; a failure takes the proofs that rest on the From address alone.
    `unweighed` stands in claims that no weighing has seen (made by hand, or by a release before this word): `identify` never leaves it.
    """

    proofs: tuple[Proof, ...] = ("unweighed",)
    authentication: Authentication = ""

    @property
    def may_replace(self) -> bool:
        """True when the letter may put its files in the place of what is in force; without it they stand beside it (see `may_replace` of
        intake.claiming.evidence for the mailbox that brought what is in force)."""
        return bool(self.proofs)

    @property
    def may_be_told(self) -> bool:
        """True when the answer may say what the institution has sent and lacks, and later letters may go to this address."""
        return bool(self.proofs)


UNWEIGHED = Evidence()


@dataclass(frozen=True, slots=True)
class Claim:
    """认领: whose letter this is. `institution` is None for 待认领; `affiliate` names the hospital that wrote for its parent.

    `split` lists the institutions when one letter carries several (M10); `codes` are findings about identity (M01, M10, M15, T02, Q05 …).
    `evidence` says what else than the letter's own words speaks for the institution: being registered needs none. `compared`: its own words
    did not settle it, so it was compared with the studios on the books.
    """

    institution: str | None
    candidates: tuple[Candidate, ...] = ()
    affiliate: str = ""
    split: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    evidence: Evidence = UNWEIGHED
    compared: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """决定: a staff decision; append-only, never edited - `undo` takes one back by its number.

    Kinds: claim, split, accept_late, not_accept_late, waive, explain, category, quota_letter, approve, withdraw_studio, replace_studio, not_recommending,
    recommending, paper, version, exclude_file, material, note, hold, deadline, roster, mode, answered, seen, phoned, assign, undo. `target` is what it is about (letter SHA-256, finding key,
    studio name, file SHA-256, decision number); `detail` holds the rest (for paper: copies, stamped, date).
    """

    number: int
    kind: str
    decided_at: datetime
    decided_by: str
    institution: str = ""
    target: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """版本: one arrival of one material. `form_index` points into the reading of the leaf `attachment` (its SHA-256).

    `problem` says why a person must look (or why an editable file is still asked for): an attachment's problem (`encrypted`,
    `corrupt`, `hostile`, `too_large`, `unsupported`), a reading's status (`scanned`, `image`, `unreadable`, `empty`), `unrecognised`
    (read, kind undecidable), `not_read` (no reading yet) or `cloud` (a link only, nothing is kept); empty when all is well.
    `may_be` are the materials an unread file may hold; `annexes` the SHA-256 of attached tables joined to this form (附表), `parts` those
    of all files that together are this one narrative.

    What orders versions: `rank` (its place among all files in order of receipt), `position` (its letter's in the mailbox), `claimed_at` (the
    sender's own date), `enclosed` (it stood in a letter that was passed on), `written` (it is the letter's own text). `unsettled` says why a person must choose between it and the
    one in force: `one_letter`, `same_second`, `claimed_date`, `draft_after_final`, `passed_on`, `later_scan`; `against` are the values in which it differs
    from that one, as far as both are sure ("创新成果 17→21"). `proven` is False for a sender who proved nothing (Claim.evidence): his file stands
    beside what another mailbox (`sender`) brought, never over it.
    """

    number: int
    status: Literal["received", "received_unread"]
    letter: str
    attachment: str
    file: str
    path: tuple[str, ...]
    received_at: datetime
    late: bool = False
    form: Form | None = None
    form_index: int = 0
    size: int = 0
    changes: tuple[str, ...] = ()
    problem: str = ""
    may_be: tuple[Material, ...] = ()
    annexes: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    rank: int = 0
    position: int = 0
    claimed_at: datetime | None = None
    enclosed: bool = False
    written: bool = False
    unsettled: Unsettled = ""
    against: tuple[str, ...] = ()
    proven: bool = True
    sender: str = ""
    recognised: bool = False


@dataclass(frozen=True, slots=True)
class MaterialState:
    """材料状态: the status the matrix shows, every version that arrived (oldest first) and the one in force.

    `note` is `cloud_link` when nothing but a link arrived, `may_be` when an unplaced unread file may be it,
    `unclaimed` when a letter that nobody has claimed may hold it (no version then), `staff` when a decision says so, `superseded` when waived so.
    """

    status: MaterialStatus = "missing"
    versions: tuple[Version, ...] = ()
    current: Version | None = None
    note: str = ""


MATERIALS = (Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE)  # what comes by e-mail; paper is registered by staff
UNNAMED = "未写名称的工作室"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioSubmission:
    """工作室报送: one nominated studio with its four materials. `key` is stable over letters (leader + normalised name).

    `names` are all the spellings met. `summary_row` is the row of the summary table in force, with `summary_category`
    the table it stands in; `category` is the one in force (form tick, else the table, else None).
    `superseded`: an earlier table listed it, the newest table of the same category no longer does (it does not count in the quota).
    """

    key: str
    name: str
    leader: str = ""
    category: str | None = None
    names: tuple[str, ...] = ()
    materials: Mapping[Material, MaterialState] = field(default_factory=dict)
    summary_row: Mapping[str, Value] | None = None
    summary_categories: tuple[str, ...] = ()
    withdrawn: bool = False
    affiliate: str = ""
    replaced_by: str = ""
    superseded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """报送: everything one institution has sent, letters in order of receipt, latest version in force, earlier kept.

    `summaries` are the summary tables in force by category key. `unplaced` are kept files that no studio could be found
    for (scans, unread formats, unrecognised documents, supporting material); `unread` are the files a person must still look at,
    placed or not, answered by no later file. `cloud_files` are the links (letter, file) that no attachment has answered yet.
    `late_letters` came after deadline and grace, `borderline_letters` within the grace (or were sent before and arrived after);
    letters that staff accepted stand in `accepted_late` and in neither. `explanations` are letters that explain open questions;
    `affiliates` the hospitals that wrote for this institution; `claims` how each letter was identified, by SHA-256;
    `blank_templates` the files that are the notice's own unfilled forms; `excluded` the files staff set aside; `decisions` those
    in force about this institution. `unread_letters` may be this institution's and were never read: while there are any, nothing is absent.
    `awaited` are the materials that these, or letters nobody has claimed, may bring: no count of them is final.
    """

    institution: Institution
    letters: tuple[Received, ...] = ()
    studios: tuple[StudioSubmission, ...] = ()
    summaries: Mapping[str, Version] = field(default_factory=dict)
    summary_versions: tuple[Version, ...] = ()
    unplaced: tuple[Version, ...] = ()
    unread: tuple[Version, ...] = ()
    first_received_at: datetime | None = None
    last_received_at: datetime | None = None
    not_recommending: bool = False
    paper: Mapping[str, Any] = field(default_factory=dict)
    timeliness: str = "none"
    late_letters: tuple[str, ...] = ()
    borderline_letters: tuple[str, ...] = ()
    accepted_late: tuple[str, ...] = ()
    cloud_files: tuple[tuple[str, CloudFile], ...] = ()
    explanations: tuple[str, ...] = ()
    affiliates: tuple[str, ...] = ()
    claims: Mapping[str, Claim] = field(default_factory=dict)
    blank_templates: tuple[Version, ...] = ()
    excluded: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    unread_letters: tuple[UnknownLetter, ...] = ()
    awaited: tuple[Material, ...] = ()

    @property
    def repeats(self) -> frozenset[tuple[str, str]]:
        """(letter, file) by SHA-256: the files whose very bytes an earlier letter had brought already; a name proves nothing (M09)."""
        seen: dict[str, str] = {}
        found = ((letter.sha256, leaf.sha256) for letter in self.letters for leaf in letter.message.leaves)
        return frozenset((letter, file) for letter, file in found if seen.setdefault(file, letter) != letter)

    @property
    def active_studios(self) -> tuple[StudioSubmission, ...]:
        """The studios nominated now: neither withdrawn or replaced, nor left out of the newest summary table."""
        return tuple(studio for studio in self.studios if not studio.withdrawn and not studio.superseded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """问题: a code of domain.md, where it is, and the whole Chinese sentence with its cure. Never raised, all reported.

    `key` identifies it over re-assessments (code, studio, field, value) so that it is told once and decisions stick.
    `state` is `open`, `approved` (staff clicked: may go out), `explained` or `waived`.
    """

    code: str
    severity: Severity
    audience: Audience
    message: str
    studio: str = ""
    where: Where = field(default_factory=Where)
    key: str = ""
    state: Literal["open", "approved", "explained", "waived"] = "open"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Still to be answered: neither explained nor waived."""
        return self.state in ("open", "approved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """评估: all that one institution has sent, and what is still to be said about it, at one moment.

    `timeliness`: `on_time` 按期, `late` 截止后, `borderline` 待认定, `on_time_then_corrected`, `on_time_incomplete` (rest came late), `none`.
    """

    institution: Institution
    submission: Submission
    findings: tuple[Finding, ...] = ()
    complete: bool = False
    timeliness: str = "none"
    assessed_at: datetime | None = None
    claim_codes: tuple[str, ...] = ()
