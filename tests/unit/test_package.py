"""What is built holds all that runs: wheel and sdist, the container's files; the demo is played from the wheel, away from the checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml", reason="the extra `test` (pyyaml) is not installed")
ROOT = Path(__file__).parents[2]
FLOORS = ("config", "parsers", "intake", "notifier", "service")
INSTRUCTIONS = {"FROM", "ARG", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
BUILD = "import setuptools.build_meta as b, sys; print(b.build_sdist('dist'), b.build_wheel('dist'), file=sys.stderr)"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of wheel and sdist, built from a copy of the tree by the backend itself: no network."""
    if int(version("setuptools").split(".")[0]) < 77:
        pytest.skip("setuptools is older than the build asks for")
    source = tmp_path_factory.mktemp("built") / "source"
    kept = shutil.ignore_patterns(".*", "__pycache__", "demo-output", "data", "build", "dist", "*.egg-info")
    shutil.copytree(ROOT, source, ignore=kept)
    subprocess.run([sys.executable, "-c", BUILD], cwd=source, check=True, capture_output=True, timeout=120)
    return source / "dist"


def files_of_the_floors() -> set[str]:
    """Every file of the five floors, made ones left out."""
    return {str(p.relative_to(ROOT)) for floor in FLOORS for p in (ROOT / floor).rglob("*") if p.is_file() and "__pycache__" not in p.parts}


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_house_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    held = zipfile.ZipFile(wheel).namelist()
    packed = {name for name in held if ".dist-info/" not in name}
    assert packed == files_of_the_floors()
    assert any(name.endswith("licenses/LICENSE") for name in held)


@pytest.mark.slow
def test_the_sdist_holds_what_a_checkout_holds(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert files_of_the_floors() <= held
    for name in ("LICENSE", "README.md", "constraints.txt", "Makefile", "Dockerfile", "compose.yaml", "docs/office-guide.md", "tests/conftest.py"):
        assert name in held, name
    assert not [name for name in held if "__pycache__" in name]


@pytest.mark.slow
def test_the_demo_runs_from_the_wheel_away_from_the_checkout(built: Path, tmp_path: Path) -> None:
    pytest.importorskip("pymap", reason="the extra `demo` is not installed")
    site = tmp_path / "site"
    zipfile.ZipFile(next(iter(built.glob("*.whl")))).extractall(site)
    (tmp_path / "empty").mkdir()
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")} | {"PYTHONPATH": str(site), "PYTHONUTF8": "1"}

    def intake(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "service", *words], cwd=tmp_path / "empty", env=env, capture_output=True, text=True, timeout=120, check=False)

    where = subprocess.run([sys.executable, "-c", "import service; print(service.__file__)"], cwd=tmp_path / "empty", env=env, capture_output=True, text=True, check=True)
    assert where.stdout.startswith(str(site))
    run = intake("demo")
    assert run.returncode == 0, run.stderr
    assert "━━ 都写在哪里" in run.stdout
    assert intake("campaign", "new", "mine").returncode == 0
    assert json.loads(intake("status", "--config", "demo-output/intake.toml", "--json").stdout.splitlines()[0])


def docker_lines() -> list[tuple[str, str]]:
    """(instruction, the rest) with continued lines joined and comments left out."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8")).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line.strip())]


def test_the_container_is_built_from_what_is_there_and_runs_as_nobody_in_particular() -> None:
    lines = docker_lines()
    assert {word for word, _ in lines} <= INSTRUCTIONS
    last = [word for word, _ in lines][::-1].index("FROM")
    final = lines[-last - 1 :]
    words = dict(final)
    assert words["USER"] == "intake"
    assert final.index(("USER", "intake")) < [w for w, _ in final].index("ENTRYPOINT")
    assert (words["VOLUME"], words["WORKDIR"]) == ("/var/lib/intake", "/var/lib/intake")
    assert json.loads(words["ENTRYPOINT"]) + json.loads(words["CMD"]) == ["intake", "run"]
    assert "/healthz" in json.loads(words["HEALTHCHECK"].split("CMD ", 1)[1])[-1]
    copied = [name for word, rest in lines if word == "COPY" and "--from" not in rest for name in rest.split()[:-1]]
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    assert {name.removeprefix("./") for name in copied} == let_in
    assert all((ROOT / name).exists() for name in copied)
    assert set(FLOORS) <= let_in


def test_the_compose_file_keeps_the_books_in_a_volume_and_gives_no_rights() -> None:
    told = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    service = told["services"]["intake"]
    (volume,) = service["volumes"]
    assert volume.split(":") == [*told["volumes"], "/var/lib/intake"]
    assert (service["cap_drop"], service["security_opt"], service["read_only"]) == (["ALL"], ["no-new-privileges:true"], True)
    assert service["network_mode"] == "host"
    assert "ports" not in service
