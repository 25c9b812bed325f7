"""Whole invented campaigns: nothing sent is ever called missing, nothing incomplete complete, nobody's letter another's."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.claiming.sender import Known, identify
from intake.judging.assessment import assess_all
from intake.names import clean_person
from intake.submission import Received
from tests.generator.campaign import make_campaign
from tests.generator.received import letter, moment
from tests.unit.intake.judging.judging import Verdict, judge
from tests.unit.intake.matrix.desk import UNIT, Union, assessed, campaign, row_of

NOW = moment("08-05 12:00")


def hold(verdict: Verdict) -> None:
    assert verdict.false_missing == ()
    assert verdict.false_complete == ()
    assert verdict.wrong_claims == ()
    assert verdict.unseen_missing == ()
    assert verdict.false_words == ()
    assert verdict.questions <= 0.05


@pytest.mark.parametrize("seed", [3, 8, 14])
def test_a_small_campaign_is_judged_without_one_wrong_word(seed: int) -> None:
    received, truth = make_campaign(campaign(), seed, institutions=20, letters=130)
    hold(judge(received, truth, campaign(), NOW))


@pytest.mark.parametrize("seed", [55, 96])
def test_a_studio_that_came_only_as_nameless_scans_keeps_its_union_from_complete(seed: int) -> None:
    received, truth = make_campaign(campaign(), seed)
    hold(judge(received, truth, campaign(), NOW))


# 55, 96, 253, 296: a second studio came only as IMG_270.jpg or 扫描件51.pdf; 172: two leaders' names differ in one character.
@pytest.mark.slow
@pytest.mark.parametrize("seed", [*range(40), 55, 96, 172, 253, 296])
def test_a_whole_campaign_is_judged_without_one_wrong_word(seed: int) -> None:
    received, truth = make_campaign(campaign(), seed)
    verdict = judge(received, truth, campaign(), NOW)
    print(f"letters {verdict.letters} studios {len(truth.studios)} questions {verdict.questions:.2%}")
    hold(verdict)


def matrix(received: list[Received]) -> dict[str, object]:
    """Everything that must not depend on order or repetition."""
    claims = identify(received, campaign(), [], Known())
    found = assess_all(received, claims, [], campaign(), NOW)
    return {
        name: (a.complete, sorted((clean_person(s.leader), row_of(s)) for s in a.submission.studios))
        for name, a in found.items()
        if a.submission.letters
    }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), shuffle=st.randoms(use_true_random=False))
def test_the_order_in_which_letters_are_given_changes_nothing(seed: int, shuffle: random.Random) -> None:
    received = list(make_campaign(campaign(), seed, institutions=6, letters=40)[0])
    before = matrix(received)
    shuffle.shuffle(received)
    assert matrix(received) == before


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), pick=st.randoms(use_true_random=False))
def test_the_same_letters_again_change_nothing(seed: int, pick: random.Random) -> None:
    received = list(make_campaign(campaign(), seed, institutions=6, letters=40)[0])
    again = [copy_of(r, pick.randrange(1, 60)) for r in pick.sample(received, 15)]
    assert matrix(received + again) == matrix(received)


def copy_of(old: Received, minutes: int) -> Received:
    """The same letter sent once more, a little later, as another letter."""
    message = replace(old.message, sha256=old.message.sha256[::-1], message_id="")
    return replace(old, message=message, received_at=old.arrived_at + timedelta(minutes=minutes))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), cut=st.randoms(use_true_random=False))
def test_splitting_and_swapping_the_letters_of_one_union_gives_the_same_matrix(seed: int, cut: random.Random) -> None:
    union = Union(UNIT, tuple(cut.choices(("model_worker", "employee"), k=cut.randrange(1, 4))), seed=seed)
    files = [f for f in union.everything() if cut.random() > 0.2]
    whole = assessed(letter("07-29 10:00", *files)) if files else assessed()
    cut.shuffle(files)
    parts = [letter(f"07-29 1{cut.randrange(10)}:{i:02d}:30", f) for i, f in enumerate(files)]
    split = assessed(*parts)
    assert sorted((s.leader, row_of(s)) for s in split.submission.studios) == sorted(
        (s.leader, row_of(s)) for s in whole.submission.studios
    )
    assert split.complete == whole.complete
