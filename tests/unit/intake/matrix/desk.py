"""One invented union's submission, ready made: what the tests of this room start from."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from config.campaign import Campaign
from config.load import load_campaign
from intake.judging.assessment import assess
from intake.submission import Assessment, Decision, Material, Received, StudioSubmission
from tests.generator.people import make_head, make_row, make_studio
from tests.generator.received import File, basic_info, file, moment, narrative, summary

UNIT = "大连理工大学"
NOW = moment("08-04 12:00")


@cache
def campaign() -> Campaign:
    """The shipped campaign."""
    return load_campaign(Path(__file__).parents[4] / "config" / "campaigns" / "liaoning-2022")


class Union:
    """A union with its studios and the files it would send."""

    def __init__(self, name: str = UNIT, categories: Sequence[str] = ("model_worker", "employee"), seed: int = 1) -> None:
        self.rng = random.Random(seed)
        self.name = name
        self.head = make_head(self.rng, name)
        self.studios = [make_studio(self.rng, name, c) for c in categories]
        leaders = ["张建国", "李文博", "王志轩", "赵敏涛", "周丽霞", "吴海洋"]
        for studio, leader in zip(self.studios, leaders, strict=False):
            old = studio["leader.name"]
            studio["studio"] = studio["studio"].replace(old, leader)
            studio["leader.name"] = leader
        self.rows = {id(s): make_row(self.rng, s, i) for i, s in enumerate(self.studios, 1)}

    def table(self, category: str, *, path: str = "", only: Sequence[int] | None = None, **changes: Any) -> File:
        """附件1 or 附件2 with the rows of its studios (`only` some of them by number)."""
        chosen = [s for i, s in enumerate(self.studios) if s["category"] == category and (only is None or i in only)]
        annex = {"model_worker": "附件1", "employee": "附件2"}[category]
        rows = [{**self.rows[id(s)], **changes} for s in chosen]
        return file(path or f"{annex}汇总表.docx", summary(category, self.head, rows))

    def form(self, number: int, path: str = "", **changes: Any) -> File:
        """附件4 of a studio."""
        studio = self.studios[number]
        return file(path or f"附件4基本情况表-{studio['leader.name']}.docx", basic_info(studio, **changes))

    def story(self, number: int, path: str = "", characters: int = 2600, seed: int = 0) -> File:
        """The 申报材料 of a studio."""
        studio = self.studios[number]
        name = path or f"{studio['studio']}申报材料.docx"
        return file(name, narrative(studio["studio"], studio["leader.name"], characters, seed))

    def everything(self) -> list[File]:
        """All files of a complete submission."""
        tables = [self.table(c) for c in dict.fromkeys(s["category"] for s in self.studios)]
        return [*tables, *(f for i in range(len(self.studios)) for f in (self.form(i), self.story(i)))]


def assessed(*letters: Received, decisions: Sequence[Decision] = (), unit: str = UNIT, now: Any = NOW) -> Assessment:
    """The assessment of these letters as one institution's."""
    institution = campaign().institution(unit)
    assert institution is not None
    return assess(institution, letters, decisions, campaign(), now)


def decision(kind: str, target: str = "", number: int = 1, unit: str = UNIT, **detail: Any) -> Decision:
    """A staff decision."""
    return Decision(number, kind, moment("08-03 09:00"), "郝老师", unit, target, detail)


def states(assessment: Assessment) -> dict[str, tuple[str, ...]]:
    """leader → (row, form, narrative) of every studio."""
    return {s.leader: row_of(s) for s in assessment.submission.studios}


def row_of(studio: StudioSubmission) -> tuple[str, ...]:
    """A studio's line of the matrix."""
    return tuple(studio.materials[m].status for m in (Material.SUMMARY_ROW, Material.BASIC_INFO, Material.NARRATIVE))


def codes(assessment: Assessment, **having: str) -> list[str]:
    """Codes of the findings, those with these attributes only."""
    return [f.code for f in assessment.findings if all(getattr(f, k) == v for k, v in having.items())]


FULL: tuple[str, ...] = ("received", "received", "received")
Matrix = Mapping[str, tuple[str, ...]]
