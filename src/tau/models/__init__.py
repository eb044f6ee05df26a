"""The brains: catalog, downloads, the local engine, remote endpoints, failover."""

from tau.models.models import Models
from tau.models.types import Check, Chunk, Embedded, ModelInfo, Vectors

__all__ = ["Check", "Chunk", "Embedded", "ModelInfo", "Models", "Vectors"]
