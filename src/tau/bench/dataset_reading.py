"""Reader of data sets: a JSON file, gzipped or not, or a folder with one for each question.

An item is decoded when its turn comes, so that a file of any size costs no more memory than its
largest item.
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from tau.errors import BadInput
from tau.transfer.formats.framing import split_items

T = TypeVar("T")
_CHUNK_BYTES = 1 << 18
_NAMES = (".json", ".jsonl", ".json.gz", ".jsonl.gz")


def decode_items(path: Path, shape: type[T], called: str) -> Iterator[tuple[str, T]]:
    """Yield the items of `path` as `shape`, each with the name of its file.

    `called` is what a file of this kind is called ("LoCoMo file"). Raises `BadInput` for anything
    else, for a truncated file, and for an empty one.
    """
    found = 0
    for file in _files(path):
        for item in _items(file, called):
            found += 1
            try:
                yield file.name, msgspec.json.decode(item, type=shape, strict=False)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                raise dataset_error(file.name, called, str(error)) from error
    if not found:
        raise dataset_error(path.name, called, "it is empty")


def dataset_error(name: str, called: str, reason: str) -> BadInput:
    """Return the error for a file that is not what it should be."""
    return BadInput(f"{name} is no {called} ({reason}).")


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.name.lower().endswith(_NAMES))


def _items(file: Path, called: str) -> Iterator[bytes]:
    try:
        for item in split_items(_chunks(file)):
            if item.problem is not None:
                raise dataset_error(file.name, called, _PROBLEMS[item.problem])
            yield item.raw
    except (OSError, EOFError, zlib.error) as error:
        raise dataset_error(file.name, called, "it cannot be read to its end") from error


_PROBLEMS = {
    "cut": "it breaks off",
    "large": "a part of it is too large",
    "deep": "it is nested too deeply",
    "stray": "it is not a list of JSON objects",
}


def _chunks(file: Path) -> Iterator[bytes]:
    with gzip.open(file) if file.name.lower().endswith(".gz") else file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            yield chunk
