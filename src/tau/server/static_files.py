"""The web app: the files built from `web/`, served as they are.

The folder is listed at the first request, and again after another build. Names that are not listed
are not served, so no path leads out of the folder. Text files are stored compressed as well, so
that nothing is compressed during a request.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)

WEB_FOLDER = Path(__file__).parent / "web"
NOT_BUILT = (
    "The web app is not built yet. In a clone of Tau, `make run` builds it and starts Tau; "
    "`make setup` only builds it.\n"
)
# The web app's own paths; its script decides what to show there (see `web/src/core/routes.ts`).
PAGE_ROUTES = (
    "/",
    "/welcome",
    "/start",
    "/private",
    "/past",
    "/help",
    "/documents",
    "/documents/{view:path}",
    "/plans",
    "/plans/{view:path}",
    "/care",
    "/care/{view:path}",
    "/c/{conversation}",
    "/memory",
    "/memory/{view:path}",
    "/studio",
    "/studio/{view:path}",
    "/settings",
    "/settings/{view:path}",
)
# Files with fixed names; browsers revalidate them.
ROOT_FILE_ROUTES = ("/sw.js", "/manifest.webmanifest", "/icon.svg", "/icon-{name}")
_INDEX = "index.html"
_ASSETS = "assets/"  # their names contain a hash of their content
_CACHE_IMMUTABLE = "public, max-age=31536000, immutable"
_CACHE_REVALIDATE = "no-cache"
_MEDIA_TYPES = {
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
_ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the smaller one first


@dataclass(frozen=True, slots=True)
class StaticFile:
    """The content of a file and its ETag."""

    content: bytes
    etag: str


class StaticFolder:
    """A built folder: the names of its files, and a cache of their content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._built_at_ns = 0
        self._names: frozenset[str] = frozenset()
        self._files: dict[str, StaticFile] = {}

    def answer(self, request: Request, name: str) -> Response:
        """Return the file `name` in an encoding the browser accepts, or raise `HTTPException`."""
        if not self._is_built():
            return Response(NOT_BUILT, 503, media_type="text/plain; charset=utf-8")
        kind = _MEDIA_TYPES.get(Path(name).suffix)
        if kind is None or name not in self._names:
            raise HTTPException(404)
        offered = {code: end for code, end in _ENCODINGS.items() if name + end in self._names}
        encoding = _preferred_encoding(request.headers.get("accept-encoding", ""), offered)
        sent = self._load(name + offered.get(encoding, ""))
        headers = {
            "Cache-Control": _CACHE_IMMUTABLE if name.startswith(_ASSETS) else _CACHE_REVALIDATE,
            "ETag": sent.etag,
            **({"Vary": "Accept-Encoding"} if offered else {}),
        }
        if _etag_matches(request.headers.get("if-none-match", ""), sent.etag):
            return Response(status_code=304, headers=headers)
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(sent.content, media_type=kind, headers=headers)

    def _is_built(self) -> bool:
        try:
            built = (self._folder / _INDEX).stat().st_mtime_ns
        except OSError:
            return False
        if built != self._built_at_ns:
            self._names = frozenset(_file_names(self._folder))
            self._files.clear()
            self._built_at_ns = built
        return True

    def _load(self, name: str) -> StaticFile:
        if name not in self._files:
            try:
                content = (self._folder / name).read_bytes()
            except OSError as error:  # a new build is being installed
                raise HTTPException(404) from error
            self._files[name] = StaticFile(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
        return self._files[name]


def _file_names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def _preferred_encoding(accepted: str, offered: Iterable[str]) -> str:
    """Return the first offered encoding that `Accept-Encoding` allows, or an empty string."""
    allowed = set()
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if weight.strip("0.") or not weight:
            allowed.add(name)
    return next((encoding for encoding in offered if encoding in allowed), "")


def _etag_matches(asked: str, etag: str) -> bool:
    """Return whether `If-None-Match` matches the file."""
    return asked.strip() == "*" or etag in (
        tag.strip().removeprefix("W/") for tag in asked.split(",")
    )


static_folder = StaticFolder(WEB_FOLDER)


async def serve_page(request: Request) -> Response:
    """Return the web app's HTML page.

    At `/welcome` its script redeems the key of a one-time link with a POST, so that a link preview
    in a messenger does not use the link up.
    """
    return static_folder.answer(request, _INDEX)


async def serve_root_file(request: Request) -> Response:
    """Return a file with a fixed name."""
    return static_folder.answer(request, request.url.path.removeprefix("/"))


@router.api_route("/assets/{name}", methods=["GET", "HEAD"])
async def serve_asset(name: str, request: Request) -> Response:
    """Return a script, a style sheet, a font or an image of the web app."""
    return static_folder.answer(request, _ASSETS + name)


for _path in PAGE_ROUTES:
    router.add_api_route(_path, serve_page, methods=["GET", "HEAD"])
for _path in ROOT_FILE_ROUTES:
    router.add_api_route(_path, serve_root_file, methods=["GET", "HEAD"])
