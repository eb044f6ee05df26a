"""The web app's files: served from the built folder, and nothing else."""

import gzip
import os
import re
from pathlib import Path

import httpx
import pytest

from tau.server import static_files
from tau.server.static_files import PAGE_ROUTES, WEB_FOLDER, StaticFolder

pytestmark = pytest.mark.anyio
SCRIPT = "/assets/index-0a1b2c3d.js"
TEXT = "const words = 1;\n" * 100
FILES = {
    "index.html": f'<!doctype html><script type="module" src="{SCRIPT}"></script>',
    "sw.js": "self.skipWaiting();",
    "manifest.webmanifest": "{}",
    "icon.svg": "<svg/>",
    "icon-180.png": "png",
    "assets/index-0a1b2c3d.js": TEXT,
    "assets/letters-4e5f.woff2": "woff2",
    "assets/index-0a1b2c3d.js.map": "{}",
    ".fingerprint": "0123",
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as a build leaves it, and the server serving that one."""
    folder = tmp_path / "web"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    packed = gzip.compress(TEXT.encode())
    (folder / f"{SCRIPT[1:]}.gz").write_bytes(packed)
    (folder / f"{SCRIPT[1:]}.br").write_bytes(b"as brotli packs it")
    (tmp_path / "secret.js").write_text("secret")
    monkeypatch.setattr(static_files, "static_folder", StaticFolder(folder))
    return folder


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_the_page_stands_at_each_of_its_addresses(
    anonymous: httpx.AsyncClient, method: str
) -> None:
    for path in (*PAGE_ROUTES, "/memory/facts/0198", "/settings/models"):
        response = await anonymous.request(method, path.replace("{view:path}", "x"))
        assert response.status_code == 200, path
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["cache-control"] == "no-cache"


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        (SCRIPT, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/assets/letters-4e5f.woff2", "font/woff2", "public, max-age=31536000, immutable"),
        ("/sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/icon.svg", "image/svg+xml", "no-cache"),
        ("/icon-180.png", "image/png", "no-cache"),
    ],
)
async def test_files_come_with_their_type_and_how_long_they_keep(
    anonymous: httpx.AsyncClient, path: str, kind: str, kept: str
) -> None:
    response = await anonymous.get(path)
    assert response.text == FILES[path[1:]]
    assert (response.headers["content-type"], response.headers["cache-control"]) == (kind, kept)
    again = await anonymous.get(path, headers={"If-None-Match": f'"x", {response.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == kept


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("identity", None),
        ("br;q=0.0", None),
        ("", None),
    ],
)
async def test_texts_are_sent_as_small_as_the_browser_takes_them(
    anonymous: httpx.AsyncClient, accepted: str, sent: str | None
) -> None:
    request = anonymous.build_request("GET", SCRIPT, headers={"Accept-Encoding": accepted})
    response = await anonymous.send(request, stream=True)
    content = b"".join([piece async for piece in response.aiter_raw()])
    assert response.headers.get("content-encoding") == sent
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["content-length"] == str(len(content))
    if sent == "gzip":
        content = gzip.decompress(content)
    assert content == (b"as brotli packs it" if sent == "br" else TEXT.encode())


@pytest.mark.usefixtures("built")
async def test_each_encoding_has_an_etag_of_its_own(anonymous: httpx.AsyncClient) -> None:
    packed = await anonymous.get(SCRIPT, headers={"Accept-Encoding": "gzip"})
    plain = await anonymous.get(
        SCRIPT,
        headers={"Accept-Encoding": "identity", "If-None-Match": packed.headers["etag"]},
    )
    assert plain.status_code == 200
    assert plain.headers["etag"] != packed.headers["etag"]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "path",
    [
        "/assets/nothing.js",
        "/assets/..%2Fsw.js",
        "/assets/%2e%2e/sw.js",
        "/assets/..%2F..%2Fsecret.js",
        "/icon-%2e%2e%2fsecret.js",
        "/index.html",
        "/.fingerprint",
        "/assets/index-0a1b2c3d.js.map",
        "/assets/index-0a1b2c3d.js.br",
        "/assets/",
        "/secret.js",
        "/c/one/two",
        "/pasts",
    ],
)
async def test_nothing_else_is_served(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 404


async def test_a_page_that_is_not_built_says_how_to_build_it(
    anonymous: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_files, "static_folder", StaticFolder(tmp_path / "nowhere"))
    response = await anonymous.get("/")
    assert response.status_code == 503
    assert response.headers["content-type"].startswith("text/plain")
    assert "`make run`" in response.text


async def test_another_build_is_noticed(anonymous: httpx.AsyncClient, built: Path) -> None:
    before = await anonymous.get("/")
    (built / "index.html").write_text("another")
    (built / "assets" / "other.js").write_text("1")
    os.utime(built / "index.html", ns=(1, 1))
    assert (await anonymous.get("/")).text == "another" != before.text
    assert (await anonymous.get("/assets/other.js")).status_code == 200


@pytest.fixture
def really_built() -> Path:
    """The page as `scripts/web.py` built it."""
    if not (WEB_FOLDER / "index.html").exists():
        pytest.fail("The page is not built: type `make setup`.")
    return WEB_FOLDER


def _plain(folder: Path) -> set[str]:
    """The names of what lies in a folder, but for the compressed forms."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix() for path in files if path.suffix not in {".br", ".gz"}
    }


async def test_everything_that_was_built_is_reached(
    anonymous: httpx.AsyncClient, really_built: Path
) -> None:
    for name in _plain(really_built) - {"index.html", ".fingerprint"}:
        response = await anonymous.get(f"/{name}", headers={"Accept-Encoding": "identity"})
        assert response.status_code == 200, name
        assert response.content == (really_built / name).read_bytes()


async def test_nothing_is_inline_and_the_page_names_only_what_is_there(
    anonymous: httpx.AsyncClient, really_built: Path
) -> None:
    text = (really_built / "index.html").read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style|https?:", text)
    named = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert any(name.startswith("/assets/") for name in named)
    for address in named:
        assert (await anonymous.get(address)).status_code == 200, address
    styles = (name for name in _plain(really_built) if name.endswith(".css"))
    for style in styles:
        text = (really_built / style).read_text("utf-8")
        assert not re.search(r"@import|url\(\s*['\"]?(?:https?:)?//", text), style
