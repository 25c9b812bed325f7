"""Core: summary tables (汇总表) of an institution - which table of a category is in force, and which row of a studio.

A newer table that shares a studio with an older one is a correction and drops what it no longer lists; one that shares none adds to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from config.campaign import Campaign
from intake.decisions import Rulings
from intake.matrix.floating import name_to_category
from intake.matrix.leaves import Leaf
from intake.matrix.placing import Draft
from intake.matrix.studios import Fact
from intake.matrix.versions import number_versions, version_in_force
from intake.names import clean_text
from intake.submission import Version
from parsers.form import SUMMARY_TABLE, Form


def tables_of(leaves: Iterable[Leaf]) -> list[tuple[Leaf, int, Form]]:
    """Every summary table with its file and its place among the file's forms."""
    return [(leaf, i, form) for leaf in leaves for i, form in enumerate(leaf.forms) if form.kind == SUMMARY_TABLE]


def table_category(leaf: Leaf, form: Form, campaign: Campaign) -> str | None:
    """The category a summary table is for: as printed, else as its file name tells, else None."""
    written = form.value("category")
    if written:
        return str(written)
    return name_to_category(leaf.attachment.name, category_words(campaign))


def category_words(campaign: Campaign) -> dict[str, str]:
    """The words by which a file name tells a category: 附件1 and 劳模 for the one, 附件2 and 职工 for the other."""
    words = {clean_text(c.annex): c.key for c in campaign.categories if c.annex}
    return words | {clean_text(c.title): c.key for c in campaign.categories}


def all_summaries(leaves: Iterable[Leaf], categories: Mapping[tuple[str, int], str | None]) -> tuple[Version, ...]:
    """Every summary table that came, numbered within its category, oldest first."""
    versions = [v for group in _by_category(leaves, categories).values() for v in group]
    return tuple(sorted(versions, key=lambda v: (v.received_at, v.letter, v.file, v.form_index)))


def summaries_in_force(leaves: Iterable[Leaf], categories: Mapping[tuple[str, int], str | None], rulings: Rulings) -> dict[str, Version]:
    """The newest on-time table of each category (a late one only where nothing else came or staff chose it)."""
    groups = _by_category(leaves, categories)
    return {category: chosen for category, versions in groups.items() if (chosen := version_in_force(versions, rulings))}


def _by_category(leaves: Iterable[Leaf], categories: Mapping[tuple[str, int], str | None]) -> dict[str, tuple[Version, ...]]:
    found: dict[str, list[Version]] = {}
    for leaf, index, _ in tables_of(leaves):
        found.setdefault(categories[(leaf.attachment.sha256, index)] or "", []).append(leaf.to_version(index))
    return {category: number_versions(versions) for category, versions in found.items()}


def standing_rows(facts: Sequence[Fact], drafts: Sequence[Draft], rulings: Rulings) -> dict[int, dict[str | None, Fact]]:
    """For each studio the row in force by category; a newer table of that category that shares a studio and drops this one supersedes it."""
    rows = [f for f in facts if f.row is not None]
    owner = {id(f): i for i, draft in enumerate(drafts) for f in draft.facts}
    chosen = frozenset(rulings.chosen)
    result: dict[int, dict[str | None, Fact]] = {i: {} for i in range(len(drafts))}
    for category in dict.fromkeys(f.category for f in rows):
        tables: dict[tuple[str, int], list[Fact]] = {}
        for fact in sorted((f for f in rows if f.category == category), key=lambda f: _table_rank(f, chosen)):
            tables.setdefault(fact.table, []).append(fact)
        newest = list(tables.values())
        for number, table in enumerate(newest):
            for fact in table:
                if id(fact) in owner and not _dropped(owner[id(fact)], table, newest[number + 1 :], owner):
                    result[owner[id(fact)]][category] = fact
    return result


def _table_rank(fact: Fact, chosen: frozenset[str]) -> tuple[bool, bool, int, int]:
    """Later is stronger; late tables are weaker than on-time ones, the table that staff chose is strongest."""
    leaf = fact.leaf
    return leaf.attachment.sha256 in chosen, not leaf.late, leaf.order if leaf.editable else leaf.order - 1, fact.row_index


def _dropped(studio: int, table: Sequence[Fact], later: Sequence[Sequence[Fact]], owner: Mapping[int, int]) -> bool:
    mine = {owner.get(id(f)) for f in table}
    for other in later:
        theirs = {owner.get(id(f)) for f in other}
        same_letter = other[0].leaf.letter.sha256 == table[0].leaf.letter.sha256
        replaces = other[0].leaf.late <= table[0].leaf.late
        if replaces and not same_letter and studio not in theirs and mine & theirs - {None}:
            return True
    return False
