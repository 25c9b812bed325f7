"""A line that is no header costs a letter nothing; what could not be saved is said and kept."""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.opening.headers.head import split_head
from intake.opening.text.hidden_files import find_hidden_files
from tests.unit.intake.opening.damage import SUBJECT, damaged, is_read, sound_letter
from tests.unit.intake.opening.letters import PDF, attachment, letter, multipart, names, opened, part, simple, text, with_files, word

EXAMPLES = int(os.environ.get("INTAKE_DAMAGED_LETTERS", "300"))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(0, 6))
def test_damage_to_heads_and_line_ends_changes_no_subject_sender_or_file(seed: int, wounds: int) -> None:
    rng = random.Random(seed)
    plan = sound_letter(rng)
    assert is_read(opened(damaged(plan, rng, wounds)), plan)


SOUND = letter(multipart([text("材料见附件，请查收。"), attachment(word("附件4.docx"), PDF)]), word(SUBJECT))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"From: ", b"From : "),
        (b"From: ", b"score 0.2 total of 5 tests\r\nFrom: "),
        (b"From: ", b"---- Original email message ----\r\nFrom: "),
        (b"To: <", b"X-Mailer Version 5: abc\r\nTo: <"),
        (b"Subject: ", b"X-" + b"Gateway-" * 60 + b": pass\r\nSubject: "),
        (b"; boundary", b";\r\nboundary"),
        (b"multipart/mixed", b"multipart/*"),
        (b"multipart/mixed", b"multipart"),
        (b"multipart/mixed; boundary", b"application/octet-stream; boundary"),
        (b'; boundary="=_Part_2022"', b""),
        (b'Content-Type: multipart/mixed; boundary="=_Part_2022"\r\n', b""),
        (b"MIME-Version", b"Content-Type: text/plain\r\nMIME-Version"),
        (b"MIME-Version", b"\r\nMIME-Version"),
        (b"Content-Disposition", b"a note of the gateway\r\nContent-Disposition"),
        (b"Content-Disposition", b"\r\nContent-Disposition"),
        (b"To: <", b"Reply-To: \rTo: <"),
        (b"To: <", b"\rTo: <"),
        (b"Content-Disposition", b"\r\rContent-Disposition"),
        (b"Date: Thu, 4 Aug 2022 11:20:00", b"Date: Thu, 4 Aug 2022 11:20407080403080105:00"),
        (b"\r\n", b"\r"),
        (b"\r\n", b"\r\r\n"),
    ],
)
def test_each_damage_alone_costs_nothing(old: bytes, new: bytes) -> None:
    assert old in SOUND
    message = opened(SOUND.replace(old, new, -1 if old == b"\r\n" else 1))
    assert (message.subject, message.sender.address, names(message)) == (SUBJECT, "ghb@univ.example", ["附件4.docx"])
    assert message.kind == "submission"


def test_part_whose_head_holds_a_bad_line_keeps_its_name_and_says_so() -> None:
    raw = SOUND.replace(b"Content-Disposition", b"gateway: checked by\r\nvirus wall 2.0\r\nContent-Disposition")
    message = opened(raw)
    assert names(message) == ["附件4.docx"]
    assert any(problem.code == "open-head" for problem in message.problems)


@pytest.mark.parametrize("body", [b"Hello there\r\nNote: see below\r\n", b"--\r\nLi Si\r\n", b"https://x.example/a\r\nplain words\r\n"])
def test_body_without_a_blank_line_above_it_is_still_the_body(body: bytes) -> None:
    _, at = split_head(b"From: a@x.example\r\nSubject: x\r\n" + body)
    assert at <= len(b"From: a@x.example\r\nSubject: x\r\n" + body)
    assert opened(b"From: a@x.example\r\nSubject: x\r\n" + body).subject == "x"


def test_quoted_head_in_a_body_is_not_the_letters_head() -> None:
    message = opened(simple("转给贵处。\n\nFrom: other@else.example\nSubject: old\nDate: today", "新主题"))
    assert (message.subject, message.sender.address) == ("新主题", "ghb@univ.example")


BASE64 = "\r\n".join(["QUJD" * 19] * 10)


@pytest.mark.parametrize(
    "raw",
    [
        simple(f"见下\r\n{BASE64}\r\n", "材料"),
        letter(b"Content-Type: text/plain\r\n\r\n--x\r\nContent-Disposition: attachment; filename=a.docx\r\n\r\n" + BASE64.encode()),
        letter(b"Content-Type: text/plain\r\n\r\n" + b"\r\n".join([b"M" + b"0" * 60] * 5)),
        letter(b'Content-Type: multipart/mixed; boundary="gone"\r\n\r\n'),
        SOUND.replace(b"\r\n--=_Part_2022\r\nContent-Type: application", b"\r\n=_Pa\r\nContent-Type: application"),
    ],
)
def test_letter_that_shows_files_and_yields_none_is_kept_whole_for_a_person(raw: bytes) -> None:
    message = opened(raw)
    assert message.kind == "submission"
    assert "未能拆解的来信.eml" in names(message)
    leaf = next(leaf for leaf in message.attachments if leaf.name == "未能拆解的来信.eml")
    assert (leaf.payload, leaf.problem) == (raw, "corrupt")
    assert any(problem.code == "M08" for problem in message.problems)


@pytest.mark.parametrize(
    "words",
    [
        "请查收",
        "-----BEGIN PGP SIGNATURE-----\n" + "\n".join(["QUJD" * 16] * 9) + "\n-----END PGP SIGNATURE-----",
        "Content-Type 应如何填写？",
        "\n".join(["https://x.example/" + "a" * 60] * 9),
    ],
)
def test_ordinary_text_hides_no_file(words: str) -> None:
    assert find_hidden_files(words) == ""


def test_multipart_without_parts_is_never_called_empty() -> None:
    message = opened(letter(b'Content-Type: multipart/mixed; boundary="gone"\r\n\r\nwords only\r\n'))
    assert (message.kind, [problem.code for problem in message.problems]) == ("question", ["open-parts"])


def test_returned_source_in_a_bounce_is_no_file() -> None:
    raw = letter(part(b"Content-Type: text/plain", with_files(attachment(b"a.docx"))), sender=b"MAILER-DAEMON@mx.example")
    assert (opened(raw).kind, opened(raw).attachments) == ("bounce", ())
