"""Regenerates docs/RELIABILITY.md and docs/SECURITY.md from what was really tried.

usage: python -m benchmarks.reliability [--run | --untried] [--kills N] [--fuzz N] [--seed S]

Without `--run` the two pages are written from benchmarks/reliability.json, the record of the last runs. With it the tests named in
benchmarks/reliability_rows.py are run one after the other and counted (a parametrised or generated case counts once each), and kills and
fuzzing are run as often as asked; the record is merged, so that long runs made earlier stay with their date. A row whose test failed, or
was never run, says so; `--untried` runs only those. Nothing here is written by hand but the sentences.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from benchmarks.reliability_rows import RELIABILITY, SECURITY, Row

HERE = Path(__file__).parent
RECORD = HERE / "reliability.json"
DOCS = HERE.parent / "docs"
HEAD = "| 故障或攻击 | 怎样制造 | 次数 | 丢失 | 重复 | 泄露 | 工作人员看到什么 |\n|---|---|---|---|---|---|---|\n"


def run_tests(nodes: Sequence[str]) -> dict[str, Counter[str]]:
    """By test function (or file): how many cases ran, failed and were skipped on this machine, all in one go."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", f"--junitxml={report.name}", "-o", "junit_family=xunit1", *dict.fromkeys(nodes)]
        subprocess.run(command, cwd=HERE.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        try:
            cases = list(ElementTree.parse(report.name).getroot().iter("testcase"))
        except ElementTree.ParseError:
            return {}
    found: dict[str, Counter[str]] = {}
    for case in cases:
        outcome = "skipped" if case.find("skipped") is not None else "failed" if case.find("failure") is not None or case.find("error") is not None else "passed"
        file, name = str(case.get("file")), str(case.get("name")).partition("[")[0]
        for node in (f"{file}::{name}", file, *(str(parent) for parent in Path(file).parents)):
            found.setdefault(node, Counter())[outcome] += 1
    return found


def by_place(nodes: Iterable[str]) -> list[list[str]]:
    """The tests file by file, the long ones last, so that the record grows and a run may be broken off."""
    files: dict[str, list[str]] = {}
    for node in dict.fromkeys(nodes):
        files.setdefault(node.partition("::")[0], []).append(node)
    late = ("tests/crash", "tests/unit/intake/opening", "tests/unit/notifier/tables")
    return [files[name] for name in sorted(files, key=lambda name: (name.startswith(late), name.startswith("tests/crash"), "test_refusals" in name))]


def counted(row: Row, found: Mapping[str, Counter[str]]) -> dict[str, Any]:
    """What one row's tests came to; a test that did not run at all is a failure."""
    total = sum((found.get(node, Counter(failed=1)) for node in row.tests), Counter[str]())
    return {"tried": total["passed"] + total["failed"], "failed": total["failed"], "skipped": total["skipped"], "on": today()}


def today() -> str:
    """The day of a run."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def untried(record: Mapping[str, Any]) -> list[Row]:
    """The rows whose tests never ran or did not hold when they did."""
    return [row for row in (*RELIABILITY, *SECURITY) if row.tests and (row.fault not in record or record[row.fault]["failed"])]


def run(record: dict[str, Any], rows: Sequence[Row], kills: int, fuzz: int, seed: int) -> None:
    """Everything these rows of the two pages rest on, the record written after each piece."""
    found: dict[str, Counter[str]] = {}
    for nodes in by_place(node for row in rows for node in row.tests):
        found |= run_tests(nodes)
        done = [row for row in rows if all(node in found for node in row.tests)]
        record |= {row.fault: counted(row, found) for row in done}
        write_record(record)
    record |= {row.fault: counted(row, found) for row in rows}
    write_record(record)
    if kills:
        from benchmarks.kills import main as kill

        kill(kills, seed)
        record |= json.loads(RECORD.read_text(encoding="utf-8"))
    if fuzz:
        from benchmarks.fuzzing import in_turns

        in_turns(fuzz, seed)
        record |= json.loads(RECORD.read_text(encoding="utf-8"))
    write_record(record)


def add_kills(found: Mapping[str, int], seed: int) -> None:
    """One more turn of kills in the record, beside all earlier ones."""
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    held = record.get("kills", {})
    total = Counter(held.get("found", {}))
    total.update(found)
    record["kills"] = {"found": dict(sorted(total.items())), "seeds": sorted({*held.get("seeds", []), seed}), "on": today()}
    write_record(record)


def write_record(record: Mapping[str, Any]) -> None:
    """The record as sorted JSON."""
    RECORD.write_text(json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def line(row: Row, record: Mapping[str, Any]) -> str:
    """One row of a page."""
    found = record.get(row.fault)
    if not row.tests:
        return f"| {row.fault} | {row.how} | {row.tried} | – | – | – | {row.seen} |\n"
    if found is None:
        counts = ("未试", "", "", "")
    elif found["failed"]:
        counts = (f"{found['tried']}（**{found['failed']} 次不符**）", "见测试", "见测试", "见测试")
    else:
        skipped = f"（另跳过 {found['skipped']}）" if found["skipped"] else ""
        counts = (f"{found['tried']}{skipped}", row.lost, row.doubled, row.leaked)
    return f"| {row.fault} | {row.how} | {' | '.join(counts)} | {row.seen} |\n"


def kill_lines(record: Mapping[str, Any]) -> str:
    """The kills at random instants, by kind of work."""
    found = record.get("kills", {}).get("found", {})
    titles = {"round": "任意时刻 kill -9：收信、读件、拟信、发信", "blind": "任意时刻 kill -9：收信、读件、拟信、发信，无见证", "backup": "任意时刻 kill -9：备份", "restore": "任意时刻 kill -9：恢复", "rebuild": "任意时刻 kill -9：重建"}
    lines = ""
    for kind, title in titles.items():
        if f"{kind}: killed" in found:
            lost = found.get(f"{kind}: lost", 0) + found.get(f"{kind}: damaged", 0)
            doubled = found.get(f"{kind}: doubled", "–")
            doubled = f"{doubled}（同一封原样，至多一次，写明）" if kind == "blind" and doubled else doubled
            how = f"`benchmarks/kills.py`，种子 {'、'.join(str(seed) for seed in record['kills']['seeds'])}，{record['kills']['on']}"
            lines += f"| {title} | {how} | {found[f'{kind}: killed']} | {lost} | {doubled} | – | 重新启动后接着做；integrity_check 与校验和每次都核对 |\n"
    return lines


def soak_lines(record: Mapping[str, Any]) -> str:
    """The days under a fast clock and the night before the deadline."""
    lines = ""
    if held := record.get("soak"):
        found, grown = held["found"], held["found"]["grown"]
        idle = f"；其后{found['idle_days']}天无信，内存 {found['idle_kb'] / 1024:+.1f} MB" if "idle_days" in found else ""
        grows = found.get("idle_kb", grown["rss_kb"]) > 0.03 * found["last"]["rss_kb"]
        how = f"`benchmarks/soak.py days {found['days']}`，{held['on']}；末三分之一比中三分之一多：内存 {grown['rss_kb'] / 1024:.1f} MB{'（**仍在增长**）' if grows else '（日报随信件增多）'}、句柄 {grown['handles']}、线程 {grown['threads']}、文件 {grown['files']}、工作目录 {grown['scratch']}{idle}"
        lines += f"| 快进 {found['days']} 天，{found['letters']} 封信 | {how} | {found['days']} 天 | {found['lost']} | {found['doubled']} | – | 末日内存 {found['last']['rss_kb'] / 1024:.0f} MB，句柄 {found['last']['handles']} |\n"
    if held := record.get("night"):
        found = held["found"]
        how = f"`benchmarks/soak.py night {found['letters']}`，{held['on']}；实际用时 {found['seconds']} 秒，发出 {found['answers']} 封{night_sentence(found)}"
        lines += f"| 截止前十分钟（模拟）来信 {found['letters']} 封 | {how} | {found['letters']} | {found['lost']} | {found['doubled']} | – | 内存 {found['last']['rss_kb'] / 1024:.0f} MB，句柄 {found['last']['handles']} |\n"
    return lines


FUZZED = {
    "child frames": "读件进程说谎：管道帧", "child answers": "读件进程说谎：回答的形状", "letters": "改动过的信", "damaged heads": "信头受损的信（须与未损时读出的一样）",
    "torn letters": "撕坏的信（不得无声丢件）", "headers": "任意信头与地址", "volumes": "任意切开的分卷", "unpacking": "改动过的压缩包、winmail.dat、msg、p7m",
    "values": "表格里的任意数字、日期、字词", "documents": "任意字节的文件", "readers": "改动过的 Word、Excel、WPS、PDF 等文件",
}  # fmt: skip
"""What was fuzzed, as the page calls it."""


def night_sentence(found: Mapping[str, Any]) -> str:
    """Who had a receipt when, and the arithmetic of the caps."""
    if "institutions" not in found:
        return ""
    days = "、".join(f"{day} {count}封" for day, count in found["by_day"].items())
    return (
        f"；来信{found['institutions']}校都有回执（{found['answered']}校），涵盖最后来信的{found['covered']}校；第10、44、末一校的回执在{'、'.join(str(m) for m in found['first_minutes'])}分钟时发出"
        f"（自来信开始算）；逐日{days}。只受设置的限额所限：每15分钟10封、每日50封（留6封给工作人员；截止前一日留三分之一给还须补正的）"
    )


def fuzz_lines(record: Mapping[str, Any]) -> str:
    """The fuzzing, by target, and its sum."""
    held = record.get("fuzzing")
    if not held:
        return ""
    lines, total = "", Counter[str]()
    how = f"`benchmarks/fuzzing.py`，种子 {'、'.join(str(seed) for seed in held['seeds'])}，{held['on']}"
    for name, title in FUZZED.items():
        found = held["found"].get(name, {})
        total.update(executions=found.get("executions", 0), escapes=found.get("escapes", 0))
        lines += f"| {title} | {how} | {found.get('executions', 0)} | {found.get('escapes', 0)} 次越出 | – | – | 当作读件进程中断，原件已存，待人工查看 |\n"
    return lines + f"| 以上合计 | 逐次可重做：`benchmarks.fuzzing.again(名, 种子, 序号)` | {total['executions']} | {total['escapes']} 次越出 | – | – | – |\n"


def pages(record: Mapping[str, Any]) -> dict[str, str]:
    """The two pages."""
    note = (
        "由 `make reliability` 生成（`benchmarks/reliability.py`；句子在 `benchmarks/reliability_rows.py`，次数在 `benchmarks/reliability.json`），"
        "请勿手改。“次数”是最近一次真正运行的情形数；写“未试”的就是没有试过，写“未做”的就是还没有做到。\n\n"
    )
    reliability = "# 可靠性：什么坏了，丢了什么\n\n" + note + HEAD + kill_lines(record) + soak_lines(record) + "".join(line(row, record) for row in RELIABILITY)
    security = "# 安全：谁能做什么，得到什么\n\n威胁模型见仓库根目录的 `SECURITY.md`。\n\n" + note + HEAD
    security += fuzz_lines(record) + "".join(line(row, record) for row in SECURITY)
    return {"RELIABILITY.md": reliability, "SECURITY.md": security}


def main() -> None:
    """Run what is asked, then write the pages."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--run", action="store_true")
    asked.add_argument("--untried", action="store_true")
    asked.add_argument("--kills", type=int, default=0)
    asked.add_argument("--fuzz", type=int, default=0)
    asked.add_argument("--seed", type=int, default=2022)
    words = asked.parse_args()
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    if words.run or words.untried:
        rows = untried(record) if words.untried else [row for row in (*RELIABILITY, *SECURITY) if row.tests]
        run(record, rows, words.kills, words.fuzz, words.seed)
    for name, text in pages(record).items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
