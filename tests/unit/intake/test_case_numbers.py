"""Numbers with a check part: stable, hard to guess, and never taken for a telephone number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from intake.case_numbers import number_with_check, number_without_check
from notifier.wording import clean_private


@given(st.integers(1, 9999), st.text(min_size=1, max_size=40))
def test_a_number_is_the_same_under_the_same_secret_and_survives_every_blotting(n: int, secret: str) -> None:
    plain = f"LN2022-{n:04d}"
    full = number_with_check(plain, secret)
    assert full == number_with_check(plain, secret)
    assert number_without_check(full) == number_without_check(plain) == plain
    assert number_without_check(full.lower()) == plain.lower()
    assert clean_private(f"回执 {full}】已收齐（{full}-01）") == f"回执 {full}】已收齐（{full}-01）"


def test_hardly_two_secrets_agree() -> None:
    parts = {number_with_check("LN2022-0001", str(secret)) for secret in range(2000)}
    assert len(parts) > 1950
