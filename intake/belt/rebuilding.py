"""Shell: everything derived, derived again (重建) - the proof that the vault, the decisions and our own letters are the whole truth (law 2).

A copy of the ledger is stripped to its facts in a temporary folder, the very same stations run over it, and the two are compared row by
row. Only then, and only when asked to, the new rows replace the old ones in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from config.campaign import Campaign
from intake.belt.assess_station import assess_letters
from intake.belt.open_station import open_letters
from intake.belt.read_station import read_documents
from intake.belt.scan_station import take_scan_readings
from intake.books import LAST_ASSESSED, Ledger, Vault
from intake.progress import Progress, no_progress
from intake.reading import CONVERTED, Engine, scratch
from parsers.form import Reading
from parsers.read import READER_VERSION

NOT_DERIVED = "登记中有，重新推不出来"
READINGS = ("opening", "leaf", "reading")
DERIVED_TABLES = (("依据", "assessment"), ("归属线索", "tie"), ("分属", "party"), ("痕迹", "trace"), ("文印", "print"), ("一览", "glance"), ("来信行", "letter_line"))


def rebuild(
    ledger: Ledger,
    vault: Vault,
    engine: Engine,
    campaign: Campaign,
    now: datetime,
    *,
    check: bool = False,
    reread: bool = True,
    own: Sequence[str] = (),
    progress: Progress = no_progress,
) -> tuple[str, ...]:
    """Derive openings, readings, claims and assessments anew and give the differences, one Chinese line each.

    With `check` nothing is changed and the assessments are made for the moment of the last ones; without it the new rows are taken over.
    `own` are our addresses, as for `open_letters`. Without `reread` what this very version of opener and reader found before is taken from the ledger: the fast way after new rules.
    """
    keep = () if reread else READINGS
    with (
        scratch("rebuild") as folder,
        ledger.snapshot(folder / "held.db") as held,
        held.copy_facts(folder / "ledger.db", keep) as fresh,
    ):
        moment = _last_assessed(held, now) if check else now
        since = held.newest_mark()
        open_letters(fresh, vault, engine, campaign, progress, own)
        _take_what_is_not_ours_to_repeat(held, fresh)
        read_documents(fresh, vault, engine, campaign, None, progress)
        take_scan_readings(held, fresh)
        assess_letters(fresh, campaign, moment)
        differences = tuple(_differences(held, fresh))
        if not check:
            ledger.take_derived(fresh, since)
    return differences


def retry(ledger: Ledger, shas: Sequence[str] = ()) -> int:
    """Let quarantined letters be opened again: these, or all of them; gives how many."""
    return sum(ledger.retry(sha) for sha in shas or [letter.sha256 for letter in ledger.letters("quarantined")])


def _last_assessed(ledger: Ledger, now: datetime) -> datetime:
    noted = ledger.health().values.get(LAST_ASSESSED, "")
    return datetime.fromisoformat(noted) if noted else now


def _take_what_is_not_ours_to_repeat(ledger: Ledger, fresh: Ledger) -> None:
    """Readings that went through LibreOffice, or during which the reader died, depend on more than the bytes: they are taken as they are."""
    owed = [sha for sha, _ in fresh.unread(READER_VERSION)]
    for reading in ledger.readings(owed, READER_VERSION).values():
        if _depends_on_the_machine(reading):
            fresh.record_reading(reading, READER_VERSION)


def _depends_on_the_machine(reading: Reading) -> bool:
    return bool({CONVERTED, "conversion_failed", "reader_died"} & set(reading.problems))


def _differences(ledger: Ledger, fresh: Ledger) -> Iterator[str]:
    yield from _differing("拆信结果", _openings(ledger), _openings(fresh))
    yield from _differing("读件结果", _readings(ledger), _readings(fresh))
    yield from _differing("认领", ledger.claims(), fresh.claims())
    yield from _differing("评估", _assessments(ledger), _assessments(fresh))
    for what, table in DERIVED_TABLES:
        yield from _differing(what, ledger.derived_rows(table), fresh.derived_rows(table))


def _differing(what: str, held: Mapping[str, Any], fresh: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(held.keys() | fresh.keys()):
        if held.get(name) == fresh.get(name):
            continue
        how = "登记中没有，重新推出才有" if name not in held else NOT_DERIVED if name not in fresh else "与重新推出的不同"
        yield f"{what} {name[:16]}：{how}"


def _openings(ledger: Ledger) -> Mapping[str, Any]:
    return {letter.sha256: (letter.state, letter.same_as, ledger.opening(letter.sha256)) for letter in ledger.letters()}


def _readings(ledger: Ledger) -> Mapping[str, Any]:
    return {sha: reading for letter in ledger.received() for sha, reading in letter.readings.items()}


def _assessments(ledger: Ledger) -> Mapping[str, Any]:
    return {name: replace(held, assessed_at=None) for name, held in ledger.assessments().items()}
