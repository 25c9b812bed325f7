"""Core: everything owed to the institutions at one moment (往来) - from what the books hold to the letters to be put into the outbox.

Composing may be run at any time and as often as one likes: what stands, waits or was decided against is never composed a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from config.campaign import Campaign, Institution
from config.settings import Settings
from intake.errors import World
from intake.records import OutboxRecord, OutboxState
from intake.submission import Assessment, Claim, Decision, Received
from notifier.letter import Enclosure, Letter, Occasion, Owed
from notifier.letters.compose import approvable, compose_answer, compose_approved, no_templates
from notifier.letters.corrections import compose_changed, compose_retracted, find_changes, find_misdirected
from notifier.letters.facts import finding_key
from notifier.letters.history import KEPT_BACK, History, count_left_today, count_today
from notifier.letters.letter_kinds import ANSWERS, REMINDERS, TO_STRANGERS
from notifier.letters.owed import EMPTY_HISTORY, brings_material, find_owed_to, find_unclaimed, is_answerable, is_told, letter_to_address
from notifier.letters.reminders import (
    answer_served,
    compose_deadline_change,
    compose_reminder,
    deadline_change_key,
    find_due_reminder,
    find_pardoned,
    owes_answer,
    reminder_key,
    wants_deadline_change,
    wants_reminder,
)
from notifier.letters.staleness import find_staleness, letter_basis
from notifier.letters.strangers import compose_stranger, compose_unclaimed
from notifier.standing import silent

REPLACED = "已由更新的来信回执替代。"
MOST_TO_A_STRANGER = 2
RELEASED = "暂停已收回，按最新情况重新拟写。"


Mark = tuple[str, OutboxState, str]


def drop(key: str, why: str) -> Mark:
    """A row that waits no longer, with the reason."""
    return key, "dropped", why


@dataclass(frozen=True, slots=True)
class Step:
    """一步: a letter to put into the outbox (or none), and what becomes of rows that wait there: key, state, reason. `broken` is why the
    letters of one institution could not be written (a template that was spoilt): it stops nobody else's."""

    letter: Letter | None = None
    marks: tuple[Mark, ...] = ()
    institution: str = ""
    broken: Exception | None = None

    @property
    def to(self) -> str:
        """The institution it is about, "" for strangers."""
        return self.letter.institution if self.letter else self.institution


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence:
    """往来: all that composing looks at, read from the ledger once. `case_number` allots an institution its number, once and for good;
    `strangers` are the letters nobody could be found for; `silenced` and `unreminded` are the institutions staff keep back;
    `today` is all that was composed or left today; `names` limits the look to these institutions."""

    campaign: Campaign
    settings: Settings
    now: datetime
    assessments: Mapping[str, Assessment]
    histories: Mapping[str, History]
    case_number: Callable[[str], str]
    templates: Callable[[], tuple[Enclosure, ...]] = no_templates
    claims: Mapping[str, Claim] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    strangers: tuple[Received, ...] = ()
    today: tuple[OutboxRecord, ...] = ()
    names: Collection[str] | None = None
    blocked: frozenset[str] = frozenset()
    silenced: frozenset[str] = frozenset()
    unreminded: frozenset[str] = frozenset()

    def history(self, institution: str) -> History:
        """What was said to an institution so far."""
        return self.histories.get(institution, EMPTY_HISTORY)

    @property
    def staff_addresses(self) -> frozenset[str]:
        """Our own people: a letter they forward is answered to whoever wrote it, and only after a click."""
        return frozenset(person.address.lower() for person in self.settings.staff)

    def keeps_back(self, institution: str, kind: str) -> bool:
        """True when staff keep letters of this kind to this institution back."""
        return bool(institution) and (institution in self.silenced or (kind in REMINDERS and institution in self.unreminded))


def desk_to_letters(desk: Correspondence) -> Iterator[Step]:
    """Every answer, question and notice owed now, institution by institution, whoever waits longest first; then the strangers."""
    for assessment in sorted(desk.assessments.values(), key=waiting_since):
        yield from unless_broken(assessment.institution.name, institution_to_letters(desk, assessment))
    yield from unless_broken("", strangers_to_letters(desk))


def unless_broken(name: str, steps: Iterator[Step]) -> Iterator[Step]:
    """The steps as far as they can be written; what breaks ends these and is told, and all others are written (law 9). A full disk or a
    ledger that cannot be written is nobody's broken letter: nothing more is composed then."""
    try:
        yield from steps
    except World:
        raise
    except Exception as error:
        yield Step(institution=name, broken=error)


def waiting_since(assessment: Assessment) -> tuple[str, str]:
    """Sorts by the first letter ever received; those who never wrote come last."""
    first = assessment.submission.letters[0].received_at.isoformat() if assessment.submission.letters else "9999"
    return first, assessment.institution.name


def institution_to_letters(desk: Correspondence, assessment: Assessment) -> Iterator[Step]:
    """What one institution is owed: the answer, what waits for a click, the moved deadline, and what has to be put right."""
    history = desk.history(assessment.institution.name)
    for write in (withhold, answer_owed, prepare_approved, announce_deadline, tell_changes, retract_misdirected):
        for step in write(desk, assessment, history):
            if step.letter is None or not is_repetition(step, history):
                yield step
                history = history_after(history, step)


def history_after(history: History, step: Step) -> History:
    """The history once a step is carried out, as far as the next steps ask it: rows dropped, and one row more."""
    marks = {key: (state, why) for key, state, why in step.marks}
    rows = [replace(row, state=marks[row.key][0], error=marks[row.key][1]) if row.key in marks else row for row in history.rows]
    return History((*rows, letter_to_outline(step.letter)) if step.letter else tuple(rows), history.mode)


def letter_to_outline(letter: Letter) -> OutboxRecord:
    """The row a letter will be, without its bytes."""
    return OutboxRecord(
        key=letter.key, kind=letter.kind, institution=letter.institution, recipient=letter.recipient, subject=letter.wording.subject,
        message_id="", raw=b"", state="queued", created_at=letter.composed_at, answers=letter.answers, told=letter.told, basis=letter.basis,
    )  # fmt: skip


def is_repetition(step: Step, history: History) -> bool:
    """True for a letter of the same kind to the same address about the same things as one that waits and is not replaced by it."""
    letter, gone = step.letter, {key for key, _, _ in step.marks}
    return letter is not None and any(
        row.kind == letter.kind
        and row.recipient.lower() == letter.recipient.lower()
        and set(row.told) == set(letter.told)
        and set(row.answers) == set(letter.answers)
        for row in history.waiting
        if row.key not in gone
    )


# --- what waits ---------------------------------------------------------------------------------------------------------------------


def withhold(desk: Correspondence, assessment: Assessment, history: History) -> Iterator[Step]:
    """What waits, as things now stand: overtaken letters give way, letters of an institution kept back are held, released ones written anew."""
    marks: list[Mark] = []
    for row in history.waiting:
        kept = desk.keeps_back(row.institution, row.kind)
        if reason := find_staleness(row, assessment, desk.campaign, desk.now) if row.kind != "approved" else "":
            marks.append(drop(row.key, reason))
        elif kept and row.state == "queued":
            marks.append((row.key, "held", KEPT_BACK))
        elif not kept and row.error == KEPT_BACK:
            marks.append(drop(row.key, RELEASED))
    if marks:
        yield Step(marks=tuple(marks))


# --- answers ------------------------------------------------------------------------------------------------------------------------


def answer_owed(desk: Correspondence, assessment: Assessment, history: History) -> Iterator[Step]:
    """The one cumulative answer; it takes the place of answers that have not left yet. A sender who has proven nothing gets a neutral word
    of his own, and the real answer goes to the institution's proven address."""
    owed = find_owed_to(assessment, history, desk.campaign, desk.now)
    if owed is None:
        return
    strange = tuple(letter for letter in owed.letters if not is_trusted(desk, assessment, letter))
    for letter in strange:
        yield from acknowledge_stranger(desk, assessment, letter, history)
    letters = tuple(letter for letter in owed.letters if letter not in strange or brings_material(assessment, letter))
    if all(letter in strange for letter in letters) and was_told_of_strangers(desk, assessment):
        return
    recipient = find_recipient(desk, assessment, tuple(letter for letter in owed.letters if letter not in strange), to_answer=True)
    if letters and recipient:
        yield from answer_letters(desk, assessment, history, replace(owed, letters=letters), recipient)


def was_told_of_strangers(desk: Correspondence, assessment: Assessment) -> bool:
    """True when half of the letters that the institution's mailbox may get a day left only because strangers wrote in its name: the other half
    is its own, else its own answer would come after the deadline."""
    strange = {letter.sha256 for letter in assessment.submission.letters if not is_trusted(desk, assessment, letter)}
    of_it = (row for row in desk.today if row.institution == assessment.institution.name and row.kind in ANSWERS)
    about_strangers = [row for row in of_it if row.answers and strange.issuperset(row.answers)]
    most = max(1, desk.settings.pacing.per_address_per_day // 2)
    return any(count_left_today(about_strangers, to, desk.campaign, desk.now) >= most for to in {row.recipient for row in about_strangers})


def answer_letters(desk: Correspondence, assessment: Assessment, history: History, owed: Owed, recipient: str) -> Iterator[Step]:
    """The answer to these letters; what our own people forwarded waits for a click."""
    passed_on = {address_passed_on(desk, letter).lower() for letter in owed.letters}
    forwarded = recipient.lower() in passed_on or any(letter_to_address(r.message).lower() in desk.staff_addresses for r in owed.letters[-1:])
    occasion = replace(make_occasion(desk, assessment, history, recipient), answers=owed.letters, affiliate=find_affiliate(desk, owed))
    found = compose_answer(replace(occasion, reviewed=occasion.reviewed or forwarded), desk.campaign, desk.templates)
    if found is not None:
        yield Step(replace(found, needs_approval=found.needs_approval or forwarded), tuple(drop(key, REPLACED) for key in owed.replaces))


def is_trusted(desk: Correspondence, assessment: Assessment, letter: Received) -> bool:
    """True when the sender may be told everything: he has proven himself, or one of us passed the letter on (then a click comes first) as far
    as our own server did not find that one of us was forged."""
    claim = assessment.submission.claims.get(letter.sha256)
    forged = claim is not None and claim.evidence.authentication == "fail"
    return is_told(assessment, letter) or (not forged and letter.message.sender.address.lower() in desk.staff_addresses)


def acknowledge_stranger(desk: Correspondence, assessment: Assessment, letter: Received, history: History) -> Iterator[Step]:
    """The neutral word to an unproven sender, once a letter and not to addresses that are blocked or had their share of the day."""
    address, claim = letter_to_address(letter.message), assessment.submission.claims[letter.sha256]
    silent_to = letter.sha256 in history.acknowledged or not is_answerable(letter.message) or claim.evidence.authentication == "fail"
    if silent_to or not address or address.lower() in desk.blocked:
        return
    if count_today(desk.today, address, desk.campaign, desk.now) < MOST_TO_A_STRANGER:
        yield Step(compose_stranger(letter, claim, make_occasion(desk, assessment, history, address), desk.campaign))


def make_occasion(desk: Correspondence, assessment: Assessment, history: History, recipient: str) -> Occasion:
    """The occasion of a letter to this institution, with its number and all that was said before."""
    name = assessment.institution.name
    return Occasion(
        assessment=assessment,
        case_number=desk.case_number(name),
        recipient=recipient,
        now=desk.now,
        told=history.told,
        first=not history.has_answered_material,
        sequence=len(history.rows) + 1,
        last_answer_at=history.last_answer_at,
        basis=letter_basis(assessment, desk.campaign, desk.now),
        reviewed=desk.settings.mode == "approve" or name in desk.silenced,
        strange=tuple(letter for letter in assessment.submission.letters if not is_trusted(desk, assessment, letter)),
    )


def find_recipient(desk: Correspondence, assessment: Assessment, letters: tuple[Received, ...], *, to_answer: bool = False) -> str:
    """The address of record: of the newest letter a person with proof wrote, else the registered one; empty when our mail came back from
    both. A stranger's letter never moves it (law 14); nor does what one of us seems to have passed on, until a letter to that address has
    left, which takes a click: anybody can write under our names. Only the answer itself, which waits for that click, may go there before."""
    met = {row.recipient.lower() for row in desk.history(assessment.institution.name).left if row.kind not in TO_STRANGERS}
    candidates = []
    proven = [r for r in (*assessment.submission.letters, *letters) if is_answerable(r.message) and is_trusted(desk, assessment, r)]
    for letter in reversed(proven):
        address = letter_to_address(letter.message)
        if address.lower() in desk.staff_addresses:
            address = address_passed_on(desk, letter)
            address = address if to_answer or address.lower() in met else ""
        candidates.append(address)
    candidates.append(assessment.institution.email)
    return next((a for a in candidates if a and a.lower() not in desk.blocked), "")


def address_passed_on(desk: Correspondence, letter: Received) -> str:
    """Who, by the head in its text, wrote a letter that one of us passed on; "" for any other letter."""
    forwarded = letter.message.forwarded_from
    return forwarded.address if forwarded and letter_to_address(letter.message).lower() in desk.staff_addresses else ""


def newest_answerable(assessment: Assessment) -> tuple[Received, ...]:
    """The newest letter a person wrote, to thread to; none for who never wrote."""
    letters = [letter for letter in assessment.submission.letters if is_answerable(letter.message)]
    return tuple(letters[-1:])


def find_affiliate(desk: Correspondence, owed: Owed) -> str:
    """The hospital's name when all letters answered came from one hospital writing for its parent."""
    names = {desk.claims[r.sha256].affiliate if r.sha256 in desk.claims else "" for r in owed.letters}
    return names.pop() if len(names) == 1 else ""


# --- what waits for a click ---------------------------------------------------------------------------------------------------------


def prepare_approved(desk: Correspondence, assessment: Assessment, history: History) -> Iterator[Step]:
    """The letter about quota and eligibility: one at a time, kept ready for a click, or on its way once staff clicked.

    While a clicked one waits to leave, nothing else of this kind is prepared; what it asks decides whether it is the right one.
    """
    waiting = [row for row in history.waiting if row.kind == "approved"]
    settled = frozenset(key for row in history.settled for key in row.told)
    findings = [f for f in approvable(assessment) if finding_key(f) not in history.told | settled]
    clicked = [f for f in findings if f.state == "approved"]
    wanted = {finding_key(f) for f in clicked or findings}
    fitting = [row for row in waiting if is_fitting(row, wanted, bool(clicked), desk, assessment)]
    others = tuple(drop(row.key, why_not(row, assessment, desk)) for row in waiting if row not in fitting[:1])
    recipient = find_recipient(desk, assessment, assessment.submission.letters)
    if fitting or not wanted or not recipient:
        yield from [Step(marks=others)] if others else []
        return
    occasion = make_occasion(desk, assessment, history, recipient)
    occasion = replace(occasion, told=occasion.told | settled, answers=newest_answerable(assessment))
    if letter := compose_approved(occasion, desk.campaign, desk.settings.pacing.approval_delay_minutes):
        # It threads to the newest letter but does not answer it: the receipt does.
        yield Step(replace(letter, answers=()), others)


def is_fitting(row: OutboxRecord, wanted: set[str], clicked: bool, desk: Correspondence, assessment: Assessment) -> bool:
    """True when a waiting letter says exactly what is to be said; one prepared before the click must be let go, so it is written anew.

    One that a person has let go stays, as long as it is true and nothing more was clicked.
    """
    if find_staleness(row, assessment, desk.campaign, desk.now):
        return False
    if row.approved_at is not None and (not clicked or wanted <= set(row.told)):
        return True
    before_the_click = clicked and row.state == "held" and not row.error
    return set(row.told) == wanted and not before_the_click


def why_not(row: OutboxRecord, assessment: Assessment, desk: Correspondence) -> str:
    """Why a waiting letter gives way."""
    return find_staleness(row, assessment, desk.campaign, desk.now) or REPLACED


def announce_deadline(desk: Correspondence, assessment: Assessment, history: History) -> Iterator[Step]:
    """The notice of a moved deadline to an open case or to who was called late, before staff's eyes first."""
    key = deadline_change_key(desk.campaign, desk.now)
    recipient = find_recipient(desk, assessment, assessment.submission.letters)
    if recipient and wants_deadline_change(assessment, history, key):
        occasion = replace(make_occasion(desk, assessment, history, recipient), answers=newest_answerable(assessment))
        letter = compose_deadline_change(occasion, desk.campaign, find_pardoned(assessment, history))
        yield Step(replace(letter, answers=()))


# --- what has to be put right -------------------------------------------------------------------------------------------------------


def tell_changes(desk: Correspondence, assessment: Assessment, history: History) -> Iterator[Step]:
    """What staff registered or took back after the institution had been told otherwise; prepared for a click."""
    changes = find_changes(assessment, history, desk.decisions)
    recipient = find_recipient(desk, assessment, assessment.submission.letters)
    if changes and recipient:
        occasion = replace(make_occasion(desk, assessment, history, recipient), answers=newest_answerable(assessment))
        waiting = tuple(drop(row.key, REPLACED) for row in history.waiting if row.kind == "changed")
        yield Step(replace(compose_changed(occasion, changes, desk.campaign), answers=()), waiting)


def retract_misdirected(desk: Correspondence, assessment: Assessment, history: History) -> Iterator[Step]:
    """One word to whoever got a letter that was meant for somebody else; prepared for a click."""
    for row in find_misdirected(assessment, history, desk.claims):
        occasion = make_occasion(desk, assessment, history, row.recipient)
        yield Step(compose_retracted(occasion, row, desk.campaign))
        history = History((*history.rows, replace(row, key=f"{row.key}-r")), history.mode)


# --- strangers ----------------------------------------------------------------------------------------------------------------------


def strangers_to_letters(desk: Correspondence) -> Iterator[Step]:
    """One neutral question to every sender nobody could place."""
    for letter in find_unclaimed(desk.strangers, desk.claims, desk.history(""), desk.campaign, desk.now):
        address = letter_to_address(letter.message)
        if address.lower() not in desk.blocked | desk.staff_addresses:
            reviewed = desk.settings.mode == "approve"
            yield Step(compose_unclaimed(letter, desk.campaign, desk.now, address, reviewed=reviewed))


# --- reminders ----------------------------------------------------------------------------------------------------------------------


def desk_to_reminders(desk: Correspondence) -> Iterator[Step]:
    """The reminders due now for whoever still lacks something; those that time or new mail overtook give way."""
    kind = find_due_reminder(desk.campaign, desk.now)
    for institution in desk.campaign.institutions:
        if desk.names is not None and institution.name not in desk.names:
            continue
        yield from unless_broken(institution.name, remind_institution(desk, institution, kind))


def remind_institution(desk: Correspondence, institution: Institution, kind: str | None) -> Iterator[Step]:
    """One institution's reminder, when it is due, and what becomes of those that wait."""
    assessment = desk.assessments.get(institution.name) or silent(institution)
    history = desk.history(institution.name)
    marks = tuple(
        drop(row.key, reason)
        for row in history.waiting
        if row.kind in REMINDERS
        and (reason := find_staleness(row, desk.assessments.get(institution.name), desk.campaign, desk.now))
    )
    step = Step(remind(desk, assessment, history_after(history, Step(marks=marks)), kind) if kind else None, marks)
    if step.letter or step.marks:
        yield step


def remind(desk: Correspondence, assessment: Assessment, history: History, kind: str) -> Letter | None:
    """The reminder of one institution, when it lacks something and nothing else tells it so."""
    key = reminder_key(kind, desk.campaign, desk.now)
    recipient = find_recipient(desk, assessment, assessment.submission.letters)
    if desk.keeps_back(assessment.institution.name, kind) or answer_served(history, kind, recipient, desk.campaign, desk.now):
        return None
    if not wants_reminder(assessment, history, key, remind_silent=desk.settings.remind_silent):
        return None
    occasion = make_occasion(desk, assessment, history, recipient)
    return compose_reminder(kind, occasion, desk.campaign) if recipient and not owes_answer(occasion, history) else None
