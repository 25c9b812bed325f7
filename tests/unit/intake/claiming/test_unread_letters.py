"""A letter known and not read holds back every claim of absence towards whoever it may be from."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from intake.claiming.unread_letters import letters_to_addressees
from intake.judging.assessment import assess
from intake.matrix.assembly import Around
from intake.records import UnknownLetter
from intake.submission import Assessment
from tests.generator.received import letter, moment
from tests.unit.intake.matrix.desk import UNIT, Union, campaign, codes, states

EARLY, NEAR = moment("07-28 12:00"), moment("08-03 12:00")


def unread(**more: Any) -> UnknownLetter:
    return UnknownLetter(folder="INBOX", uidvalidity=1, uid=9, received_at=moment("07-27 09:00"), **more)


def concerned(now: datetime, wrote: dict[str, list[str]] | None = None, **more: Any) -> set[str]:
    return set(letters_to_addressees([unread(**more)], wrote or {}, campaign(), now))


@pytest.mark.parametrize(
    ("more", "wrote"),
    [
        ({"sender": "gh@mail.dlut.edu.cn"}, {}),
        ({"sender": "Someone@QQ.com"}, {"someone@qq.com": [UNIT]}),
        ({"sender": "x@qq.com", "subject": "大连理工大学工会报送材料"}, {}),
        ({"subject": "大连理工大学工会报送材料"}, {}),
    ],
)
def test_address_domain_or_subject_tell_whose_it_may_be(more: dict[str, str], wrote: dict[str, list[str]]) -> None:
    assert concerned(EARLY, wrote, **more) == concerned(NEAR, wrote, **more) == {UNIT}


def test_where_nothing_tells_it_may_be_anybody_s_near_the_deadline_and_nobody_s_before() -> None:
    assert concerned(EARLY, sender="x@qq.com", subject="附件") == set()
    assert concerned(NEAR, sender="x@qq.com", subject="附件") == {i.name for i in campaign().institutions}
    assert concerned(moment("08-02 23:59:58")) == set()
    assert len(concerned(moment("08-03 00:00"))) == len(campaign().institutions)


def test_how_near_is_near_is_the_campaigns_to_say() -> None:
    year = replace(campaign(), thresholds=replace(campaign().thresholds, last_days=1))
    assert letters_to_addressees([unread()], {}, year, moment("08-04 23:59:58")) == {}
    assert len(letters_to_addressees([unread()], {}, year, moment("08-05 00:00"))) == len(year.institutions)


def seen(*files: Any, unread_letters: tuple[UnknownLetter, ...], now: datetime = NEAR) -> Assessment:
    institution = campaign().institution(UNIT)
    assert institution is not None
    letters = [letter("07-26 10:00", *files)] if files else []
    return assess(institution, letters, [], campaign(), now, Around({}, (), unread_letters))


def test_nothing_is_called_missing_while_one_is_unread() -> None:
    union = Union(categories=("employee",))
    gap = seen(union.table("employee"), unread_letters=())
    held = seen(union.table("employee"), unread_letters=(unread(),))
    assert {"C03", "C04"} <= set(codes(gap))
    assert not {"C01", "C02", "C03", "C04"} & set(codes(held))
    assert states(held) == {"张建国": ("received", "received_unread", "received_unread")}
    assert not held.complete


def test_nobody_is_called_silent_after_the_deadline_while_one_is_unread() -> None:
    after = moment("08-09 12:00")
    assert "D06" in codes(seen(unread_letters=(), now=after))
    assert "D06" not in codes(seen(unread_letters=(unread(),), now=after))


def test_what_is_whole_stays_whole() -> None:
    union = Union(categories=("employee",))
    assert seen(*union.everything(), unread_letters=(unread(),)).complete
