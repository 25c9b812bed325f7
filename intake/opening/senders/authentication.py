"""Core: who the receiving server says wrote the letter - the topmost Authentication-Results and Received-SPF, and what they are worth.

Anybody can write such headers into a letter; a server puts its own on top. So the topmost alone is read, and it is evidence only when it
names a server of ours (`authserv_id` in the settings); where ours writes none there is no evidence, for or against (RFC 8601 5, 7.1).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from intake.message import Authentication
from intake.opening.headers.addresses import registered_domain
from intake.opening.headers.encoded_words import header_to_text
from intake.opening.headers.head import Head

Evidence = Literal["pass", "fail", "none"]

_LONGEST = 8 * 1024
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(spf|dkim|dmarc)\s*(?:/\s*\d+)?\s*=\s*([A-Za-z]+)(.*)$", re.I | re.S)
_PROPERTY = re.compile(r"\b(smtp\.mailfrom|smtp\.helo|header\.d|header\.i|header\.from)\s*=\s*\"?([^\s;\"]+)", re.I)
_SPF = re.compile(r"^\s*([A-Za-z]+)")
_SPF_RECEIVER = re.compile(r"\breceiver\s*=\s*\"?([^\s;\"]+)", re.I)
_SPF_SPEAKER = re.compile(r"^\s*[A-Za-z]+\s*\(\s*([A-Za-z0-9.-]+)\s*:", re.I)
_FAILED = frozenset(("fail", "hardfail"))


def head_to_authentication(head: Head) -> Authentication:
    """What the topmost headers say, bounded; an empty value when there are none."""
    server, results = _results(header_to_text(head.first("authentication-results")[:_LONGEST]))
    received = header_to_text(head.first("received-spf")[:_LONGEST])
    speaker = _SPF_RECEIVER.search(received) or _SPF_SPEAKER.search(received)
    word = _SPF.match(received)
    return Authentication(
        server=server,
        spf=_strictest(results, "spf"),
        spf_domain=_about(results, "spf", ("smtp.mailfrom", "smtp.helo")),
        dkim=_strictest(results, "dkim"),
        dkim_domain=_about(results, "dkim", ("header.d", "header.i")),
        dmarc=_strictest(results, "dmarc"),
        spf_server=speaker[1].lower().rstrip(".") if speaker else "",
        received_spf=word[1].lower() if word else "",
    )


def weigh_authentication(found: Authentication, sender: str, servers: Collection[str]) -> Evidence:
    """What it is worth for a letter from that address: `fail` counts against it, `none` says nothing; only our servers' word counts."""
    ours = {server.lower().rstrip(".") for server in servers}
    if found.server in ours and found.server:
        spf, dkim, dmarc = found.spf, found.dkim, found.dmarc
    elif found.spf_server in ours and found.spf_server:
        spf, dkim, dmarc = found.received_spf, "", ""
    else:
        return "none"
    if dmarc == "pass":
        return "pass"
    if _FAILED & {spf, dkim, dmarc}:
        return "fail"
    home = registered_domain(sender)
    aligned = (spf == "pass" and _is_of(found.spf_domain, home)) or (dkim == "pass" and _is_of(found.dkim_domain, home))
    return "pass" if aligned else "none"


def _is_of(domain: str, home: str) -> bool:
    return bool(domain and home) and registered_domain(domain) == home


def _results(text: str) -> tuple[str, list[tuple[str, str, dict[str, str]]]]:
    """(authserv-id, [(method, result, properties)]); comments are left out, also nested ones."""
    for _ in range(5):
        text, count = _COMMENT.subn(" ", text)
        if not count:
            break
    first, *rest = text.split(";")
    words = first.split()
    results = []
    for piece in rest[:50]:
        said = _RESULT.match(piece)
        if said:
            properties = {name.lower(): value.lower() for name, value in _PROPERTY.findall(said[3])}
            results.append((said[1].lower(), said[2].lower(), properties))
    return (words[0].lower().rstrip(".") if words and "=" not in words[0] else ""), results


def _strictest(results: list[tuple[str, str, dict[str, str]]], method: str) -> str:
    """One word for a method that was tried several times: one valid signature is enough, else a failure, else the first."""
    said = [result for name, result, _ in results if name == method]
    return next((word for word in ("pass", "fail", "hardfail") if word in said), said[0] if said else "")


def _about(results: list[tuple[str, str, dict[str, str]]], method: str, names: tuple[str, ...]) -> str:
    """The domain the chosen result speaks of."""
    chosen = _strictest(results, method)
    for name, result, properties in results:
        if name == method and result == chosen:
            return next((properties[key].rpartition("@")[2] for key in names if properties.get(key)), "")
    return ""
