"""Draws the letters and the digest in Chromium at phone and desktop width into docs/pictures; look at them after a change of lay-out."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageChops

from intake.books.ledger import Ledger
from notifier.belt.institutions import compose_digest
from tests.unit.notifier.letters.cases import at, campaign, settings
from tests.unit.notifier.letters.golden_cases import GOLDEN
from tests.unit.notifier.letters.test_whole_campaign import ROSTER, run_campaign, story

FOLDER = Path(__file__).parents[4] / "docs" / "pictures"
WIDTHS = {"phone": 390, "desktop": 1000}
LETTERS = ("complete", "supplement", "correction", "reminder_t1")
TALLEST = 4000


def draw(name: str, html: str, width: int, folder: Path) -> Path:
    """One page at one width, cropped to what it holds, in few colours."""
    page, picture = folder / "page.html", folder / "page.png"
    # Headless Chromium has a least window width; a frame of the wanted width shows what a phone shows.
    (folder / "inner.html").write_text(html, encoding="utf-8")
    page.write_text(
        f'<body style="margin:0"><iframe src="inner.html" width="{width}" height="{TALLEST}" style="border:0"></iframe>', encoding="utf-8"
    )
    command = [shutil.which("chromium") or "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    command += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"]
    command += [
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={max(width, 600)},{TALLEST}",
        f"--screenshot={picture}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    target = FOLDER / f"{name}-{'phone' if width < 600 else 'desktop'}.png"
    crop(Image.open(picture).convert("RGB").crop((0, 0, width, TALLEST))).quantize(128).save(target, optimize=True)
    return target


def crop(picture: Image.Image) -> Image.Image:
    """Without the empty part below the last line."""
    background = picture.getpixel((3, picture.height - 3))
    plain = Image.new("RGB", picture.size, background)
    box = ImageChops.difference(picture, plain).getbbox()
    return picture.crop((0, 0, picture.width, min(picture.height, (box[3] if box else 100) + 12)))


def digest_page(folder: Path) -> str:
    """The digest of a Monday morning in a simulated campaign."""
    with Ledger.open(folder / "ledger.db") as ledger:
        run_campaign(ledger, story(), at(1, 8, 0, month=8))
        office = replace(campaign(), institutions=ROSTER)
        return compose_digest(ledger, office, settings(), at(1, 8, 30, month=8), "08:30").wording.html


def main() -> None:
    """All pictures anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = {f"letter-{kind}": GOLDEN[kind]().wording.html for kind in LETTERS} | {"digest": digest_page(folder)}
        for title, html in pages.items():
            for width in WIDTHS.values():
                drawn = draw(title, html, width, folder)
                print(drawn.name, drawn.stat().st_size)


if __name__ == "__main__":
    main()
