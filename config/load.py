"""Shell: the only place that reads the campaign folder, intake.toml, the roster and the environment.

Every mistake is collected and told at once, each with file, line and key; nothing is guessed. Secrets come from the environment
or from a file that nobody else may read (mode 0600), never from intake.toml itself.
"""

from __future__ import annotations

import csv
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.campaign import Campaign, Institution
from config.campaign_toml import row_to_institution, section_to_campaign
from config.forms import FormSchema, SchemaMistake, mapping_to_schema
from config.section import ConfigMistakes, Mistake, Section, find_line
from config.settings import MailboxSettings, Settings
from config.settings_toml import Surroundings, section_to_settings

CAMPAIGNS = Path(__file__).parent / "campaigns"
DEFAULT_CAMPAIGN = CAMPAIGNS / "liaoning-2022"


def read_toml(path: Path, cure: str) -> tuple[dict[str, Any], str]:
    """A TOML file's table and text; an unreadable or broken file is one mistake with its cure."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text), text
    except FileNotFoundError:
        raise ConfigMistakes([Mistake(str(path), 0, "", f"没有这个文件，{cure}")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigMistakes([Mistake(str(path), 0, "", "读不出来，请存为 UTF-8 文本。")]) from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise ConfigMistakes([Mistake(str(path), int(line[1]) if line else 0, "", "格式不对，请检查这一行前后的引号、等号、方括号和日期。")]) from error


def load_campaign(folder: Path, roster: Path | None = None) -> Campaign:
    """The campaign in a folder (campaign.toml, forms/*.toml, roster.csv, letters/*); raises ConfigMistakes with every fault."""
    table, text = read_toml(folder / "campaign.toml", "请检查批次文件夹，或用 intake campaign new 新建。")
    top = Section(table, folder / "campaign.toml", text)
    forms = load_forms(folder / "forms", top.mistakes)
    institutions = load_roster(roster or folder / "roster.csv", top.mistakes)
    # A folder made before a letter existed says it in the shipped words rather than not at all.
    campaign = section_to_campaign(top, forms, institutions, load_texts(DEFAULT_CAMPAIGN / "letters") | load_texts(folder / "letters"))
    if top.mistakes or campaign is None:
        raise ConfigMistakes(top.mistakes)
    return campaign


def load_forms(folder: Path, mistakes: list[Mistake]) -> tuple[FormSchema, ...]:
    """The form schemas of forms/*.toml in file order."""
    schemas = []
    for path in sorted(folder.glob("*.toml")):
        try:
            table, text = read_toml(path, "")
            schemas.append(mapping_to_schema(table))
        except ConfigMistakes as error:
            mistakes.extend(error.mistakes)
        except SchemaMistake as error:
            key = str(error.key)
            mistakes.append(Mistake(str(path), find_line(text, *split_key(key)), key, str(error.sentence)))
    if not folder.is_dir():
        mistakes.append(Mistake(str(folder), 0, "", "没有表样（*.toml），请从上一批次复制 forms 文件夹。"))
    return tuple(schemas)


def split_key(key: str) -> tuple[str, str]:
    """A dotted key into its section and its last part."""
    section, _, last = key.rpartition(".")
    return section, last


def load_roster(path: Path, mistakes: list[Mistake]) -> tuple[Institution, ...]:
    """The institutions of roster.csv (UTF-8, with or without BOM; Excel's GBK is understood too); doubles are mistakes."""
    try:
        payload = path.read_bytes()
    except OSError:
        mistakes.append(Mistake(str(path), 0, "", "没有名录文件，请放入 roster.csv。"))
        return ()
    reader = csv.DictReader(roster_text(payload).splitlines())
    lacking = [c for c in ("name", "aliases", "domains", "class", "confirmed") if c not in (reader.fieldnames or [])]
    if lacking:
        mistakes.append(Mistake(str(path), 1, ",".join(lacking), "名录缺少这些列。"))
        return ()
    institutions: dict[str, Institution] = {}
    for row in reader:
        line = reader.line_num
        institution = row_to_institution(row, str(path), line, mistakes)
        if institution.name in institutions:
            mistakes.append(Mistake(str(path), line, "name", f"“{institution.name}”重复列示。"))
        institutions[institution.name] = institution
    return tuple(institutions.values())


def roster_text(payload: bytes) -> str:
    """The text of a roster file as editors and Excel save it."""
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        return payload.decode("gb18030", errors="replace")


def load_texts(folder: Path) -> dict[str, str]:
    """The letter templates by file name."""
    return {p.name: p.read_text(encoding="utf-8") for p in sorted(folder.glob("*")) if p.suffix in (".txt", ".html")}


def load_settings(path: Path | None, env: Mapping[str, str] | None = None) -> Settings:
    """The settings of an intake.toml (None: built-in defaults) and the environment (INTAKE_MAILBOX_SECRET, INTAKE_SMTP_SECRET)."""
    environment = os.environ if env is None else env
    if path is None:
        return Settings(
            campaign=DEFAULT_CAMPAIGN, data=Path("data"), mailbox=MailboxSettings(secret=environment.get("INTAKE_MAILBOX_SECRET", ""))
        )
    table, text = read_toml(path, "请检查 --config 的路径，或参照 docs/intake.example.toml 新建。")
    top = Section(table, path, text)
    around = Surroundings(
        path.parent,
        lambda named, section: find_campaign(named, path.parent, section),
        lambda section, name: find_secret(section, path.parent, environment, name),
    )
    settings = section_to_settings(top, around)
    if top.mistakes:
        raise ConfigMistakes(top.mistakes)
    return settings


def find_campaign(named: str, base: Path, top: Section) -> Path:
    """A campaign by path (from the settings file's folder) or by the name of a shipped one."""
    if not named:
        return DEFAULT_CAMPAIGN
    for folder in (base / named, CAMPAIGNS / named):
        if (folder / "campaign.toml").exists():
            return folder
    top.fault("campaign", f"“{named}”不是批次文件夹（其中应有 campaign.toml）。")
    return DEFAULT_CAMPAIGN


def find_secret(section: Section, base: Path, env: Mapping[str, str], name: str) -> str:
    """The 授权码 from the environment, else from `secret_file`; blanks pasted with it are dropped, and SMTP falls back on the mailbox's."""
    named = section.take("secret_file", str, "")
    for key in {"secret", "password"} & section.table.keys():
        section.used.add(key)
        section.fault(key, f"授权码不要写在这里：请放进环境变量 {name}，或写 secret_file 指向权限为 0600 的文件。")
    given = env.get(name) or ("" if named else env.get("INTAKE_MAILBOX_SECRET", ""))
    return "".join(given.split()) if given or not named else read_secret(section, base / named)


def read_secret(section: Section, file: Path) -> str:
    """The one line of a secret file that only its owner may read."""
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            section.fault("secret_file", f"{file} 其他人也能读，请执行 chmod 600 {file}。")
            return ""
        return "".join(file.read_text(encoding="utf-8").split())
    except OSError:
        section.fault("secret_file", f"读不到 {file}。")
        return ""
