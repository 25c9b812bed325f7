"""What was made of an object is remembered by the object itself."""

from __future__ import annotations

from intake.remembered import KEPT, by_identity


def test_each_object_is_asked_once_and_an_equal_one_anew() -> None:
    asked: list[tuple[int, ...]] = []

    @by_identity
    def total(numbers: tuple[int, ...]) -> int:
        asked.append(numbers)
        return sum(numbers)

    one, equal = tuple(range(1, 3)), tuple(range(1, 3))
    assert [total(one), total(one), total(equal), total(one)] == [3, 3, 3, 3]
    assert len(asked) == 2


def test_only_the_last_few_are_kept() -> None:
    asked = 0

    @by_identity
    def count(of: list[int]) -> int:
        nonlocal asked
        asked += 1
        return asked

    first = [0]
    count(first)
    for number in range(KEPT):
        count([number])
    assert count(first) == KEPT + 2
