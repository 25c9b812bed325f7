"""Core: whose letter it is (认领), with the evidence (issue 5, domain.md 4).

Order of evidence: staff decision, our case number in the subject, a reply to one of our letters, the name printed in the forms, the
subject, text, file and folder names, the sender's domain or a learned address. Evidence that disagrees makes a question, never a guess:
a wrong claim is worse than a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from config.campaign import Campaign
from intake.claiming.clues import (
    Clue,
    ClueDesk,
    Mailboxes,
    clean_id,
    confirmed_addresses,
    field_raw,
    find_clues,
    learning_addresses,
    seen_clues,
    thread_clues,
)
from intake.claiming.evidence import ProofDesk, address_of, weigh_evidence
from intake.claiming.known_studios import known_studios, studio_clues
from intake.claiming.roster_names import RosterNames, roster_addresses, roster_index
from intake.decisions import Rulings, fold
from intake.message import MACHINES, Message
from intake.names import clean_text
from intake.submission import Candidate, Claim, Decision, Received


@dataclass(frozen=True, slots=True)
class Known:
    """已知: what our own letters tell - Message-ID → institution, case number → institution, Message-ID → where it went; the names under which
    our own mail servers write what they found about a sender; and `studios` on the books, (institution, tie of `known_studios`) each, of
    letters that are not given to `identify` themselves: asked only for a letter that says of itself nobody's name."""

    sent: Mapping[str, str] = field(default_factory=dict)
    case_numbers: Mapping[str, str] = field(default_factory=dict)
    recipients: Mapping[str, str] = field(default_factory=dict)
    servers: frozenset[str] = frozenset()
    studios: Callable[[], Iterable[tuple[str, str]]] = tuple


WEIGHT: Mapping[str, float] = {
    "decision": 1.0, "case": 0.97, "reply": 0.95, "printed": 0.93, "organisation": 0.8, "named": 0.75, "domain": 0.7, "learned": 0.7, "mentioned": 0.35, "seen": 0.4, "books": 0.85, "alike": 0.45, "number": 0.3,
}  # fmt: skip


def identify(received: Sequence[Received], campaign: Campaign, decisions: Sequence[Decision], context: Known) -> Mapping[str, Claim]:
    """Whose each letter is, by SHA-256, in whatever order they are given.

    What is known of a mailbox helps its later letters; what is on the books helps all."""
    rulings = fold(decisions)
    names, domains = roster_index(campaign.institutions)
    desk = ClueDesk(
        names=names,
        domains=domains,
        sent={clean_id(k): v for k, v in context.sent.items()},
        case_numbers={clean_text(k): v for k, v in context.case_numbers.items()},
        rulings=rulings,
        registered=roster_addresses(campaign.institutions),
        office=campaign.mailbox.casefold(),
    )
    letters = sorted(received, key=lambda r: (r.arrived_at, r.sha256))
    clues, compared = _all_clues(letters, desk, context)
    confirmed = confirmed_addresses(letters, rulings, desk.office)
    weighed = _in_order(letters, clues, confirmed, rulings)
    claims = {r.sha256: _ruled(r, weighed[r.sha256], rulings) or _with_codes(r, weighed[r.sha256]) for r in letters}
    went_to = {clean_id(k): v.casefold() for k, v in context.recipients.items()}
    proofs = ProofDesk(desk.office, desk.registered, desk.domains, confirmed, rulings, went_to, context.servers)
    claims = {r.sha256: replace(weigh_evidence(r, claims[r.sha256], proofs), compared=r.sha256 in compared) for r in letters}
    return claims | _first_from_strangers(letters, claims)


def _all_clues(letters: Sequence[Received], desk: ClueDesk, context: Known) -> tuple[dict[str, tuple[Clue, ...]], set[str]]:
    """What each letter says of itself; those that so are nobody's (named too) are compared with the studios on the books."""
    clues = {r.sha256: tuple(find_clues(r, desk)) for r in letters}
    split = desk.rulings.splits  # staff gave it to several: whose its studios are, only its parts know
    owners = {r.sha256: None if r.sha256 in split else weigh(clues[r.sha256]).institution for r in letters}
    ruled = {*split, *desk.rulings.claims}
    nobodys = [r for r in letters if owners[r.sha256] is None and r.sha256 not in ruled and r.message.kind not in MACHINES]
    if nobodys:
        known = known_studios(letters, owners)
        for institution, tie in context.studios():
            known.add_tie(institution, tie)
        for letter in nobodys:
            clues[letter.sha256] += tuple(studio_clues(letter, known, desk.names))
    return clues, {r.sha256 for r in nobodys}


def _in_order(
    letters: Sequence[Received], clues: Mapping[str, tuple[Clue, ...]], confirmed: Mapping[str, str], rulings: Rulings
) -> dict[str, Claim]:
    """Every claim, in order of arrival: what is known of a mailbox or a thread comes from earlier letters only; later ones give hints."""
    mailboxes, threads, claims = Mailboxes(), dict[str, str | None](), dict[str, Claim]()
    told: dict[str, tuple[Clue, ...]] = {}
    for letter in letters:
        told[letter.sha256] = (*clues[letter.sha256], *mailboxes.clues(letter, confirmed), *thread_clues(letter, threads))
        claim = claims[letter.sha256] = weigh(told[letter.sha256])
        if letter.message.message_id:
            threads[clean_id(letter.message.message_id)] = claim.institution
        if letter.sha256 not in rulings.claims:
            mailboxes.remember(letter, claim.institution, clues[letter.sha256])
    for letter in letters:
        if claims[letter.sha256].institution is None and letter.sha256 not in rulings.claims:
            later = (c for a in learning_addresses(letter.message) for c in seen_clues(a, _wrote_for(mailboxes, a)))
            claims[letter.sha256] = weigh((*told[letter.sha256], *later))
    return claims


def _wrote_for(mailboxes: Mailboxes, address: str) -> set[str]:
    return mailboxes.certain.get(address, set()) | mailboxes.seen.get(address, set())


def _ruled(letter: Received, claim: Claim, rulings: Rulings) -> Claim | None:
    """What staff decided about this letter, which nothing outranks; None when they have not."""
    if letter.sha256 in rulings.splits:
        parts = rulings.splits[letter.sha256]
        return Claim(None, claim.candidates, split=tuple(sorted(set(parts.values()))) or claim.split)
    return claim if letter.sha256 in rulings.claims else None


# --- weighing ------------------------------------------------------------------------------------------------------------------


def weigh(clues: Sequence[Clue]) -> Claim:
    """The claim that the evidence supports; None with ranked candidates where it disagrees or is too thin."""
    candidates = _rank(clues)
    decided = [c for c in clues if c.kind == "decision"]
    if decided:
        return Claim(decided[0].institutions[0] if decided[0].institutions else None, candidates)
    replied, numbered, printed = _certain(clues, "reply"), _certain(clues, "case"), _certain(clues, "printed")
    if not printed:
        printed = _certain(clues, "organisation")
    books = () if printed else _certain(clues, "books") or _alike_and_seen(clues)
    named, home = _certain(clues, "named"), _certain(clues, "domain", "learned")
    # A number can be guessed or copied: against the sender's own domain it makes a question, never an owner.
    guessed = bool(numbered) and not replied and bool(home) and numbered[0] not in home
    ours = tuple(dict.fromkeys((*replied, *numbered)))
    if len(printed) > 1:
        return Claim(None, candidates, split=printed)
    name = None if guessed or len(books) > 1 else _agree(ours, printed or books, named, home)
    if name is None:
        return Claim(None, candidates, split=_named_split(clues))
    domain = _certain(clues, "domain")
    codes = ("T02",) if domain and name not in domain else ()
    return Claim(name, candidates, affiliate=_affiliate(clues, name), codes=codes)


def _alike_and_seen(clues: Sequence[Clue]) -> tuple[str, ...]:
    """The institution of which a letter names a studio or leader on the books, from a mailbox that wrote for it and for nobody else; where
    there are several, all."""
    alike, seen = ({name for c in clues if c.kind == kind for name in c.institutions} for kind in ("alike", "seen"))
    return tuple(alike) if alike == seen else ()


def _agree(ours: tuple[str, ...], printed: tuple[str, ...], named: tuple[str, ...], home: tuple[str, ...]) -> str | None:
    """The institution on which strong evidence agrees, None on conflict or when there is none.

    A mere mention in running text is never enough: a partner university is mentioned as easily as the sender.
    """
    if len(ours) > 1 or (ours and printed and ours != printed):
        return None
    if ours:
        return ours[0]
    if printed:
        disputed = named and printed[0] not in named and printed[0] not in home
        return None if disputed else printed[0]
    if len(named) == 1:
        return named[0] if not home or named[0] in home else None
    if named:
        shared = [n for n in named if n in home]
        return shared[0] if len(shared) == 1 and len(home) == 1 else None
    return home[0] if len(home) == 1 else None


def _certain(clues: Iterable[Clue], *kinds: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.institutions[0] for c in clues if c.kind in kinds and len(c.institutions) == 1))


def _named_split(clues: Sequence[Clue]) -> tuple[str, ...]:
    names = _certain((c for c in clues if c.sentence.startswith("文件或文件夹名")), "named")
    return names if len(names) > 1 else ()


def _affiliate(clues: Iterable[Clue], name: str) -> str:
    """The hospital that wrote for its parent: named by every strong clue that names the parent at all."""
    spoken = [c for c in clues if c.kind in ("printed", "named") and c.institutions == (name,)]
    return spoken[0].affiliate if spoken and all(c.affiliate for c in spoken) else ""


def _rank(clues: Iterable[Clue]) -> tuple[Candidate, ...]:
    doubts: dict[str, float] = {}
    kinds: dict[str, set[str]] = {}
    sentences: dict[str, list[str]] = {}
    for clue in clues:
        for name in clue.institutions:
            sentences.setdefault(name, []).append(clue.sentence)
            if clue.kind not in kinds.setdefault(name, set()):
                kinds[name].add(clue.kind)
                doubts[name] = doubts.get(name, 1.0) * (1 - WEIGHT[clue.kind] / len(clue.institutions))
    ranked = sorted(doubts, key=lambda n: (doubts[n], n))
    return tuple(Candidate(n, round(1 - doubts[n], 3), tuple(dict.fromkeys(sentences[n]))) for n in ranked)


def _with_codes(letter: Received, claim: Claim) -> Claim:
    """The claim with its findings: machines (M11) and hostile mail (M08) ask nothing; Q05 where a hospital wrote."""
    if letter.message.kind in MACHINES:
        return replace(claim, codes=("M11",), split=())
    if claim.institution is None:
        return replace(claim, codes=_unclaimed_codes(letter.message, claim))
    return replace(claim, codes=(*claim.codes, "Q05")) if claim.affiliate else claim


def _first_from_strangers(received: Iterable[Received], claims: Mapping[str, Claim]) -> dict[str, Claim]:
    """M15 with the first letter of a mailbox that proves nothing, until staff confirmed the mailbox once."""
    found: dict[str, Claim] = {}
    met: set[tuple[str, str]] = set()
    for letter in sorted(received, key=lambda r: (r.received_at, r.sha256)):
        claim = claims[letter.sha256]
        if claim.institution is None or claim.evidence.may_be_told or letter.message.kind in MACHINES:
            continue
        pair = (address_of(letter.message), claim.institution)
        if pair not in met:
            met.add(pair)
            found[letter.sha256] = replace(claim, codes=(*claim.codes, "M15"))
    return found


def _unclaimed_codes(message: Message, claim: Claim) -> tuple[str, ...]:
    if claim.split:
        return ("M10",)
    if message.attachments and all(a.problem == "hostile" for a in message.attachments) and not claim.candidates:
        return ("M08",)
    return ("M01",)


# --- one letter, several institutions --------------------------------------------------------------------------------------------


def split_files(letter: Received, campaign: Campaign) -> Mapping[str, str]:
    """Which file of a mixed letter belongs to whom (M10), by the name printed in it, else by its own, else by the folders around it."""
    names, _ = roster_index(campaign.institutions)
    owners: dict[str, str] = {}
    folders: dict[tuple[str, ...], set[str]] = {}
    for attachment in letter.message.leaves:
        owner = _file_owner(letter, attachment.sha256, attachment.path, names)
        if owner:
            owners[attachment.sha256] = owner
            for depth in range(1, len(attachment.path)):
                folders.setdefault(attachment.path[:depth], set()).add(owner)
    for attachment in letter.message.leaves:
        if attachment.sha256 not in owners:
            around = [folders[attachment.path[:d]] for d in range(len(attachment.path) - 1, 0, -1) if attachment.path[:d] in folders]
            if around and len(around[0]) == 1:
                owners[attachment.sha256] = next(iter(around[0]))
    return owners


def _file_owner(letter: Received, sha256: str, path: tuple[str, ...], names: RosterNames) -> str | None:
    reading = letter.readings.get(sha256)
    texts = [field_raw(form, key) for form in (reading.forms if reading else ()) for key in ("union", "organisation")]
    for text in (*filter(None, texts), *reversed(path)):
        found = {m.institution for m in names.mentions(text) if m.institution}
        if len(found) == 1:
            return next(iter(found))
    return None
