"""The shared sample forms: at least 99.5 % of the fields of born-digital files, and no value where the truth is blank."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from parsers.contract import reading_to_contract
from parsers.read import read
from tests.unit.parsers.forms.conftest import ROOT, Schemas

SHARED = Path(os.environ.get("INTAKE_SHARED", ROOT / "../shared"))
BORN_DIGITAL = (".docx", ".doc", ".wps", ".xlsx", ".xls", ".et", ".odt", ".ods", ".pdf", ".ofd")
pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(not (SHARED / "samples/forms").exists(), reason="no shared samples/forms beside the project"),
]


def truths() -> list[tuple[Path, dict[str, object]]]:
    found = sorted((SHARED / "samples/forms").glob("*.truth.json")) if SHARED.exists() else []
    pairs = [(p.with_name(p.name.removesuffix(".truth.json")), json.loads(p.read_text(encoding="utf-8"))) for p in found]
    return [(f, t) for f, t in pairs if f.suffix in BORN_DIGITAL and "scan" not in str(t["format"])]


def test_the_shared_scorer_agrees(schemas: Schemas) -> None:
    scorer: dict[str, object] = {"__name__": "scorer"}
    source = (SHARED / "tools/score_forms.py").read_text(encoding="utf-8").replace("\nmain()\n", "\n")
    exec(compile(source, "score_forms.py", "exec"), scorer)
    right = total = 0
    faults = []
    for file, truth in truths():
        if not any(truth["expect"].values()):  # type: ignore[attr-defined]
            continue
        told = reading_to_contract(read(file.read_bytes(), file.name, schemas), file.name)
        tally, wrong = scorer["judge"](told, truth["expect"])  # type: ignore[operator]
        right, total = right + tally[0], total + tally[1]
        faults += [(file.name, w) for w in wrong]
    assert right / total >= 0.995, faults[:20]
    assert not [f for f in faults if f[1].endswith("!= None")], faults
