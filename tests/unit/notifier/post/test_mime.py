"""A finished letter's bytes: whatever is put in comes out again wherever mail is read, and nothing else stands in them."""

from __future__ import annotations

import random
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from config.load import DEFAULT_CAMPAIGN, load_campaign
from notifier.letter import Enclosure, Wording
from notifier.post.mime import wording_to_bytes

CAMPAIGN = load_campaign(DEFAULT_CAMPAIGN)
NOW = datetime.fromisoformat("2022-07-31T10:07:00+08:00")
ENCLOSURES = {
    "none": (),
    "one": (Enclosure("附件2汇总表（填写模板）.xlsx", b"PK\x03\x04"),),
    "several": (
        Enclosure("长" * 80 + ".zip", bytes(range(256)) * 20),
        Enclosure("a.docx", b"\r\n--=_\r\n--\r\n.\r\n"),
        Enclosure("空.txt", b""),
    ),
}


def put_together(subject: str, text: str, html: str, enclosures: tuple[Enclosure, ...] = (), references: tuple[str, ...] = ()) -> bytes:
    """The bytes of an answer."""
    return wording_to_bytes(
        Wording(subject, text, html), CAMPAIGN, recipient="gh@example.edu.cn", message_id="<one@example.org>", composed_at=NOW,
        in_reply_to=references[-1] if references else "", references=references, enclosures=enclosures,
    )  # fmt: skip


@pytest.mark.parametrize("which", ENCLOSURES)
@pytest.mark.parametrize("subject", ["来信已收到", "Re: received", "收到" * 60, "《附件2》 “甲” " * 9])
def test_what_is_put_in_comes_out_again(which: str, subject: str) -> None:
    """Read by the standard library, which names every defect it meets."""
    enclosures = ENCLOSURES[which]
    text, html = "各位老师：\n\n--=_\n.\nFrom 甲\n", "<p>各位老师</p>\n" * 50
    raw = put_together(subject, text, html, enclosures, ("<a@example.org>", "<b@example.org>"))
    mail = message_from_bytes(raw, EmailMessage, policy=SMTP)
    assert not [defect for part in mail.walk() for defect in part.defects]
    assert str(mail["Subject"]) == subject.strip()
    assert (mail["References"], mail["In-Reply-To"]) == ("<a@example.org> <b@example.org>", "<b@example.org>")
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    assert [body.get_content().replace("\r\n", "\n") for body in bodies if body] == [text, html]
    assert [(part.get_filename(), part.get_content()) for part in mail.iter_attachments() if part.get_filename()] == [
        (one.name, one.payload) for one in enclosures
    ]


@pytest.mark.parametrize("seed", range(20))
def test_every_letter_is_lines_of_ascii_that_any_server_takes(seed: int) -> None:
    """Lines end in CR LF and stay below 79 characters; the same words give the same bytes."""
    rng = random.Random(seed)
    words = ["甲", "乙工作室", "\u2028", "\r", "\x0b", " ", "a" * 90, "😀", "\n", "\n.\n", "<b>", "–"]
    text = "".join(rng.choice(words) for _ in range(rng.randrange(200)))
    subject = "".join(rng.choice(words[:2] + words[5:8]) for _ in range(rng.randrange(1, 30)))
    enclosures = (Enclosure("甲.zip", rng.randbytes(rng.randrange(5000))),)
    raw = put_together(
        subject, text, text, enclosures, tuple(f"<{n}.{'x' * rng.randrange(40)}@example.org>" for n in range(rng.randrange(15)))
    )
    raw.decode("ascii")
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    assert not {*b"\r\n"} & {*raw.replace(b"\r\n", b"")}
    assert raw == put_together(subject, text, text, enclosures, tuple(message_from_bytes(raw, policy=SMTP).get("References", "").split()))


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: c@d.example", "a@b.example\nX: y"])
def test_no_recipient_brings_a_header_of_its_own(address: str) -> None:
    with pytest.raises(ValueError, match="CR or LF"):
        wording_to_bytes(Wording("s", "t", "h"), CAMPAIGN, recipient=address, message_id="<one@example.org>", composed_at=NOW)
