"""Shell: files on disk as one institution's whole submission - what a university can run before it sends (CONTRACT, `intake check`).

The deadline is left out of the answer: nothing has been sent yet, so the files are taken as received in time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from config.campaign import Campaign, Institution
from intake.belt.scan_station import read_together
from intake.checks import CATALOGUE
from intake.claiming import Known, identify
from intake.judging import assess
from intake.message import Attachment, Message, Problem
from intake.progress import Progress, no_progress
from intake.reading import (
    Engine,
    LibreOffice,
    Task,
    find_series,
    outcome_to_reading,
    read_converted,
    read_scan,
    wants_conversion,
    wants_scan,
)
from intake.submission import Assessment, Received
from parsers.form import Reading
from parsers.scan.available import scan_reader_available

NOBODY = Institution(name="（未认出的单位）")


def check_files(
    files: Iterable[tuple[str, bytes]],
    engine: Engine,
    converter: LibreOffice | None,
    campaign: Campaign,
    now: datetime,
    institution: str | None = None,
    progress: Progress = no_progress,
) -> Assessment:
    """The assessment of these (name, bytes) as if one letter had brought them; archives and .eml files are opened first."""
    leaves, problems = open_files(list(files), engine, campaign)
    received = Received(
        message=files_to_message(leaves, problems),
        received_at=min(now, campaign.deadline_at(now).at),
        readings=read_leaves(leaves, engine, converter, campaign, progress),
    )
    unit = find_institution(institution, campaign) if institution else recognised(received, campaign)
    found = assess(unit, [received], [], campaign, received.received_at)
    kept = tuple(f for f in found.findings if not CATALOGUE[f.code].of_the_letter)
    return replace(found, findings=kept)


def open_files(
    files: Sequence[tuple[str, bytes]], engine: Engine, campaign: Campaign
) -> tuple[tuple[Attachment, ...], tuple[Problem, ...]]:
    """Every leaf of the files and what was wrong with them, opened as the letters they would arrive in; a file that cannot be opened stays whole."""
    leaves: list[Attachment] = []
    problems: list[Problem] = []
    for name, payload in files:
        short = name.rsplit("/", 1)[-1]
        raw = payload if short.lower().endswith(".eml") else file_to_letter(short, payload)
        task = Task(kind="open", key=hashlib.sha256(raw).hexdigest(), payload=raw, name=short, own_addresses=(campaign.mailbox,))
        ((_, outcome),) = engine.run([task])
        folders = tuple(name.split("/")[:-1])
        if isinstance(outcome, Message) and outcome.leaves:
            leaves += [replace(leaf, path=(*folders, *leaf.path)) for leaf in outcome.leaves]
            problems += [p for p in outcome.problems if raw is payload or not p.code.startswith("open-")]
        else:
            leaves.append(whole_file(short, payload, folders))
    return tuple(leaves), tuple(problems)


def file_to_letter(name: str, payload: bytes) -> bytes:
    """The letter in which a file would come, so that archives are opened and judged in one way only."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "self@check.invalid"
    message["Subject"] = "自查"
    message.set_content("见附件")
    message.add_attachment(payload, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def whole_file(name: str, payload: bytes, folders: tuple[str, ...]) -> Attachment:
    """A file as a leaf of its own."""
    return Attachment(name=name, path=(*folders, name), size=len(payload), sha256=hashlib.sha256(payload).hexdigest(), payload=payload)


def read_leaves(
    leaves: Sequence[Attachment], engine: Engine, converter: LibreOffice | None, campaign: Campaign, progress: Progress
) -> dict[str, Reading]:
    """The readings of the leaves by SHA-256, converted where our own readers leave a format alone."""
    readings: dict[str, Reading] = {}
    for done, leaf in enumerate(leaves, 1):
        if leaf.sha256 not in readings and leaf.problem is None:
            task = Task(kind="read", key=leaf.sha256, payload=leaf.payload, name=leaf.name, forms=campaign.forms)
            readings[leaf.sha256] = read_one(task, engine, converter)
        progress("读件", done, len(leaves))
    payloads = {leaf.sha256: leaf.payload for leaf in leaves}
    for series in find_series(leaves, readings):
        pages = read_together(series, [payloads[photo.reading.sha256] for photo in series], engine, campaign)
        readings |= {page.sha256: page for page in pages}
    return readings


def read_one(task: Task, engine: Engine, converter: LibreOffice | None) -> Reading:
    """One file's reading: through LibreOffice when our own readers do not know the format, by the recogniser when it is a scan - where they are installed."""
    ((_, outcome),) = engine.run([task])
    reading = outcome_to_reading(task, outcome)
    if converter is not None and wants_conversion(reading):
        return read_converted(task, reading, engine, converter)
    if wants_scan(reading) and scan_reader_available():
        return read_scan(replace(task, kind="scan"), reading, engine)
    return reading


def files_to_message(leaves: Sequence[Attachment], problems: Sequence[Problem]) -> Message:
    """The leaves as one letter that nobody wrote; its identity is that of its files."""
    identity = hashlib.sha256("".join(sorted(leaf.sha256 for leaf in leaves)).encode()).hexdigest()
    bare = tuple(replace(leaf, payload=b"") for leaf in leaves)
    return Message(sha256=identity, kind="submission", intents=("submission",), attachments=bare, problems=tuple(problems))


def find_institution(name: str, campaign: Campaign) -> Institution:
    """The roster row of a full name, a union's name or an alias only one unit has; an unknown name stands for itself."""
    plain = name.strip().removesuffix("工会")
    exact = campaign.institution(plain)
    owners = [i for i in campaign.institutions if plain in (*i.aliases, *i.affiliates)]
    return exact or (owners[0] if len(owners) == 1 else Institution(name=plain))


def recognised(received: Received, campaign: Campaign) -> Institution:
    """The institution the forms themselves name: a row of the roster, else the one name all of them print, else nobody."""
    claim = identify([received], campaign, [], Known({}, {}))[received.sha256]
    known = campaign.institution(claim.institution) if claim.institution else None
    forms = [form for reading in received.readings.values() for form in reading.forms]
    printed = {str(form.value("union")).strip().removesuffix("工会") for form in forms if form.value("union")}
    return known or (Institution(name=printed.pop()) if len(printed) == 1 else NOBODY)
