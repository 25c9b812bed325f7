"""Core: whose letter it is (认领), with the evidence (issue 5, domain.md 4).

Order of evidence: staff decision, our case number in the subject, a reply to one of our letters, the name printed in the forms, the
subject, text, file and folder names, the sender's domain or a learned address. Evidence that disagrees makes a question, never a guess:
a wrong claim is worse than a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from config.campaign import Campaign
from intake.decisions import Rulings, fold
from intake.message import Message
from intake.names_match import clean_text
from intake.roster_names import Mention, RosterDomains, RosterNames
from intake.submission import Candidate, Claim, Decision, Received
from parsers.form import BASIC_INFO, SUMMARY_TABLE, Form

PERSONAL = frozenset({
    "qq.com", "vip.qq.com", "foxmail.com", "163.com", "vip.163.com", "126.com", "vip.126.com", "yeah.net", "188.com", "sina.com", "sina.cn",
    "vip.sina.com", "sohu.com", "139.com", "189.cn", "wo.cn", "21cn.com", "tom.com", "aliyun.com", "outlook.com", "hotmail.com", "live.com",
    "live.cn", "msn.com", "gmail.com", "yahoo.com", "yahoo.com.cn", "icloud.com",
})  # fmt: skip
MACHINES = frozenset({"auto_reply", "bounce", "read_receipt", "notice"})
_OWN_WORDS = re.compile(r"(我校|我院|我单位|本校|这里是|我是|我们是)")


@dataclass(frozen=True, slots=True)
class Known:
    """已知: what our own letters tell - Message-ID → institution, case number → institution."""

    sent: Mapping[str, str] = field(default_factory=dict)
    case_numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clue:
    """线索: one piece of evidence for one or more institutions. `kind`: decision case reply printed organisation named mentioned
    domain learned seen (an unconfirmed personal mailbox that wrote for it before: a hint for staff, never a claim)."""

    kind: str
    institutions: tuple[str, ...]
    sentence: str
    affiliate: str = ""


WEIGHT: Mapping[str, float] = {
    "decision": 1.0, "case": 0.97, "reply": 0.95, "printed": 0.93, "organisation": 0.8, "named": 0.75, "domain": 0.7, "learned": 0.7, "mentioned": 0.35, "seen": 0.4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Desk:
    """Everything identification looks things up in, built once a round."""

    names: RosterNames
    domains: RosterDomains
    known: Known
    rulings: Rulings
    registered: Mapping[str, str]
    office: str


def identify(received: Sequence[Received], campaign: Campaign, decisions: Sequence[Decision], context: Known) -> Mapping[str, Claim]:
    """Whose each letter is, by SHA-256. Order of the letters does not matter; addresses learned from certain letters help the silent ones."""
    rulings = fold(decisions)
    desk = _Desk(
        names=RosterNames(campaign.institutions),
        domains=RosterDomains(campaign.institutions),
        known=_clean_known(context),
        rulings=rulings,
        registered={i.email.casefold(): i.name for i in campaign.institutions if i.email},
        office=campaign.mailbox.casefold(),
    )
    clues = {r.sha256: tuple(_find_clues(r, desk)) for r in received}
    first = {r.sha256: weigh(r, clues[r.sha256]) for r in received}
    learned, seen = _learn(received, first, clues, rulings)
    confirmed = _confirmed_addresses(received, rulings)
    threads = {_clean_id(r.message.message_id): first[r.sha256].institution for r in received if r.message.message_id}
    claims = {}
    for letter in received:
        more = (*_learned_clues(letter, learned | confirmed, threads), *_seen_clues(letter, seen))
        claim = weigh(letter, (*clues[letter.sha256], *more)) if more else first[letter.sha256]
        claims[letter.sha256] = _ruled(letter, claim, rulings) or _with_codes(letter, claim)
    return claims | _first_from_personal(received, claims, confirmed)


def _ruled(letter: Received, claim: Claim, rulings: Rulings) -> Claim | None:
    """What staff decided about this letter, which nothing outranks; None when they have not."""
    if letter.sha256 in rulings.splits:
        parts = rulings.splits[letter.sha256]
        return Claim(None, claim.candidates, split=tuple(sorted(set(parts.values()))) or claim.split)
    return claim if letter.sha256 in rulings.claims else None


def _clean_known(context: Known) -> Known:
    return Known({_clean_id(k): v for k, v in context.sent.items()}, {clean_text(k): v for k, v in context.case_numbers.items()})


def _clean_id(message_id: str) -> str:
    return message_id.strip().strip("<>").casefold()


# --- clues -----------------------------------------------------------------------------------------------------------------------


def _find_clues(letter: Received, desk: _Desk) -> Iterator[Clue]:
    if letter.sha256 in desk.rulings.claims:
        name = desk.rulings.claims[letter.sha256]
        yield Clue("decision", (name,) if name else (), f"工作人员已指定为{name or '与申报无关'}")
        return
    yield from _case_clues(letter.message, desk)
    yield from _reply_clues(letter.message, desk)
    yield from _form_clues(letter, desk)
    yield from _name_clues(letter.message, desk)
    yield from _domain_clues(letter.message, desk)


def _case_clues(message: Message, desk: _Desk) -> Iterator[Clue]:
    subject = clean_text(message.subject)
    for number, name in desk.known.case_numbers.items():
        if re.search(re.escape(number) + r"(?!\d)", subject):
            yield Clue("case", (name,), f"主题中有我会发给{name}的回执编号{number.upper()}")


def _reply_clues(message: Message, desk: _Desk) -> Iterator[Clue]:
    returned = message.bounced.message_id if message.bounced else ""
    for reference in dict.fromkeys((message.in_reply_to or "", *message.references, returned)):
        name = desk.known.sent.get(_clean_id(reference))
        if name:
            yield Clue("reply", (name,), f"来信是对我会发给{name}的回执的回复")


def _form_clues(letter: Received, desk: _Desk) -> Iterator[Clue]:
    for attachment in letter.message.attachments:
        reading = letter.readings.get(attachment.sha256)
        for form in reading.forms if reading else ():
            if form.kind in (BASIC_INFO, SUMMARY_TABLE):
                yield from _printed_clues(form, attachment.name, desk)


def _printed_clues(form: Form, file: str, desk: _Desk) -> Iterator[Clue]:
    union = _raw(form, "union")
    kind = "mentioned" if "union" in form.doubtful else "printed"
    for mention in desk.names.mentions(union):
        yield Clue(kind, mention.institutions, f"《{file}》“省总直属高校工会”处填写为“{union.strip()}”", mention.affiliate)
    written = [_raw(form, "organisation"), *(_row_raw(row, "organisation") for row in form.rows)]
    for organisation in dict.fromkeys(filter(None, written)):
        for mention in desk.names.mentions(organisation):
            yield Clue("organisation", mention.institutions, f"《{file}》“所在单位”填写为“{organisation.strip()}”", mention.affiliate)


def _raw(form: Form, name: str) -> str:
    value = form.fields.get(name)
    return (value.raw or str(value.value or "")) if value else ""


def _row_raw(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return str(getattr(value, "raw", "") or getattr(value, "value", "") or "")


def _name_clues(message: Message, desk: _Desk) -> Iterator[Clue]:
    for mention in desk.names.mentions(message.subject):
        yield _mention_to_clue("named", mention, f"主题中有“{mention.text}”")
    for path in dict.fromkeys(part for a in message.attachments for part in a.path or (a.name,)):
        for mention in desk.names.mentions(path):
            yield _mention_to_clue("named", mention, f"文件或文件夹名“{path}”中有“{mention.text}”")
    for cloud in message.cloud_files:
        for mention in desk.names.mentions(cloud.name):
            yield _mention_to_clue("named", mention, f"超大附件名“{cloud.name}”中有“{mention.text}”")
    for mention in desk.names.mentions(message.sender.name):
        yield _mention_to_clue("named", mention, f"发件人名称中有“{mention.text}”")
    yield from _text_clues(message, desk)


def _mention_to_clue(kind: str, mention: Mention, sentence: str) -> Clue:
    return Clue(kind if mention.institution else "mentioned", mention.institutions, sentence, mention.affiliate)


def _text_clues(message: Message, desk: _Desk) -> Iterator[Clue]:
    lines = [line.strip() for line in message.text.split("\n") if line.strip()]
    if message.forwarded_from:
        lines += [line.strip() for line in message.quoted.split("\n") if line.strip()]
    for line in lines:
        for mention in desk.names.mentions(line):
            kind = "named" if _speaks_for(line, mention) else "mentioned"
            yield _mention_to_clue(kind, mention, f"正文中有“{line[:40]}”")


def _speaks_for(line: str, mention: Mention) -> bool:
    """True when a line is a signature or speaks in the first person, not a mention of somebody else."""
    cleaned = clean_text(line)
    around = cleaned.replace(mention.affiliate or mention.text, "").replace(mention.text, "")
    around = re.sub(r"(中国教育工会|工会委员会|工会|委员会|校工会|单位|学校|落款|联系人|报送|[::,,。.()()0-9年月日-])", "", around)
    return len(around) <= 4 or bool(_OWN_WORDS.search(cleaned))


def _domain_clues(message: Message, desk: _Desk) -> Iterator[Clue]:
    for address in _author_addresses(message, desk):
        if address in desk.registered:
            name = desk.registered[address]
            yield Clue("domain", (name,), f"发件地址{address}是{name}登记的邮箱")
        elif not is_personal(address) and (found := desk.domains.find_owner(address)):
            yield Clue("domain", (found[0],), f"发件邮箱域名{found[1]}属于{found[0]}")


def _author_addresses(message: Message, desk: _Desk | None = None) -> tuple[str, ...]:
    forwarded = message.forwarded_from.address if message.forwarded_from else ""
    own = message.sender.address.casefold()
    if forwarded and (desk is None or own == desk.office or is_personal(own)):
        return (forwarded.casefold(),)
    return (own,) if own else ()


def is_personal(address: str) -> bool:
    """True for a mailbox that anyone may have (qq, 163 …): it says nothing about the institution."""
    domain = address.casefold().rpartition("@")[2].strip()
    return domain in PERSONAL


# --- learned addresses and threads -------------------------------------------------------------------------------------------


def _confirmed_addresses(received: Iterable[Received], rulings: Rulings) -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for letter in received:
        name = rulings.claims.get(letter.sha256, "")
        for address in _author_addresses(letter.message) if name else ():
            owners.setdefault(address, set()).add(name)
    return {a: next(iter(o)) for a, o in owners.items() if len(o) == 1}


def _learn(
    received: Iterable[Received], claims: Mapping[str, Claim], clues: Mapping[str, tuple[Clue, ...]], rulings: Rulings
) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Office addresses whose letters were certain, and personal mailboxes with those they wrote for (only a hint until confirmed)."""
    owners: dict[str, set[str]] = {}
    for letter in received:
        name = claims[letter.sha256].institution
        certain = any(c.kind in ("case", "reply", "printed") for c in clues[letter.sha256])
        for address in _author_addresses(letter.message):
            if name and (certain or is_personal(address)) and letter.sha256 not in rulings.claims:
                owners.setdefault(address, set()).add(name)
    learned = {a: next(iter(o)) for a, o in owners.items() if len(o) == 1 and not is_personal(a)}
    return learned, {a: o for a, o in owners.items() if is_personal(a)}


def _seen_clues(letter: Received, seen: Mapping[str, set[str]]) -> Iterator[Clue]:
    for address in _author_addresses(letter.message):
        for name in sorted(seen.get(address, ())):
            yield Clue("seen", (name,), f"该个人邮箱{address}曾为{name}来信，尚未经工作人员确认")


def _learned_clues(letter: Received, learned: Mapping[str, str], threads: Mapping[str, str | None]) -> Iterator[Clue]:
    for address in _author_addresses(letter.message):
        if address in learned:
            yield Clue("learned", (learned[address],), f"发件地址{address}此前已确认为{learned[address]}")
    for reference in dict.fromkeys((letter.message.in_reply_to or "", *letter.message.references)):
        name = threads.get(_clean_id(reference)) if reference else None
        if name:
            yield Clue("learned", (name,), f"来信接续{name}此前的来信")


# --- weighing ------------------------------------------------------------------------------------------------------------------


def weigh(letter: Received, clues: Sequence[Clue]) -> Claim:
    """The claim that the evidence supports; None with ranked candidates where it disagrees or is too thin."""
    candidates = _rank(clues)
    decided = [c for c in clues if c.kind == "decision"]
    if decided:
        return Claim(decided[0].institutions[0] if decided[0].institutions else None, candidates)
    ours, printed = _certain(clues, "case", "reply"), _certain(clues, "printed")
    if not printed:
        printed = _certain(clues, "organisation")
    named, home = _certain(clues, "named"), _certain(clues, "domain", "learned")
    if len(printed) > 1:
        return Claim(None, candidates, split=printed, codes=("M10",))
    name = _agree(ours, printed, named, home)
    if name is None:
        return Claim(None, candidates, split=_named_split(letter, clues), codes=("M01",))
    domain = _certain(clues, "domain")
    codes = ("T02",) if domain and name not in domain else ()
    return Claim(name, candidates, affiliate=_affiliate(clues, name), codes=codes)


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


def _named_split(letter: Received, clues: Sequence[Clue]) -> tuple[str, ...]:
    paths = [c for c in clues if c.kind == "named" and c.sentence.startswith("文件或文件夹名")]
    names = _certain(paths, "named")
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
    codes = [c for c in claim.codes if c != "M01"]
    if letter.message.kind in MACHINES:
        return replace(claim, codes=("M11",), split=())
    if claim.institution is None and "M10" not in codes:
        codes += _unclaimed_codes(letter.message, claim)
    if claim.institution and claim.affiliate:
        codes.append("Q05")
    return replace(claim, codes=tuple(dict.fromkeys(codes)))


def _first_from_personal(received: Iterable[Received], claims: Mapping[str, Claim], confirmed: Mapping[str, str]) -> dict[str, Claim]:
    """M15 with the first letter that a personal mailbox wrote for an institution, until staff confirmed the mailbox once."""
    found: dict[str, Claim] = {}
    met: set[tuple[str, str]] = set()
    for letter in sorted(received, key=lambda r: (r.received_at, r.sha256)):
        claim = claims[letter.sha256]
        for address in _author_addresses(letter.message) if claim.institution and letter.message.kind not in MACHINES else ():
            if is_personal(address) and confirmed.get(address) != claim.institution and (address, claim.institution) not in met:
                met.add((address, str(claim.institution)))
                found[letter.sha256] = replace(claim, codes=(*claim.codes, "M15"))
    return found


def _unclaimed_codes(message: Message, claim: Claim) -> list[str]:
    if claim.split:
        return ["M10"]
    if message.attachments and all(a.problem == "hostile" for a in message.attachments) and not claim.candidates:
        return ["M08"]
    return ["M01"]


# --- one letter, several institutions --------------------------------------------------------------------------------------------


def split_files(letter: Received, campaign: Campaign) -> Mapping[str, str]:
    """Which file of a mixed letter belongs to whom (M10), by the name printed in it, else by its folder, else by its own name."""
    names = RosterNames(campaign.institutions)
    owners: dict[str, str] = {}
    folders: dict[tuple[str, ...], set[str]] = {}
    for attachment in letter.message.attachments:
        owner = _file_owner(letter, attachment.sha256, attachment.path or (attachment.name,), names)
        if owner:
            owners[attachment.sha256] = owner
            for depth in range(1, len(attachment.path)):
                folders.setdefault(attachment.path[:depth], set()).add(owner)
    for attachment in letter.message.attachments:
        if attachment.sha256 not in owners:
            around = [folders[attachment.path[:d]] for d in range(len(attachment.path) - 1, 0, -1) if attachment.path[:d] in folders]
            if around and len(around[0]) == 1:
                owners[attachment.sha256] = next(iter(around[0]))
    return owners


def _file_owner(letter: Received, sha256: str, path: tuple[str, ...], names: RosterNames) -> str | None:
    reading = letter.readings.get(sha256)
    texts = [_raw(form, key) for form in (reading.forms if reading else ()) for key in ("union", "organisation")]
    for text in (*filter(None, texts), *reversed(path)):
        found = {m.institution for m in names.mentions(text) if m.institution}
        if len(found) == 1:
            return next(iter(found))
    return None
