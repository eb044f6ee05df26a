"""What keeps the page easy to walk through: sizes, who may import whom, and where words stand.

What it does is tested in `web/src/core` and, in a real browser, in `tests/e2e`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "web" / "src"
GENERATED = {"core/api-types.ts"}

MOST_LINES = {"core": 250, "hooks": 250, "components": 150, "pages": 150}
# Whom the files of a folder may import, besides those of their own.
MAY_IMPORT = {
    "core": set(),
    "hooks": {"core"},
    "components": {"core", "hooks"},
    "pages": {"core", "hooks", "components"},
}
_IMPORT = re.compile(r"""from\s+"(\.[^"]*)"|import\("(\.[^"]*)"\)""")
# Words between tags, or in an attribute that people read.
_WORDS = re.compile(r">\s*[A-Za-z][a-z]+(?: [A-Za-z]+)+[.!?]?\s*<")
_TOLD = re.compile(r"""\b(?:aria-label|title|placeholder|alt)="[^"]+\"""")


def _files(folder: str) -> Iterator[tuple[str, str]]:
    for path in sorted((SOURCE / folder).rglob("*.ts*")):
        name = path.relative_to(SOURCE).as_posix()
        if name not in GENERATED and ".test." not in name:
            yield name, path.read_text("utf-8")


def _imported_folders(name: str, text: str) -> Iterator[str]:
    here = (SOURCE / name).parent
    for one, other in _IMPORT.findall(text):
        target = (here / (one or other)).resolve().relative_to(SOURCE.resolve())
        yield target.parts[0]


def test_no_file_is_larger_than_its_folder_allows() -> None:
    found = {
        f"{name}: {lines}"
        for folder, most in MOST_LINES.items()
        for name, text in _files(folder)
        if (lines := len(text.splitlines())) > most and "/strings/" not in name
    }
    assert found == set(), "make it smaller: one idea a file"


def test_the_core_knows_nothing_of_react() -> None:
    found = {name for name, text in _files("core") if re.search(r'from "(react|@tanstack)', text)}
    assert found == set()


def test_arrows_point_down() -> None:
    found = {
        f"{name} imports {imported}"
        for folder, below in MAY_IMPORT.items()
        for name, text in _files(folder)
        for imported in _imported_folders(name, text)
        if imported not in {*below, folder}
    }
    assert found == set()


def test_what_people_read_stands_in_the_catalogs() -> None:
    found = {
        f"{name}: {words.strip()}"
        for folder in ("components", "pages")
        for name, text in _files(folder)
        for words in [*_WORDS.findall(text), *_TOLD.findall(text)]
        if words.rpartition("=")[2] != '""'
    }
    assert found == set()


def test_the_catalogs_hold_no_words_that_nobody_says() -> None:
    said = "".join(
        text
        for folder in MOST_LINES
        for name, text in _files(folder)
        if not name.startswith("core/strings/")
    )
    catalog = (SOURCE / "core" / "strings" / "en").rglob("*.ts")
    found = {
        f"{path.name}: {key}"
        for path in catalog
        for key in re.findall(r"^  (\w+):", path.read_text("utf-8"), re.MULTILINE)
        if not re.search(rf"\b{key}\b", said)
    }
    assert found == set()


def test_nothing_becomes_markup_of_its_own() -> None:
    forbidden = re.compile(
        r"dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|\beval\(|new Function"
    )
    found = {
        name for folder in MOST_LINES for name, text in _files(folder) if forbidden.search(text)
    }
    assert found == set()


def test_the_page_names_no_other_server() -> None:
    allowed = re.compile(r"https?://(www\.w3\.org/2000/svg|127\.0\.0\.1|localhost|host/|\$)")
    found = {
        f"{name}: {address}"
        for folder in MOST_LINES
        for name, text in _files(folder)
        for address in re.findall(r"https?://[^\s\"'`)]+", text)
        if not allowed.match(address)
    }
    assert found == set()
