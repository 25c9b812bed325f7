"""The papers that are made from the house itself: the table of findings, the dependencies' licences.

usage: python -m benchmarks.papers      writes docs/findings.md and docs/LICENSES.md anew
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from intake.checks import sentences
from intake.checks.sentences import Entry

ROOT = Path(__file__).parents[1]
MADE = "<!-- 由 make papers 从程序生成，不要手改。 -->\n"
GROUPS = (
    ("LETTER_ENTRIES", "来信与文件"),
    ("DEADLINE_ENTRIES", "时间"),
    ("QUOTA_ENTRIES", "名额与类别"),
    ("COMPLETENESS_ENTRIES", "齐全"),
    ("SUMMARY_ENTRIES", "附件1、附件2 汇总表"),
    ("BASIC_INFO_ENTRIES", "附件4 基本情况表"),
    ("NARRATIVE_ENTRIES", "申报材料"),
    ("ACROSS_ENTRIES", "相互核对"),
)
SEVERITIES = {"missing": "请补正", "conflict": "请核实", "manual": "请决定", "note": "提示"}
AUDIENCES = {"institution": "学校", "institution_after_approval": "学校（批准后）", "staff": "工作人员"}
EXTRAS = (("", "必装"), ("demo", "演示"), ("ocr", "识读扫描件"), ("cluster", "多机"), ("browser", "浏览器测试"), ("test", "测试"))
# Written out where a distribution's own words are too long or say it in another way; each was read in the distribution's licence file.
SHORT = {"MIT License": "MIT", "BSD License": "BSD", "Apache Software License": "Apache-2.0", "Apache License 2.0": "Apache-2.0", "Apache 2.0": "Apache-2.0", "Apache License": "Apache-2.0"}


def cell(text: str) -> str:
    """A text as a cell of a Markdown table."""
    return " ".join(text.replace("|", "\\|").split())


def where_raised(code: str) -> str:
    """The file that raises a code, as a link: a form's schema for what a schema states, else the check."""
    quoted = f'"{code}"'
    forms = sorted((ROOT / "config" / "campaigns" / "liaoning-2022" / "forms").glob("*.toml"))
    rooms = sorted(p for floor in ("intake", "notifier", "service") for p in (ROOT / floor).rglob("*.py") if p.name not in ("sentences.py", "catalogue.py"))
    checks = sorted(rooms, key=lambda p: p.parent.name != "checks")
    found = next((p for p in (*forms, *checks) if quoted in p.read_text(encoding="utf-8")), None)
    return f"[{found.name}](../{found.relative_to(ROOT)})" if found else ""


def _said(entry: Entry) -> str:
    """What the institution reads: the sentence, and the other one for a box that is filled with something else."""
    if entry.audience == "staff":
        return ""
    return f"{entry.sentence}填写不清时：{entry.unclear}" if entry.unclear else entry.sentence


def entry_to_row(entry: Entry) -> str:
    """One code of the catalogue."""
    columns = (entry.code, entry.label.title, SEVERITIES[entry.severity], AUDIENCES[entry.audience], entry.clause, _said(entry), entry.staff_sentence, where_raised(entry.code))
    return "| " + " | ".join(cell(column) for column in columns) + " |"


def findings_page() -> str:
    """docs/findings.md."""
    lines = [MADE, f"# 问题编号一览（{len(sentences.ENTRIES)} 种）", ""]
    lines += ["一个编号是一种问题。学校只看到句子，不看到编号；工作人员在单位页、日报里看到右边那句。花括号里的词按具体材料填。", ""]
    lines += ["轻重：**请补正** 补齐前不算收齐；**请核实** 写给学校核对，不影响收齐；**请决定** 等工作人员点一下；**提示** 只是告诉一声。", ""]
    lines += ["加一种：[howto/check.md](howto/check.md)。从材料到编号的路：[tour.md](tour.md)。", ""]
    for name, title in GROUPS:
        lines += [f"## {title}", "", "| 编号 | 类别 | 轻重 | 给谁 | 依据 | 对学校说 | 对工作人员说 | 在哪里查 |", "|---|---|---|---|---|---|---|---|"]
        lines += [entry_to_row(entry) for entry in getattr(sentences, name)]
        lines.append("")
    return "\n".join(lines)


def closure(names: Iterator[Requirement]) -> dict[str, Distribution | None]:
    """Every distribution that these requirements bring, by canonical name; None for one that is not installed here."""
    found: dict[str, Distribution | None] = {}
    waiting = [(need, "") for need in names]
    while waiting:
        need, extra = waiting.pop()
        name = canonicalize_name(need.name)
        if need.marker and not need.marker.evaluate({"extra": extra}):
            continue
        if name == "union-intake" or (name in found and not need.extras):
            continue
        try:
            found[name] = distribution(need.name)
        except PackageNotFoundError:
            found[name] = None
            continue
        for line in found[name].requires or ():  # type: ignore[union-attr]
            waiting += [(Requirement(line), each) for each in (*need.extras, "")]
    return found


def licence_of(held: Distribution) -> str:
    """What a distribution says of its licence: the SPDX expression, else the classifiers, else the short text."""
    if said := held.metadata.get("License-Expression"):
        return said
    classified = [line.rpartition(" :: ")[2] for line in held.metadata.get_all("Classifier") or () if line.startswith("License :: ") and line.count("::") > 1]
    text = (held.metadata.get("License") or "").strip()
    words = " / ".join(classified) or (text if text and "\n" not in text and len(text) < 60 else "")
    return SHORT.get(words, words) or licence_read(held)


def licence_read(held: Distribution) -> str:
    """The licence by the sentences of the file that came with a distribution whose head says nothing."""
    files = [f for f in held.files or () if re.search(r"licen|copying", f.name, re.IGNORECASE) or re.search(r"licenses/", str(f))]
    text = " ".join(" ".join(f.read_text().split()) for f in files)
    if "Redistributions of source code must retain" in text or "Redistribution and use in source and binary forms" in text:
        return "BSD-3-Clause" if re.search(r"endorse or promote", text) else "BSD-2-Clause"
    return "MIT" if "Permission is hereby granted, free of charge" in text else "见发行包内的许可文件"


def licence_rows() -> dict[str, str]:
    """A row of the table for every distribution that is installed here, by canonical name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    rows: dict[str, str] = {}
    for extra, title in EXTRAS:
        asked = project["dependencies"] if not extra else project["optional-dependencies"][extra]
        for name, held in sorted(closure(Requirement(line) for line in asked).items()):
            if held is not None and name not in rows:
                rows[name] = f"| {name} | {held.version} | {cell(licence_of(held))} | {title} |"
    return rows


def licences_page() -> str:
    """docs/LICENSES.md."""
    lines = [MADE, "# 依赖的许可", "", "收件台本身：MIT（见 [LICENSE](../LICENSE)）。下面是它用到的库，版本照 `constraints.txt`，许可是各发行包自己写明的。", ""]
    lines += ["只用宽松许可（MIT、BSD、Apache 等）和不改动地引用的 LGPL、MPL；没有 GPL、AGPL。LibreOffice、bubblewrap、Dovecot、Chromium 是单独的程序，用时另行安装，不随本程序分发。", ""]
    lines += ["| 库 | 版本 | 许可 | 用在 |", "|---|---|---|---|", *licence_rows().values(), ""]
    return "\n".join(lines)


PAGES = {"findings.md": findings_page, "LICENSES.md": licences_page}


def main() -> None:
    """Both papers anew."""
    for name, page in PAGES.items():
        (ROOT / "docs" / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
