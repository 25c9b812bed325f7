"""Shell: the campaign folder is the office's own (批次文件夹) - copied beside intake.toml, where people may change it and no upgrade touches it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from config.load import DEFAULT_CAMPAIGN, roster_text
from config.next_year import campaign_to_next_year, roster_to_next_year


def folder_to_key(folder: Path) -> str:
    """The key of a campaign that lies in this folder."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", folder.resolve().name).strip("-") or "new-campaign"


def copy_campaign(source: Path, folder: Path) -> None:
    """A campaign as it stands, under a new folder's name; what is there already is never written over."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
    rewrite(folder, re.sub(r'(?m)^key = ".*"$', f'key = "{folder_to_key(folder)}"', text_of(folder), count=1))


def draft_next_year(source: Path, folder: Path) -> int:
    """A draft of the next year's campaign from the last one's; gives in how many rows of the roster an address, phone or contact was taken out."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
    rewrite(folder, campaign_to_next_year(text_of(folder), folder_to_key(folder)))
    roster, emptied = roster_to_next_year(roster_text((folder / "roster.csv").read_bytes()))
    (folder / "roster.csv").write_text(roster, encoding="utf-8")
    return emptied


def own_campaign(base: Path) -> str:
    """The name of the shipped campaign's copy in `base`, made when it is not there yet."""
    if not (base / DEFAULT_CAMPAIGN.name / "campaign.toml").exists():
        copy_campaign(DEFAULT_CAMPAIGN, base / DEFAULT_CAMPAIGN.name)
    return DEFAULT_CAMPAIGN.name


def text_of(folder: Path) -> str:
    """campaign.toml of a folder."""
    return (folder / "campaign.toml").read_text(encoding="utf-8-sig")


def rewrite(folder: Path, text: str) -> None:
    """campaign.toml of a folder in other words."""
    (folder / "campaign.toml").write_text(text, encoding="utf-8")
