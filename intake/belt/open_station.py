"""Shell: the opening station (拆信) - kept letters in, messages and leaves out; the bytes are only touched inside the engine."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from config.campaign import Campaign
from intake.belt.volume_station import join_over_letters
from intake.books import Ledger, Vault
from intake.errors import VaultDamaged, World
from intake.message import Attachment, Message
from intake.opening import OPENER_VERSION, sender_and_subject
from intake.progress import Progress, no_progress
from intake.reading import Died, Engine, Failed, Outcome, Task
from intake.records import LetterRecord, UnknownLetter

MAXIMUM_ATTEMPTS = 8
TOGETHER, MOST_BYTES = 16, 8 << 20
"""So many letters, or letters and leaves of so many bytes, are recorded in one transaction."""


@dataclass(frozen=True, slots=True)
class OpenReport:
    """拆信结果."""

    opened: int = 0
    quarantined: int = 0


def open_letters(
    ledger: Ledger,
    vault: Vault,
    engine: Engine,
    campaign: Campaign,
    progress: Progress = no_progress,
    own: Sequence[str] = (),
    new_only: bool = False,
) -> OpenReport:
    """Open every letter that is owed it; one that cannot be opened is set aside with the reason and stops nothing.

    `own` are our addresses beside the campaign's mailbox: what comes from them is never answered. `new_only` as in `Ledger.unopened`.
    """
    owed = {letter.sha256: letter for letter in ledger.unopened(OPENER_VERSION, new_only)}
    group = _Group(ledger, vault)
    for task, outcome in engine.run(_opening_tasks(owed.values(), ledger, vault, (campaign.mailbox, *own))):
        group.add(owed[task.key], task, outcome)
        progress("拆信", group.opened + group.quarantined + len(group.held), len(owed))
    group.record()
    join_over_letters(ledger, vault, engine)
    return OpenReport(group.opened, group.quarantined)


@dataclass(slots=True)
class _Group:
    """What came of some letters, recorded together: one transaction of the vault and one of the ledger for all of them."""

    ledger: Ledger
    vault: Vault
    held: list[tuple[LetterRecord, Task, Outcome]] = field(default_factory=list)
    size: int = 0
    opened: int = 0
    quarantined: int = 0

    def add(self, letter: LetterRecord, task: Task, outcome: Outcome) -> None:
        """One more; a full group is recorded."""
        self.held.append((letter, task, outcome))
        self.size += len(task.payload) + (sum(len(leaf.payload) for leaf in outcome.leaves) if isinstance(outcome, Message) else 0)
        if len(self.held) >= TOGETHER or self.size >= MOST_BYTES:
            self.record()

    def record(self) -> None:
        """Record what is held; where one letter of several makes trouble of our own, each by itself, so that it stands alone with its fault."""
        held, self.held, self.size = self.held, [], 0
        sound = [(letter, task, outcome) for letter, task, outcome in held if isinstance(outcome, Message)]
        try:
            self._record([(letter, message) for letter, _, message in sound])
        except World:
            raise
        except Exception:
            for letter, task, message in sound:
                self._record_alone(letter, task, message)
        for letter, task, outcome in held:
            if not isinstance(outcome, Message):
                self._set_aside(letter, task, _reason(outcome))

    def _record(self, letters: Sequence[tuple[LetterRecord, Message]]) -> None:
        """The leaves into the vault first, then the openings into the ledger."""
        self.vault.keep_all(leaf.payload for _, message in letters for leaf in message.leaves if leaf.payload)
        with self.ledger.immediate():
            for letter, message in letters:
                found = _with_the_rest_on_the_server(letter, message) if letter.state == "oversize" else message
                self.ledger.record_opening(letter.sha256, found, OPENER_VERSION)
        self.opened += len(letters)

    def _record_alone(self, letter: LetterRecord, task: Task, message: Message) -> None:
        try:
            self._record([(letter, message)])
        except World:
            raise
        except Exception:
            self._set_aside(letter, task, _reason(Failed(traceback.format_exc())))

    def _set_aside(self, letter: LetterRecord, task: Task, reason: str) -> None:
        self.ledger.quarantine(letter.sha256, reason)
        self.ledger.note_unread(letter.sha256, _head_of(letter, task.payload), letter.fetched_at)
        self.quarantined += 1


def _kept(vault: Vault, letter: LetterRecord) -> bytes:
    try:
        return vault.fetch(letter.sha256)
    except (KeyError, VaultDamaged):
        return b""


def _head_of(letter: LetterRecord, raw: bytes) -> UnknownLetter:
    """Who wrote a letter that could not be opened, and its subject, as far as its head tells."""
    sender, subject = sender_and_subject(raw)
    where = UnknownLetter(folder=letter.folder, uidvalidity=0, uid=0, size=letter.size, received_at=letter.received_at)
    return replace(where, sender=sender, subject=subject, reason="已存未能拆开")


def _opening_tasks(owed: Iterable[LetterRecord], ledger: Ledger, vault: Vault, own: tuple[str, ...]) -> Iterator[Task]:
    """The letters as tasks, payloads fetched one by one; a letter that took the program down again and again is not tried any more."""
    for letter in _attempted(owed, ledger, vault):
        try:
            raw = vault.fetch(letter.sha256)
        except (KeyError, VaultDamaged) as error:
            ledger.note_unread(letter.sha256, _head_of(letter, b""), letter.fetched_at)
            ledger.quarantine(letter.sha256, f"原件库中没有这封信或原件已损坏：{error}")
            continue
        yield Task(kind="open", key=letter.sha256, payload=raw, own_addresses=own)


def _attempted(owed: Iterable[LetterRecord], ledger: Ledger, vault: Vault) -> Iterator[LetterRecord]:
    """The letters whose attempt is noted: several in one transaction the first time, and each by itself once it was tried in vain, so that
    the one that takes the program down is found out and takes none of its neighbours with it."""
    fresh: list[LetterRecord] = []
    tried: list[LetterRecord] = []
    for letter in owed:
        (tried if letter.attempts else fresh).append(letter)
    for group in [*(fresh[at : at + TOGETHER] for at in range(0, len(fresh), TOGETHER)), *([letter] for letter in tried)]:
        with ledger.immediate():
            counts = [ledger.note_attempt(letter.sha256, OPENER_VERSION) for letter in group]
        for letter, count in zip(group, counts, strict=True):
            if count > MAXIMUM_ATTEMPTS:
                ledger.quarantine(letter.sha256, f"拆这封信时程序中断了 {MAXIMUM_ATTEMPTS} 次，已隔离；请联系技术人员。")
                ledger.note_unread(letter.sha256, _head_of(letter, _kept(vault, letter)), letter.fetched_at)
            else:
                yield letter


def _with_the_rest_on_the_server(letter: LetterRecord, message: Message) -> Message:
    """Of an oversize letter only the head was kept; the rest counts as one file that a person must fetch, never as nothing sent."""
    name = "整封来信（过大，未下载，请在网页邮箱中查看）"
    rest = Attachment(name=name, path=(name,), size=letter.size, sha256=letter.sha256, problem="too_large")
    kind = "submission" if message.kind == "empty" else message.kind
    return replace(message, attachments=(*message.attachments, rest), kind=kind)


def _reason(outcome: Outcome) -> str:
    """Why a letter could not be opened: a sentence for staff, and for our own mistakes the traceback below it."""
    if isinstance(outcome, Died):
        what = {"timeout": "时间过长", "memory": "占用内存过多", "crash": "程序崩溃"}[outcome.reason]
        return f"拆这封信时读件进程中断（{what}），原件已保存，请人工查看。{outcome.detail}"
    trace = outcome.traceback if isinstance(outcome, Failed) else f"unexpected answer {type(outcome).__name__}"
    return f"拆这封信时程序出错，原件已保存，修正程序后可重试。\n{trace}"
