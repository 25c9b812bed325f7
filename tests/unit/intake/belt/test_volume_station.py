"""Volumes of one archive over several letters: joined when all are there, whatever the order of opening, and the same when derived again."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import py7zr
import pytest

from config.campaign import Campaign
from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.belt import open_letters, rebuild
from intake.books import Ledger, Vault
from intake.message import Attachment
from intake.reading import Engine, make_engine
from tests.letters import MOMENT, NOW, books, record_of
from tests.unit.intake.belt.test_stations import UNIVERSITY, form, keep, letter_with, run_all

ARCHIVE = "申报材料.7z"


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return load_campaign(DEFAULT_CAMPAIGN)


@pytest.fixture(scope="module")
def pieces() -> list[bytes]:
    """An archive with a filled form, cut in three."""
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w") as archive:
        archive.writestr(form(), "附件4.docx")
    whole = stream.getvalue()
    step = -(-len(whole) // 3)
    return [whole[at : at + step] for at in range(0, len(whole), step)]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Ledger, Vault]]:
    ledger, vault = books(tmp_path)
    with ledger, vault:
        yield ledger, vault


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with make_engine(1) as engine:
        yield engine


def letters(pieces: Sequence[bytes], numbers: Sequence[int], archive: str = ARCHIVE) -> list[bytes]:
    """One letter a volume, a minute apart in this order."""
    return [
        letter_with([(f"{archive}.{n:03d}", pieces[n - 1])], f"{UNIVERSITY}工会材料第{n}卷 {at}", **{"Message-ID": f"<{at}@dlut.edu.cn>"})
        for at, n in enumerate(numbers)
    ]


def leaves(ledger: Ledger, sha: str) -> list[Attachment]:
    found = ledger.opening(sha)
    assert found is not None
    return list(found.attachments)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 2, 1, 3)])
def test_the_letter_that_completes_the_set_brings_its_files(
    order: Sequence[int], pieces: list[bytes], held: tuple[Ledger, Vault], engine: Engine, campaign: Campaign
) -> None:
    ledger, vault = held
    shas = keep(ledger, vault, *letters(pieces, order))
    run_all(ledger, vault, engine, campaign)
    paths = {sha: [leaf.path for leaf in leaves(ledger, sha) if len(leaf.path) > 1] for sha in shas}
    assert paths == {sha: [] for sha in shas[:-1]} | {shas[-1]: [(f"{ARCHIVE}（各卷合并）", "附件4.docx")]}
    submission = ledger.assessments()[UNIVERSITY].submission
    assert [len(submission.studios), submission.unread, submission.unplaced] == [1, (), ()]
    assert not any(problem.code == "open-volume" for sha in shas for problem in ledger.opening(sha).problems)  # type: ignore[union-attr]
    assert rebuild(ledger, vault, engine, campaign, NOW, check=True) == ()


def test_it_is_the_same_when_each_letter_comes_in_a_round_of_its_own(
    pieces: list[bytes], held: tuple[Ledger, Vault], engine: Engine, campaign: Campaign
) -> None:
    ledger, vault = held
    raws = letters(pieces, (1, 2, 3))
    shas = vault.keep_all(raws)  # the last in order of receipt is met first

    for at in (2, 0, 1):
        ledger.record_fetched([record_of(shas[at], MOMENT + timedelta(minutes=at))], [])
        run_all(ledger, vault, engine, campaign)
    assert len(leaves(ledger, shas[2])) == 2
    assert rebuild(ledger, vault, engine, campaign, NOW, check=True) == ()


def test_an_incomplete_set_and_one_of_two_senders_wait_for_a_person(
    pieces: list[bytes], held: tuple[Ledger, Vault], engine: Engine, campaign: Campaign
) -> None:
    ledger, vault = held
    raws = letters(pieces, (1, 2, 3))
    foreign = raws[1].replace(b"union@dlut.edu.cn", b"other@dlut.edu.cn")
    shas = keep(ledger, vault, raws[0], foreign, raws[2])
    open_letters(ledger, vault, engine, campaign)
    assert [leaf.problem for sha in shas for leaf in leaves(ledger, sha)] == ["volume"] * 3
    run_all(ledger, vault, engine, campaign)
    assert len(ledger.assessments()[UNIVERSITY].submission.unread) == 3
