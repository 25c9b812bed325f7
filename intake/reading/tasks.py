"""Core: the pieces of work on untrusted bytes - open a letter, read a document, read a scan - as plain requests and answers.

The same function does them in this process and in the reading child; what goes over the pipe is JSON and bytes, and what comes back is
checked against the words' annotations and its own SHA-256 before anybody believes it.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

from config.forms import FormSchema
from intake.codec import json_to_value, plain_to_value, value_to_json, value_to_plain
from intake.message import Attachment, Message
from intake.opening import raw_to_message
from intake.remembered import by_identity
from parsers.form import Reading
from parsers.read import read

Kind = Literal["open", "read", "scan"]
Reason = Literal["timeout", "memory", "crash"]
Answer = tuple[Any, Sequence[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """活: one piece of work; `key` is the SHA-256 of the payload, `name` a file name as a hint and never an identity."""

    kind: Kind
    key: str
    payload: bytes = field(repr=False)
    name: str = ""
    own_addresses: tuple[str, ...] = ()
    forms: tuple[FormSchema, ...] = ()


@dataclass(frozen=True, slots=True)
class Died:
    """读件进程中断: the bytes were more than the reader could bear; the fault is in the bytes or in their size."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """程序出错: an exception of our own, with its traceback."""

    traceback: str


Outcome = Message | Reading | Died | Failed


def task_to_request(task: Task) -> dict[str, Any]:
    """What the reading child is told beside the payload."""
    return task_to_common(task) | task_to_own(task)


def task_to_common(task: Task) -> dict[str, Any]:
    """What it is told of this task and of all that go with it on one trip."""
    forms = _forms_to_json(task.forms) if task.forms else ""
    return {"kind": task.kind, "own_addresses": list(task.own_addresses), "forms": forms}


def task_to_own(task: Task) -> dict[str, Any]:
    """What it is told of this task alone."""
    return {"name": task.name}


def go_together(one: Task, other: Task) -> bool:
    """True when both may go on one trip: they are asked the same of, each of its own bytes."""
    return one.kind == other.kind and one.own_addresses == other.own_addresses and one.forms is other.forms


def request_to_answer(request: Mapping[str, Any], payload: bytes) -> Answer:
    """Do the work: the plain result and, for leaves, their bytes in order. Raises whatever our own code raises."""
    if request["kind"] == "open":
        message = raw_to_message(payload, tuple(request["own_addresses"]))
        return value_to_plain(message), [leaf.payload for leaf in message.leaves]
    forms = _json_to_forms(request["forms"]) if request["forms"] else ()
    if request["kind"] == "scan":
        return value_to_plain(_scan(payload, request["name"], forms)), []
    return value_to_plain(read(payload, request["name"], forms)), []


def _scan(payload: bytes, name: str, forms: tuple[FormSchema, ...]) -> Reading:
    """What a scan says. The engine is loaded by the first scan, and only by a child that is given one: it is an extra, and large."""
    from parsers.scan.door import payload_to_reading

    return payload_to_reading(payload, name, forms, _scan_reader)


@lru_cache(maxsize=1)
def _scan_reader() -> Any:
    from parsers.scan.text.engine import RapidReader

    return RapidReader()


def answer_to_outcome(task: Task, answer: Answer) -> Outcome:
    """The answer as words again; raises ValueError when it is not what was asked for."""
    plain, blobs = answer
    if task.kind == "open":
        message: Message = plain_to_value(plain, Message)
        if message.sha256 != task.key:
            raise ValueError("the opened letter is not the one asked for")
        leaves, files = _with_payloads(message.leaves, blobs), len(message.attachments)
        return replace(message, attachments=leaves[:files], body_leaves=leaves[files:])
    reading: Reading = plain_to_value(plain, Reading)
    if reading.sha256 != hashlib.sha256(task.payload).hexdigest():
        raise ValueError("the reading is not of the bytes asked about")
    return replace(reading, sha256=task.key)  # what was converted first stands under its original


def task_to_outcome(task: Task) -> Outcome:
    """Do the work right here, exceptions caught: for tests and for bytes that are trusted."""
    try:
        return answer_to_outcome(task, request_to_answer(task_to_request(task), task.payload))
    except Exception:
        return Failed(traceback.format_exc())


def _with_payloads(leaves: tuple[Attachment, ...], blobs: Sequence[bytes]) -> tuple[Attachment, ...]:
    pairs = zip(leaves, blobs, strict=True)
    return tuple(replace(leaf, payload=blob) if _is(blob, leaf) else replace(leaf, payload=b"") for leaf, blob in pairs)


def _is(blob: bytes, leaf: Attachment) -> bool:
    """False for a leaf whose bytes were not carried (too large); raises ValueError when they are other bytes."""
    if hashlib.sha256(blob).hexdigest() == leaf.sha256:
        return True
    if blob:
        raise ValueError(f"the bytes of a leaf are not those of its SHA-256: {leaf.sha256:.80}")
    return False


@by_identity
def _forms_to_json(forms: tuple[FormSchema, ...]) -> str:
    return value_to_json(forms, tuple[FormSchema, ...])


@lru_cache(maxsize=4)
def _json_to_forms(text: str) -> tuple[FormSchema, ...]:
    return json_to_value(text, tuple[FormSchema, ...])
