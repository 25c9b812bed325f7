"""Draws the letters and the digest in Chromium at phone and desktop width into docs/pictures; look at them after a change of lay-out."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from notifier.digest.page import compose_digest_page
from tests.unit.notifier.digest.days import DAYS
from tests.unit.notifier.letters.golden_cases import GOLDEN

FOLDER = Path(__file__).parents[4] / "docs" / "pictures"
WIDTHS = {"phone": 390, "desktop": 1366}
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
    crop(Image.open(picture).convert("RGB").crop((0, 0, width, TALLEST))).quantize(48).save(target, optimize=True)
    return target


def crop(picture: Image.Image) -> Image.Image:
    """Without the empty part below the last line."""
    background = picture.getpixel((3, picture.height - 3))
    plain = Image.new("RGB", picture.size, background)
    box = ImageChops.difference(picture, plain).getbbox()
    return picture.crop((0, 0, picture.width, min(picture.height, (box[3] if box else 100) + 12)))


def main() -> None:
    """All pictures anew, or those whose name begins with the word given."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = {f"letter-{kind}": GOLDEN[kind]().wording.html for kind in LETTERS} | {f"digest-{day}": compose_digest_page(basis()).wording.html for day, basis in DAYS.items()}
        chosen = {title: html for title, html in pages.items() if title.startswith(tuple(sys.argv[1:]) or ("",))}
        for title, html in chosen.items():
            for width in WIDTHS.values():
                drawn = draw(title, html, width, folder)
                print(drawn.name, drawn.stat().st_size)


if __name__ == "__main__":
    main()
