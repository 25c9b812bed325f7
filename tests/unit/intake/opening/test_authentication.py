"""The server's word on the sender: the topmost header, of our server, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.message import AuthenticationResults
from intake.opening.headers.head import Head
from intake.opening.senders.authentication import head_to_results, weigh_results
from tests.unit.intake.opening.letters import opened, simple

OURS = ("mx.example.net",)
SENDER = "ghb@univ.edu.cn"


def told(*values: str, spf: str = "") -> AuthenticationResults:
    extra = "".join(f"Authentication-Results: {value}\r\n" for value in values) + (f"Received-SPF: {spf}\r\n" if spf else "")
    return opened(simple("好", extra=extra.encode())).authentication_results


@pytest.mark.parametrize(
    ("value", "evidence"),
    [
        ("mx.example.net; dmarc=pass (p=none) header.from=univ.edu.cn", "pass"),
        ("mx.example.net; spf=pass smtp.mailfrom=ghb@mail.univ.edu.cn; dkim=none", "pass"),
        ("mx.example.net 1; dkim=pass (2048-bit; ok) header.d=univ.edu.cn", "pass"),
        ("mx.example.net; dkim=fail header.d=a.example; dkim=pass header.d=univ.edu.cn", "pass"),
        ("mx.example.net; spf=fail smtp.mailfrom=x@else.example; dkim=pass header.d=univ.edu.cn; dmarc=pass", "pass"),
        ("mx.example.net; spf=pass smtp.mailfrom=x@else.example", ""),
        ("mx.example.net; spf=softfail smtp.mailfrom=ghb@univ.edu.cn", ""),
        ("mx.example.net; none", ""),
        ("mx.example.net; spf=fail smtp.mailfrom=ghb@univ.edu.cn; dkim=fail; dmarc=fail", "fail"),
        ("mx.example.net; dmarc=fail", "fail"),
        ("mx.else.example; dmarc=fail", ""),
        ("mx.else.example; dmarc=pass header.from=univ.edu.cn", ""),
        ("", ""),
    ],
)
def test_results_are_worth_what_our_server_says(value: str, evidence: str) -> None:
    assert weigh_results(told(value) if value else told(), SENDER, OURS) == evidence


def test_only_the_topmost_header_is_read() -> None:
    """A sender's own line stands below the server's."""
    forged = "mx.example.net; dmarc=pass header.from=univ.edu.cn"
    assert weigh_results(told("mx.example.net; dmarc=fail", forged), SENDER, OURS) == "fail"
    assert weigh_results(told("mx.else.example; dmarc=none", forged), SENDER, OURS) == ""


@pytest.mark.parametrize(
    ("spf", "evidence"),
    [
        ("pass (mx.example.net: domain of univ.edu.cn designates 203.0.113.9) client-ip=203.0.113.9; receiver=mx.example.net", ""),
        ("fail (mx.example.net: domain of univ.edu.cn does not designate 203.0.113.9)", "fail"),
        ("fail (mx.else.example: domain of univ.edu.cn does not designate 203.0.113.9)", ""),
    ],
)
def test_received_spf_alone_can_only_count_against(spf: str, evidence: str) -> None:
    assert weigh_results(told(spf=spf), SENDER, OURS) == evidence


def test_without_a_server_of_ours_there_is_no_evidence() -> None:
    assert weigh_results(told("mx.example.net; dmarc=fail"), SENDER, ()) == ""
    assert weigh_results(AuthenticationResults(), SENDER, ("",)) == ""


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_header_gives_a_value(raw: bytes) -> None:
    found = head_to_results(Head((("authentication-results", raw), ("received-spf", raw))))
    assert weigh_results(found, SENDER, OURS) in ("pass", "fail", "")
