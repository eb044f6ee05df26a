"""Requests and responses of the Inflection API, according to its public documents.

Where those disagree (`ts`), every documented form is accepted.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from tau.server.openai.schemas import ChatMessage, ExtensibleSchema
from tau.server.requests.fields import Id, Timestamp

ContextType = Literal[
    "AI",
    "Human",
    "Instruction",
    "Retrieval",
    "Metadata",
    "LinkedWebpages",
    "System",
    "Question",
    "Options",
    "Role",
    "Answer",
    "Tool",
]


class ContextItem(ExtensibleSchema):
    """One entry of the context; `ts` in seconds, milliseconds or as a date-time."""

    type: ContextType
    text: str | None = None
    ts: Timestamp | None = None
    tool_calls: list[dict[str, Any]] | None = None
    tool_call_id: str | None = None


class UserMetadata(ExtensibleSchema):
    """What the caller knows about the person; used as hints."""

    user_firstname: str | None = None
    user_timezone: str | None = None
    user_country: str | None = None
    user_region: str | None = None
    user_city: str | None = None


class InferenceRequest(ExtensibleSchema):
    """A request for a reply."""

    config: Id
    context: Annotated[list[ContextItem], Field(min_length=1, max_length=10_000)]
    metadata: UserMetadata | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    stop_tokens: list[str] | None = None
    web_search: bool | None = None
    tools: list[dict[str, Any]] | None = None
    response_format: dict[str, Any] | None = None


class InferenceReply(BaseModel):
    """A whole reply."""

    created: float
    text: str
    tool_calls: list[dict[str, Any]] | None = None
    reasoning_content: str | None = None


class InferenceChunk(BaseModel):
    """A piece of a streamed reply; the stream ends with `[DONE]`."""

    created: float
    idx: int
    text: str
    tool_calls: list[dict[str, Any]] | None = None


class Attribute(ExtensibleSchema):
    """One attribute to score the last assistant turn by."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    definition: str = ""
    categories: list[str] = Field(default_factory=list)
    positive: bool | str | None = None
    example: Any = None


class AttributesRequest(ExtensibleSchema):
    """A request to score the last assistant turn of a conversation."""

    model: Id
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=10_000)]
    attributes: Annotated[list[Attribute], Field(min_length=1, max_length=100)]
    filter_categories: list[str] | None = None
    """Only attributes of one of these categories are scored."""
    disable_attributes_prompt: bool = False
    """Whether the model gets only the messages, without Tau's instruction."""


class DiscoveryConfig(BaseModel):
    """One possible value of `config` or `model`."""

    name: str
    alias: str
    default_parameters: dict[str, Any]
    description: str
    tags: list[str]
    is_external: bool
    is_playground: bool


class InflectionErrorDetail(BaseModel):
    """One thing wrong with a request."""

    loc: list[str | int]
    msg: str
    type: str


class InflectionError(BaseModel):
    """The body of a failure of the Inflection API: a sentence, or a list of invalid fields."""

    detail: list[InflectionErrorDetail] | str
