"""What is wrong with the books or with 已发送 stands in the digest until it is put right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.books import DAMAGED_BLOBS, ENGINE_TROUBLE, FOREIGN_SENT, WITNESS_ABSENT
from intake.records import Health
from notifier.digest.page import robot
from notifier.digest.sender_items import books_items
from tests.unit.notifier.digest.days import at, quiet


@pytest.mark.parametrize(
    ("note", "words"),
    [(DAMAGED_BLOBS, "原件库中有1份"), (FOREIGN_SENT, "可能有两套程序"), (WITNESS_ABSENT, "请在网页邮箱设置中打开“SMTP发信后保存到服务器”")],
)
def test_a_note_of_health_is_one_item_with_its_cure_and_goes_with_the_note(note: str, words: str) -> None:
    [item] = books_items({note: "1"}, ())
    assert words in item.sentence
    assert not list(books_items({note: ""}, ()))


def test_reading_by_other_machines_is_missed_since_when_and_answering_goes_on() -> None:
    """One line among the robot's; none while all is well."""
    missed = replace(quiet(), health=Health(values={ENGINE_TROUBLE: at(2, 7, 30, month=8).isoformat()}))
    [line] = [line for line in robot(missed) if "多机读件" in line]
    assert "8月2日7时30分" in line
    assert "答复照常" in line
    assert not [line for line in robot(quiet()) if "多机读件" in line]
