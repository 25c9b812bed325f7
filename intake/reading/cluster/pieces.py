"""Core: a task on its way to another machine (件) and what was found on the way back, as bytes; nothing in between looks inside.

A piece is named by everything its answer depends on: the program's release, the request, the bytes. So it may be asked for twice, answered
twice, lost and asked for again, and it is still one answer.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from intake.reading.tasks import Answer, Died, Failed, Task, task_to_request

LONG_TEXT = 2000
"""A text of a request beyond this many characters travels once for all tasks that say it: the form schemas are 20 000."""
_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Pace:
    """步调 (seconds): how often a worker says that it lives and after how long silence its job is another's; how long the service bears that
    PostgreSQL or every worker is away before it reads by itself, how long nothing may come, and when it tries the others again."""

    heartbeat: float = 10.0
    stalled: float = 30.0
    absent: float = 20.0
    silent: float = 900.0
    again: float = 60.0


@dataclass(frozen=True, slots=True)
class Hands:
    """人手: the workers of our own release that are at work now, the children they have together, and how many of them recognise scans;
    `others` are workers of another release, whose answers would not be ours."""

    workers: int = 0
    children: int = 0
    scanners: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """取回: what became of a piece so far: no answer yet (None), given back unread (empty), or the answer; and how often it was begun."""

    answer: bytes | None
    tries: int


@dataclass(frozen=True, slots=True)
class Piece:
    """件: one task as it travels; `texts` are the long texts of its request by their digest."""

    id: str
    request: str
    payload: bytes = field(repr=False)
    texts: Mapping[str, str] = field(repr=False)
    is_scan: bool = False


def task_to_piece(task: Task, release: str) -> Piece:
    """The task for workers of this release of the program."""
    request = task_to_request(task)
    long = {key: value for key, value in request.items() if isinstance(value, str) and len(value) > LONG_TEXT}
    named = {key: hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest() for key, value in long.items()}
    texts = {named[key]: value for key, value in long.items()}
    asked = json.dumps({"short": {k: v for k, v in request.items() if k not in long}, "long": named}, sort_keys=True)
    name = hashlib.sha256(f"{release}\0{asked}\0".encode() + hashlib.sha256(task.payload).digest())
    return Piece(name.hexdigest(), asked, task.payload, texts, is_scan=task.kind == "scan")


def wanted_texts(request: str) -> tuple[str, ...]:
    """The digests of the long texts that a piece's request names."""
    return tuple(json.loads(request)["long"].values())


def piece_to_request(request: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """The request with its long texts in their places; raises KeyError when one is not there."""
    asked: dict[str, dict[str, Any]] = json.loads(request)
    return asked["short"] | {key: texts[sha] for key, sha in asked["long"].items()}


def found_to_bytes(found: Answer | Died | Failed) -> bytes:
    """What a reading child said, as one string of bytes: a head in JSON, then the blobs."""
    blobs: tuple[bytes, ...] = ()
    if isinstance(found, Died):
        head: dict[str, Any] = {"died": [found.reason, found.detail]}
    elif isinstance(found, Failed):
        head = {"failed": found.traceback}
    else:
        value, held = found
        blobs = tuple(held)
        head = {"value": value, "sizes": [len(blob) for blob in blobs]}
    text = json.dumps(head, separators=(",", ":")).encode()
    return b"".join((_LENGTH.pack(len(text)), text, *blobs))


def bytes_to_found(packed: bytes) -> Answer | Died | Failed:
    """What `found_to_bytes` wrote; raises ValueError when it is something else."""
    try:
        (length,) = _LENGTH.unpack_from(packed)
        start = _LENGTH.size + length
        head = json.loads(packed[_LENGTH.size : start])
        if "died" in head:
            return Died(*head["died"])
        if "failed" in head:
            return Failed(head["failed"])
        blobs = []
        for size in head["sizes"]:
            blobs.append(packed[start : start + size])
            start += size
    except (struct.error, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ValueError(f"no answer of a reading child: {error}") from error
    if start != len(packed):
        raise ValueError("the answer is longer or shorter than it says")
    return head["value"], blobs
