"""Pictures in requests, and endpoints that refuse them. Pure."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tau.models.types import ModelInfo

_PICTURE = rb"(?:image|vision|multi-?modal|mmproj|picture|content type)"
_NOT = (
    rb"(?:not (?:a |an )?(?:support|enabled|allowed|available|accept|multi-?modal|capable)\w*"
    rb"|does ?n[o']t (?:support|accept|have)|unsupported|invalid|only supported|unknown variant"
    rb"|no endpoints? found|at most 0|can(?:no|')t (?:see|read|process))"
)
_REFUSED = re.compile(
    rb"%b.{0,120}%b|%b.{0,120}%b|content must be a string|expected `text`|text[- ]only model"
    rb"|not a multi-?modal" % (_PICTURE, _NOT, _NOT, _PICTURE),
    re.IGNORECASE | re.DOTALL,
)
"""How providers say that a model takes no pictures. Of a picture that is too large or damaged, none
says that pictures aren't supported."""
_THIS_ONE = re.compile(
    rb"too (?:large|big|many)|exceed|could not (?:be )?(?:decod|process|download)|corrupt|base64"
    rb"|invalid image|image (?:data|url|type)|\bformat|media[ _]type|mime",
    re.IGNORECASE,
)
"""That this picture is refused, and another may not be."""


def refuses_pictures(error: bytes) -> bool:
    """Return whether an endpoint's error says that its model takes no pictures at all."""
    return _REFUSED.search(error) is not None and _THIS_ONE.search(error) is None


def has_pictures(body: Mapping[str, Any]) -> bool:
    """Return whether a request in OpenAI's shape has a picture."""
    return any(
        isinstance(part, dict) and part.get("type") == "image_url"
        for message in body.get("messages", ())
        if isinstance(message, dict) and isinstance(message.get("content"), list)
        for part in message["content"]
    )


def without_vision(info: ModelInfo) -> ModelInfo:
    """Return what is known of a model, as of one that takes no pictures."""
    return msgspec.structs.replace(info, capabilities=info.capabilities - {"vision"})
