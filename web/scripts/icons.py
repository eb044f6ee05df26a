"""Draw the PNG icons of the installed page from public/icon.svg.

    python scripts/icons.py /usr/bin/chromium

Needs Playwright for Python and a Chromium; run it when the drawing changes, and commit what it
makes.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PUBLIC = Path(__file__).resolve().parent.parent / "public"
MASKABLE_SHARE = 0.8
"""The part of a maskable icon that every system shows (W3C app manifest: a circle of 80 %)."""


def square(svg: str, share: float = 1.0) -> str:
    """Return the drawing with corners that are not rounded, its letter shrunk to `share`."""
    letter = re.search(r"<path[^>]*/>", svg)
    if letter is None:
        raise SystemExit("The icon has no letter.")
    moved = 32 * (1 - share)
    shrunk = f'<g transform="translate({moved} {moved}) scale({share})">{letter[0]}</g>'
    return re.sub(r' rx="\d+"', "", svg).replace(letter[0], shrunk)


def main() -> None:
    """Draw every icon."""
    svg = (PUBLIC / "icon.svg").read_text()
    icons = {
        "icon-192.png": (192, svg),
        "icon-512.png": (512, svg),
        "icon-maskable-512.png": (512, square(svg, MASKABLE_SHARE)),
        "icon-180.png": (180, square(svg, 0.9)),  # iOS rounds the corners itself
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
        for name, (size, drawing) in icons.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{drawing}")
            page.screenshot(path=PUBLIC / name, omit_background=True)


if __name__ == "__main__":
    main()
