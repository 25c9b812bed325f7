"""Core: which rows and forms speak of the same studio (工作室归并), across letters and files, by leader and name.

Real studios are named after their leader, so the leader is the best key and the name the second (domain.md 3). Two rows of one table
are two studios; across documents a shared leader or a shared name joins, and what then still differs is asked (X02, X04), never told as 尚缺.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import ne

from intake.matrix.leaves import Leaf
from intake.names import SIMILAR, clean_organisation, clean_person, clean_studio, likeness, studio_core
from parsers.form import BASIC_INFO, SUMMARY_TABLE, Form, Value

Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Fact:
    """记载: one row of a summary table or one basic-info form, as it speaks of a studio. `row` is None for a form."""

    leaf: Leaf
    form: Form
    form_index: int
    category: str | None
    studio: str
    leader: str
    organisation: str
    row: Row | None = None
    row_index: int = 0

    @property
    def table(self) -> tuple[str, int]:
        """Which table of which file the row stands in."""
        return self.leaf.attachment.sha256, self.form_index

    @property
    def place(self) -> tuple[str, int] | str:
        """Where what differs is two studios: the rows of one table, the forms of one letter."""
        return self.leaf.letter.sha256 if self.row is None else self.table

    @property
    def order(self) -> tuple[int, int, int]:
        """Order of arrival: file, form, row."""
        return self.leaf.order, self.form_index, self.row_index


def row_text(row: Mapping[str, Value], key: str) -> str:
    """A cell of a row as text, empty when blank or not printed."""
    value = row.get(key)
    return "" if value is None else str(value.value or value.raw).strip()


def field_text(form: Form, key: str) -> str:
    """A field of a form as text, empty when blank or not printed."""
    return row_text(form.fields, key)


def is_member_sheet(form: Form) -> bool:
    """True for a form that is only a table of members (附表): no studio, no leader, rows."""
    return form.kind == BASIC_INFO and bool(form.rows) and not field_text(form, "studio") and not field_text(form, "leader.name")


def leaves_to_facts(leaves: Sequence[Leaf], categories: Mapping[tuple[str, int], str | None]) -> Iterator[Fact]:
    """Every row of every summary table and every basic-info form; `categories` tells each table's category."""
    for leaf in leaves:
        for index, form in enumerate(leaf.forms):
            if form.kind == BASIC_INFO:
                yield Fact(leaf, form, index, form.value("category"), field_text(form, "studio"), field_text(form, "leader.name"),
                           field_text(form, "organisation"))  # fmt: skip
            elif form.kind == SUMMARY_TABLE:
                category = categories.get((leaf.attachment.sha256, index))
                yield from (_row_to_fact(leaf, form, index, category, number) for number in range(len(form.rows)))


def _row_to_fact(leaf: Leaf, form: Form, index: int, category: str | None, number: int) -> Fact:
    row = form.rows[number]
    return Fact(
        leaf, form, index, category, row_text(row, "studio"), row_text(row, "leader_name"), row_text(row, "organisation"), row, number
    )


def facts_to_studios(facts: Sequence[Fact], owners: Sequence[str]) -> list[list[Fact]]:
    """Facts grouped by studio, groups and facts in order of arrival. The order of the letters does not matter to the grouping."""
    told = [f for f in facts if clean_studio(f.studio, owners) or clean_person(f.leader)]
    by_identity: dict[tuple[str, str], list[Fact]] = {}
    for fact in told:
        by_identity.setdefault((clean_person(fact.leader), clean_studio(fact.studio, owners)), []).append(fact)
    groups = [by_identity[key] for key in sorted(by_identity)]
    pairs = [(likeness_of(a[0], b[0], owners), i, j) for (i, a), (j, b) in combinations(enumerate(groups), 2)]
    owner = list(range(len(groups)))
    for strength, i, j in sorted(pairs, key=lambda p: -p[0]):
        first, second = owner[i], owner[j]
        if strength > 0 and not _apart(_joined(groups, owner, first), _joined(groups, owner, second), owners):
            owner = [first if o == second else o for o in owner]
    studios = [_joined(groups, owner, index) for index in dict.fromkeys(owner)]
    return sorted(_pair_leftovers(studios, owners), key=lambda g: g[0].order)


def _joined(groups: Sequence[Sequence[Fact]], owner: Sequence[int], index: int) -> list[Fact]:
    """The facts of all groups that were found to be one studio, in order of arrival."""
    return sorted((f for i, group in enumerate(groups) if owner[i] == index for f in group), key=lambda f: f.order)


def likeness_of(one: Fact, other: Fact, owners: Sequence[str]) -> float:
    """How strongly two facts seem to speak of one studio: 4 both keys agree … 0 nothing does."""
    return identity_likeness((one.studio, one.leader), (other.studio, other.leader), owners)


def identity_likeness(one: tuple[str, str], other: tuple[str, str], owners: Sequence[str]) -> float:
    """Likeness of two (studio, leader) pairs: 4 leader and name, 3 name, 2..3 leader and part of the name, 2 leader, 1 nearly both."""
    first, second = studio_core(one[0], owners), studio_core(other[0], owners)
    leader, leader_other = clean_person(one[1]), clean_person(other[1])
    alike = likeness(first, second)
    if leader and leader == leader_other:
        return 4.0 if first == second else 2.0 + alike * 0.9
    if first and first == second:
        return 3.0
    if (leader and leader == second) or (leader_other and leader_other == first):
        return 2.5
    near_leader = not leader or not leader_other or one_slip(leader, leader_other)
    return alike if alike >= SIMILAR and near_leader else 0.0


def one_slip(first: str, second: str) -> bool:
    """True for two names of equal length that differ in one character (李文博, 李文搏); 许刚 and 许刚玲 are two people."""
    return len(first) == len(second) >= 2 and sum(map(ne, first, second)) == 1


def _apart(first: Sequence[Fact], second: Sequence[Fact], owners: Sequence[str]) -> bool:
    """True when the two groups are known to be two studios: two different rows of one table, two different forms of one letter."""
    return any(_two_studios(a, b, owners) for a in first for b in second)


def _two_studios(one: Fact, other: Fact, owners: Sequence[str]) -> bool:
    if one.place != other.place:
        return False
    named = clean_studio(one.studio, owners) and clean_studio(other.studio, owners)
    if named and studio_core(one.studio, owners) != studio_core(other.studio, owners):
        return True
    first, second = clean_person(one.leader), clean_person(other.leader)
    return bool(first and second) and (first != second if one.row is not None else likeness(first, second) < 0.5)


def _pair_leftovers(groups: list[list[Fact]], owners: Sequence[str]) -> list[list[Fact]]:
    """A single row without a form and a single form without a row, somewhat alike: one studio spelled twice, so X02/X04 ask instead of 尚缺."""
    rows = [g for g in groups if all(f.row is not None for f in g)]
    forms = [g for g in groups if all(f.row is None for f in g)]
    match rows, forms:
        case [[[row, *_] as listed], [[form, *_] as filled]] if _somewhat_alike(row, form, owners):
            rest = [g for g in groups if g is not listed and g is not filled]
            return [*rest, sorted(listed + filled, key=lambda f: f.order)]
    return groups


def _somewhat_alike(row: Fact, form: Fact, owners: Sequence[str]) -> bool:
    names = likeness(studio_core(row.studio, owners), studio_core(form.studio, owners))
    leaders = one_slip(clean_person(row.leader), clean_person(form.leader))
    same_body = clean_organisation(row.organisation, owners) == clean_organisation(form.organisation, owners)
    if leaders and _are_of_two_kinds(row, form, owners):
        return False
    return names >= 0.6 or leaders or (same_body and row.category == form.category and names >= 0.4)


def _are_of_two_kinds(row: Fact, form: Fact, owners: Sequence[str]) -> bool:
    """True when category and topic differ too: 吕强英 of 附件1 and 吕强宇 of 水产养殖 who ticks 职工 are two people, not one misspelled."""
    topics = {studio_core(f.studio, owners).replace(clean_person(f.leader), "") for f in (row, form)}
    return bool(row.category and form.category) and row.category != form.category and len(topics) > 1
