"""What is wrong with the books or with 已发送 stands in the digest until it is put right."""

from __future__ import annotations

import pytest

from intake.books import DAMAGED_BLOBS, FOREIGN_SENT, WITNESS_ABSENT
from notifier.digest.sender_items import books_items


@pytest.mark.parametrize(
    ("note", "words"),
    [(DAMAGED_BLOBS, "原件库中有1份"), (FOREIGN_SENT, "可能有两套程序"), (WITNESS_ABSENT, "请在网页邮箱设置中打开“SMTP发信后保存到服务器”")],
)
def test_a_note_of_health_is_one_item_with_its_cure_and_goes_with_the_note(note: str, words: str) -> None:
    [item] = books_items({note: "1"}, ())
    assert words in item.sentence
    assert not list(books_items({note: ""}, ()))
