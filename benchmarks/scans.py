"""Scans: fields right, silently wrong and doubtful by kind of spoiling, seconds a page against the bare engine's, memory over many pages.

    .venv/bin/python -m benchmarks.scans [pages a kind, default 2] [--memory 100]

Forms are drawn, stamped and spoiled by tests/generator/scans.py; nothing but the extra `ocr` and a Chinese font is needed.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from config.load import DEFAULT_CAMPAIGN, load_campaign
from parsers.scan.door import payload_to_reading
from parsers.scan.text.engine import RapidReader
from tests.generator import scans
from tests.generator.compare import compare_reading
from tests.generator.documents import basic_info_blocks, make_head, make_row, make_studio, summary_blocks

UNIVERSITY = "大连海事大学"
SPOILS: dict[str, Any] = {
    "clean": lambda p, n: p,
    "75 dpi": lambda p, n: scans.coarse(p, 0.375),
    "flatbed": lambda p, n: scans.recompressed(scans.grainy(scans.skewed(p, (0.5, -1.7, 2.6, -0.9)[n % 4]), 4, n), (85, 60, 75, 70)[n % 4]),
    "turned": lambda p, n: scans.recompressed(scans.turned_page(scans.skewed(scans.grainy(p, 4, n), 1.2), 1 + n % 3), 75),
    "grey": lambda p, n: scans.recompressed(scans.grainy(scans.greyed(scans.skewed(p, -0.7)), 7, n), 60),
    "photo": lambda p, n: scans.recompressed(scans.grainy(scans.coarse(scans.photographed(p, n + 50, 0.05, 1.4), 0.68), 5, n), 65),
    "curled": lambda p, n: scans.recompressed(scans.grainy(scans.curled(p, 20), 4, n), 70),
    "chat": lambda p, n: scans.recompressed(scans.coarse(scans.grainy(scans.photographed(p, n + 70, 0.03, 1.25), 3, n), 0.53), 45),
}


def page(seed: int) -> tuple[Any, dict[str, Any]]:
    """A stamped form and what it says; every third one is a summary table."""
    rng = random.Random(seed)
    if seed % 3 == 2:
        head, rows = make_head(rng, UNIVERSITY), [make_row(rng, make_studio(rng, UNIVERSITY), n) for n in (1, 2, 3)]
        drawn = scans.drawn(summary_blocks("employee", head, rows), landscape=True)
        return scans.stamped(drawn, f"{UNIVERSITY}工会委员会", (1700, 1200)), {"kind": "summary_table", **head, "rows": rows}
    values = make_studio(rng, UNIVERSITY)
    values = {**values, "members": values["members"][:4]}
    centre = (rng.randint(500, 1200), rng.randint(300, 600))
    return scans.stamped(scans.drawn(basic_info_blocks(values)), f"{UNIVERSITY}工会委员会", centre), {"kind": "basic_info", **values}


def score(pages: int, reader: RapidReader) -> None:
    """One line a kind."""
    forms = load_campaign(DEFAULT_CAMPAIGN).forms
    total: Counter[str] = Counter()
    for kind, spoil in SPOILS.items():
        count: Counter[str] = Counter()
        started = time.process_time()
        for n in range(pages):
            picture, truth = page(100 + n)
            reading = payload_to_reading(scans.compressed(spoil(picture, n)), "x.jpg", forms, lambda: reader)
            tally = compare_reading(reading, [truth])
            count += Counter(fields=tally.fields, wrong=len(tally.wrong), left=len(tally.unread), seals=bool(reading.seals))
            count["doubtful"] += sum(len(f.doubtful) for f in reading.forms)
        seconds = (time.process_time() - started) / pages
        n = max(count["fields"], 1)
        right = 1 - (count["wrong"] + count["left"]) / n
        print(f"{kind:8} right {right:.3f}  silently wrong {count['wrong'] / n:.4f}  doubtful {count['doubtful'] / n:.3f}  "
              f"seals {count['seals']}/{pages}  {seconds:.1f} CPU-s a page")  # fmt: skip
        total += count
    n = max(total["fields"], 1)
    print(f"all      right {1 - (total['wrong'] + total['left']) / n:.3f}  silently wrong {total['wrong'] / n:.4f} of {n}")


def against_the_bare_engine(reader: RapidReader, pages: int = 3) -> None:
    """Our page against rapidocr's own whole-page run with its own settings, one thread each."""
    import cv2
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    bare = rapidocr.RapidOCR(params={
        "Global.log_level": "critical", "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
        "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"), "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    })  # fmt: skip
    forms = load_campaign(DEFAULT_CAMPAIGN).forms
    files = [scans.compressed(scans.skewed(page(100 + 3 * n)[0], 0.5)) for n in range(pages + 1)]
    spent = {"ours": 0.0, "bare": 0.0}
    for n, payload in enumerate(files):
        for name, work in (
            ("bare", lambda p: bare(cv2.imdecode(scans.numpy.frombuffer(p, scans.numpy.uint8), 1))),
            ("ours", lambda p: payload_to_reading(p, "x.jpg", forms, lambda: reader)),
        ):
            started = time.process_time()
            work(payload)
            spent[name] += (time.process_time() - started) * (n > 0)  # the first page warms up
    print(f"CPU-s a page: ours {spent['ours'] / pages:.2f}, bare engine {spent['bare'] / pages:.2f}, ratio {spent['ours'] / spent['bare']:.2f}")


def memory(pages: int, reader: RapidReader) -> None:
    """Memory in use after every ten pages, no two of them alike; what the child that reads scans holds is this, and it is let go after forty files."""
    forms = load_campaign(DEFAULT_CAMPAIGN).forms
    for n in range(pages):
        picture, _ = page(3 * n + 2)  # summary tables: small pages, so that a hundred of them are done in minutes
        payload_to_reading(scans.compressed(scans.photographed(picture, n)), "x.jpg", forms, lambda: reader)
        if n % 10 == 9:
            held = int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() >> 20
            print(f"after {n + 1} pages: {held} MB, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB at most", flush=True)


def main() -> None:
    """All of it; memory only when asked."""
    reader = RapidReader()
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    if "--memory" in sys.argv:
        memory(numbers[-1] if numbers else 100, reader)
        return
    against_the_bare_engine(reader)
    score(numbers[0] if numbers else 2, reader)


if __name__ == "__main__":
    main()
