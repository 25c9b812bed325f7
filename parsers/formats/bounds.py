"""Core: how much of a file a reader may unfold, and the refusals it may answer with.

The limits hold inside the reading child as well: an honest form needs a thousandth of them, and a file beyond them is for a
person to open (public-corpora.md: a 1 KB workbook asks a reader for 549 GB).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import lru_cache
from typing import Any

from lxml import etree

from parsers.document import Status

MAX_CELLS = 200_000
MAX_TEXT = 20_000_000
MAX_SPAN = 512
MAX_MEMBERS = 20_000
MAX_UNPACKED = 256 << 20
MAX_XML = 64 << 20
# libxml2 keeps about 150 bytes an element: two million marks are ~150 MB.
MAX_MARKS = 2_000_000
_HUGE_TEXT_NODE = 10_000_000

Element = Any


class RefusedError(Exception):
    """The file cannot be read; `status` and `problem` say how, in the words of `parsers.document`."""

    def __init__(self, status: Status, problem: str = "") -> None:
        super().__init__(f"{status}: {problem}")
        self.status: Status = status
        self.problem = problem


def too_large() -> RefusedError:
    """The refusal for a file beyond the limits."""
    return RefusedError("unreadable", "too_large")


def damaged() -> RefusedError:
    """The refusal for a file whose inside does not hold together."""
    return RefusedError("unreadable", "damaged")


@lru_cache(maxsize=2)
def _parser(*, huge: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=huge
    )


def xml_to_element(payload: bytes) -> Element:
    """The root of an XML part, without entities, network or document types; RefusedError when it is ill-formed or too big."""
    if len(payload) > MAX_XML or payload.count(b"<") > MAX_MARKS:
        raise too_large()
    if b"<!ENTITY" in payload[:65536]:
        raise RefusedError("unreadable", "hostile")
    try:
        root = etree.fromstring(payload, _parser(huge=len(payload) > _HUGE_TEXT_NODE))
    except (etree.XMLSyntaxError, ValueError) as error:
        if "depth" in str(error):  # libxml2: 256 elements in one another; nothing else is to be asked to try
            raise RefusedError("unreadable", "too_deep") from error
        raise damaged() from error
    if root is None:
        raise damaged()
    return root


class _Names(dict[Any, str]):
    """Names without their namespace, by tag."""

    def __missing__(self, tag: Any) -> str:
        if not isinstance(tag, str):
            return ""
        if len(self) > 5000:
            self.clear()
        name = self[tag] = tag.rpartition("}")[2]
        return name


LOCAL = _Names()
"""An element's name without its namespace by its tag: Strict, Transitional and 2003 files use three for the same words."""


def local(element: Element) -> str:
    """An element's name without its namespace (see LOCAL)."""
    return LOCAL[element.tag]


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its name without the namespace, None when absent."""
    tag = element.tag
    found = element.get(f"{tag[: tag.find('}') + 1]}{name}") if isinstance(tag, str) else None
    if found is None:
        found = element.get(name)
    if found is not None:
        return str(found)
    for key, value in element.attrib.items():
        if key.endswith(name) and key.rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: Element, name: str) -> Element | None:
    """The first child element of that name, None when absent."""
    for inner in element:
        if LOCAL[inner.tag] == name:
            return inner
    return None


def clean_count(text: str | None, default: int = 1, most: int = MAX_SPAN) -> int:
    """A span or repeat count from an attribute, clamped to 0..`most`; `default` when it is no number."""
    try:
        return max(0, min(int(float(text or default)), most))
    except (ValueError, OverflowError):
        return default


class Package:
    """A zip whose members are read by name, whatever their case or slashes, within the limits; `opened` is the same zip where it was opened before.

    `main` and `relations` are what was found out about its parts (`formats/docx.py`), so that each is read once.
    """

    def __init__(self, payload: bytes, opened: zipfile.ZipFile | None = None) -> None:
        self._payload = payload
        self.main = ""
        self.relations: dict[str, dict[str, tuple[str, str]]] = {}
        try:
            self._zip = opened or zipfile.ZipFile(io.BytesIO(payload))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise damaged() from error
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS or sum(i.file_size for i in infos) > MAX_UNPACKED:
            raise too_large()
        self._infos = {_clean_name(i.filename): i for i in infos}

    def __contains__(self, name: str) -> bool:
        return _clean_name(name) in self._infos

    def names(self) -> tuple[str, ...]:
        """Every member's name, lower case, with forward slashes."""
        return tuple(self._infos)

    def read(self, name: str) -> bytes:
        """A member's bytes; RefusedError when it is absent, encrypted, damaged or too big."""
        info = self._infos.get(_clean_name(name))
        if info is None:
            raise RefusedError("unreadable", "part_missing")
        if info.flag_bits & 1:
            raise RefusedError("encrypted")
        if info.file_size > MAX_XML:
            raise too_large()
        try:
            return _plain_member(self._payload, info) or self._zip.read(info)
        except Exception as error:  # zlib.error, BadZipFile, EOFError, NotImplementedError, OSError: all mean a broken member
            raise damaged() from error

    def find(self, name: str) -> bytes | None:
        """A member's bytes, None when it is absent or cannot be read: for parts that only refine a reading."""
        try:
            return self.read(name)
        except RefusedError:
            return None


def _plain_member(payload: bytes, info: zipfile.ZipInfo) -> bytes | None:
    """A member that is exactly as its directory says; None leaves it to zipfile, which knows every other kind and says what is wrong.

    zipfile makes four objects and a dozen calls a member: for the small parts of a form that is half of what they cost.
    """
    at = info.header_offset
    if at < 0:
        return None
    if info.compress_type not in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED) or payload[at : at + 4] != b"PK\x03\x04" or at + 30 > len(payload):
        return None
    named, extra = struct.unpack_from("<HH", payload, at + 26)
    start = at + 30 + named + extra
    raw = payload[start : start + info.compress_size]
    if payload[at + 6] & 0x29 or info.flag_bits & 0x29 or payload[at + 30 : at + 30 + named] != _written_name(info):
        return None
    try:
        whole = zlib.decompressobj(-15).decompress(raw, info.file_size + 1) if info.compress_type else raw
    except zlib.error:
        return None
    return whole if len(whole) == info.file_size and zlib.crc32(whole) == info.CRC else None


def _written_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def _clean_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
