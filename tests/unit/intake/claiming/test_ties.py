"""What ties two letters together, and that a mail server answering for everybody ties nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.claiming.sender import Known, identify
from intake.claiming.ties import LINKING, message_to_ties
from intake.message import Bounce
from tests.generator.people import make_studio
from tests.generator.received import basic_info, file, letter

CAMPAIGN = load_campaign(DEFAULT_CAMPAIGN)
SEA = CAMPAIGN.institutions[0].name


def test_a_letter_is_tied_by_who_wrote_it_and_by_its_thread() -> None:
    message = replace(letter("08-01 09:00:00", sender="GH@x.example").message, message_id="<A@x>", in_reply_to="<b@y>", references=("<C@z>",))
    assert {t for t in message_to_ties(message) if t.startswith(LINKING)} == {"from:gh@x.example", "id:a@x", "id:b@y", "id:c@z"}


@pytest.mark.parametrize("subject", ["回复：LN2022-0017 号", "关于ln2022-0017", "（LN2022-0017）材料", "回执 LN2022-0017-K7XQ】已收"])
def test_a_case_number_is_found_whatever_stands_before_it(subject: str) -> None:
    assert "case:ln2022-0017" in message_to_ties(replace(letter("08-01 09:00:00").message, subject=subject))


def test_a_longer_number_is_another_one() -> None:
    assert "case:ln2022-0017" not in message_to_ties(replace(letter("08-01 09:00:00").message, subject="LN2022-00171"))


def test_a_bounce_neither_teaches_nor_learns_an_address() -> None:
    """Before: all bounces of one mail server hung together with every school it ever answered for."""
    import random

    studio = make_studio(random.Random(1), SEA)
    sent = letter("08-01 09:00:00", file("附件4.docx", basic_info(studio)), sender="mailer@server.example")
    back = letter("08-02 09:00:00", sender="mailer@server.example", kind="bounce", subject="退信", bounced=Bounce(recipient="x@y.example"))
    claims = identify([sent, back], CAMPAIGN, [], Known())
    assert claims[sent.sha256].institution == SEA
    assert claims[back.sha256].institution is None
    assert not {t for t in message_to_ties(back.message) if t.startswith("from:")}
