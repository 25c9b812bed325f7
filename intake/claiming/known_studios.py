"""Core: studios and leaders already on the books (在册比对) - what an unclaimed letter says of them speaks for the institution that has them.

A studio with its leader, found in a form or in an essay, is evidence enough to claim; a leader's name on a scan is only a candidate:
people of one name work at two universities, and what a file is called anybody may have typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from intake.claiming.clues import Clue, form_text, row_text
from intake.claiming.roster_names import RosterNames
from intake.names import clean_name, clean_person, studio_core
from intake.submission import Received
from parsers.form import BASIC_INFO, NARRATIVE, SUMMARY_TABLE, Form

_ENOUGH_MENTIONS = 3
_LONG_CORE = 4
STUDIO = "studio:"


@dataclass(slots=True)
class KnownStudios:
    """在册工作室: which institutions have a leader, a studio's own name, and both together, as their claimed letters say."""

    pairs: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    leaders: dict[str, set[str]] = field(default_factory=dict)
    cores: dict[str, set[str]] = field(default_factory=dict)

    def add(self, institution: str, studio: str, leader: str) -> None:
        """One studio of an institution, as a row or a form names it."""
        self._add(institution, *studio_marks(studio, leader))

    def add_tie(self, institution: str, tie: str) -> None:
        """The same from what the ledger keeps of it."""
        name, _, core = tie.removeprefix(STUDIO).partition("|")
        self._add(institution, name, core)

    def _add(self, institution: str, name: str, core: str) -> None:
        core = core.removeprefix(clean_name(institution))
        if len(name) >= 2:
            self.leaders.setdefault(name, set()).add(institution)
        if len(core) >= 2:
            self.cores.setdefault(core, set()).add(institution)
        if len(name) >= 2 and len(core) != 1:
            self.pairs.setdefault((name, core), set()).add(institution)


def studio_marks(studio: str, leader: str) -> tuple[str, str]:
    """Leader and what the studio's name says beside the leader, cleaned for comparing."""
    core, name = studio_core(studio), clean_person(leader)
    return name, core.replace(name, "") if name and core != name else core


def studio_ties(letter: Received) -> frozenset[str]:
    """The studios a letter's forms speak of, as the ledger keeps them: by these, letters that name no institution are compared."""
    marks = (studio_marks(studio, leader) for form in _forms(letter) for studio, leader in _named(form))
    return frozenset(f"{STUDIO}{name}|{core}" for name, core in marks if name or core)


def known_studios(received: Iterable[Received], owners: Mapping[str, str | None]) -> KnownStudios:
    """The studios in all letters that are somebody's; `owners` by the letter's SHA-256."""
    known = KnownStudios()
    for letter in received:
        owner = owners.get(letter.sha256)
        for form in _forms(letter) if owner else ():
            for studio, leader in _named(form):
                known.add(str(owner), studio, leader)
    return known


def studio_clues(letter: Received, known: KnownStudios, names: RosterNames) -> Iterator[Clue]:
    """What a letter's forms, essays, words and file names say of studios on the books."""
    for file, form in _forms_with_names(letter):
        for studio, leader in _named(form):
            yield from _content_clues(_without_institution(studio, names), leader, file, known)
    yield from _essay_clues(letter, known, names)
    said = [(part, f"文件或文件夹名“{part}”") for leaf in letter.message.leaves for part in leaf.path or (leaf.name,)]
    said += [(cloud.name, f"超大附件名“{cloud.name}”") for cloud in letter.message.cloud_files]
    said += [(letter.message.subject, "主题"), (letter.message.text[:2000], "正文")]
    for text, where in dict.fromkeys(said):
        yield from _name_clues(text, where, known)


def _without_institution(studio: str, names: RosterNames) -> str:
    """The studio's name without the university in front."""
    told = [m.text for m in names.mentions(studio) if m.full]
    return clean_name(studio).removeprefix(clean_name(told[0])) if told else studio


def _content_clues(studio: str, leader: str, file: str, known: KnownStudios) -> Iterator[Clue]:
    name, core = studio_marks(studio, leader)
    if not name:  # 金红娟创新工作室, 赵桂涛智能制造创新工作室: the studio's name begins with its leader's
        name = max((leader for leader in known.leaders if core.startswith(leader)), key=len, default="")
        core = core.removeprefix(name)
    both = known.pairs.get((name, core), set()) if core or studio else set()
    if len(both) == 1:
        yield Clue("books", tuple(both), f"《{file}》中的工作室“{studio}”（领衔人{leader}）与其已报材料一致")
        return
    for found, said in ((known.leaders.get(name, set()), f"领衔人{leader}"), (known.cores.get(core, set()), f"工作室“{studio}”")):
        if found:
            yield Clue("alike", tuple(sorted(found)), f"《{file}》中的{said}与其已报材料相同")


def _essay_clues(letter: Received, known: KnownStudios, names: RosterNames) -> Iterator[Clue]:
    """An essay that names one institution again and again: its own when it names a studio of it too (a partner's essay does not)."""
    for leaf in letter.message.leaves:
        reading = letter.readings.get(leaf.sha256)
        essays = [form for form in reading.forms if form.kind == NARRATIVE] if reading else []
        if not reading or not essays:
            continue
        told = [m.institution for m in names.mentions(reading.text[:20000]) if m.institution and (m.full or len(m.text) > 3)]
        owners = [name for name in dict.fromkeys(told) if told.count(name) >= _ENOUGH_MENTIONS]
        cleaned = clean_name(reading.text[:3000])
        for owner in owners if len(owners) == 1 else ():
            own = [core for core, holders in known.cores.items() if owner in holders and len(core) >= _LONG_CORE and core in cleaned]
            own += [leader for leader, holders in known.leaders.items() if owner in holders and leader in cleaned]
            also = f"，并提到其已报的“{own[0]}”" if own else ""
            yield Clue("books" if own else "alike", (owner,), f"《{leaf.name}》正文{told.count(owner)}次写到{owner}{also}")


def _name_clues(text: str, where: str, known: KnownStudios) -> Iterator[Clue]:
    """Leaders and telling studio names in a file name, the subject, the words."""
    cleaned = clean_name(text)
    for leader, holders in known.leaders.items():
        if leader in cleaned and not any(leader != other and leader in other and other in cleaned for other in known.leaders):
            yield Clue("alike", tuple(sorted(holders)), f"{where}中有已报材料的领衔人{leader}")
    for core, holders in known.cores.items():
        if len(core) >= _LONG_CORE and core in cleaned:
            yield Clue("alike", tuple(sorted(holders)), f"{where}中有已报的工作室“{core}”")


def _forms_with_names(letter: Received) -> Iterator[tuple[str, Form]]:
    for leaf in letter.message.leaves:
        reading = letter.readings.get(leaf.sha256)
        yield from ((leaf.name, form) for form in (reading.forms if reading else ()))


def _forms(letter: Received) -> Sequence[Form]:
    return [form for _, form in _forms_with_names(letter)]


def _named(form: Form) -> Iterator[tuple[str, str]]:
    """(studio, leader) of every studio a form speaks of."""
    if form.kind == BASIC_INFO:
        yield form_text(form, "studio"), form_text(form, "leader.name")
    elif form.kind == NARRATIVE:
        yield form_text(form, "studio"), form_text(form, "leader")
    elif form.kind == SUMMARY_TABLE:
        yield from ((row_text(row, "studio"), row_text(row, "leader_name")) for row in form.rows)
