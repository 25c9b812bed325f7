"""Core: what proves that a letter comes from the institution it is claimed for (凭据) - three rights, three proofs (law 14).

A letter is registered for what it says; it replaces what is in force, and its sender is told what others sent, only on evidence that the
writer cannot give himself: the roster's address or domain, a mailbox staff confirmed, a reply to a letter of ours that went to a proven
address. A case number, a name in the text, a filled form prove nothing. What our own mail server found about the From address
(Authentication-Results, Received-SPF: RFC 8601) counts against it when it failed; silence of the server counts as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from intake.claiming.clues import clean_id, is_personal
from intake.claiming.roster_names import RosterDomains
from intake.decisions import Rulings
from intake.message import Message
from intake.opening import weigh_authentication
from intake.records import Authentication
from intake.submission import Claim, Evidence, Proof, Received

STRANGER = Evidence(())
_SIGNED = re.compile(r"\d{4,}-[A-Z0-9]{4}(?=】)|(?<=答复码 )[A-Z2-7]{8}")


@dataclass(frozen=True, slots=True)
class ProofDesk:
    """What evidence is looked up in: the roster, the mailboxes staff confirmed, their decisions, where each letter of ours went,
    and the names under which our own mail server writes its findings (no name: its word is not known, hence no evidence)."""

    office: str
    registered: Mapping[str, str]
    domains: RosterDomains
    confirmed: Mapping[str, str]
    rulings: Rulings
    recipients: Mapping[str, str]
    servers: frozenset[str] = frozenset()


def weigh_evidence(letter: Received, claim: Claim, desk: ProofDesk) -> Claim:
    """The claim with the evidence for its institution; a letter of nobody or of several has nothing to prove yet."""
    if claim.institution is None:
        return claim
    authentication = find_authentication(letter.message, desk.servers)
    proofs = tuple(dict.fromkeys(_proofs(letter, claim.institution, authentication, desk)))
    return replace(claim, evidence=Evidence(proofs, authentication))


def find_authentication(message: Message, servers: Collection[str]) -> Authentication:
    """What our own server found about the From address; nothing when it wrote nothing, or nothing of ours was there to read."""
    verdict = weigh_authentication(message.authentication, message.sender.address, servers)
    return "" if verdict == "none" else verdict


def may_replace(letter: Received, claim: Claim, in_force: Received | None) -> bool:
    """True when a letter's file may take the place of what the letter `in_force` brought: on evidence, or from the very mailbox that sent it.

    The mailbox alone is no proof towards anybody else's file, and none when our server found the From address forged.
    """
    if claim.evidence.may_replace:
        return True
    same = in_force is not None and address_of(in_force.message) == address_of(letter.message) != ""
    return same and claim.evidence.authentication != "fail"


def proves_return(message: Message, message_id: str, subject: str) -> bool:
    """True when a bounce shows that its writer had this letter of ours in hand: its Message-ID, or the number in its subject, whose check part
    nobody else knows. That a mailbox does not exist can be written by anybody."""
    named = message.bounced is not None and clean_id(message.bounced.message_id) == clean_id(message_id) != ""
    said = f"{message.subject}\n{message.text}\n{message.quoted}".upper()
    return named or any(sign in said for sign in _SIGNED.findall(subject.upper()))


def prove_address(address: str, institution: str, desk: ProofDesk) -> Proof | None:
    """What proves a bare address to be this institution's: the roster, a confirmation by staff, the roster's domain."""
    wanted = address.casefold()
    if desk.registered.get(wanted) == institution:
        return "registered"
    if desk.confirmed.get(wanted) == institution:
        return "confirmed"
    return "domain" if not is_personal(wanted) and desk.domains.belongs_to(wanted, institution) else None


def address_of(message: Message) -> str:
    """The From address for comparing; what a forwarded head or a Reply-To says is the writer's word and proves nothing."""
    return message.sender.address.casefold()


def _proofs(letter: Received, institution: str, authentication: Authentication, desk: ProofDesk) -> Iterator[Proof]:
    message = letter.message
    if desk.rulings.claims.get(letter.sha256) == institution:
        yield "decision"
    if authentication != "fail":
        if desk.office and address_of(message) == desk.office:
            yield "office"
        if proof := prove_address(address_of(message), institution, desk):
            yield proof
    references = (message.in_reply_to or "", *message.references)
    went_to = {desk.recipients[key] for ref in references if (key := clean_id(ref)) in desk.recipients}
    if any(prove_address(address, institution, desk) for address in went_to):
        yield "thread"
