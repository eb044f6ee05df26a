"""The page: whole, served by Tau alone, and safe against what a model may write."""

import re
from pathlib import Path

import httpx
import pytest

import tau.server

pytestmark = pytest.mark.anyio
PAGE = Path(tau.server.__file__).parent / "page"


async def test_the_page_is_served_with_everything_it_names(nobody: httpx.AsyncClient) -> None:
    page = await nobody.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    named = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert {"/page/talk.js", "/page/talk.css", "/page/icon.svg"} <= set(named)
    for address in named:
        assert (await nobody.get(address)).status_code == 200
    for script in PAGE.glob("*.js"):
        for imported in re.findall(r'from "\./([^"]+)"', script.read_text("utf-8")):
            assert (await nobody.get(f"/page/{imported}")).status_code == 200


async def test_files_are_not_sent_twice(nobody: httpx.AsyncClient) -> None:
    first = await nobody.get("/page/talk.js")
    again = await nobody.get("/page/talk.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fapi.py", "%2e%2e/api.py", "api.py"])
async def test_nothing_else_is_served(nobody: httpx.AsyncClient, name: str) -> None:
    assert (await nobody.get(f"/page/{name}")).status_code == 404


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    for file in PAGE.iterdir():
        text = file.read_text("utf-8")
        text = text.replace("http://www.w3.org/2000/svg", "")
        assert "innerHTML" not in text
        assert "insertAdjacentHTML" not in text
        assert not re.search(r"https?://(?!\()[a-z]", text), file.name
        if file.suffix == ".html":
            assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", text)


def test_both_languages_say_everything() -> None:
    text = (PAGE / "strings.js").read_text("utf-8")
    english, chinese = (
        re.findall(r"^  (\w+):", part, re.MULTILINE)
        for part in re.findall(r"= \{\n(.*?)\n\};", text, re.DOTALL)
    )
    assert english == chinese
    script = "".join(file.read_text("utf-8") for file in PAGE.glob("*.js"))
    assert set(re.findall(r"\bsay\.(\w+)", script)) == set(english)
