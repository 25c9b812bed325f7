"""A task on its way to another machine: named by all that its answer depends on, and the answer comes back as it was given."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.load import DEFAULT_CAMPAIGN, load_campaign
from intake.reading.cluster.pieces import LONG_TEXT, bytes_to_found, found_to_bytes, piece_to_request, task_to_piece, wanted_texts
from intake.reading.tasks import Died, Failed, Task, task_to_request

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
FOUND = (
    st.tuples(JSON, st.lists(st.binary(max_size=50)))
    | st.builds(Died, st.sampled_from(("timeout", "memory", "crash")), st.text())
    | st.builds(Failed, st.text())
)
TASK = Task(kind="read", key="0" * 64, payload=b"bytes", name="附件4.docx", forms=load_campaign(DEFAULT_CAMPAIGN).forms)


@given(FOUND)
def test_what_a_child_said_comes_back_as_it_was_said(found: object) -> None:
    assert bytes_to_found(found_to_bytes(found)) == found  # type: ignore[arg-type]


@given(FOUND, st.integers(0, 200), st.binary(max_size=3))
def test_what_was_damaged_on_the_way_is_no_answer(found: object, cut: int, more: bytes) -> None:
    """Cut short or grown, it is refused, never taken for another answer."""
    packed = found_to_bytes(found)  # type: ignore[arg-type]
    for damaged in (packed[: min(cut, len(packed) - 1)], packed + more if more and isinstance(found, tuple) else b""):
        with pytest.raises(ValueError):
            bytes_to_found(damaged)


def test_long_texts_travel_once_and_the_request_is_whole_again() -> None:
    """The form schemas are 20 000 characters, a file's name is a few."""
    piece = task_to_piece(TASK, "release")
    assert len(piece.request) < LONG_TEXT
    assert set(wanted_texts(piece.request)) == set(piece.texts)
    assert piece_to_request(piece.request, piece.texts) == task_to_request(TASK)
    with pytest.raises(KeyError):
        piece_to_request(piece.request, {})


@pytest.mark.parametrize(
    "other",
    [
        replace(TASK, payload=b"other"),
        replace(TASK, name="附件5.docx"),
        replace(TASK, kind="scan"),
        replace(TASK, forms=TASK.forms[:1]),
        replace(TASK, kind="open", own_addresses=("a@office.example",)),
    ],
)
def test_whatever_the_answer_depends_on_is_in_the_name(other: Task) -> None:
    assert task_to_piece(other, "release").id != task_to_piece(TASK, "release").id
    assert task_to_piece(TASK, "another release").id != task_to_piece(TASK, "release").id


def test_what_the_answer_does_not_depend_on_is_not() -> None:
    """A converted file keeps its original's key: the bytes count."""
    assert task_to_piece(replace(TASK, key="1" * 64), "release") == task_to_piece(TASK, "release")
