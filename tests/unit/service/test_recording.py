"""A decision recorded the way every door records it: said once, refused when it means nothing, never on top of what was not seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.load import DEFAULT_CAMPAIGN, load_campaign
from config.settings import Settings
from intake.belt import assess_letters
from intake.decisions import decisions_in_force, fold, ruled_campaign
from service.decisions import Overtaken, record_decision, seen_now
from service.office import Office
from service.refusals import Slip

NOW = datetime(2022, 8, 2, 4, tzinfo=UTC)
CAMPAIGN = load_campaign(DEFAULT_CAMPAIGN)
SEA, LAKE = (i.name for i in CAMPAIGN.institutions[:2])


@pytest.fixture
def office(tmp_path: Path) -> Office:
    opened = Office(Settings(campaign=DEFAULT_CAMPAIGN, data=tmp_path), CAMPAIGN, lambda: NOW)
    with opened.books() as (ledger, _):
        assess_letters(ledger, CAMPAIGN, NOW)
    return opened


def test_a_decision_is_appended_and_the_belt_is_told(office: Office) -> None:
    told: list[str] = []
    made = record_decision(replace(office, poke=lambda: told.append("poked")), "not-recommending", {"institution": SEA}, "郝老师")
    assert (made.decision.kind, made.decision.institution, made.again) == ("not_recommending", SEA, False)
    assert told == ["poked"]


def test_a_second_click_records_nothing(office: Office) -> None:
    first = record_decision(office, "hold", {"institution": SEA, "scope": "提醒"}, "郝老师")
    second = record_decision(office, "hold", {"institution": SEA, "scope": "提醒"}, "赵老师")
    assert second.again
    assert second.decision == first.decision


def test_what_was_taken_back_may_be_decided_anew(office: Office) -> None:
    first = record_decision(office, "not-recommending", {"institution": SEA}, "郝老师")
    record_decision(office, "undo", {"number": str(first.decision.number)}, "郝老师")
    assert not record_decision(office, "not-recommending", {"institution": SEA}, "郝老师").again


def test_changing_to_and_fro_is_three_decisions(office: Office) -> None:
    kinds = [
        record_decision(office, kind, {"institution": SEA}, "郝老师") for kind in ("not-recommending", "recommending", "not-recommending")
    ]
    assert not any(made.again for made in kinds)


def test_an_undo_stands_with_the_institution_of_what_it_takes_back(office: Office) -> None:
    first = record_decision(office, "not-recommending", {"institution": LAKE}, "郝老师").decision
    back = record_decision(office, "undo", {"number": str(first.number)}, "郝老师").decision
    assert back.institution == LAKE
    with office.books() as (ledger, _):
        assert [d.kind for d in ledger.decisions_of(LAKE)] == ["not_recommending", "undo"]
        assert decisions_in_force(ledger.decisions_of(LAKE)) == ()


def test_what_changed_since_it_was_shown_is_not_decided(office: Office) -> None:
    with office.books() as (ledger, _):
        seen = seen_now(ledger, SEA)
        ledger.decide("paper", by="赵老师", at=NOW, institution=SEA, detail={"copies": 2})
        assess_letters(ledger, CAMPAIGN, NOW)
    with pytest.raises(Overtaken):
        record_decision(office, "not-recommending", {"institution": SEA}, "郝老师", seen=seen)
    with office.books() as (ledger, _):
        assert [d.kind for d in ledger.decisions()] == ["paper"]
        fresh = seen_now(ledger, SEA)
    assert record_decision(office, "not-recommending", {"institution": SEA}, "郝老师", seen=fresh).decision.number == 2


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("claim", {"institution": SEA, "letter": "0123"}),
        ("claim", {"institution": "没有的大学", "letter": ""}),
        ("fly", {"institution": SEA}),
        ("undo", {"number": "7"}),
        ("note", {"institution": SEA}),
        ("deadline", {"at": "2022-08-10"}),
        ("mode", {"mode": "随便"}),
    ],
)
def test_what_means_nothing_is_refused_and_leaves_no_row(office: Office, kind: str, given: dict[str, str]) -> None:
    with pytest.raises(Slip):
        record_decision(office, kind, given, "郝老师")
    with office.books() as (ledger, _):
        assert ledger.decisions() == ()


def test_a_moved_deadline_is_in_force_from_the_moment_it_was_decided_and_can_be_taken_back(office: Office) -> None:
    made = record_decision(office, "deadline", {"at": "8月10日"}, "郝老师", reason="疫情").decision
    moved = ruled_campaign(CAMPAIGN, [made])
    assert moved.deadline_at(NOW).at.isoformat() == "2022-08-10T23:59:59+08:00"
    assert moved.deadline_at(datetime(2022, 8, 1, tzinfo=UTC)) == CAMPAIGN.deadline_at(NOW)
    record_decision(office, "undo", {"number": str(made.number)}, "郝老师")
    with office.books() as (ledger, _):
        assert ruled_campaign(CAMPAIGN, ledger.decisions()) == CAMPAIGN


def test_a_confirmed_row_of_the_roster_carries_its_class_and_address(office: Office) -> None:
    made = record_decision(office, "roster", {"institution": SEA, "unit_class": "医科", "email": "gh@example.edu"}, "郝老师").decision
    row = ruled_campaign(CAMPAIGN, [made]).institution(SEA)
    assert row is not None
    assert (row.unit_class, row.email, row.confirmed) == ("medical", "gh@example.edu", True)


def test_the_mode_is_a_decision_and_the_file_says_the_first(office: Office) -> None:
    assert office.settings.mode == "approve"
    made = record_decision(office, "mode", {"mode": "自动"}, "郝老师").decision
    automatic = office.as_decided([made])
    assert automatic.settings.mode == "automatic"
    assert automatic.as_decided([]).settings.mode == "approve"


def test_how_the_office_runs_is_no_matter_of_one_institution(office: Office) -> None:
    made = record_decision(office, "mode", {"mode": "演练"}, "郝老师").decision
    assert fold([made], SEA).in_force == ()
