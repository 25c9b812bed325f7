"""Core: what a mailbox server's words mean (答话) - folders, how they stand, sizes and bodies of letters; nonsense means nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imapclient.datetime_util import parse_to_datetime
from imapclient.exceptions import IMAPClientError
from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.response_parser import parse_fetch_response, parse_response

Told = dict[str, list[Any]]
EARLY_BYTES = 256 << 10
"""So much is asked for of a letter of which nothing is known; a piece that is shorter is the whole letter, any other is asked for anew."""
NEVER_CHANGES = 1
"""A server with this UIDVALIDITY (NetEase) keeps it for ever: it cannot announce that it gave its UIDs to other letters."""
_SIZES = re.compile(rb'\d+ \(UID (\d+) RFC822\.SIZE (\d+) INTERNALDATE "([^"\\]+)"\)')
_BODY = re.compile(rb"\d+ \(UID (\d+) (BODY\[\](?:<0>)?) \{(\d+)\}")
_PIECE = b"BODY[]<0>"
BY_FLAG: Mapping[str, bytes] = {"垃圾邮件": b"\\Junk", "已发送": b"\\Sent"}


@dataclass(frozen=True, slots=True)
class Listed:
    """清单: what the server says of a letter before it is downloaded; the size is only a hint."""

    uid: int
    size: int
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stand:
    """近况所答: what a server told of a folder; `uidnext` 0 where it is kept secret, `last` the UID and server time of the last letter where asked for."""

    uidvalidity: int
    uidnext: int
    messages: int
    last: str = ""


def lines_to_letters(lines: list[Any]) -> Mapping[int, Mapping[bytes, Any]]:
    """What a FETCH answer says of each UID; what is said of a letter without its UID is nobody's business. A piece from the beginning that
    is shorter than was asked for is the whole letter."""
    found: Mapping[int, Mapping[bytes, Any]] = _plainly(lines) or parse_fetch_response(lines, normalise_times=False)
    return {uid: _whole(said) if _PIECE in said else said for uid, said in found.items()}


def _whole(said: Mapping[bytes, Any]) -> Mapping[bytes, Any]:
    piece = said[_PIECE] or b""
    return {**said, _PIECE: b"", **({b"BODY[]": piece} if len(piece) < EARLY_BYTES else {})}


def _plainly(lines: list[Any]) -> Mapping[int, Mapping[bytes, Any]]:
    """The two answers that come by thousands, sizes and bodies, where they are written as almost every server does: a tenth of the work of
    taking any answer apart. Nothing where anything is different."""
    first, *rest = lines
    if isinstance(first, bytes) and not rest and (told := _SIZES.fullmatch(first)):
        with suppress(ValueError):
            return {int(told[1]): {b"RFC822.SIZE": int(told[2]), b"INTERNALDATE": parse_to_datetime(told[3], normalise=False)}}
    if isinstance(first, tuple) and rest == [b")"] and (told := _BODY.fullmatch(first[0])) and int(told[3]) == len(first[1]):
        return {int(told[1]): {told[2]: first[1]}}
    return {}


def told_to_figure(told: Told, name: str) -> int:
    """The last figure of this kind; 0 where the server keeps it to itself."""
    said = told.get(name) or [b"0"]
    return int(said[-1] or 0)


def find_folder(name: str, listed: Mapping[str, frozenset[bytes]]) -> str | None:
    """The server's own spelling of a folder: by name, INBOX in any case, else by its special-use flag."""
    for real in listed:
        if real == name or (name.upper() == "INBOX" and real.upper() == "INBOX"):
            return real
    flag = BY_FLAG.get(name)
    return next((real for real, flags in listed.items() if flag in flags), None) if flag else None


def wire_to_name(name: Any) -> str:
    """A folder's name as it is shown, from its spelling on the wire."""
    return decode_utf7(name) if isinstance(name, bytes) else str(name)


def line_to_folder(line: Any) -> tuple[str, frozenset[bytes]] | None:
    """One folder of an answer to LIST; None for one told of in nonsense, or under a name that nobody can spell, as crude programs make them."""
    try:
        flags, _, name = parse_response([line])
        return wire_to_name(name), frozenset(flags)
    except (IMAPClientError, ValueError, TypeError):
        return None


def said_to_size(said: Mapping[bytes, Any]) -> int | None:
    """The size a server tells of a letter; None where it tells none, or one that no letter has."""
    told = said.get(b"RFC822.SIZE")
    return told if isinstance(told, int) and told >= 0 else None


def to_moment(moment: Any) -> datetime | None:
    """A server's time, where it is one and says of which zone."""
    return moment if isinstance(moment, datetime) and moment.tzinfo is not None else None


def line_to_stand(line: Any) -> tuple[str, Stand]:
    """A folder and how it stands, from an answer to STATUS; raises on nonsense."""
    name, said = parse_response([line])
    figures = dict(zip(said[::2], said[1::2], strict=True))
    return wire_to_name(name), Stand(int(figures[b"UIDVALIDITY"]), int(figures[b"UIDNEXT"]), int(figures[b"MESSAGES"]))
