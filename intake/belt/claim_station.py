"""Shell: whose the changed letters are (认领), with all that hangs together with them - and which institutions that touches.

One transaction: claims, shares, ties, the letters' lines, bounces, and the marks for the institutions concerned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.campaign import Campaign
from intake.books import DECISION, INSTITUTION, LETTER, MAIL_SERVERS, POST, TODO, Ledger
from intake.claiming import (
    AUTHOR,
    CASE,
    COMPARED,
    LINKING,
    STUDIO,
    Known,
    identify,
    letters_to_shares,
    letters_to_waiting,
    message_ids_among,
    message_to_ties,
    proves_return,
    studio_ties,
)
from intake.decisions import OF_THE_OFFICE
from intake.judging import letter_to_line
from intake.submission import Claim, Decision, Received

Parties = Mapping[str, frozenset[tuple[str, str]]]


AT_ONCE = 200
"""How many changed letters are taken at once, with what hangs together with them: an import of thousands must not lie in memory whole."""


@dataclass(frozen=True, slots=True)
class Owed:
    """所欠: the letters and decisions that changed, by the numbers of their marks, and which letters that makes."""

    letters: Mapping[str, int]
    decisions: Mapping[str, int]
    changed: frozenset[str]


def settle_claims(ledger: Ledger, campaign: Campaign, decisions: Sequence[Decision], newest: int | None, only: str = "") -> bool:
    """Identify changed letters (some, oldest first) and all that hang together with them; False, and nothing written, when somebody decided meanwhile.

    `newest` is the number of the newest decision among `decisions`; None writes whatever was decided since (its mark stays).
    `only` does this one letter alone.
    """
    owed = _owed(ledger, decisions)
    if only:
        owed = Owed({sha: mark for sha, mark in owed.letters.items() if sha == only}, {}, frozenset({only}))
    if not owed.letters and not owed.decisions:
        return True
    arrived = ledger.received(owed.changed)
    ties, studios = _ties(ledger, arrived), {r.sha256: studio_ties(r) for r in arrived}
    together = _hanging_together(ledger, owed.changed | _compared(ledger, owed.changed, studios), ties)
    received = ledger.received(together)
    claims = identify(received, campaign, decisions, _known(ledger, together, ties)) if received else {}  # a decision about no letter
    parties = _parties(received, claims, decisions, campaign)
    with ledger.immediate():
        if newest is not None and (ledger.newest_decision() != newest or not ledger.still_marked(LETTER, owed.letters)):
            return False
        for sha in owed.changed:
            compared = sha in claims and claims[sha].compared
            ledger.record_ties(sha, ties.get(sha, frozenset()) | ({COMPARED} if compared else studios.get(sha, frozenset())))
        _record_claims(ledger, owed.changed | together, claims, parties, owed.changed)
        _record_lines(ledger, owed.changed | together, received, claims)
        _note_bounces(ledger, (r for r in received if r.sha256 in owed.changed))
        ledger.mark_work(INSTITUTION, _ruled(ledger, campaign, decisions, owed.decisions))
        ledger.unmark(LETTER, owed.letters)
        ledger.unmark(DECISION, owed.decisions)
    return True


def _owed(ledger: Ledger, decisions: Sequence[Decision]) -> Owed:
    known_numbers = {str(d.number) for d in decisions}
    letters = ledger.marked(LETTER, AT_ONCE)
    decided = {number: mark for number, mark in ledger.marked(DECISION).items() if number in known_numbers}
    targets = {d.target for d in _with_undone(decisions, decided) if d.kind in ("claim", "split")}
    known = {sha for sha in targets if ledger.one_letter(sha) is not None}
    return Owed(letters, decided, frozenset(letters) | known)


def _with_undone(decisions: Sequence[Decision], numbers: Iterable[str]) -> list[Decision]:
    """These decisions and, of an `undo`, what it takes back (which may be an `undo` itself)."""
    by_number = {str(d.number): d for d in decisions}
    found, wanted = [], list(numbers)
    while wanted:
        decision = by_number.get(wanted.pop())
        if decision is not None:
            found.append(decision)
            wanted += [decision.target.strip()] * (decision.kind == "undo" and decision.target.strip() != str(decision.number))
    return found


def _ruled(ledger: Ledger, campaign: Campaign, decisions: Sequence[Decision], numbers: Iterable[str]) -> set[str]:
    """The institutions these decisions are about; one about a file or letter without a name may concern any."""
    named: set[str] = set()
    for decision in _with_undone(decisions, numbers):
        if decision.institution:
            named.add(decision.institution)
        elif decision.kind not in ("claim", "split", "undo", *OF_THE_OFFICE):
            named |= {i.name for i in campaign.institutions}
    return named


def _hanging_together(ledger: Ledger, changed: frozenset[str], ties: Mapping[str, frozenset[str]]) -> set[str]:
    """The changed letters and every letter reached from them over shared ties, by what they were tied to before as well as now."""
    found, front = set(changed), set(changed)
    followed: set[str] = set()
    new = {tie for held in ties.values() for tie in held}
    while front:
        values = {tie for tie in ledger.ties_of(front) | new if tie.startswith(LINKING)} - followed
        new = set()
        followed |= values
        front = ledger.letters_with(values) - found
        found |= front
    return found


def _ties(ledger: Ledger, letters: Iterable[Received]) -> dict[str, frozenset[str]]:
    """The ties of these letters: their own, and the addresses to which the letters of ours went that they name (what proves those, proves them)."""
    found = {}
    for letter in letters:
        own = message_to_ties(letter.message)
        ours = ledger.ours_among(sorted(message_ids_among(own)))
        found[letter.sha256] = own | {AUTHOR + row.recipient.casefold() for row in ours}
    return found


def _compared(ledger: Ledger, changed: frozenset[str], studios: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The letters that are compared with the studios on the books, when these may be others now."""
    before = any(tie.startswith(STUDIO) for tie in ledger.ties_of(changed))
    return frozenset(ledger.letters_with([COMPARED])) if before or any(studios.values()) else frozenset()


def _known(ledger: Ledger, together: Iterable[str], ties: Mapping[str, frozenset[str]]) -> Known:
    """What our own letters tell about these: those only that they may name."""
    held = ledger.ties_of(together) | {tie for own in ties.values() for tie in own}
    ours = ledger.ours_among(sorted(message_ids_among(held)))
    numbers = ledger.case_numbers_among(sorted(tie.removeprefix(CASE) for tie in held if tie.startswith(CASE)))
    servers = frozenset(ledger.health_note(MAIL_SERVERS).split())
    went_to = {row.message_id: row.recipient for row in ours}
    return Known({row.message_id: row.institution for row in ours}, numbers, went_to, servers, lambda: ledger.studios_on_books(together, STUDIO))


def _parties(received: Sequence[Received], claims: Mapping[str, Claim], decisions: Sequence[Decision], campaign: Campaign) -> Parties:
    """By letter: who has a share in it and for whom it waits."""
    found: dict[str, set[tuple[str, str]]] = {}
    for share, held in (("own", letters_to_shares(received, claims, decisions, campaign)), ("waiting", letters_to_waiting(received, claims, decisions))):
        for name, letters in held.items():
            for letter in letters:
                found.setdefault(letter.sha256, set()).add((name, share))
    return {sha: frozenset(held) for sha, held in found.items()}


def _record_claims(ledger: Ledger, shas: Iterable[str], claims: Mapping[str, Claim], parties: Parties, changed: frozenset[str]) -> None:
    """Each letter's claim and shares; whoever had or has a part in one that is new, other or read anew is to be assessed."""
    before = ledger.parties_of(shas)
    touched: set[str] = set()
    for sha in shas:
        held, now = before.get(sha, frozenset()), parties.get(sha, frozenset())
        other = ledger.record_claim(sha, claims.get(sha))
        if held != now:
            ledger.record_parties(sha, now)
        if other or held != now or sha in changed:
            touched |= {name for name, _ in held | now}
    ledger.mark_work(INSTITUTION, touched)
    if touched or changed:
        ledger.mark_work(POST, [""])
        ledger.mark_work(TODO, [""])


def _record_lines(ledger: Ledger, shas: Iterable[str], received: Sequence[Received], claims: Mapping[str, Claim]) -> None:
    held = {letter.sha256: letter for letter in received}
    for sha in shas:
        record = ledger.one_letter(sha)
        if record is not None:
            ledger.record_line(letter_to_line(record, held.get(sha), claims.get(sha)))


def _note_bounces(ledger: Ledger, letters: Iterable[Received]) -> None:
    """Letters of ours that came back: named by their Message-ID, else the last one sent to that address before the bounce."""
    for letter in letters:
        bounced = letter.message.bounced
        if letter.message.kind == "bounce" and bounced is not None:
            message_id, subject = ledger.find_ours(bounced.message_id, bounced.recipient, letter.received_at)
            ledger.mark_bounced(message_id, letter.received_at, proves_return(letter.message, message_id, subject))
