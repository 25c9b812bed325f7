"""Core: what staff must know of archives cut into volumes (分卷) of which not all are here, or which only a person can put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intake.message import Attachment
from intake.submission import Assessment
from notifier.letter import DigestItem
from notifier.proposals import Proposal
from notifier.wording import clean_line, words_to_list

VOLUME = "volume"


def volume_items(assessments: Mapping[str, Assessment]) -> Iterator[DigestItem]:
    """One line an archive: which of its volumes are here."""
    for name, assessment in assessments.items():
        since = {v.attachment: v.received_at for v in assessment.submission.unread if v.problem == VOLUME}
        for archive, pieces in _sets(assessment, since).items():
            numbers = sorted({piece.volume.number for piece in pieces if piece.volume})
            here = words_to_list([f"第{number}卷" for number in numbers])
            yield DigestItem(
                label="待看",
                sentence=f"{name}：分卷压缩包《{clean_line(archive)}》现有{here}，{_cure(archive)}；已按“已收存”登记。",
                urgency=5,
                action="看后认定",
                decision=Proposal("material", name, pieces[0].sha256, {"material": "basic_info"}),
                otherwise=(("不是申报材料的", Proposal("exclude_file", name, pieces[0].sha256)),),
                institution=name,
                since=max(since[piece.sha256] for piece in pieces),
            )


def _sets(assessment: Assessment, waiting: Mapping[str, object]) -> dict[str, list[Attachment]]:
    found: dict[str, list[Attachment]] = {}
    for letter in assessment.submission.letters:
        for leaf in letter.message.attachments:
            if leaf.volume and leaf.sha256 in waiting:
                found.setdefault(leaf.volume.archive, []).append(leaf)
    return found


def _cure(archive: str) -> str:
    if archive.casefold().endswith(".rar"):
        return "RAR分卷程序不能合并，请下载各卷后人工解压，缺卷的请联系学校补发"
    return "各卷未齐或合并后打不开，请联系学校补发其余各卷或改发整包"
