"""Words to JSON and back: what comes back equals what went in, and what does not fit is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta, timezone
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.codec import json_to_value, plain_to_value, value_to_json, value_to_plain
from intake.message import Address, Attachment, Bounce, CloudFile, Message, Problem
from intake.submission import Claim, Material, MaterialState
from parsers.form import Form, Reading, Value, Where

BEIJING = timezone(timedelta(hours=8))
words = st.text(max_size=12)
moments = st.datetimes(timezones=st.sampled_from([UTC, BEIJING])).map(lambda moment: moment.replace(fold=0))
loose = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words | st.dates() | moments,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(words | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)
places = st.builds(Where, file=words, table=st.none() | st.integers(1, 9), cell=words)
values = st.builds(Value, raw=words, value=loose, where=places, confidence=st.floats(0, 1))
forms = st.builds(Form, kind=words, fields=st.dictionaries(words, values, max_size=3), facts=st.dictionaries(words, loose, max_size=3))
readings = st.builds(
    Reading, sha256=words, reader=words, status=st.sampled_from(["read", "scanned"]), forms=st.lists(forms, max_size=2).map(tuple)
)
leaves = st.builds(Attachment, name=words, path=st.lists(words, max_size=3).map(tuple), size=st.integers(0), sha256=words)
messages = st.builds(
    Message,
    sha256=words,
    subject=words,
    sender=st.builds(Address, name=words, address=words),
    date=st.none() | moments,
    received=st.lists(moments, max_size=2).map(tuple),
    kind=st.sampled_from(["submission", "bounce", "empty"]),
    answerable=st.booleans(),
    attachments=st.lists(leaves, max_size=2).map(tuple),
    cloud_files=st.lists(st.builds(CloudFile, name=words, url=words, provider=words, expires_at=st.none() | moments), max_size=1).map(
        tuple
    ),
    bounced=st.none() | st.builds(Bounce, recipient=words),
    problems=st.lists(st.builds(Problem, code=words, where=words, message=words), max_size=1).map(tuple),
)


@given(messages)
def test_a_message_comes_back_as_it_went(message: Message) -> None:
    """Every field, whatever the characters (the payloads live in the vault)."""
    assert json_to_value(value_to_json(message), Message) == message


@given(readings)
def test_a_reading_comes_back_as_it_went(reading: Reading) -> None:
    """Typed values of any kind keep their type: a tuple is no list, a date no text."""
    back = json_to_value(value_to_json(reading), Reading)
    assert back == reading
    assert repr(back) == repr(reading)


@given(loose)
def test_a_loose_value_keeps_its_type(value: Any) -> None:
    """Also inside each other."""
    assert repr(plain_to_value(value_to_plain(value, Any), Any)) == repr(value)  # type: ignore[arg-type]


def test_undecodable_bytes_of_a_letter_survive_the_way() -> None:
    """Lone surrogates cannot be UTF-8; they are escaped instead of lost."""
    message = Message(sha256="x", subject="\udcd6\udcd0")
    text = value_to_json(message)
    text.encode("utf-8")
    assert json_to_value(text, Message) == message


def test_enumerated_keys_and_nested_words_come_back() -> None:
    """The matrix's own keys."""
    held: Mapping[Material, MaterialState] = {Material.PAPER: MaterialState("waived", note="已交")}
    plain = value_to_plain(held, Mapping[Material, MaterialState])
    assert plain == {"paper": {"status": "waived", "note": "已交"}}
    assert plain_to_value(plain, dict[Material, MaterialState]) == held


def test_defaults_and_bytes_are_left_out() -> None:
    """A ledger of sixty institutions stays small, and never holds payloads twice."""
    leaf = Attachment("附件.docx", ("附件.docx",), 3, "ff", payload=b"abc")
    assert value_to_plain(leaf) == {"name": "附件.docx", "path": ["附件.docx"], "size": 3, "sha256": "ff"}


@dataclass(frozen=True, slots=True)
class Example:
    """A word with every kind of default that is easily mixed up."""

    flag: bool = True
    number: int = 1
    share: float = 1.0
    loose: Any = None
    day: date | None = None
    choice: Literal["a", "b"] = "a"
    pairs: tuple[tuple[str, int], ...] = ()
    held: Mapping[str, Any] = field(default_factory=dict)


def test_one_true_and_one_point_nought_are_not_mixed_up() -> None:
    """`1 == True == 1.0` in Python; in the ledger they stay what they were."""
    for value in (True, 1, 1.0, 0, False, None, ""):
        back = json_to_value(value_to_json(Example(loose=value)), Example)
        assert repr(back.loose) == repr(value)


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (Message, '{"subject": "no sha256"}'),
        (Message, '{"sha256": 1}'),
        (Message, '{"sha256": "x", "kind": "something else"}'),
        (Message, '{"sha256": "x", "attachments": {"0": 1}}'),
        (Message, '{"sha256": "x", "date": "yesterday"}'),
        (Claim, '["not", "a", "claim"]'),
        (Example, '{"pairs": [["a"]]}'),
        (Example, '{"number": "1"}'),
    ],
)
def test_what_does_not_fit_its_annotation_is_refused(hint: type, text: str) -> None:
    """The reading child's answers are checked by this."""
    with pytest.raises(ValueError):
        json_to_value(text, hint)


def test_a_value_nobody_can_write_is_our_mistake_and_loud() -> None:
    """Better a quarantined letter than a ledger with a repr in it."""
    with pytest.raises(TypeError, match="object"):
        value_to_json(Example(loose=object()))
