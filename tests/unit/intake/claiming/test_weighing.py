"""Evidence against evidence: which of it makes a letter somebody's, and when staff are asked instead."""

from __future__ import annotations

from itertools import pairwise

import pytest

from intake.claiming.clues import Clue
from intake.claiming.sender import WEIGHT, weigh
from intake.submission import Claim


def clues(evidence: str) -> list[Clue]:
    """`case:A named:B/C file:A*`: a kind and whom it means; `file` is a name in a file's name, `*` says that it names A's hospital."""
    found = []
    for number, word in enumerate(evidence.split()):
        kind, _, names = word.partition(":")
        sentence = f"文件或文件夹名“{number}”" if kind.startswith("file") else f"第{number}条"
        institutions = tuple(filter(None, names.strip("*").split("/")))
        found.append(Clue({"file": "named", "file?": "mentioned"}.get(kind, kind), institutions, sentence, "医院" if names.endswith("*") else ""))
    return found


def weighed(evidence: str) -> Claim:
    return weigh(clues(evidence))


@pytest.mark.parametrize("kind", ["decision", "case", "reply", "printed", "books", "organisation", "named", "domain", "learned"])
def test_one_strong_witness_is_enough(kind: str) -> None:
    assert weighed(f"{kind}:A").institution == "A"
    assert weighed(f"{kind}:A mentioned:B seen:B number:B").institution == "A"
    assert weighed(f"mentioned:B {kind}:A {kind}:A").institution == "A"


@pytest.mark.parametrize("evidence", ["", "mentioned:A", "seen:A", "alike:A", "number:A", "mentioned:A seen:A number:A", "named:A/B", "printed:A/B"])
def test_hints_and_names_that_may_mean_two_are_a_question(evidence: str) -> None:
    assert weighed(evidence).institution is None


@pytest.mark.parametrize(
    ("evidence", "owner"),
    [
        # our own numbers and letters
        ("reply:A case:A", "A"),
        ("reply:A case:B", None),
        ("case:A case:B", None),
        ("reply:A named:B", "A"),
        ("case:A printed:A", "A"),
        ("case:A printed:B", None),
        ("reply:A printed:B", None),
        ("reply:A books:B", None),
        # a number can be copied: the sender's own domain speaks against it, a reply to us does not
        ("case:A domain:B", None),
        ("case:A learned:B", None),
        ("case:A domain:A", "A"),
        ("case:A domain:B learned:A", "A"),
        ("case:A reply:A domain:B", "A"),
        ("reply:A domain:B", "A"),
        # forms, and what is on the books
        ("printed:A organisation:B", "A"),
        ("printed:A domain:B", "A"),
        ("printed:A books:B books:C", "A"),
        ("organisation:A books:B", "A"),
        ("books:A books:B", None),
        ("books:A named:B", None),
        ("alike:A seen:A", "A"),
        ("alike:A alike:A seen:A", "A"),
        ("alike:A seen:B", None),
        ("alike:A seen:A seen:B", None),
        ("alike:A alike:B seen:A", None),
        ("alike:A/B seen:A seen:B", None),
        ("books:A alike:B seen:B", "A"),
        # forms against names: the sender's own address settles it
        ("printed:A named:A named:B", "A"),
        ("printed:A named:B", None),
        ("printed:A named:B domain:A", "A"),
        ("printed:A named:B domain:B", None),
        ("printed:A named:B domain:C", None),
        # names alone
        ("named:A domain:A", "A"),
        ("named:A domain:B", None),
        ("named:A domain:A learned:B", "A"),
        ("named:A named:B", None),
        ("named:A named:B domain:A", "A"),
        ("named:A named:B domain:C", None),
        ("named:A named:B domain:A learned:B", None),
        ("named:A named:B domain:A learned:C", None),
        # the address alone
        ("domain:A learned:A", "A"),
        ("domain:A learned:B", None),
        # staff
        ("decision:A printed:B domain:B", "A"),
        ("decision: printed:B domain:B", None),
    ],
)
def test_witnesses_that_disagree_make_a_question_and_never_a_guess(evidence: str, owner: str | None) -> None:
    assert weighed(evidence).institution == owner


@pytest.mark.parametrize(
    ("evidence", "split"),
    [
        ("printed:A printed:B", ("A", "B")),
        ("printed:A printed:B domain:A", ("A", "B")),
        ("organisation:A organisation:B", ("A", "B")),
        ("printed:A printed:A", ()),
        ("file:A file:B", ("A", "B")),
        ("file:A named:B", ()),
        ("file:A file?:B", ()),
        ("file:A file:B domain:A", ()),
        ("printed:A file:B", ()),
    ],
)
def test_a_letter_is_proposed_for_splitting_only_where_its_files_say_two(evidence: str, split: tuple[str, ...]) -> None:
    assert weighed(evidence).split == split


@pytest.mark.parametrize(
    ("evidence", "codes"),
    [
        ("printed:A domain:B", ("T02",)),
        ("reply:A domain:B", ("T02",)),
        ("printed:A domain:A", ()),
        ("printed:A", ()),
        ("printed:A learned:B", ()),
        ("named:A domain:B", ()),
    ],
)
def test_staff_are_told_of_a_letter_from_anothers_domain_and_of_no_other(evidence: str, codes: tuple[str, ...]) -> None:
    assert weighed(evidence).codes == codes


@pytest.mark.parametrize(
    ("evidence", "affiliate"),
    [
        ("printed:A*", "医院"),
        ("named:A*", "医院"),
        ("printed:A* mentioned:A domain:A", "医院"),
        ("printed:A* named:B domain:A", "医院"),
        ("printed:A* named:A", ""),
        ("named:A printed:A*", ""),
        ("printed:A named:B* domain:A", ""),
        ("printed:A mentioned:A*", ""),
        ("domain:A", ""),
    ],
)
def test_a_hospital_wrote_only_where_nothing_speaks_for_its_university_itself(evidence: str, affiliate: str) -> None:
    assert weighed(evidence).affiliate == affiliate


# --- the candidates laid before staff ------------------------------------------------------------------------------------------------

BY_STRENGTH = ("decision", "case", "reply", "printed", "books", "organisation", "named", "domain", "alike", "seen", "mentioned", "number")


def ranked(evidence: str) -> list[str]:
    return [candidate.institution for candidate in weighed(evidence).candidates]


@pytest.mark.parametrize(("stronger", "weaker"), list(pairwise(BY_STRENGTH)))
def test_staff_see_first_whom_the_stronger_evidence_means(stronger: str, weaker: str) -> None:
    assert ranked(f"{stronger}:B {weaker}:A") == ["B", "A"]
    assert ranked(f"{weaker}:A {stronger}:B") == ["B", "A"]


def test_an_address_that_was_learned_weighs_what_a_domain_weighs() -> None:
    assert ranked("domain:B learned:A") == ranked("learned:B domain:A") == ["A", "B"]


def test_two_hints_outweigh_a_likeness_and_one_does_not() -> None:
    assert ranked("alike:A number:B mentioned:B") == ["B", "A"]
    assert ranked("alike:A mentioned:B mentioned:B mentioned:B") == ["A", "B"]


def test_a_name_that_may_mean_three_weighs_a_third_for_each() -> None:
    assert ranked("named:A/B/C mentioned:D") == ["D", "A", "B", "C"]
    assert ranked("named:A/B mentioned:D") == ["A", "B", "D"]


@pytest.mark.parametrize("kind", WEIGHT)
def test_no_candidate_is_surer_than_sure_and_one_witness_is_as_sure_as_itself(kind: str) -> None:
    [alone] = weighed(f"{kind}:A").candidates
    assert 0 < alone.score == WEIGHT[kind] <= 1
    assert all(0 < c.score <= 1 for c in weighed(f"{kind}:A named:A domain:A mentioned:B").candidates)


def test_scores_are_rounded_as_staff_read_them() -> None:
    assert [c.score for c in weighed("mentioned:A seen:A number:A alike:A").candidates] == [0.85]


def test_every_witness_is_told_once_in_the_order_found() -> None:
    told = [*clues("named:A domain:A"), *clues("named:A")]
    assert weigh(told).candidates[0].evidence == ("第0条", "第1条")
