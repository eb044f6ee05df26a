"""Catalog of the models that Tau can download: `catalog.toml`, read once."""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from tau.models.types import Capability, ModelInfo, Size

CHAT_MODEL = "smollm2-135m-instruct"
"""What answers on any machine."""
BEST_CHAT_MODEL = "qwen2.5-coder-1.5b-instruct"
"""What answers where it fits into memory."""
EMBEDDING_MODEL = "multilingual-e5-small"
FORMER_EMBEDDING_MODEL = "all-minilm-l6-v2"
"""What older versions embedded with; it answers until the new one is downloaded."""


class ExtraFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another file that the conversion needs: its path in the same wheel, and its hash."""

    path: str
    sha256: str


class Pack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model that can be downloaded. `catalog.toml` explains the fields."""

    name: str
    sources: tuple[str, ...]
    about: str
    licence: str
    bytes: int
    context_tokens: int
    capabilities: frozenset[Capability] = frozenset({"chat"})
    size: Size = "capable"
    sha256: str = ""
    convert: Literal["", "bert", "packed-e5"] = ""
    beside: dict[str, ExtraFile] = {}
    query_prefix: str = ""
    passage_prefix: str = ""

    def info(self, *, ready: bool, context_tokens: int) -> ModelInfo:
        """Return the catalog's information, with the context window of the local engine."""
        return ModelInfo(
            name=self.name,
            origin="pack",
            capabilities=self.capabilities,
            size=self.size,
            context_tokens=min(self.context_tokens, context_tokens),
            ready=ready,
            about=self.about,
            licence=self.licence,
            bytes=self.bytes,
            pinned=bool(self.sha256),
            query_prefix=self.query_prefix,
            passage_prefix=self.passage_prefix,
        )


class _Catalog(msgspec.Struct, forbid_unknown_fields=True):
    model: list[Pack]


@cache
def packs() -> dict[str, Pack]:
    """Return the packs of the catalog by name, in its order."""
    text = resources.files("tau.models").joinpath("catalog.toml").read_text(encoding="utf-8")
    catalog = msgspec.convert(tomllib.loads(text), _Catalog)
    return {pack.name: pack for pack in catalog.model}
