"""Core: what waits because of a file - which version stands, and what no machine could read."""

from __future__ import annotations

from collections.abc import Iterator

from intake.submission import Assessment, Version
from notifier.digest.basis import DigestBasis
from notifier.digest.volume_items import VOLUME
from notifier.letter import DigestItem
from notifier.letters import TITLES
from notifier.proposals import Proposal
from notifier.standing import material
from notifier.wording import clean_line, moment_to_clock, moment_to_day

KEPT_CHANGES = 4


def version_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Late versions of what was in on time (scenario 11): stored apart, the on-time one in force until staff choose."""
    for name, assessment in basis.assessments.items():
        chosen = {d.target for d in assessment.submission.decisions if d.kind == "version"}
        for late, current, titles in late_versions(assessment):
            if {late.attachment, current.attachment} & chosen:
                continue
            when = f"{moment_to_day(late.received_at, basis.campaign)}{moment_to_clock(late.received_at, basis.campaign)}"
            kept = moment_to_day(current.received_at, basis.campaign)
            yield DigestItem(
                label="版本",
                sentence=f"{name}：{'、'.join(titles)}截止后又收到《{clean_line(late.file)}》（{when}），现仍采用{kept}版本，请选择采用哪版。",
                urgency=4,
                evidence=late.changes[:KEPT_CHANGES],
                action="采用截止后版本的",
                decision=Proposal("version", name, late.attachment),
                otherwise=((f"仍用{kept}版本的", Proposal("version", name, current.attachment)),),
                institution=name,
                target=late.attachment,
                since=late.received_at,
            )


def late_versions(assessment: Assessment) -> list[tuple[Version, Version, list[str]]]:
    """The newest late file of every material that an on-time one is in force of, with that one, and the titles the pair concerns."""
    pairs: dict[tuple[str, str], tuple[Version, Version, list[str]]] = {}
    for studio in assessment.submission.active_studios:
        for which, title in TITLES.items():
            current, versions = material(studio, which).current, material(studio, which).versions
            late = [v for v in versions if v.late and current and not current.late and v.attachment != current.attachment]
            if current and late:
                _, _, titles = pairs.setdefault((late[-1].attachment, current.attachment), (late[-1], current, []))
                titles.append(f"“{studio.name}”{title}")
    return list(pairs.values())


def unread_items(basis: DigestBasis) -> Iterator[DigestItem]:
    """Files the machine could not read, one line an institution: kept, never called missing, wanting an eye."""
    for name, assessment in basis.assessments.items():
        unread = [version for version in assessment.submission.unread if version.problem != VOLUME]
        files = list(dict.fromkeys(clean_line(version.file) for version in unread))
        if files:
            shown = "、".join(f"《{file}》" for file in files[:4]) + (f"等{len(files)}件" if len(files) > 4 else "")
            first = next((version.attachment for version in unread if version.attachment), "")
            yield DigestItem(
                label="待看",
                sentence=f"{name}：{shown}机器未能读出，已按“已收存”登记，请打开查看。",
                urgency=5,
                action="看后认定",
                decision=Proposal("material", name, first, {"material": "basic_info"}) if first else None,
                otherwise=(("不是申报材料的", Proposal("exclude_file", name, first)),) if first else (),
                institution=name,
                since=max(version.received_at for version in unread),
            )
