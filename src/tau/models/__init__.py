"""Models: catalog, downloads, the local engine, remote endpoints, aliases and failover."""

from tau.models.models import Models
from tau.models.types import Chunk, Embedded, HealthCheck, ModelInfo, Vectors

__all__ = ["Chunk", "Embedded", "HealthCheck", "ModelInfo", "Models", "Vectors"]
