"""`make audit` fails for a known fault and for nothing else: where it cannot ask, it says so and the build goes on."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import audit

FOUND = "Found 2 known vulnerabilities in 1 package\nName Version ID Fix Versions\nlxml 4.9.0 PYSEC-2022-230 4.9.1\n"
UNREACHABLE = "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='pypi.org', port=443): Max retries exceeded"


def answered(monkeypatch: pytest.MonkeyPatch, code: int, out: str = "", err: str = "", spec: object = "there") -> int:
    """The audit with pip-audit answering so."""
    monkeypatch.setattr(audit, "find_spec", lambda _: spec)
    monkeypatch.setattr(audit.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, code, out, err))
    return audit.main()


def test_a_known_fault_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert answered(monkeypatch, 1, FOUND) == 1
    assert "PYSEC-2022-230" in capsys.readouterr().out


@pytest.mark.parametrize(("code", "out", "err"), [(0, "No known vulnerabilities found", ""), (0, "", "No known vulnerabilities found")])
def test_no_known_fault_passes(code: int, out: str, err: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert answered(monkeypatch, code, out, err) == 0
    assert "No known vulnerabilities" in capsys.readouterr().out


def test_a_list_that_cannot_be_reached_is_said_and_passes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert answered(monkeypatch, 1, "", UNREACHABLE) == 0
    assert "未查已知漏洞，不算失败" in capsys.readouterr().out


def test_a_list_that_never_answers_is_said_and_passes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def hangs(command: list[str], timeout: float, **_: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(audit, "find_spec", lambda _: "there")
    monkeypatch.setattr(audit.subprocess, "run", hangs)
    assert audit.main() == 0
    assert "未查已知漏洞，不算失败" in capsys.readouterr().out


def test_without_the_tool_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert answered(monkeypatch, 1, spec=None) == 0
    assert "没有安装 pip-audit，未查已知漏洞" in capsys.readouterr().out


def test_the_build_asks() -> None:
    assert "make audit" in (Path(__file__).parents[2] / ".ci" / "run").read_text(encoding="utf-8")
