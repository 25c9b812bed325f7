"""What the terminal prints lines up for Chinese."""

from __future__ import annotations

from service.commands.show import padded, rows_to_text, text_width


def test_a_han_character_is_two_columns() -> None:
    """Width is what a terminal shows, not how many characters there are."""
    assert text_width("收件台ab1√") == 10


def test_padding_fills_to_columns_and_never_cuts() -> None:
    """A name longer than its column stays whole."""
    assert padded("大连", 6) == "大连  "
    assert padded("大连理工大学", 4) == "大连理工大学"


def test_a_table_lines_up_under_its_head() -> None:
    """The second column starts at the same terminal column in every row."""
    lines = rows_to_text(["单位", "状态"], [["某某大学", "收齐"], ["甲", "未齐"]]).splitlines()
    starts = {text_width(line[: line.index(word)]) for line, word in zip([lines[0], *lines[2:]], ("状态", "收齐", "未齐"), strict=True)}
    assert starts == {10}
    assert set(lines[1]) == {"─"}
