"""The server's word on the sender: the topmost header, of our server, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.message import Authentication
from intake.opening.headers.head import Head
from intake.opening.senders.authentication import head_to_authentication, weigh_authentication
from tests.unit.intake.opening.letters import opened, simple

OURS = ("mx.example.net",)
SENDER = "ghb@univ.edu.cn"


def told(*values: str, spf: str = "") -> Authentication:
    extra = "".join(f"Authentication-Results: {value}\r\n" for value in values) + (f"Received-SPF: {spf}\r\n" if spf else "")
    return opened(simple("好", extra=extra.encode())).authentication


@pytest.mark.parametrize(
    ("value", "evidence"),
    [
        ("mx.example.net; dmarc=pass (p=none) header.from=univ.edu.cn", "pass"),
        ("mx.example.net; spf=pass smtp.mailfrom=ghb@mail.univ.edu.cn; dkim=none", "pass"),
        ("mx.example.net 1; dkim=pass (2048-bit; ok) header.d=univ.edu.cn", "pass"),
        ("mx.example.net; dkim=fail header.d=a.example; dkim=pass header.d=univ.edu.cn", "pass"),
        ("mx.example.net; spf=fail smtp.mailfrom=x@else.example; dkim=pass header.d=univ.edu.cn; dmarc=pass", "pass"),
        ("mx.example.net; spf=pass smtp.mailfrom=x@else.example", "none"),
        ("mx.example.net; spf=softfail smtp.mailfrom=ghb@univ.edu.cn", "none"),
        ("mx.example.net; none", "none"),
        ("mx.example.net; spf=fail smtp.mailfrom=ghb@univ.edu.cn; dkim=fail; dmarc=fail", "fail"),
        ("mx.example.net; dmarc=fail", "fail"),
        ("mx.else.example; dmarc=fail", "none"),
        ("mx.else.example; dmarc=pass header.from=univ.edu.cn", "none"),
        ("", "none"),
    ],
)
def test_results_are_worth_what_our_server_says(value: str, evidence: str) -> None:
    assert weigh_authentication(told(value) if value else told(), SENDER, OURS) == evidence


def test_only_the_topmost_header_is_read() -> None:
    """A sender's own line stands below the server's."""
    forged = "mx.example.net; dmarc=pass header.from=univ.edu.cn"
    assert weigh_authentication(told("mx.example.net; dmarc=fail", forged), SENDER, OURS) == "fail"
    assert weigh_authentication(told("mx.else.example; dmarc=none", forged), SENDER, OURS) == "none"


@pytest.mark.parametrize(
    ("spf", "evidence"),
    [
        ("pass (mx.example.net: domain of univ.edu.cn designates 203.0.113.9) client-ip=203.0.113.9; receiver=mx.example.net", "none"),
        ("fail (mx.example.net: domain of univ.edu.cn does not designate 203.0.113.9)", "fail"),
        ("fail (mx.else.example: domain of univ.edu.cn does not designate 203.0.113.9)", "none"),
    ],
)
def test_received_spf_alone_can_only_count_against(spf: str, evidence: str) -> None:
    assert weigh_authentication(told(spf=spf), SENDER, OURS) == evidence


def test_without_a_server_of_ours_there_is_no_evidence() -> None:
    assert weigh_authentication(told("mx.example.net; dmarc=fail"), SENDER, ()) == "none"
    assert weigh_authentication(Authentication(), SENDER, ("",)) == "none"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_header_gives_a_value(raw: bytes) -> None:
    found = head_to_authentication(Head((("authentication-results", raw), ("received-spf", raw))))
    assert weigh_authentication(found, SENDER, OURS) in ("pass", "fail", "none")
