"""Core: summary tables (汇总表) of an institution - which table of a category is in force, and which row of a studio.

A newer table that shares a studio with an older one is a correction and drops what it no longer lists; one that shares none adds to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.campaign import Campaign
from intake.decisions import Rulings
from intake.matrix.floating import name_to_category
from intake.matrix.leaves import Leaf
from intake.matrix.placing import Draft
from intake.matrix.studios import Fact
from intake.matrix.versions import is_copy, may_follow, number_versions, version_in_force, with_doubts
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


@dataclass(frozen=True, slots=True)
class Tables:
    """汇总表各版: every summary table that came, numbered within its category, oldest first, and the one in force of each category."""

    versions: tuple[Version, ...]
    in_force: Mapping[str, Version]

    @property
    def places(self) -> dict[tuple[str, int], int]:
        """Each table's place among all, the stronger later: by file and form."""
        return {(v.attachment, v.form_index): place for place, v in enumerate(self.versions)}


def summaries_of(leaves: Iterable[Leaf], categories: Mapping[tuple[str, int], str | None], rulings: Rulings, campaign: Campaign) -> Tables:
    """The newest on-time table of each category (a late one only where nothing else came or staff chose it), and all of them."""
    found: dict[str, list[Version]] = {}
    for leaf, index, _ in tables_of(leaves):
        found.setdefault(categories[(leaf.attachment.sha256, index)] or "", []).append(leaf.to_version(index))
    versions: list[Version] = []
    in_force: dict[str, Version] = {}
    for category, group in found.items():
        numbered = number_versions(group, campaign.forms)
        marked, current = with_doubts(numbered, version_in_force(numbered, rulings), rulings, campaign.forms)
        versions += marked
        in_force |= {category: current} if current else {}
    return Tables(tuple(versions), in_force)


def standing_rows(facts: Sequence[Fact], drafts: Sequence[Draft], rulings: Rulings, tables: Tables) -> dict[int, dict[str | None, Fact]]:
    """For each studio the row in force by category; a newer table of that category that shares a studio and drops this one supersedes it.

    The row of a sender who proved nothing stands where no other mailbox brought one, that of a scan where no file that can be edited did."""
    rows = [f for f in facts if f.row is not None]
    owner = {id(f): i for i, draft in enumerate(drafts) for f in draft.facts}
    chosen, places = frozenset(rulings.chosen), tables.places
    result: dict[int, dict[str | None, Fact]] = {i: {} for i in range(len(drafts))}
    for category in dict.fromkeys(f.category for f in rows):
        grouped: dict[tuple[str, int], list[Fact]] = {}
        for fact in sorted((f for f in rows if f.category == category), key=lambda f: _table_rank(f, chosen, places)):
            grouped.setdefault(fact.table, []).append(fact)
        newest = list(grouped.values())
        for number, table in enumerate(newest):
            for fact in table:
                studio = owner.get(id(fact))
                if (
                    studio is not None
                    and not _dropped(studio, table, newest[number + 1 :], owner)
                    and _may_stand(fact, result[studio].get(category), chosen)
                ):
                    result[studio][category] = fact
    return result


def _table_rank(fact: Fact, chosen: frozenset[str], places: Mapping[tuple[str, int], int]) -> tuple[bool, bool, int, int]:
    """Later is stronger; late tables are weaker than on-time ones, the table that staff chose is strongest."""
    leaf = fact.leaf
    return leaf.attachment.sha256 in chosen, not leaf.late, places.get(fact.table, -1), fact.row_index


def _may_stand(fact: Fact, before: Fact | None, chosen: frozenset[str]) -> bool:
    if before is None or fact.leaf.attachment.sha256 in chosen:
        return True
    mine, theirs = fact.leaf.to_version(fact.form_index), before.leaf.to_version(before.form_index)
    return may_follow(mine, theirs) and not is_copy(mine, theirs)


def _dropped(studio: int, table: Sequence[Fact], later: Sequence[Sequence[Fact]], owner: Mapping[int, int]) -> bool:
    mine = {owner.get(id(f)) for f in table}
    for other in later:
        theirs = {owner.get(id(f)) for f in other}
        same_letter = other[0].leaf.letter.sha256 == table[0].leaf.letter.sha256
        replaces = other[0].leaf.late <= table[0].leaf.late and _may_stand(other[0], table[0], frozenset())
        if replaces and not same_letter and studio not in theirs and mine & theirs - {None}:
            return True
    return False
