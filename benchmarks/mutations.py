"""How many small mistakes would the tests notice? Changes one spot at a time in the rooms where a weight or a margin decides, and runs their tests.

    python -m benchmarks.mutations --each 12            a sample of every module, the survivors listed
    python -m benchmarks.mutations --module versions    every spot of one module

Each change lives in the memory of a forked child alone (no file is touched). A change is killed when a test fails or hangs. The sample is
drawn with a seed, so that the same call tries the same changes.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MATRIX = ["tests/unit/intake/matrix", "tests/unit/intake/claiming", "tests/unit/intake/judging", "tests/unit/intake/checks"]
LETTERS = ["tests/unit/notifier/letters", "tests/unit/notifier/post", "tests/unit/notifier/belt"]
MODULES = {
    "intake.matrix.assembly": [*MATRIX, "tests/corpus"],
    "intake.matrix.placing": [*MATRIX, "tests/corpus"],
    "intake.matrix.studios": [*MATRIX, "tests/corpus"],
    "intake.matrix.floating": [*MATRIX, "tests/corpus"],
    "intake.matrix.versions": [*MATRIX, "tests/corpus"],
    "intake.claiming.sender": [*MATRIX, "tests/corpus"],
    "intake.judging.settling": [*MATRIX, "tests/corpus", *LETTERS],
    "notifier.post.dispatch": LETTERS,
    "notifier.letters.history": LETTERS,
    "notifier.letters.reminders": LETTERS,
}
OTHER = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
PATIENCE = 5  # times what the unchanged code takes: a change that takes longer hangs


class _Spots(ast.NodeTransformer):
    """Counts the spots that can be changed and changes the one with the number wanted."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted, self.at, self.what = wanted, -1, ""

    def _here(self, node: ast.AST, what: str) -> bool:
        self.at += 1
        if self.at == self.wanted:
            self.what = f"line {getattr(node, 'lineno', 0)}: {what}"
        return self.at == self.wanted

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        for i, operator in enumerate(node.ops):
            other = OTHER.get(type(operator))
            if other and self._here(node, f"{ast.unparse(node)}: {type(operator).__name__} → {other.__name__}"):
                node.ops[i] = other()
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        for i in range(len(node.values)):
            if len(node.values) > 1 and self._here(node, f"{ast.unparse(node)}: without part {i + 1}"):
                rest = [v for j, v in enumerate(node.values) if j != i]
                return rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and self._here(node, f"{ast.unparse(node)}: without not"):
            return node.operand
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool):
            return ast.Constant(not node.value) if self._here(node, f"{node.value} → {not node.value}") else node
        if isinstance(node.value, int | float) and self._here(node, f"{node.value} changed"):
            return ast.Constant(node.value + 1 if isinstance(node.value, int) else node.value * 1.2 + 0.01)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return node.orelse if self._here(node, f"{ast.unparse(node)[:80]}: always else") else node


def changed(module: str, spot: int) -> tuple[str, str]:
    """A module's source with one spot changed, and what was changed."""
    tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    spots = _Spots(spot)
    new = ast.fix_missing_locations(spots.visit(tree))
    return ast.unparse(new), spots.what


def count_spots(module: str) -> int:
    """How many changes a module offers."""
    spots = _Spots()
    spots.visit(ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")))
    return spots.at + 1


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module's changed source to whoever imports it."""

    def __init__(self, module: str, source: str) -> None:
        self.module, self.source = module, source

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        return importlib.util.spec_from_loader(name, self) if name == self.module else None

    def exec_module(self, module: object) -> None:
        exec(compile(self.source, self.module, "exec"), module.__dict__)


def survives(module: str, spot: int, limit: float) -> bool:
    """True when every test passes in spite of the change, within `limit` seconds."""
    return _run(MODULES[module], _Changed(module, changed(module, spot)[0]), limit) == 0


def unchanged_seconds(tests: list[str]) -> float:
    """How long these tests take on the code as it is; ends the run when they do not pass, since then every change would seem noticed."""
    begun = time.monotonic()
    if _run(tests, None, float("inf")) != 0:
        sys.exit(f"the tests fail on the code as it is: {' '.join(tests)}")
    return time.monotonic() - begun


def _run(tests: list[str], finder: _Changed | None, limit: float) -> int:
    """The exit code of the tests in a child of their own; -1 when they took too long."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        sys.meta_path[:0] = [finder] if finder else []
        import pytest

        os._exit(int(pytest.main(["-q", "-x", "-n", "0", "-m", "not slow and not live and not ocr and not sweep", "--quick", "-p", "no:cacheprovider", *tests])))
    start = time.monotonic()
    while time.monotonic() - start < limit:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1


def plan(names: list[str], each: int, seed: int) -> Iterator[tuple[str, int]]:
    """The changes to try."""
    rng = random.Random(seed)
    for module in names:
        spots = range(count_spots(module))
        yield from ((module, spot) for spot in sorted(rng.sample(spots, min(each or len(spots), len(spots)))))


def main() -> None:
    """Try the changes and tell the share that a test noticed."""
    wishes = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wishes.add_argument("--each", type=int, default=0, help="how many changes of each module (0: all)")
    wishes.add_argument("--module", default="", help="only modules whose name ends so")
    wishes.add_argument("--seed", type=int, default=1)
    given = wishes.parse_args()
    import hypothesis  # noqa: F401 - loaded once, for every child
    import lxml.etree  # noqa: F401
    import openpyxl  # noqa: F401
    import pytest  # noqa: F401

    os.chdir(ROOT)
    names = [m for m in MODULES if m.endswith(given.module)]
    tried = alive = 0
    limits: dict[str, float] = {}
    for module, spot in plan(names, given.each, given.seed):
        tried += 1
        tests = " ".join(MODULES[module])
        if tests not in limits:
            limits[tests] = PATIENCE * unchanged_seconds(MODULES[module])
        if survives(module, spot, limits[tests]):
            alive += 1
            print(f"survived  {module}  {changed(module, spot)[1]}", flush=True)
    print(f"{tried} changes, {tried - alive} noticed: {100 * (tried - alive) / max(tried, 1):.0f} %")


if __name__ == "__main__":
    main()
