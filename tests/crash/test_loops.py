"""Machines that answer our answers: two offices of this very program writing to each other, with and without the marks that say so."""

from __future__ import annotations

import email
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from intake.reading.engine import Inline
from service.demo.mailbox import DemoMailbox
from service.office import open_office
from service.rounds import after_fetching, fetch
from tests.crash.office import START, settle

MARKS = ("Auto-Submitted", "X-Auto-Response-Suppress")
THREADS = ("In-Reply-To", "References")
STEP, STEPS = timedelta(hours=3), 16


def asking(when: datetime) -> bytes:
    """The stranger's question that begins it all."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "office2@bot.example", "intake@office.example", "询问"
    mail["Date"], mail["Message-ID"] = when.strftime("%a, %d %b %Y %H:%M:%S +0800"), "<first@bot.example>"
    mail.set_content("请问材料怎么报？", cte="base64")
    return bytes(mail)


def carried(raw: bytes, sender: str, strip: tuple[str, ...]) -> bytes:
    """What one office sent as the other receives it, from the address the other knows it by, without what gateways took away."""
    mail = email.message_from_bytes(raw)
    for name in (*strip, "From"):
        del mail[name]
    mail["From"] = sender
    return mail.as_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("strip", [(), MARKS, MARKS + THREADS], ids=["marks kept", "marks lost", "marks and threads lost"])
def test_two_offices_of_ours_stop_writing_to_each_other(strip: tuple[str, ...], tmp_path: Path) -> None:
    with DemoMailbox() as ours, DemoMailbox() as theirs:
        boxes = {"ours": (ours, "intake-a@bot.example"), "theirs": (theirs, "office2@bot.example")}
        configs = {}
        for name, (mailbox, _) in boxes.items():
            (tmp_path / name).mkdir()
            configs[name] = settle(tmp_path / name, mailbox)
        ours.deliver(asking(START), START)
        passed = dict.fromkeys(boxes, 0)
        last = 0
        for step in range(1, STEPS + 1):
            for name, other in (("ours", "theirs"), ("theirs", "ours")):
                mailbox, address = boxes[name]
                office = open_office(configs[name], START + step * STEP)
                with office.books() as (ledger, vault):
                    fetch(office, ledger, vault)
                    after_fetching(office, ledger, vault, engine=Inline())
                for taken in mailbox.sent[passed[name] :]:
                    passed[name] += 1
                    last = step
                    boxes[other][0].deliver(carried(taken.raw, address, strip), START + step * STEP)
        assert 1 <= passed["ours"] <= 2
        assert passed["theirs"] <= 2
        assert last <= 3
