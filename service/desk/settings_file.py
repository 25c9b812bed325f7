"""Shell: intake.toml written by the desk - only the keys that were asked for, everything else stays as it was, checked before it counts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from config.load import load_settings

HEAD = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?")
NEW = "# 收件台的设置，由工作台写成；技术人员可以直接改，改完不用重启（[desk] 一节除外）。\n"


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)


def split_tables(text: str) -> list[tuple[str, list[str]]]:
    """The file as (table name, its lines); what stands before the first table has the name ""."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in text.splitlines():
        if found := HEAD.match(line):
            parts.append((found[1], []))
        parts[-1][1].append(line)
    return parts


def with_key(text: str, key: str, value: str) -> str:
    """The file with a key of the top set."""
    parts = split_tables(text)
    line = f"{key} = {value}"
    top = parts[0][1]
    at = next((i for i, held in enumerate(top) if re.match(rf"\s*{re.escape(key)}\s*=", held)), None)
    if at is None:
        while top and not top[-1].strip():
            top.pop()
        top.append(line)
        top.append("")
    else:
        top[at] = line
    return joined(parts)


def with_tables(text: str, name: str, bodies: Sequence[Sequence[tuple[str, str]]], several: bool = False) -> str:
    """The file with a table (or every table of a list) replaced by these keys and values."""
    parts = [part for part in split_tables(text) if part[0] != name]
    for body in bodies:
        head = f"[[{name}]]" if several else f"[{name}]"
        if parts[-1][1] and parts[-1][1][-1].strip():
            parts[-1][1].append("")
        parts.append((name, [head, *(f"{key} = {value}" for key, value in body), ""]))
    return joined(parts)


def joined(parts: Sequence[tuple[str, list[str]]]) -> str:
    """The parts as one file."""
    return "\n".join(line for _, lines in parts for line in lines).strip("\n") + "\n"


def read_settings(path: Path) -> str:
    """The file's text, a first line when there is none yet."""
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    return text if text.strip() else NEW


def write_settings(path: Path, text: str) -> None:
    """Put the file in place at once, after it was read as settings without a mistake; raises ConfigMistakes and changes nothing else."""
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    try:
        load_settings(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_secret(path: Path, secret: str) -> None:
    """The 授权码 on one line, readable by nobody else from the first moment."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("".join(secret.split()) + "\n")
