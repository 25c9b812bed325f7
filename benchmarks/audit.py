"""Known faults of the pinned dependencies, by pip-audit where it is installed and the network lets it ask.

usage: python -m benchmarks.audit      exit 1 only when a fault is known; without tool or network it says so and exits 0
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

PATIENCE = 300
PINS = Path(__file__).parents[1] / "constraints.txt"


def unpinned() -> list[str]:
    """Installed packages whose version is not the one that was tested."""
    found = []
    for name, wanted in re.findall(r"(?m)^([A-Za-z0-9._-]+)==(\S+)$", PINS.read_text(encoding="utf-8")):
        try:
            if version(name) != wanted:
                found.append(f"{name} {version(name)}（应为 {wanted}）")
        except PackageNotFoundError:
            continue
    return found


def main() -> int:
    """Pins first, then the list of known faults."""
    if other := unpinned():
        print("与 constraints.txt 不同的版本：" + "、".join(other))
    if find_spec("pip_audit") is None:
        print("没有安装 pip-audit，未查已知漏洞：pip install pip-audit 后再试。")
        return 0
    command = [sys.executable, "-m", "pip_audit", "-r", str(PINS), "--no-deps", "--disable-pip"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        print(f"漏洞库{PATIENCE}秒内没有答复（网络不通），未查已知漏洞，不算失败。")
        return 0
    known = "Found" in done.stdout + done.stderr and "known vulnerabilit" in done.stdout + done.stderr and "No known" not in done.stdout + done.stderr
    print(done.stdout or done.stderr[-400:])
    if unasked := done.stdout.count("could not be audited"):
        print(f"漏洞库里没有查到{unasked}个依赖（镜像不带漏洞记录），这些没有查过。")
    if done.returncode and not known:
        print("查不到漏洞库（网络不通），未查已知漏洞，不算失败。")
    return int(known)


if __name__ == "__main__":
    sys.exit(main())
