"""Core: a campaign's letter template and its facts -> subject, plain text and HTML.

There is one text a letter: the HTML is the same lines laid out by letter.html, so the two alternatives can never disagree.
Templates are staff's own files, yet they run sandboxed and HTML is escaped: what fills them came from mail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import DictLoader, StrictUndefined, TemplateSyntaxError
from jinja2.meta import find_referenced_templates, find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifier.letter import Wording
from notifier.wording import clean_line

SUBJECT = "主题："
RULE = "▣"
PLAIN_RULE = "─" * 24
INDENT = "　　"
SIGNATURE = INDENT * 4
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Block:
    """段: one line of a letter with its role in the lay-out; `tone` colours the two lists that ask for something."""

    kind: str
    text: str
    number: str = ""
    tone: str = ""


def render_letter(name: str, facts: Mapping[str, Any], templates: Mapping[str, str]) -> Wording:
    """The template `name`.txt filled with facts; a missing template or an unknown word raises, it is never left blank."""
    environment = templates_to_environment(tuple(sorted(templates.items())))
    lines = clean_lines(environment.get_template(f"{name}.txt").render(number=numerals(), **facts))
    subject = clean_line(lines[0].removeprefix(SUBJECT))
    return Wording(subject, lines_to_text(lines[1:]), render_frame(subject, lines_to_blocks(lines[1:]), templates))


def render_frame(subject: str, blocks: list[Block], templates: Mapping[str, str]) -> str:
    """The HTML of a letter's lines in the campaign's lay-out."""
    html = templates_to_environment(tuple(sorted(templates.items()))).get_template("letter.html").render(subject=subject, blocks=blocks)
    return re.sub(r"\n\s*\n+", "\n", html)


def render_pair(name: str, facts: Mapping[str, Any], templates: Mapping[str, str]) -> Wording:
    """A letter with an HTML template of its own (the digest: tables and bars have no use as plain lines)."""
    environment = templates_to_environment(tuple(sorted(templates.items())))
    lines = environment.get_template(f"{name}.txt").render(number=numerals(), **facts).strip().splitlines()
    subject = clean_line(lines[0].removeprefix(SUBJECT))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines[1:])).strip() + "\n"
    html = environment.get_template(f"{name}.html").render(subject=subject, number=numerals(), **facts)
    return Wording(subject, text, re.sub(r"\n\s*\n+", "\n", html))


def unknown_words(templates: Mapping[str, str], known: Collection[str]) -> Iterator[tuple[str, str]]:
    """Per template the words nobody fills, the templates it includes and that are not there, or the line at which it cannot be read."""
    environment = templates_to_environment(tuple(sorted(templates.items())))
    for name, source in sorted(templates.items()):
        try:
            tree = environment.parse(source)
        except TemplateSyntaxError as error:
            yield name, f"第{error.lineno}行写法有误"
            continue
        words = sorted(find_undeclared_variables(tree) - set(known))
        absent = sorted(str(other) for other in find_referenced_templates(tree) if other not in templates)
        yield from ((name, word) for word in (*words, *absent))


@lru_cache(maxsize=4)
def templates_to_environment(templates: tuple[tuple[str, str], ...]) -> ImmutableSandboxedEnvironment:
    """A sandbox over the campaign's templates; only .html is escaped, plain text goes out as it is."""
    return ImmutableSandboxedEnvironment(
        loader=DictLoader(dict(templates)),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        trim_blocks=True,
    )


def numerals() -> Callable[[], str]:
    """一、二、三 … counted by the letter itself, so that a section left out leaves no gap."""
    left = list(NUMERALS)
    return lambda: left.pop(0)


def clean_lines(text: str) -> list[str]:
    """The lines that say something: a template's blank lines are only its own lay-out."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def lines_to_text(lines: list[str]) -> str:
    """The plain text; ▣ becomes a rule that every mail program shows."""
    return "\n".join(PLAIN_RULE if line == RULE else line for line in lines) + "\n"


def text_to_lines(text: str) -> list[str]:
    """The lines of a plain text back again, as `lines_to_text` wrote them or a person changed them."""
    return [RULE if line == PLAIN_RULE else line for line in clean_lines(text)]


def lines_to_blocks(lines: list[str]) -> list[Block]:
    """Lines with their roles, told by indent and mark as the README of the letters describes."""
    blocks: list[Block] = []
    quiet = False
    for line in lines:
        quiet = quiet or line == RULE
        blocks.append(line_to_block(line, quiet))
    return blocks


def line_to_block(line: str, quiet: bool) -> Block:
    """One line's role; `quiet` is everything after the first ▣."""
    text = line.strip("　 ")
    if line == RULE:
        return Block("rule", "")
    if line.startswith(SIGNATURE):
        return Block("signature", text)
    if not line.startswith(INDENT):
        return Block("greeting", text)
    if item := re.match(r"(\d+)\. (.*)", text):
        return Block("quiet_item" if quiet else "item", item[2], number=item[1])
    if quiet:
        return Block("quiet", text)
    if re.match(rf"[{NUMERALS}]、", text):
        return Block("heading", text, tone="missing" if "请补正（" in text else "conflict" if "请核实（" in text or "请补发" in text else "")
    return Block("paragraph", text)
