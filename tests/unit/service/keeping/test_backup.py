"""A copy that can be trusted, and a way back that loses nothing."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from intake.books.health import DAMAGED_BLOBS
from intake.books.ledger import Sighting
from intake.errors import LedgerNewer
from intake.records import LetterRecord, OutboxRecord
from notifier.belt.institutions import send_letters
from service.desk.door.store import Store
from service.keeping.backup import backup, damaged_in, prune, restore
from service.keeping.retention import purge
from service.keeping.scrubbing import scrub, share_of
from service.office import Office, open_office
from service.refusals import BackupRefused
from tests.unit.notifier.letters.desk import RememberingLine

NOW = datetime.fromisoformat("2022-08-01T02:30:00+08:00")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with one kept payload and one decision in its books."""
    office = open_office(None, NOW)
    office = replace(office, settings=replace(office.settings, data=tmp_path / "data"))
    with office.books() as (ledger, vault):
        vault.keep(b"a letter")
        ledger.decide("note", by="test", at=NOW, reason="first")
    return office


def reasons(office: Office) -> list[str]:
    """The decisions' reasons as the books hold them now."""
    with office.books() as (ledger, _):
        return [d.reason for d in ledger.decisions()]


def test_a_backup_put_back_gives_the_books_of_that_moment(office: Office, tmp_path: Path) -> None:
    """What was decided after the copy is gone from the books but kept aside."""
    copy = backup(office, tmp_path / "copies", NOW)
    with office.books() as (ledger, _):
        ledger.decide("note", by="test", at=NOW, reason="second")
    aside = restore(office, copy, NOW)
    assert reasons(office) == ["first"]
    with office.books() as (_, vault):
        assert list(vault.shas())
    assert aside is not None
    assert (aside / "ledger.db").exists()


def test_books_and_copies_are_for_their_owner_only(office: Office, tmp_path: Path) -> None:
    """The letters hold personal data."""
    copy = backup(office, tmp_path / "copies", NOW)
    for path in (office.ledger_path, office.vault_path, copy / "ledger.db", copy / "vault.db"):
        assert path.stat().st_mode & 0o077 == 0


def test_nothing_to_back_up_is_said_plainly(tmp_path: Path) -> None:
    """A fresh office has no books yet."""
    office = open_office(None, NOW)
    empty = replace(office, settings=replace(office.settings, data=tmp_path / "none"))
    with pytest.raises(BackupRefused, match="没有可备份"):
        backup(empty, tmp_path / "copies", NOW)


def test_a_folder_that_is_no_backup_is_refused_before_anything_moves(office: Office, tmp_path: Path) -> None:
    """Pointing at the wrong folder leaves the books where they are."""
    with pytest.raises(BackupRefused, match="不是备份文件夹"):
        restore(office, tmp_path, NOW)
    assert reasons(office) == ["first"]


def damage(path: Path, sha: str) -> None:
    """Alter one kept original behind the vault's back."""
    with sqlite3.connect(path) as database:
        assert database.execute("UPDATE blob SET payload = zeroblob(size) WHERE sha256 = ?", [sha]).rowcount == 1


def test_a_copy_names_what_was_damaged_when_it_was_made(office: Office, tmp_path: Path) -> None:
    with office.books() as (_, vault):
        sha = vault.keep(b"another letter")
    damage(office.vault_path, sha)
    assert damaged_in(backup(office, tmp_path / "copies", NOW)) == (sha,)


def test_half_a_copy_bears_no_copys_name_and_is_swept_later(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill in the middle: before, it was the newest copy, and the nights' pruning kept it for the last of its week."""
    with monkeypatch.context() as broken:
        broken.setattr("service.keeping.backup.copy_rules", interrupted)
        with pytest.raises(KeyboardInterrupt):
            backup(office, tmp_path / "copies", NOW)
    [half] = (tmp_path / "copies").iterdir()
    assert not half.name.startswith("backup-")
    lying = office.settings.data / "restoring-20220701-000000"
    lying.mkdir()
    for path in (half, lying):
        os.utime(path, (NOW.timestamp() - 2 * 86400,) * 2)
    copy = backup(office, tmp_path / "copies", NOW + timedelta(minutes=1))
    restore(office, copy, NOW + timedelta(minutes=2))
    assert list((tmp_path / "copies").iterdir()) == [copy]
    assert not lying.exists()


def interrupted(*_: object) -> None:
    """The process dies here."""
    raise KeyboardInterrupt


def test_a_damaged_backup_changes_nothing(office: Office, tmp_path: Path) -> None:
    copy = backup(office, tmp_path / "copies", NOW)
    with office.books() as (_, vault):
        [sha] = vault.shas()
    damage(copy / "vault.db", sha)
    with pytest.raises(BackupRefused, match="没有恢复"):
        restore(office, copy, NOW)
    (copy / "ledger.db").write_bytes(b"SQLite format 3\0" + b"rubbish" * 1000)
    with pytest.raises(BackupRefused):
        restore(office, copy, NOW)
    assert reasons(office) == ["first"]
    assert sorted(p.name for p in office.settings.data.glob("*restor*")) == []


def test_after_a_restore_every_letter_waits_and_what_left_is_not_sent_again(office: Office, tmp_path: Path) -> None:
    office = replace(office, settings=replace(office.settings, mode="automatic", smtp=replace(office.settings.smtp, host="mail.example")))
    row = OutboxRecord(
        key="k", kind="question", institution="", recipient="a@b.example", subject="s", message_id="<0@b.example>", raw=b"x",
        state="queued", created_at=NOW,
    )  # fmt: skip
    with office.books() as (ledger, _):
        ledger.enqueue(row)
    restore(office, backup(office, tmp_path / "copies", NOW), NOW)
    with office.books() as (ledger, _):
        assert [r.state for r in ledger.outbox()] == ["held"]
        assert office.as_decided(ledger.decisions()).settings.mode == "approve"
        ledger.mark("k", "queued")
        line = RememberingLine()
        report = send_letters(
            ledger, office.settings, office.campaign, lambda: NOW, lambda _s: None, find_sent=lambda _id: True, connect=lambda: line
        )
        assert (report.sent, line.taken, [r.state for r in ledger.outbox()]) == (0, [], ["sent"])


def test_books_brought_back_send_nothing_by_themselves_whatever_those_they_replace_said(office: Office, tmp_path: Path) -> None:
    """Staff had switched to 自动 on the desk; the books that replace damaged ones hold that decision, the damaged ones are not asked."""
    with office.books() as (ledger, _):
        ledger.decide("mode", by="郝老师", at=NOW, detail={"mode": "automatic"}, reason="x")
    copy = backup(office, tmp_path / "copies", NOW)
    assert office.settings.mode == "approve"
    restore(office, copy, NOW)
    with office.books() as (ledger, _):
        assert office.as_decided(ledger.decisions()).settings.mode == "approve"


def test_settings_are_copied_without_their_secrets_and_the_campaign_with_its_roster(office: Office, tmp_path: Path) -> None:
    source = tmp_path / "intake.toml"
    source.write_text('mode = "approve"\n[mailbox]\nuser = "a@b.example"\nsecret = "hush"\n', encoding="utf-8")
    copy = backup(replace(office, settings=replace(office.settings, source=source)), tmp_path / "copies", NOW)
    text = (copy / "intake.toml").read_text(encoding="utf-8")
    assert "a@b.example" in text
    assert "hush" not in text
    assert (copy / "campaign" / "roster.csv").exists()


def test_kept_are_fourteen_days_eight_weeks_and_the_first_of_every_month(tmp_path: Path) -> None:
    for day in range(200):
        (tmp_path / (NOW - timedelta(days=day)).strftime("backup-%Y%m%d-%H%M%S")).mkdir()
    prune(tmp_path, NOW)
    left = sorted(p.name[7:15] for p in tmp_path.iterdir())
    assert len([name for name in left if name > "20220718"]) == 14
    assert {"20220201", "20220301", "20220401", "20220501", "20220601", "20220701", "20220801"} <= set(left)
    assert 14 + 6 <= len(left) <= 14 + 8 + 7


def test_a_fresh_copy_heals_a_damaged_original(office: Office) -> None:
    with office.books() as (_, vault):
        sha = vault.keep(b"a letter")
        damage(office.vault_path, sha)
        assert vault.damaged() == (sha,)
        vault.keep(b"a letter")
        assert (vault.damaged(), vault.fetch(sha)) == ((), b"a letter")


def test_a_damaged_letter_is_asked_for_again_and_one_from_nowhere_is_told_to_staff(office: Office) -> None:
    with office.books() as (ledger, vault):
        shas = [vault.keep(b"from the server"), vault.keep(b"by hand")]
        records = [LetterRecord(sha256=sha, received_at=NOW, fetched_at=NOW, size=9, state="new") for sha in shas]
        ledger.record_fetched(records, [Sighting("a", "INBOX", 1, 7, shas[0], NOW)])
        for sha in shas:
            damage(office.vault_path, sha)
        assert set(scrub(ledger, vault)) == set(shas)
        assert ledger.sightings("a", "INBOX", 1) == set()
        assert ledger.health_note(DAMAGED_BLOBS) == shas[1][:12]
        vault.keep_all([b"by hand", b"from the server"])
        scrub(ledger, vault)
        assert ledger.health_note(DAMAGED_BLOBS) == ""


def test_every_original_is_looked_at_within_a_week() -> None:
    assert set("".join(share_of(NOW + timedelta(days=day)) for day in range(7))) == set("0123456789abcdef")


def test_books_of_a_newer_release_are_refused_with_a_sentence(office: Office) -> None:
    with sqlite3.connect(office.ledger_path) as database:
        database.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('ledger', 'm999_later', '2030-01-01')")
    with pytest.raises(LedgerNewer, match="升级程序"), office.books():
        pass


def test_nothing_is_purged_before_its_day_and_everything_is_handed_over_first(office: Office, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="没有设置归档日期"):
        purge(office, tmp_path / "out", NOW)
    dated = replace(office, settings=replace(office.settings, archive=NOW.date() + timedelta(days=1)))
    with pytest.raises(BackupRefused, match="还没有到"):
        purge(dated, tmp_path / "out", NOW)
    with pytest.raises(BackupRefused, match="以外的文件夹"):
        purge(dated, office.settings.data / "out", NOW + timedelta(days=2))
    assert reasons(office) == ["first"]
    done = purge(dated, tmp_path / "out", NOW + timedelta(days=2))
    assert (done.copy / "ledger.db").exists()
    assert done.export.exists()
    assert not list(office.settings.data.glob("*.db*"))
    restore(office, done.copy, NOW + timedelta(days=3))
    assert reasons(office)[0] == "first"


def test_nothing_that_holds_letters_is_left_behind_and_copies_elsewhere_are_named(office: Office, tmp_path: Path) -> None:
    """The desk keeps pictures of pages, its button copies into the data folder, a killed restore leaves a copy, the nights lie elsewhere."""
    data, nights = office.settings.data, tmp_path / "nights"
    for name in ("backups/backup-20220701-023000", "restoring-20220701-000000", "before-restore-20220701-000000", "log"):
        (data / name).mkdir(parents=True)
    with Store.open(data / "desk.db") as store:
        store.keep_picture("sha/1", b"a page with a telephone", 0.0)
    dated = replace(office, settings=replace(office.settings, archive=NOW.date(), backup=nights))
    night = backup(dated, nights, NOW - timedelta(days=1))
    assert purge(dated, tmp_path / "out", NOW).left == (night,)
    assert list(data.iterdir()) == []


def test_damaged_originals_are_never_purged(office: Office, tmp_path: Path) -> None:
    with office.books() as (_, vault):
        [sha] = vault.shas()
    damage(office.vault_path, sha)
    dated = replace(office, settings=replace(office.settings, archive=NOW.date()))
    with pytest.raises(BackupRefused, match="没有清理"):
        purge(dated, tmp_path / "out", NOW)
    assert office.vault_path.exists()
