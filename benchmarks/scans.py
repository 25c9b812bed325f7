"""Scans: fields right, silently wrong and doubtful by kind of spoiling, seconds a page against the bare engine's, memory over many pages.

    .venv/bin/python -m benchmarks.scans [pages a kind, default 2] [--seed 100] [--only grey,far] [-v] [--memory]

Forms are drawn, stamped and spoiled by tests/generator/scans.py; nothing but the extra `ocr` and a Chinese font is needed. Every page has a new
studio of another university, the next of the fonts that are installed, its seal anywhere, its own angle and noise; another `--seed` gives pages
never seen. A form that is not found counts with all its fields.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
import unicodedata
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.load import DEFAULT_CAMPAIGN, load_campaign
from parsers.form import Reading
from parsers.scan.door import payload_to_reading
from parsers.scan.scan import printed_words
from parsers.scan.text.engine import RapidReader
from tests.generator import scans
from tests.generator.compare import Tally, compare_reading
from tests.generator.documents import basic_info_blocks, make_head, make_row, make_studio, summary_blocks

CAMPAIGN = load_campaign(DEFAULT_CAMPAIGN)
PRINT = [
    f
    for f in (
        *scans.FONTS,
        "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
        "/usr/share/fonts/truetype/arphic/uming.ttc",
        "/usr/share/fonts/truetype/arphic/ukai.ttc",
        "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    )
    if Path(f).is_file()
]
PENS = [
    f
    for f in (
        "/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Light.ttf",
        "/usr/share/fonts/truetype/arphic-gkai00mp/gkai00mp.ttf",
        "/usr/share/fonts/truetype/arphic/ukai.ttc",
    )
    if Path(f).is_file()
]


def angle(seed: int, most: float) -> float:
    """How far a page lies askew."""
    return random.Random(seed).uniform(-most, most)


SPOILS: dict[str, Any] = {
    "clean": lambda p, n: p,
    "100 dpi": lambda p, n: scans.recompressed(scans.coarse(p, 0.5), 80),
    "75 dpi": lambda p, n: scans.coarse(p, 0.375),
    "flatbed": lambda p, n: scans.recompressed(scans.grainy(scans.skewed(p, angle(n, 3)), 4, n), (85, 60, 75, 70)[n % 4]),
    "turned": lambda p, n: scans.recompressed(scans.turned_page(scans.skewed(scans.grainy(p, 4, n), angle(n, 2)), 1 + n % 3), 75),
    "grey": lambda p, n: scans.recompressed(scans.grainy(scans.greyed(scans.skewed(p, angle(n, 1.5))), 7, n), (60, 75)[n % 2]),
    "photo": lambda p, n: scans.recompressed(scans.grainy(scans.coarse(scans.photographed(p, n, 0.03, 1.2), 0.75), 5, n), 65),
    "far": lambda p, n: scans.recompressed(scans.grainy(scans.coarse(scans.photographed(p, n, 0.1, 1.5), 0.85), 5, n), 65),
    "curled": lambda p, n: scans.recompressed(scans.grainy(scans.curled(p, (14, 20, 26)[n % 3]), 4, n), 70),
    "chat": lambda p, n: scans.recompressed(scans.coarse(scans.grainy(scans.photographed(p, n + 70, 0.03, 1.12), 3, n), 0.58), 50),
    "hand": lambda p, n: scans.recompressed(scans.grainy(scans.skewed(p, angle(n, 1)), 3, n), 75),
    "bent": lambda p, n: scans.recompressed(scans.grainy(scans.coarse(scans.photographed(scans.bent(p, n), n, 0.04, 1.2), 0.75), 4, n), 70),
}


def page(seed: int, by_hand: bool = False) -> tuple[Any, dict[str, Any]]:
    """A stamped form and what it says; every third one is a summary table."""
    rng = random.Random(seed)
    unit = rng.choice(CAMPAIGN.institutions).name
    pens: dict[str, Any] = {"font": PRINT[seed % len(PRINT)]}
    if by_hand:
        pens |= {"by_hand": PENS[seed % len(PENS)], "is_printed": printed_words(CAMPAIGN.forms)}
    if seed % 3 == 2:
        head, rows = make_head(rng, unit), [make_row(rng, make_studio(rng, unit), n) for n in (1, 2, 3)]
        drawn = scans.drawn(summary_blocks("employee", head, rows), landscape=True, **pens)
        printed = [{name: value for name, value in row.items() if name != "income_total"} for row in rows]  # this table has no column for it
        truth = {"kind": "summary_table", **head, "rows": printed}
        return scans.stamped(drawn, f"{unit}工会委员会", (rng.randint(500, 2000), rng.randint(300, 1300))), truth
    values = make_studio(rng, unit)
    values = {**values, "members": values["members"][:3]}
    centre = (rng.randint(300, 1400), rng.randint(250, 1500))
    drawn = scans.drawn(basic_info_blocks(values), **pens)
    return scans.stamped(drawn, f"{unit}工会委员会", centre, rng.randint(130, 180)), {"kind": "basic_info", **values}


def judged(reading: Reading, truth: Mapping[str, Any]) -> tuple[Tally, int]:
    """What was told of a page, and how many fields there are: of a form or rows not found all that they say is left to a person."""
    tally = compare_reading(reading, [truth])
    tally.wrong = [w for w in tally.wrong if not _same_marks(w[1], w[2])]
    rows = truth.get("rows") or truth.get("members") or []
    fields = sum(name not in ("kind", "rows", "members") for name in truth) + sum(map(len, rows))
    lost = fields - tally.fields
    if lost > 0:
        tally.wrong = [w for w in tally.wrong if not str(w[1]).endswith((" forms", " rows"))]
        tally.unread += [("not found", None, None)] * lost
    return tally, fields


def _same_marks(got: object, want: object) -> bool:
    """True for a text with brackets of the other width."""
    return unicodedata.normalize("NFKC", str(got)) == unicodedata.normalize("NFKC", str(want))


def score(pages: int, seed: int, only: set[str], told: bool, reader: RapidReader) -> None:
    """One line a kind."""
    total: Counter[str] = Counter()
    for place, (kind, spoil) in enumerate(SPOILS.items()):
        if (only and kind not in only) or (kind == "hand" and not PENS):
            continue
        count: Counter[str] = Counter()
        started = time.process_time()
        for n in range(seed + 37 * place, seed + 37 * place + pages):
            picture, truth = page(n, by_hand=kind == "hand")
            reading = payload_to_reading(scans.compressed(spoil(picture, n)), "x.jpg", CAMPAIGN.forms, lambda: reader)
            tally, fields = judged(reading, truth)
            count += Counter(fields=fields, wrong=len(tally.wrong), left=len(tally.unread), seals=reading.seals == 1, lost=not reading.forms)
            count["doubtful"] += sum(len(f.doubtful) for f in reading.forms)
            if told:
                print(f"  {kind} {n}", *(f"wrong {w}" for w in tally.wrong), *(f"left {w}" for w in tally.unread), sep="\n    ")
        print(f"{told_of(kind, count)}  seals {count['seals']}/{pages}  {(time.process_time() - started) / pages:.1f} CPU-s a page", flush=True)
        total += count
    print(told_of("all", total))


def told_of(kind: str, count: Counter[str]) -> str:
    """The shares of a kind."""
    n = max(count["fields"], 1)
    right = 1 - (count["wrong"] + count["left"]) / n
    shares = f"silently wrong {count['wrong'] / n:.4f}  doubtful {count['doubtful'] / n:.3f}"
    return f"{kind:8} right {right:.3f}  {shares}  of {count['fields']}, pages without a form {count['lost']}"


def against_the_bare_engine(reader: RapidReader, pages: int = 3) -> None:
    """Our page against rapidocr's own whole-page run with its own settings, one thread each."""
    import cv2
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    bare = rapidocr.RapidOCR(params={
        "Global.log_level": "critical", "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
        "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"), "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    })  # fmt: skip
    forms = CAMPAIGN.forms
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
    forms = CAMPAIGN.forms
    for n in range(pages):
        picture, _ = page(3 * n + 2)  # summary tables: small pages, so that a hundred of them are done in minutes
        payload_to_reading(scans.compressed(scans.photographed(picture, n)), "x.jpg", forms, lambda: reader)
        if n % 10 == 9:
            held = int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() >> 20
            print(f"after {n + 1} pages: {held} MB, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB at most", flush=True)


def main() -> None:
    """All of it; memory only when asked."""
    asked = argparse.ArgumentParser()
    asked.add_argument("pages", nargs="?", type=int, default=0)
    asked.add_argument("--seed", type=int, default=100)
    asked.add_argument("--only", default="")
    asked.add_argument("-v", action="store_true", dest="told")
    asked.add_argument("--memory", action="store_true")
    found = asked.parse_args()
    reader = RapidReader()
    if found.memory:
        memory(found.pages or 100, reader)
        return
    only = {kind for kind in found.only.split(",") if kind}
    if not only:
        against_the_bare_engine(reader)
    score(found.pages or 2, found.seed, only, found.told, reader)


if __name__ == "__main__":
    main()
