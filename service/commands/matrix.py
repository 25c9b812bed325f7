"""Shell: the matrix on the terminal; loads nothing that opens or reads, so that a look costs no more than the look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from intake.contract import assessment_to_contract
from intake.records import LetterLine
from intake.submission import Assessment, Submission
from service.commands.terminal import DONE, examples, find_institution, json_option, office_options, opened_office, print_json
from service.office import Office

WAITING = frozenset({"M01", "M10"})


@examples("intake status", "intake status --institution 大连理工大学", "intake status --json")
@click.command("status")
@click.option("--institution", default=None, metavar="NAME", help="只看一所学校。")
@json_option
@office_options
def status(institution: str | None, as_json: bool, config: Path | None, now: datetime | None) -> int:
    """总表：单位 × 工作室 × 材料，缺什么、何时收到。"""
    office = opened_office(config, now)
    wanted = find_institution(office.campaign, institution) if institution else None
    with office.books() as (ledger, _):
        found = ledger.assessments(None if wanted is None else [wanted])
        unclaimed = [line for line in ledger.letter_lines(institution="") if WAITING & set(line.codes)]
        quarantined, letters = ledger.letters("quarantined"), ledger.count_letters()
    chosen = [found.get(i.name) or Assessment(institution=i, submission=Submission(institution=i)) for i in office.campaign.institutions if wanted in (None, i.name)]
    if as_json:
        print_json(status_to_json(chosen, unclaimed, office) | {"quarantined": [r.sha256 for r in quarantined], "letters": letters})
        return DONE
    from service.commands.show import findings_to_text, matrix_to_text  # only for people: programs need no sentences, and no room of checks

    click.echo(matrix_to_text(chosen, office.campaign))
    for assessment in chosen if institution else ():
        click.echo(findings_to_text(assessment.findings, for_staff=True))
    if unclaimed:
        click.echo(f"\n待认领 {len(unclaimed)} 封：{'、'.join(line.sha256[:12] for line in unclaimed)}（用 intake decide claim 学校 信 认领）")
    return DONE


def status_to_json(chosen: Sequence[Assessment], unclaimed: Sequence[LetterLine], office: Office) -> dict[str, Any]:
    """The matrix for other programs (CONTRACT, `intake status --json`)."""
    return {
        "campaign": office.campaign.key,
        "as_of": office.clock().isoformat(),
        "deadline": office.campaign.deadline_at(office.clock()).at.isoformat(),
        "institutions": [assessment_to_contract(a) for a in chosen],
        "unclaimed": [
            {"sha256": line.sha256, "from": line.sender, "subject": line.subject, "received_at": line.received_at.isoformat(),
             "candidates": list(line.split or line.candidates)}
            for line in unclaimed
        ],
    }  # fmt: skip


COMMANDS = (status,)
