"""The page in the browser: a folder that was built from `web/`, sent as it lies there.

The folder is listed when somebody first asks, and again when another page was built meanwhile; a
name that is not in the list is not served, so that no address leads out of it. Texts lie there
compressed, too: nothing is compressed while somebody waits.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parent / "web"
NOT_BUILT = (
    "The page is not built yet. In a clone of Tau, `make run` builds it and starts Tau; "
    "`make setup` only builds it.\n"
)
# The page's own addresses, for which its script decides what to show; see `web/src/core/routes.ts`.
VIEWS = (
    "/",
    "/welcome",
    "/start",
    "/private",
    "/past",
    "/c/{conversation}",
    "/memory",
    "/memory/{view:path}",
    "/settings",
    "/settings/{view:path}",
)
# What lies beside the page under a name that stays: browsers ask whether it changed.
BESIDE = ("/sw.js", "/manifest.webmanifest", "/icon.svg", "/icon-{name}")
_INDEX = "index.html"
_ASSETS = "assets/"  # their names hold a hash of what is in them
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}  # what is smaller stands first


@dataclass(frozen=True, slots=True)
class Sent:
    """What a response is made of."""

    content: bytes
    etag: str


class Page:
    """One built folder: its files by name, and the content of those that were asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._built = 0
        self._names: frozenset[str] = frozenset()
        self._kept: dict[str, Sent] = {}

    def answer(self, request: Request, name: str) -> Response:
        """Return the file `name` as the browser takes it, or raise `HTTPException`."""
        if not self._is_built():
            return Response(NOT_BUILT, 503, media_type="text/plain; charset=utf-8")
        kind = _TYPES.get(Path(name).suffix)
        if kind is None or name not in self._names:
            raise HTTPException(404)
        offered = {code: end for code, end in _ENCODINGS.items() if name + end in self._names}
        encoding = _preferred(request.headers.get("accept-encoding", ""), offered)
        sent = self._sent(name + offered.get(encoding, ""))
        headers = {
            "Cache-Control": _FOREVER if name.startswith(_ASSETS) else _ASK_AGAIN,
            "ETag": sent.etag,
            **({"Vary": "Accept-Encoding"} if offered else {}),
        }
        if _knows(request.headers.get("if-none-match", ""), sent.etag):
            return Response(status_code=304, headers=headers)
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(sent.content, media_type=kind, headers=headers)

    def _is_built(self) -> bool:
        try:
            built = (self._folder / _INDEX).stat().st_mtime_ns
        except OSError:
            return False
        if built != self._built:
            self._names = frozenset(_listed(self._folder))
            self._kept.clear()
            self._built = built
        return True

    def _sent(self, name: str) -> Sent:
        if name not in self._kept:
            try:
                content = (self._folder / name).read_bytes()
            except OSError as error:  # another page is being put in place
                raise HTTPException(404) from error
            self._kept[name] = Sent(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
        return self._kept[name]


def _listed(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def _preferred(accepted: str, offered: Iterable[str]) -> str:
    """Return the first encoding offered that `Accept-Encoding` allows; empty for none."""
    allowed = set()
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if weight.strip("0.") or not weight:
            allowed.add(name)
    return next((encoding for encoding in offered if encoding in allowed), "")


def _knows(asked: str, etag: str) -> bool:
    """Tell whether `If-None-Match` names what would be sent."""
    return asked.strip() == "*" or etag in (
        tag.strip().removeprefix("W/") for tag in asked.split(",")
    )


page = Page(FOLDER)


async def view(request: Request) -> Response:
    """Return the page.

    At `/welcome` its script redeems the key of a one-time link with a POST: looking at the address
    uses nothing up, so that the preview of a link in a messenger does not.
    """
    return page.answer(request, _INDEX)


async def beside(request: Request) -> Response:
    """Return a file that lies beside the page."""
    return page.answer(request, request.url.path.removeprefix("/"))


@router.api_route("/assets/{name}", methods=["GET", "HEAD"])
async def asset(name: str, request: Request) -> Response:
    """Return a script, a style, a font or a picture of the page."""
    return page.answer(request, _ASSETS + name)


for _path in VIEWS:
    router.add_api_route(_path, view, methods=["GET", "HEAD"])
for _path in BESIDE:
    router.add_api_route(_path, beside, methods=["GET", "HEAD"])
