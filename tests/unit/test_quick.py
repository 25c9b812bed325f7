"""`make quick` leaves out what takes long and nothing else: its list names modules that exist, and is made from a run's own times."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quick import LIST, ROOT, slow_modules

REPORT = """<testsuites><testsuite>
<testcase classname="tests.unit.test_docs" name="a" time="0.01"/><testcase classname="tests.unit.test_docs" name="b" time="0.05"/>
<testcase classname="tests.unit.test_quick" name="a" time="0.01"/><testcase classname="tests.unit.test_quick" name="b" time="0.9"/>
<testcase classname="tests.unit.test_gone" name="a" time="9"/>
</testsuite></testsuites>"""


def test_every_module_of_the_list_exists() -> None:
    """A module that was moved must not come back into the quick run unseen."""
    assert [path for path in LIST.read_text(encoding="utf-8").split() if not (ROOT / path).is_file()] == []


def test_a_module_is_slow_by_the_average_of_its_tests(tmp_path: Path) -> None:
    """One test of a second in two is slow; a hundredth is not; what does not exist any more is left out."""
    (tmp_path / "report.xml").write_text(REPORT, encoding="utf-8")
    assert slow_modules(tmp_path / "report.xml") == ["tests/unit/test_quick.py"]
