"""Requests about what the studio takes over from elsewhere, and hands over."""

from typing import Annotated

from pydantic import Field

from tau.server.requests.fields import RequestBody, Secret, ShortText
from tau.studio.exports.formats import ExportFormat
from tau.studio.openai_import.openai_source import OPENAI_URL


class OpenAIImportRequest(RequestBody):
    """The address of an OpenAI-shaped API and a key for it, which isn't stored."""

    url: Annotated[str, Field(min_length=1, max_length=500)] = OPENAI_URL
    key: Secret


class ExportQuery(RequestBody):
    """What is exported, a tuned model or a project by its name or id, and in which format."""

    what: ShortText
    format: ExportFormat
