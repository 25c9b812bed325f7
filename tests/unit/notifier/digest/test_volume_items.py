"""An archive of which volumes are lacking is told to staff with those that are here, in one line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.message import Volume
from intake.submission import Assessment, Submission
from notifier.digest import compose_digest_page
from tests.unit.notifier.digest.days import ROSTER, basis
from tests.unit.notifier.letters.cases import at, letter, version


@pytest.mark.parametrize(("archive", "cure"), [("申报材料.7z", "补发其余各卷"), ("申报材料.rar", "人工解压")])
def test_one_line_says_which_volumes_are_here(archive: str, cure: str) -> None:
    came = letter("volumes", at(1, 9, month=8), files=("甲", "乙"))
    pieces = [replace(leaf, problem="volume", volume=Volume(archive, n)) for leaf, n in zip(came.message.attachments, (3, 1), strict=True)]
    came = replace(came, message=replace(came.message, attachments=tuple(pieces)))
    unread = tuple(version(came, leaf.name, status="received_unread", problem="volume") for leaf in pieces)
    given = Assessment(institution=ROSTER[0], submission=Submission(institution=ROSTER[0], letters=(came,), unread=unread))
    items = [item for item in compose_digest_page(basis(assessments={ROSTER[0].name: given})).items if item.label == "待看"]
    (sentence,) = [item.sentence for item in items]
    assert f"《{archive}》现有第1卷、第3卷，" in sentence
    assert cure in sentence
