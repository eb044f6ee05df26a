"""The page at `/`: a few files, read once, told apart by their hash when they are asked again."""

import hashlib
from importlib import resources

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)
_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


def _read() -> dict[str, tuple[bytes, str, str]]:
    folder = resources.files("tau.server") / "page"
    files = {}
    for file in folder.iterdir():
        kind = _TYPES.get(file.name.rpartition(".")[2])
        if kind is not None:
            content = file.read_bytes()
            etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
            files[file.name] = (content, kind, etag)
    return files


_FILES = _read()


def _answer(request: Request, name: str) -> Response:
    if name not in _FILES:
        raise HTTPException(404)
    content, kind, etag = _FILES[name]
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return Response(content, media_type=kind, headers={"ETag": etag})


@router.api_route("/", methods=["GET", "HEAD"])
async def index(request: Request) -> Response:
    """Return the page."""
    return _answer(request, "index.html")


@router.api_route("/welcome", methods=["GET", "HEAD"])
async def welcome(request: Request) -> Response:
    """Return the page for a one-time link; its script redeems the key with a POST.

    Looking at the address uses nothing up, so that the preview of a link in a messenger does not.
    """
    return _answer(request, "index.html")


@router.api_route("/page/{name}", methods=["GET", "HEAD"])
async def file(name: str, request: Request) -> Response:
    """Return one of the page's files."""
    return _answer(request, name)
