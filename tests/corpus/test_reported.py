"""The shared samples of reported submissions: each comes out as its truth says - cells, codes that must and must not be said, 收齐 or not."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service.cli import intake
from tests.corpus.play import FOLDER, HERE

SHARED = Path(os.environ.get("INTAKE_SHARED", HERE.parents[1] / "../shared")) / "samples/reported/submissions"
pytestmark = [pytest.mark.samples, pytest.mark.skipif(not SHARED.exists(), reason="no shared samples/reported beside the project")]
# Their truths were written for an office without the recogniser: there a scan waits for a person.
SETTINGS = 'campaign = "{campaign}"\ndata = "data"\nmode = "approve"\n[scans]\npages_per_day = 0\n'


def numbered() -> list[Path]:
    return sorted(p for p in SHARED.glob("[0-9]*") if p.is_dir())


def filed() -> list[Path]:
    return sorted(p.parent for p in SHARED.glob("[a-z]*/files"))


def run(folder: Path, *words: str) -> str:
    found = CliRunner().invoke(intake, [*words, "--config", str(folder / "intake.toml")])
    assert found.exit_code in (0, 1), (words, found.output, found.exception)
    return found.stdout


def said_wrong(truth: dict[str, Any], status: dict[str, Any]) -> list[str]:
    """What the answer says that the truth denies, and what it keeps silent that it must say."""
    told = [f for f in status["findings"] if f["audience"] == "institution" and f["severity"] in ("missing", "conflict")]
    must = {c for m in truth["must"] for c in m["codes"]}
    wrong = [f"{f['code']} {f['message']}" for f in told if f["code"] not in must | set(truth["may"])]
    codes = {f["code"] for f in status["findings"]}
    wrong += [f"never {c}" for c in must - codes]
    if truth["complete"] is not None and status["complete"] != truth["complete"]:
        wrong.append(f"complete {status['complete']}")
    for studio in truth["studios"]:
        mine = [s for s in status["studios"] if s["leader"] == studio["leader"] or s["name"] in studio["names"]]
        if len(mine) != 1 and not truth.get("lostok"):
            wrong.append(f"{studio['leader']}: {len(mine)} lines")
        wrong += [
            f"{studio['leader']} {cell} {s['materials'][cell]}"
            for s in mine
            for cell, may in studio["cells"].items()
            if s["materials"][cell] not in may
        ]
    wrong += [f"said {f['message']}" for f in status["findings"] for word in truth.get("never", ()) if word in f["message"]]
    for m in truth["must"]:
        if "words" in m and not any(re.search(m["words"], f["message"]) for f in status["findings"] if f["code"] in m["codes"]):
            wrong.append(f"not {m['words']}")
    return wrong


@pytest.mark.parametrize("case", numbered(), ids=lambda p: p.name)
def test_a_reported_submission_comes_out_as_its_truth_says(case: Path, tmp_path: Path) -> None:
    truth = json.loads((case / "truth.json").read_text(encoding="utf-8"))
    (tmp_path / "intake.toml").write_text(SETTINGS.format(campaign=FOLDER), encoding="utf-8")
    now = re.search(r"--now (\S+)", (case / "README.md").read_text(encoding="utf-8"))
    assert now is not None
    for folder in ("letters", "reply"):
        if (case / folder).exists():
            run(tmp_path, "import", "--now", now[1], str(case / folder))
    status = json.loads(run(tmp_path, "status", "--institution", truth["institution"], "--now", now[1], "--json"))["institutions"][0]
    assert said_wrong(truth, status) == []


@pytest.mark.parametrize("case", filed(), ids=lambda p: p.name)
def test_reported_files_come_out_as_expected(case: Path, tmp_path: Path) -> None:
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    shutil.copytree(FOLDER, tmp_path / "invented")
    shutil.copy(HERE / "roster.csv", tmp_path / "invented" / "roster.csv")
    (tmp_path / "intake.toml").write_text(SETTINGS.format(campaign="invented"), encoding="utf-8")
    told = json.loads(run(tmp_path, "check", str(case / "files"), "--institution", "滨海理工大学", "--json"))
    said = {f["code"] for f in told["findings"] if f["audience"] == "institution"}
    assert not said & set(expected["never_to_institution"])
    materials = told["studios"][0]["materials"]
    assert {k: materials[k] for k in expected["materials"]} == expected["materials"]
