"""Names of the models that the studio makes, `ft:BASE:tau:SUFFIX:HASH`, and their hashes. Pure."""

import hashlib
import re

from tau.errors import UnknownModel
from tau.studio.tuning.made_models import model_name

PREFIX = "ft:"
_MAX_SUFFIX = 18
_MAX_NAME = 128
_NOT_OF_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def is_studio_name(name: str) -> bool:
    """Return whether a name is of a model that a studio made."""
    return name.startswith(PREFIX)


def kept_name(base: str, suffix: str, content_sha256: str) -> str:
    """Return the name of a model that is kept; what a name can't have is left out of its parts."""
    short = _cleaned(base)[: _MAX_NAME - 60]
    return model_name(short, _cleaned(suffix)[:_MAX_SUFFIX], content_sha256)


def content_hash(*parts: bytes) -> str:
    """Return the hash that identifies a model: of its content and what it needs beside it."""
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return hashed.hexdigest()


def unknown_model(name: str) -> UnknownModel:
    """Return the error for a name that means nothing, or nothing to who asks."""
    return UnknownModel(f"There is no model named {name!r}; `tau models list` shows them.")


def _cleaned(part: str) -> str:
    return _NOT_OF_A_NAME.sub("-", part).strip("-")
