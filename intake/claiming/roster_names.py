"""Core: university names in a text (名录比对) - longest full name first, short aliases only as whole tokens (domain.md 4).

大连理工大学城市学院 is not 大连理工大学; 海大 is not found in 渤海大学; 医大 belongs to three and therefore to none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.campaign import Institution
from intake.names import clean_text
from intake.remembered import by_identity

_BOUNDARY = r"[^\u3400-\u9fff]"
_BEFORE = "的由自为是和与及致于对从在请经我系报送"
_OTHER_BODY = re.compile(r"^[\u3400-\u9fff]{1,4}分校|^附属?(中学|小学|高中|高级中学|幼儿园)|^出版社|^校友会")
_HOSPITAL = re.compile(r"^附属[\u3400-\u9fff]{0,8}?医院")
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """提及: a name found in a text, whom it may mean (more than one = ambiguous), and whether it is a hospital's."""

    text: str
    institutions: tuple[str, ...]
    affiliate: str = ""
    start: int = 0
    full: bool = False

    @property
    def institution(self) -> str | None:
        """The one institution it means, None when several bear the name."""
        return self.institutions[0] if len(self.institutions) == 1 else None


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    owners: tuple[str, ...]
    affiliate: bool
    full: bool


class RosterNames:
    """名录索引: every name of the roster, ready to be looked for; build it once a round."""

    __slots__ = ("_long", "_names", "_short")

    def __init__(self, institutions: Sequence[Institution]) -> None:
        self._names = {n.text: n for n in _roster_to_names(institutions)}
        long = sorted((n for n in self._names if len(n) > _SHORT), key=lambda n: (-len(n), n))
        short = sorted((n for n in self._names if len(n) <= _SHORT), key=lambda n: (-len(n), n))
        self._long = re.compile("|".join(map(re.escape, long)) or r"(?!)")
        tokens = "|".join(map(re.escape, short)) or r"(?!)"
        self._short = re.compile(rf"(?:(?<=工会)|(?<={_BOUNDARY})|^)(?:{tokens})(?=工会|{_BOUNDARY}|$)")

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every institution named in a text, in order; a longer name hides the shorter ones inside it."""
        return tuple(self._find(text))

    def _find(self, text: str) -> Iterator[Mention]:
        for line in text.split("\n"):
            cleaned = clean_text(line)
            long = [self._to_mention(m, cleaned) for m in self._long.finditer(cleaned) if self._stands_alone(m, cleaned)]
            yield from long
            for m in self._short.finditer(_spaced(line)):
                if not any(m[0] in mention.text for mention in long):
                    yield self._to_mention(m, "")

    def _stands_alone(self, match: re.Match[str], text: str) -> bool:
        name = self._names[match[0]]
        rest = text[match.end() :]
        if _OTHER_BODY.match(rest):
            return False
        if name.full or name.affiliate or match.start() == 0:
            return True
        before = text[match.start() - 1]
        return not re.match(r"[\u3400-\u9fff]", before) or before in _BEFORE

    def _to_mention(self, match: re.Match[str], text: str) -> Mention:
        name = self._names[match[0]]
        hospital = _HOSPITAL.match(text[match.end() :]) if name.full else None
        affiliate = match[0] + hospital[0] if hospital else match[0] if name.affiliate else ""
        return Mention(match[0], name.owners, affiliate, match.start(), name.full)


def _roster_to_names(institutions: Iterable[Institution]) -> Iterator[_Name]:
    owners: dict[str, list[str]] = {}
    full: set[str] = set()
    affiliates: set[str] = set()
    for institution in institutions:
        full.add(clean_text(institution.name))
        affiliates.update(clean_text(a) for a in institution.affiliates)
        for name in dict.fromkeys(map(clean_text, (institution.name, *institution.aliases, *institution.affiliates))):
            owners.setdefault(name, []).append(institution.name)
    for name, holders in owners.items():
        exact = [h for h in holders if clean_text(h) == name]
        yield _Name(name, tuple(exact or holders), name in affiliates, name in full)


def _spaced(line: str) -> str:
    """The line with its spaces kept (they delimit short aliases) and the rest folded as for comparing."""
    return " ".join(clean_text(part) for part in line.split())


class RosterDomains:
    """名录域名: whose mail domain an address is in, by the longest suffix (city.dlut.edu.cn before dlut.edu.cn)."""

    __slots__ = ("_every", "_owners")

    def __init__(self, institutions: Sequence[Institution]) -> None:
        owners: dict[str, set[str]] = {}
        for institution in institutions:
            for domain in institution.domains:
                owners.setdefault(domain.casefold().strip("."), set()).add(institution.name)
        self._every = owners
        self._owners = {d: next(iter(o)) for d, o in owners.items() if len(o) == 1}

    def find_owner(self, address: str) -> tuple[str, str] | None:
        """(institution, domain) of an address, None when the roster does not know its domain."""
        labels = address.casefold().rpartition("@")[2].strip("> .").split(".")
        for start in range(len(labels) - 1):
            domain = ".".join(labels[start:])
            if domain in self._owners:
                return self._owners[domain], domain
        return None

    def belongs_to(self, address: str, institution: str) -> bool:
        """True when the address lies in a domain of this institution, also one it shares; a longer suffix of another one goes before."""
        labels = address.casefold().rpartition("@")[2].strip("> .").split(".")
        suffixes = (".".join(labels[start:]) for start in range(len(labels) - 1))
        nearest = next((suffix for suffix in suffixes if suffix in self._every), None)
        return nearest is not None and institution in self._every[nearest]


@by_identity
def roster_index(institutions: Sequence[Institution]) -> tuple[RosterNames, RosterDomains]:
    """Names and domains of a roster, built once: a roster of thousands takes longer to build than a letter to identify."""
    return RosterNames(institutions), RosterDomains(institutions)


@by_identity
def roster_addresses(institutions: Sequence[Institution]) -> Mapping[str, str]:
    """By the mailbox that the roster gives a union (in lower case): the institution."""
    return {i.email.casefold(): i.name for i in institutions if i.email}
