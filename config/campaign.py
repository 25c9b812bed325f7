"""Words: what one notice says (申报批次), as frozen data; `load.py` fills it from the campaign folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.forms import FormSchema


@dataclass(frozen=True, slots=True)
class Deadline:
    """截止时间: one version of the deadline; a later notice adds a version and never rewrites one (notice 四.3 "微调")."""

    at: datetime
    effective_from: datetime
    reason: str
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """阶段: one stage of the notice, both days inclusive."""

    name: str
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Quota:
    """推荐名额: how many studios one unit of a class may nominate, in all and by category key."""

    total: int
    by_category: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Category:
    """申报类型: a kind of studio; the key is the contract's (`model_worker`), the title is printed (`劳模`)."""

    key: str
    title: str
    summary_title: str
    annex: str
    quota_for_award: int | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """联系人."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Institution:
    """申报单位（高校工会）: one row of the roster. `unit_class` is `ordinary`, `medical` or `unknown`; `contact` whom to ask for by telephone."""

    name: str
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    affiliates: tuple[str, ...] = ()
    unit_class: str = "unknown"
    confirmed: bool = False
    email: str = ""
    phone: str = ""
    contact: str = ""

    @property
    def union(self) -> str:
        """The union's own name, as a letter addresses it."""
        return f"{self.name}工会"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """尺度: the numbers of the notice and of practice that checks compare with; every one is data, none is code."""

    minimum_characters: int = 2000
    character_tolerance: int = 100
    minimum_years: int = 1
    grace_minutes: int = 10
    time_evidence_minutes: int = 5
    amount_limit: float = 100000.0
    sum_tolerance: float = 0.01
    near_duplicate: float = 0.85
    minimum_age: int = 18
    maximum_age: int = 80
    quiet_minutes: int = 10
    last_days: int = 3


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """词表: the words the notice's conditions turn on (honours, existing bodies, condition 8 …)."""

    honours: tuple[str, ...] = ()
    honours_below_city: tuple[str, ...] = ()
    craftsmen: tuple[str, ...] = ()
    existing_bodies: tuple[str, ...] = ()
    naming_bodies_excluded: tuple[str, ...] = ()
    ideology: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """申报批次: one notice with everything the year needs; next year is a new folder, no code."""

    key: str
    title: str
    document_number: str
    year: int
    zone: ZoneInfo
    office: str
    address: str
    postcode: str
    mailbox: str
    contacts: tuple[Contact, ...]
    phases: tuple[Phase, ...]
    submission_phase: str
    deadlines: tuple[Deadline, ...]
    categories: tuple[Category, ...]
    quotas: Mapping[str, Quota]
    award_total: int
    data_years: tuple[int, ...]
    paper_copies: int
    case_prefix: str
    thresholds: Thresholds
    vocabulary: Vocabulary
    forms: tuple[FormSchema, ...]
    institutions: tuple[Institution, ...]
    named_before: tuple[str, ...] = ()
    workdays: Mapping[date, bool] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)

    def deadline_at(self, moment: datetime) -> Deadline:
        """The deadline in force at a moment: the newest version announced by then."""
        in_force = [d for d in self.deadlines if d.effective_from <= moment]
        return max(in_force, key=lambda d: d.effective_from) if in_force else self.deadlines[0]

    def category(self, key: str | None) -> Category | None:
        """The category with this key, None when there is none."""
        return next((c for c in self.categories if c.key == key), None)

    def institution(self, name: str) -> Institution | None:
        """The roster row with this full name, None when the roster does not hold it."""
        return next((i for i in self.institutions if i.name == name), None)

    def phase(self, name: str) -> Phase | None:
        """The stage with this name."""
        return next((p for p in self.phases if p.name == name), None)
