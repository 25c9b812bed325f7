"""A small writer of OLE2 files, enough for an Outlook .msg: one storage tree, every stream in ordinary sectors.

Streams below 4096 bytes would live in a mini stream, so texts are filled up with NUL and files must be longer.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

_SECTOR = 512
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF


@dataclass
class _Node:
    name: str
    payload: bytes | None = None
    children: list[_Node] = field(default_factory=list)


def outlook_letter(subject: str, body: str, files: Mapping[str, bytes], letters: Mapping[str, Mapping[str, bytes]] | None = None) -> bytes:
    """A .msg with attachments and with letters attached (subject → files)."""
    root = _Node(
        "Root Entry",
        children=[*_letter(subject, body, files), _Node("__nameid_version1.0", children=[_Node("__substg1.0_00020102", bytes(4096))])],
    )
    for number, (inner, inner_files) in enumerate((letters or {}).items(), start=len(files)):
        storage = _Node("__substg1.0_3701000D", children=_letter(inner, "", inner_files))
        root.children.append(_Node(f"__attach_version1.0_#{number:08X}", children=[storage]))
    return _ole(root)


def ole_file(streams: Mapping[str, bytes], objects: Mapping[str, Mapping[str, bytes]] | None = None) -> bytes:
    """An OLE file of these streams, filled up with NUL, and of storages that hold streams of their own (embedded objects)."""

    def leaf(name: str, payload: bytes) -> _Node:
        return _Node(name, payload.ljust(4096, b"\0"))

    nodes = [leaf(name, payload) for name, payload in streams.items()]
    nodes += [_Node(name, children=[leaf(n, p) for n, p in held.items()]) for name, held in (objects or {}).items()]
    return _ole(_Node("Root Entry", children=nodes))


def _letter(subject: str, body: str, files: Mapping[str, bytes]) -> list[_Node]:
    nodes = [_Node("__properties_version1.0", bytes(4096)), _text("0037", subject), _text("1000", body)]
    for number, (name, payload) in enumerate(files.items()):
        assert len(payload) >= 4096
        nodes.append(_Node(f"__attach_version1.0_#{number:08X}", children=[_text("3707", name), _Node("__substg1.0_37010102", payload)]))
    return nodes


def _text(tag: str, words: str) -> _Node:
    return _Node(f"__substg1.0_{tag}001F", words.encode("utf-16-le").ljust(4096, b"\0"))


def _ole(root: _Node) -> bytes:
    entries: list[tuple[_Node, int]] = []

    def add(node: _Node) -> int:
        place = len(entries)
        entries.append((node, _FREE))
        numbers = [add(child) for child in node.children]
        # Siblings hang to the right of each other: an unbalanced tree, but a legal one in name order of length and letters.
        ordered = sorted(zip(numbers, node.children, strict=True), key=lambda pair: (len(pair[1].name), pair[1].name.upper()))
        for (number, _), (following, _) in itertools.pairwise(ordered):
            rights[number] = following
        children[place] = ordered[0][0] if ordered else _FREE
        return place

    rights: dict[int, int] = {}
    children: dict[int, int] = {}
    add(root)
    sectors: list[bytes] = []
    chain: list[int] = []
    directory = b""
    for place, (node, _) in enumerate(entries):
        start, size = _END, 0
        if node.payload is not None:
            start, size = len(sectors), len(node.payload)
            count = max(1, -(-size // _SECTOR))
            for number in range(count):
                sectors.append(node.payload[number * _SECTOR : (number + 1) * _SECTOR].ljust(_SECTOR, b"\0"))
                chain.append(start + number + 1 if number + 1 < count else _END)
        kind = 5 if place == 0 else 2 if node.payload is not None else 1
        name = node.name.encode("utf-16-le")
        directory += name.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(name) + 2, kind, 1, _FREE, rights.get(place, _FREE), children[place]
        )
        directory += bytes(16) + struct.pack("<IQQ", 0, 0, 0) + struct.pack("<IQ", start if kind == 2 else (_END if kind == 5 else 0), size)
    directory += bytes(-len(directory) % _SECTOR)
    first_directory = len(sectors)
    count = len(directory) // _SECTOR
    sectors += [directory[number * _SECTOR : (number + 1) * _SECTOR] for number in range(count)]
    chain += [first_directory + number + 1 if number + 1 < count else _END for number in range(count)]
    tables = -(-(len(sectors) + 8) // 128)
    first_table = len(sectors)
    chain += [0xFFFFFFFD] * tables
    table = b"".join(struct.pack("<I", link) for link in chain)
    table += struct.pack("<I", _FREE) * ((tables * _SECTOR - len(table)) // 4)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, first_directory, 0, 4096, _END, 0, _END, 0)
    head += b"".join(struct.pack("<I", first_table + number if number < tables else _FREE) for number in range(109))
    return head + b"".join(sectors) + table
