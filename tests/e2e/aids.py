"""What a page must be for everybody: usable with any aid, and in the language that was chosen."""

import functools
import json
import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect

WEB = Path(__file__).parents[2] / "web"
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
NAMES = {"JSON Lines", "Portable AI Memory"}  # the same in every language
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
VIOLATIONS = """async () => {
    const { violations, passes } = await axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    if (!passes.length) return ['nothing was looked at'];
    return violations.map(({ id, nodes }) =>
        `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
}"""


def settled(page: Page) -> None:
    """Wait until the page shows what it was opened for."""
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.get_by_text(re.compile("^(One moment …|Looking …|稍等|请稍候)"))).to_have_count(0)
    page.wait_for_function("() => document.querySelector('main')?.innerText.trim().length > 5")


def violations(page: Page) -> list[str]:
    """Return the rules of accessibility that the page breaks."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    return [f"{page.url}: {one}" for one in page.evaluate(VIOLATIONS)]


def violations_in_any_scheme(page: Page) -> list[str]:
    """Return what the page breaks in light and in dark colors, which it takes from the system.

    Nothing moves meanwhile: between two colors the contrast would be neither's.
    """
    found: list[str] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {one}" for one in violations(page)]
    return found


def english_on(page: Page) -> list[str]:
    """Return the sentences of the English catalog that the page shows."""
    shown = page.evaluate(
        """() => [document.title, document.body.innerText,
            ...[...document.querySelectorAll('[aria-label], [placeholder], [title]')].flatMap(
                (node) => [node.ariaLabel, node.placeholder, node.title]),
        ].filter(Boolean).join('\\n')"""
    )
    lines = {" ".join(line.split()) for line in shown.splitlines()}
    return [f"{page.url}: {line}" for line in sorted(lines & _english())]


@functools.cache
def _english() -> frozenset[str]:
    """The sentences of the English catalog that have no part to fill in."""
    sentences: set[str] = set()
    for path in (WEB / "src" / "core" / "strings" / "en").rglob("*.ts"):
        for literal in re.findall(r'"(?:[^"\\\n]|\\.)*"', path.read_text()):
            text = json.loads(literal)
            if re.search(r"[a-z]{3}", text) and " " in text:
                sentences.add(" ".join(text.split()))
    assert len(sentences) > 150
    return frozenset(sentences - NAMES)
