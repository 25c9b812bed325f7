"""What mailboxes and lines do to a fetch: the same letter again, another numbering, moves, cuts - nothing lost, nothing doubled."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from config.settings import MailboxSettings
from intake.errors import MailboxUnavailable, World
from intake.mailbox.answers import Listed
from intake.mailbox.fetch import fetch_letters
from intake.mailbox.imap import Mailbox
from intake.mailbox.round import BATCH_MEMORY, SET_ASIDE_AFTER
from service.demo.mailbox import DemoMailbox
from tests.letters import MOMENT, NOW, books, deliver_all, kept_letters, plain_letter, settings_of
from tests.live.line import Line


def fetch(mailbox: DemoMailbox, folder: Path, port: int = 0, **more: Any) -> int:
    """One round; how many letters were new."""
    settings_now = settings_of(mailbox, port, **more)
    ledger, vault = books(folder)
    with ledger, vault, Mailbox.open(settings_now) as box:
        return fetch_letters(box, ledger, vault, settings_now, NOW).new


def test_the_same_letter_delivered_again_is_one_letter(netease: DemoMailbox, tmp_path: Path) -> None:
    """Identity is the bytes; every place it was met is remembered."""
    deliver_all(netease, [plain_letter(1), plain_letter(2)])
    assert fetch(netease, tmp_path) == 2
    deliver_all(netease, [plain_letter(1)])
    deliver_all(netease, [plain_letter(2)], "垃圾邮件")
    assert fetch(netease, tmp_path) == 0
    ledger, _ = books(tmp_path)
    assert ledger.sightings(netease.user, "INBOX", 1) == {101, 102, 103}


def test_a_rebuilt_mailbox_with_the_same_uidvalidity_brings_only_what_is_new(tmp_path: Path) -> None:
    """NetEase's UIDVALIDITY is 1 for ever, so a rebuilt mailbox cannot say so; more letters than before are still all found."""
    raws = [plain_letter(n) for n in range(5)]
    with DemoMailbox() as before:
        deliver_all(before, raws[:3])
        assert fetch(before, tmp_path) == 3
    with DemoMailbox() as after:
        deliver_all(after, raws)
        assert fetch(after, tmp_path) == 2
    ledger, vault = books(tmp_path)
    assert sorted(kept_letters(ledger, vault)) == sorted(raws)


def test_uids_given_to_other_letters_under_the_same_uidvalidity_are_found_out(tmp_path: Path) -> None:
    """The worst a rebuilt mailbox can do: every UID known, every letter another. The server's times tell, and only once."""
    with DemoMailbox() as before:
        deliver_all(before, [plain_letter(n) for n in range(3)])
        assert fetch(before, tmp_path) == 3
    with DemoMailbox() as after:
        for number in range(3, 6):
            after.deliver(plain_letter(number), MOMENT + timedelta(minutes=number))
        assert fetch(after, tmp_path) == 3
        with Line(after.imap_port) as line:
            assert fetch(after, tmp_path, line.port) == 0
    assert line.commands.count("FETCH") == 1


def test_letters_moved_to_another_folder_are_not_new(netease: DemoMailbox, tmp_path: Path) -> None:
    """The webmail's own sorting rules move letters between two polls."""
    deliver_all(netease, [plain_letter(n) for n in range(4)])
    assert fetch(netease, tmp_path) == 4
    with Mailbox.open(settings_of(netease)) as box:
        person = box._client
        person.select_folder("INBOX")
        moved = person.search("ALL")[:2]
        person.copy(moved, "广告邮件")
        person.delete_messages(moved)
        person.expunge()
    assert fetch(netease, tmp_path) == 0


def test_a_line_cut_in_the_middle_loses_nothing_and_still_gets_on(netease: DemoMailbox, tmp_path: Path) -> None:
    """Each connection dies after 700 KB; every finished batch stays."""
    raws = [plain_letter(n, filling=200_000) for n in range(6)]
    deliver_all(netease, raws)
    with Line(netease.imap_port, cut_after=700_000) as line:
        rounds = rounds_until_quiet(netease, tmp_path, line.port, batch_bytes=450_000)
    assert 1 < rounds <= 4
    ledger, vault = books(tmp_path)
    assert sorted(kept_letters(ledger, vault)) == sorted(raws)


def test_after_a_cut_the_batches_shrink_until_one_fits_through(netease: DemoMailbox, tmp_path: Path) -> None:
    """A batch larger than what a bad line carries would otherwise be tried for ever."""
    deliver_all(netease, [plain_letter(n, filling=200_000) for n in range(6)])
    with Line(netease.imap_port, cut_after=700_000) as line:
        assert rounds_until_quiet(netease, tmp_path, line.port, batch_bytes=8 << 20) <= 8
    ledger, _ = books(tmp_path)
    assert len(ledger.letters()) == 6
    assert BATCH_MEMORY not in ledger.health().values


def rounds_until_quiet(mailbox: DemoMailbox, folder: Path, port: int, **more: Any) -> int:
    """Polls until one goes through without an error, as the timetable does."""
    for number in range(1, 20):
        try:
            fetch(mailbox, folder, port, **more)
        except MailboxUnavailable:
            continue
        return number
    raise AssertionError("never quiet")


def test_a_failed_poll_is_noted_for_the_digest_and_a_good_one_clears_it(netease: DemoMailbox, tmp_path: Path) -> None:
    """Staff see since when the mailbox has been silent."""
    deliver_all(netease, [plain_letter(n, filling=90_000) for n in range(3)])
    ledger, _ = books(tmp_path)
    with Line(netease.imap_port, cut_after=50_000) as line, contextlib.suppress(World):
        fetch(netease, tmp_path, line.port)
    assert "连接中途断开" in ledger.health().values["last_poll_error"]
    fetch(netease, tmp_path)
    assert "last_poll_error" not in ledger.health().values
    assert ledger.health().values["letters_on_server"] == "3"


class Server:
    """A mailbox as values: folders of numbered letters, a numbering that may start anew, a line that may be cut at any answer."""

    def __init__(self) -> None:
        self.folders: dict[str, dict[int, bytes]] = {"INBOX": {}, "垃圾邮件": {}}
        self.uidvalidity = dict.fromkeys(self.folders, 1)
        self.next_uid = dict.fromkeys(self.folders, 1)
        self.served: set[bytes] = set()
        self.answers_left: int | None = None

    def put(self, folder: str, raw: bytes) -> None:
        """A letter arrives."""
        self.folders[folder][self.next_uid[folder]] = raw
        self.next_uid[folder] += 1

    def renumber(self, folder: str, announced: bool, kept: int) -> None:
        """The server rebuilds the folder with some of its letters in another order, and says so by UIDVALIDITY or (NetEase) does not."""
        raws = list(reversed(self.folders[folder].values()))[:kept]
        self.uidvalidity[folder] += announced
        self.folders[folder] = dict(enumerate(raws, 1))
        self.next_uid[folder] = len(raws) + 1

    def answer(self) -> None:
        """Every answer may be the last one of this line."""
        if self.answers_left is None:
            return
        if self.answers_left == 0:
            raise MailboxUnavailable("cut")
        self.answers_left -= 1


def time_of(raw: bytes) -> datetime:
    """Every letter has its own server time."""
    return MOMENT + timedelta(minutes=int(raw.split(b"Subject: letter ")[1].split(b"\r")[0]))


class Connection:
    """What `fetch_letters` asks of a mailbox, answered by a Server."""

    def __init__(self, server: Server) -> None:
        self.server, self.folder = server, ""

    is_stale = False

    def patiently(self) -> None:
        """One thing after the other: so it is done here in any case."""

    def ask_stands(self, folders: object) -> None:
        """Nothing is sent ahead."""

    def survey(self, lowest: object, since: object, early: object = ()) -> None:
        """Nor here."""

    def comes_early(self, folder: str, letter: Listed) -> bool:
        """Nothing comes unasked."""
        return False

    def is_here(self, folder: str, uids: object) -> bool:
        """Every batch comes faster than it is kept: they are kept together."""
        return True

    def then(self, coming: object) -> None:
        """Nor here."""

    def stands(self, folders: object) -> dict[str, str]:
        """This server tells of no folder how it stands: all of it is compared in every round."""
        return {}

    def stand(self, folder: str) -> str:
        """Nothing to be remembered."""
        return ""

    def look_into(self, folder: str) -> None:
        """Back to a folder."""
        self.folder = folder

    def folders(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Both of them."""
        self.server.answer()
        return tuple(self.server.folders), ()

    @property
    def names(self) -> frozenset[str]:
        """Every folder there is."""
        return frozenset(self.server.folders)

    def examine(self, folder: str) -> int:
        """Look into one."""
        self.server.answer()
        self.folder = folder
        return self.server.uidvalidity[folder]

    def uids(self, since: object) -> tuple[int, ...]:
        """All of them."""
        self.server.answer()
        return tuple(self.server.folders[self.folder])

    def listing(self, uids: list[int]) -> tuple[Listed, ...]:
        """Their sizes."""
        self.server.answer()
        held = self.server.folders[self.folder]
        return tuple(Listed(uid, len(held[uid]), time_of(held[uid])) for uid in uids if uid in held)

    def bodies(self, uids: list[int]) -> dict[int, bytes]:
        """Their bytes."""
        self.server.answer()
        held = self.server.folders[self.folder]
        self.server.served |= {held[uid] for uid in uids if uid in held}
        return {uid: held[uid] for uid in uids if uid in held}

    def came_at(self, uid: int) -> datetime | None:
        """When a letter came; this server does not tell."""
        self.server.answer()
        return None

    def writer(self, uid: int) -> bytes:
        """The head of a letter that does not come; this server gives none."""
        self.server.answer()
        return b""


class AnyOrder(RuleBasedStateMachine):
    """Deliveries, expunges, renumberings, cuts and polls in any order: recorded = served, each once; after a quiet poll, all there is."""

    folder_names = st.sampled_from(["INBOX", "垃圾邮件"])

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.home = tempfile.TemporaryDirectory()
        self.server = Server()
        self.ledger, self.vault = books(Path(self.home.name))
        self.settings = MailboxSettings(user="office", batch_bytes=400)

    def teardown(self) -> None:
        """Let the files go."""
        self.ledger.close()
        self.vault.close()
        self.home.cleanup()

    @rule(folder=folder_names, number=st.integers(1, 30))
    def deliver(self, folder: str, number: int) -> None:
        """A letter, perhaps one that came before."""
        self.server.put(folder, plain_letter(number))

    @rule(folder=folder_names, place=st.integers(0, 5))
    def expunge(self, folder: str, place: int) -> None:
        """Staff delete a letter."""
        for uid in list(self.server.folders[folder])[place : place + 1]:
            del self.server.folders[folder][uid]

    @rule(
        folder=folder_names,
        announced=st.booleans(),
        kept=st.sampled_from([0, 3]),
        numbers=st.lists(st.integers(1, 30), min_size=1, max_size=3),
    )
    def rebuild(self, folder: str, announced: bool, kept: int, numbers: list[int]) -> None:
        """The folder is numbered anew, other letters are in it, and only some servers say so."""
        self.server.renumber(folder, announced or self.server.uidvalidity[folder] > 1, kept)
        for number in numbers:
            self.server.put(folder, plain_letter(number))

    @rule(answers=st.integers(0, 9))
    def poll_on_a_bad_line(self, answers: int) -> None:
        """The line dies at some answer, or just holds."""
        self.server.answers_left = answers
        with contextlib.suppress(MailboxUnavailable):
            self.poll()
        self.server.answers_left = None

    @rule()
    def poll(self) -> None:
        """A round; if it ends well, everything on the server is recorded, but for a letter at which the line broke so often that it rests an hour."""
        fetch_letters(Connection(self.server), self.ledger, self.vault, self.settings, NOW)  # type: ignore[arg-type]
        recorded = set(kept_letters(self.ledger, self.vault))
        resting = {(letter.folder, letter.uid) for letter in self.ledger.unknown_letters() if letter.rounds >= SET_ASIDE_AFTER}
        there = {(folder, uid): raw for folder, held in self.server.folders.items() for uid, raw in held.items()}
        assert recorded >= {raw for place, raw in there.items() if place not in resting}

    @invariant()
    def recorded_is_served_less_at_most_the_batch_in_flight(self) -> None:
        """Nothing is recorded twice and nothing that was never served."""
        kept = kept_letters(self.ledger, self.vault)
        assert len(kept) == len(set(kept))
        assert set(kept) == self.server.served


def test_in_any_order_of_events_recorded_is_what_was_served() -> None:
    """The property behind all of the above."""
    run_state_machine_as_test(
        AnyOrder, settings=settings(max_examples=150, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3_000), max_size=40), st.integers(1, 5_000))
def test_batches_hold_every_letter_once_within_the_limit(sizes: list[int], most: int) -> None:
    """Only a letter that is too big by itself may break the limit, and it stands alone."""
    from intake.mailbox.looking import into_batches

    letters = [Listed(uid, size, None) for uid, size in enumerate(sizes, 1)]
    batches = list(into_batches(letters, most))
    assert [letter for batch in batches for letter in batch] == letters
    assert all(sum(x.size for x in batch) <= most or len(batch) == 1 for batch in batches)
