"""HTTP routes only: the app's API, the OpenAI shape, the Inflection shape, and a page."""

from tau.server.api import create_api

__all__ = ["create_api"]
