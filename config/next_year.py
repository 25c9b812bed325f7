"""Core: last year's campaign made into a draft of the next - what must be looked at again is taken out and named, so that nothing old survives unseen.

Numbers, dates, names and phones of a year give way to the word 请填写, which `intake campaign check` names one by one until it is gone; what the notices
repeat from year to year (quotas, categories, forms, words, letters, the office's own address and mailbox) stays. Universities stay on the roster, but
unconfirmed and without address, phone and contact.
"""

from __future__ import annotations

import csv
import io
import re

from config.section import TO_BE_FILLED

# Keys of campaign.toml that hold for one year only, by table ("" is the top of the file).
_OF_A_YEAR = {
    "": ("title", "document_number", "year", "case_prefix", "data_years"),
    "contacts": ("name", "phone"),
    "phases": ("starts", "ends"),
    "deadlines": ("at", "effective_from"),
}
_HEAD = re.compile(r"^\s*\[\[?\s*([\w.-]+)\s*\]\]?")
_LINE = re.compile(r'^(\s*)([\w-]+)(\s*=\s*)((?:"[^"]*"|[^#])*?)(\s*#.*)?$')
_ADDRESSES = ("email", "phone", "contact")


def campaign_to_next_year(text: str, key: str) -> str:
    """campaign.toml for the next notice under a new `key`: last year's values stand behind as comments, extensions and 调休 of last year are left out."""
    lines, table, deadlines, skipped = [], "", 0, False
    for line in text.splitlines():
        if found := _HEAD.match(line):
            table = found[1]
            deadlines += table == "deadlines"
            skipped = table == "workdays" or (table == "deadlines" and deadlines > 1)
        if skipped and line.strip() and not line.lstrip().startswith("#"):
            continue
        lines.append(f'key = "{key}"' if not table and re.match(r"\s*key\s*=", line) else _asked_again(line, table))
    return "\n".join(lines) + "\n"


def _asked_again(line: str, table: str) -> str:
    found = _LINE.match(line)
    if not found or found[2] not in _OF_A_YEAR.get(table, ()):
        return line
    return f'{found[1]}{found[2]}{found[3]}"{TO_BE_FILLED}"  # 上一年：{found[4].strip()}'


def roster_to_next_year(text: str) -> tuple[str, int]:
    """roster.csv with every row unconfirmed and without address, phone and contact; and in how many rows something of that kind stood."""
    reader = csv.DictReader(io.StringIO(text))
    columns = list(reader.fieldnames or ())
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    emptied = 0
    for row in reader:
        blank = {name: "" for name in _ADDRESSES if name in columns}
        emptied += any(row[name] for name in blank)
        writer.writerow(row | blank | {"confirmed": "no"})
    return out.getvalue(), emptied
