"""Core: the evidence for whose letter it is (线索) - our numbers, our letters, printed names, text and file names, domains, learned addresses.

Each clue is one piece of evidence with a sentence staff can check; weighing them is `intake.claiming.sender`'s work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from intake.case_numbers import number_without_check
from intake.claiming.roster_names import Mention, RosterDomains, RosterNames
from intake.decisions import Rulings
from intake.message import Message
from intake.names import clean_text
from intake.submission import Received
from parsers.form import BASIC_INFO, NARRATIVE, SUMMARY_TABLE, Form, Value

PERSONAL = frozenset({
    "qq.com", "vip.qq.com", "foxmail.com", "163.com", "vip.163.com", "126.com", "vip.126.com", "yeah.net", "188.com", "sina.com", "sina.cn",
    "vip.sina.com", "sohu.com", "139.com", "189.cn", "wo.cn", "21cn.com", "tom.com", "aliyun.com", "outlook.com", "hotmail.com", "live.com",
    "live.cn", "msn.com", "gmail.com", "yahoo.com", "yahoo.com.cn", "icloud.com",
})  # fmt: skip
OWN_WORDS = 4000
_BY_CONTENTS = ("printed", "organisation", "books")
_OWN_WORDS = re.compile(r"(我校|我院|我单位|本校|这里是|我是|我们是)")


@dataclass(frozen=True, slots=True)
class Clue:
    """线索: one piece of evidence for one or more institutions. `kind`: decision case reply printed organisation named mentioned
    domain learned books (a studio on the books with its leader) alike (a leader or a studio on the books, somewhere) seen (a mailbox that
    wrote for it: a hint for staff, never a claim) number (ours without its check part: a hint too)."""

    kind: str
    institutions: tuple[str, ...]
    sentence: str
    affiliate: str = ""


@dataclass(frozen=True, slots=True)
class ClueDesk:
    """Everything identification looks things up in, built once a round."""

    names: RosterNames
    domains: RosterDomains
    sent: Mapping[str, str]
    case_numbers: Mapping[str, str]
    rulings: Rulings
    registered: Mapping[str, str]
    office: str


def clean_id(message_id: str) -> str:
    """A Message-ID for comparing: without brackets, in lower case."""
    return message_id.strip().strip("<>").casefold()


def find_clues(letter: Received, desk: ClueDesk) -> Iterator[Clue]:
    """Every piece of evidence in one letter, strongest kinds first; a staff decision makes all others needless."""
    if letter.sha256 in desk.rulings.claims:
        name = desk.rulings.claims[letter.sha256]
        yield Clue("decision", (name,) if name else (), f"工作人员已指定为{name or '与申报无关'}")
        return
    yield from _case_clues(letter.message, desk)
    yield from _reply_clues(letter.message, desk)
    yield from _form_clues(letter, desk)
    yield from _name_clues(letter.message, desk)
    yield from _domain_clues(letter.message, desk)


def form_text(form: Form, name: str) -> str:
    """A field as read, empty when blank or not printed."""
    return row_text(form.fields, name)


def row_text(row: Mapping[str, Value], name: str) -> str:
    """A cell as read, empty when blank or not printed."""
    cell = row.get(name)
    return str(cell.value or cell.raw or "").strip() if cell else ""


def _case_clues(message: Message, desk: ClueDesk) -> Iterator[Clue]:
    """Our number in the subject or in the writer's own words; what is quoted below says only which letter was answered.

    The running number alone can be counted up by anybody: without its check part it is a hint ("number")."""
    for text, place in ((clean_text(message.subject), "主题"), (clean_text(message.text[:OWN_WORDS]), "正文")):
        for number, name in desk.case_numbers.items():
            bare = number_without_check(number)
            if number != bare and number in text:
                yield Clue("case", (name,), f"{place}中有我会发给{name}的回执编号{number.upper()}")
            elif re.search(re.escape(bare) + r"(?!\d)", text):
                yield Clue("number", (name,), f"{place}中有我会发给{name}的回执编号{bare.upper()}，但末尾的校验字符没有写或不符，不作为凭据")


def _reply_clues(message: Message, desk: ClueDesk) -> Iterator[Clue]:
    returned = message.bounced.message_id if message.bounced else ""
    for reference in dict.fromkeys((message.in_reply_to or "", *message.references, returned)):
        name = desk.sent.get(clean_id(reference))
        if name:
            yield Clue("reply", (name,), f"来信是对我会发给{name}的回执的回复")


def _form_clues(letter: Received, desk: ClueDesk) -> Iterator[Clue]:
    for attachment in letter.message.leaves:
        reading = letter.readings.get(attachment.sha256)
        for form in reading.forms if reading else ():
            if form.kind in (BASIC_INFO, SUMMARY_TABLE):
                yield from _printed_clues(form, attachment.name, desk)
            elif form.kind == NARRATIVE:
                for mention in desk.names.mentions(field_raw(form, "studio")):
                    kind = "organisation" if mention.full else "mentioned"
                    yield Clue(kind, mention.institutions, f"《{attachment.name}》中的工作室名称含“{mention.text}”", mention.affiliate)


def _printed_clues(form: Form, file: str, desk: ClueDesk) -> Iterator[Clue]:
    union = field_raw(form, "union")
    kind = "mentioned" if "union" in form.doubtful else "printed"
    for mention in desk.names.mentions(union):
        yield Clue(kind, mention.institutions, f"《{file}》“省总直属高校工会”处填写为“{union.strip()}”", mention.affiliate)
    written = [field_raw(form, "organisation"), *(_row_raw(row, "organisation") for row in form.rows)]
    for organisation in dict.fromkeys(filter(None, written)):
        for mention in desk.names.mentions(organisation):
            yield Clue("organisation", mention.institutions, f"《{file}》“所在单位”填写为“{organisation.strip()}”", mention.affiliate)


def field_raw(form: Form, name: str) -> str:
    """A field as written, empty when blank or not printed."""
    value = form.fields.get(name)
    return (value.raw or str(value.value or "")) if value else ""


def _row_raw(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return str(getattr(value, "raw", "") or getattr(value, "value", "") or "")


def _name_clues(message: Message, desk: ClueDesk) -> Iterator[Clue]:
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


def _text_clues(message: Message, desk: ClueDesk) -> Iterator[Clue]:
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


def _domain_clues(message: Message, desk: ClueDesk) -> Iterator[Clue]:
    for address in author_addresses(message, desk):
        if address in desk.registered:
            name = desk.registered[address]
            yield Clue("domain", (name,), f"发件地址{address}是{name}登记的邮箱")
        elif not is_personal(address) and (found := desk.domains.find_owner(address)):
            yield Clue("domain", (found[0],), f"发件邮箱域名{found[1]}属于{found[0]}")


def author_addresses(message: Message, desk: ClueDesk | None = None) -> tuple[str, ...]:
    """The addresses of whoever really wrote: of a forwarded letter its first writer, when the office or a private mailbox passed it on."""
    forwarded = message.forwarded_from.address if message.forwarded_from else ""
    own = message.sender.address.casefold()
    if forwarded and (desk is None or own == desk.office or is_personal(own)):
        return (forwarded.casefold(),)
    return (own,) if own else ()


def learning_addresses(message: Message) -> tuple[str, ...]:
    """The addresses a letter teaches something about; a bounce comes from a mail server that answers for everybody."""
    return () if message.kind == "bounce" else author_addresses(message)


def is_personal(address: str) -> bool:
    """True for a mailbox that anyone may have (qq, 163 …): it says nothing about the institution."""
    domain = address.casefold().rpartition("@")[2].strip()
    return domain in PERSONAL


# --- learned addresses and threads -------------------------------------------------------------------------------------------


def confirmed_addresses(received: Iterable[Received], rulings: Rulings, office: str) -> dict[str, str]:
    """The addresses, personal ones too, whose letters staff claimed for one institution: From, and where our own mailbox passed a letter on its
    first writer. Whom anybody else says he forwards for is his word alone, and a click on his letter confirms nobody he names."""
    owners: dict[str, set[str]] = {}
    for letter in received:
        name, own = rulings.claims.get(letter.sha256, ""), letter.message.sender.address.casefold()
        writers = learning_addresses(letter.message) if own == office else (own,) if own and letter.message.kind != "bounce" else ()
        for address in writers if name else ():
            owners.setdefault(address, set()).add(name)
    return {a: next(iter(o)) for a, o in owners.items() if len(o) == 1}


@dataclass(slots=True)
class Mailboxes:
    """来信邮箱: whom each address wrote for in letters that arrived before: for certain, and (only a hint) somehow."""

    certain: dict[str, set[str]] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)

    def remember(self, letter: Received, institution: str | None, clues: Iterable[Clue]) -> None:
        """One more letter, once it is somebody's. Certain is our number or thread, and what its forms and essays say: not a name in words."""
        kinds = {clue.kind for clue in clues}
        certain = bool(kinds & {"case", "reply", *_BY_CONTENTS})
        for address in learning_addresses(letter.message) if institution else ():
            if certain:
                self.certain.setdefault(address, set()).add(str(institution))
            elif is_personal(address):
                self.seen.setdefault(address, set()).add(str(institution))

    def clues(self, letter: Received, confirmed: Mapping[str, str]) -> Iterator[Clue]:
        """What the letter's own mailbox tells: confirmed by staff, certain for one institution, or only seen."""
        for address in learning_addresses(letter.message):
            certain = self.certain.get(address, set())
            if address in confirmed:
                yield Clue("learned", (confirmed[address],), f"发件地址{address}此前已确认为{confirmed[address]}")
            elif len(certain) == 1:
                name = next(iter(certain))
                yield Clue("learned", (name,), f"发件地址{address}此前的来信已按材料内容登记为{name}")
            else:
                yield from seen_clues(address, certain | self.seen.get(address, set()))


def seen_clues(address: str, names: Iterable[str]) -> Iterator[Clue]:
    """Hints: whom a mailbox wrote for, in letters that prove nothing or came later."""
    for name in sorted(names):
        yield Clue("seen", (name,), f"该邮箱{address}曾为{name}来信，尚未经工作人员确认")


def thread_clues(letter: Received, threads: Mapping[str, str | None]) -> Iterator[Clue]:
    """What earlier letters of the same thread tell."""
    for reference in dict.fromkeys((letter.message.in_reply_to or "", *letter.message.references)):
        name = threads.get(clean_id(reference)) if reference else None
        if name:
            yield Clue("learned", (name,), f"来信接续{name}此前的来信")
