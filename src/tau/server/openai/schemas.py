"""Requests and responses of the OpenAI API (platform.openai.com/docs/api-reference).

Requests keep fields that are not named here, so that they reach the model.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tau.server.requests.fields import Id, NonEmptyText


class ExtensibleSchema(BaseModel):
    """A request that may have more fields than are named here; they are passed on."""

    model_config = ConfigDict(extra="allow", protected_namespaces=(), hide_input_in_errors=True)


class ContentPart(ExtensibleSchema):
    """A part of a message; the companion reads text, pictures (`image_url`) and files (`file`)."""

    type: str
    text: str | None = None


class ChatMessage(ExtensibleSchema):
    """One message of the history that a client sends."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None

    def text(self) -> str | None:
        """Return the text of this message, or `None` if a part of it is not text."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        if any(part.type not in {"text", "input_text"} for part in self.content):
            return None
        return "\n".join(part.text or "" for part in self.content)


class StreamOptions(ExtensibleSchema):
    """Options of a stream."""

    include_usage: bool = False


class ChatRequest(ExtensibleSchema):
    """A chat completion request; `tau` is the companion, any other name that model alone."""

    model: Id
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=10_000)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    user: str | None = None
    metadata: dict[str, Any] | None = None
    """`metadata.conversation` names the conversation to continue."""

    @property
    def include_usage(self) -> bool:
        """Whether the stream ends with the usage."""
        return self.stream_options is not None and self.stream_options.include_usage


class ChatReply(BaseModel):
    """The message of a completion."""

    model_config = ConfigDict(extra="allow")

    role: Literal["assistant"]
    content: str | None
    reasoning_content: str | None = None
    """What the model thought before it replied."""


class Choice(BaseModel):
    """One choice of a completion; Tau returns one."""

    model_config = ConfigDict(extra="allow")

    index: int
    message: ChatReply
    finish_reason: str | None


class TokenUsage(BaseModel):
    """Token usage of a request."""

    model_config = ConfigDict(extra="allow")

    prompt_tokens: int
    completion_tokens: int = 0
    total_tokens: int


class ChatCompletion(BaseModel):
    """A whole chat completion."""

    model_config = ConfigDict(extra="allow")

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: TokenUsage | None = None


class ChunkDelta(BaseModel):
    """The text that a piece of a stream adds."""

    model_config = ConfigDict(extra="allow")

    role: str | None = None
    content: str | None = None
    reasoning_content: str | None = None
    """What the model thinks before it replies."""


class ChunkChoice(BaseModel):
    """The choice that a piece of a stream adds to."""

    model_config = ConfigDict(extra="allow")

    index: int
    delta: ChunkDelta
    finish_reason: str | None = None


class ChatCompletionChunk(BaseModel):
    """A piece of a streamed completion; the stream ends with `[DONE]`."""

    model_config = ConfigDict(extra="allow")

    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: TokenUsage | None = None


class OpenAIModel(BaseModel):
    """One model that can be named in a request."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class OpenAIModelList(BaseModel):
    """The models that can be named in a request."""

    object: Literal["list"]
    data: list[OpenAIModel]


def _check_not_empty(value: str | list[str]) -> str | list[str]:
    if not value:
        raise ValueError("it is empty")
    return value


class EmbeddingRequest(ExtensibleSchema):
    """Texts to embed."""

    model: Id
    input: Annotated[
        NonEmptyText | Annotated[list[NonEmptyText], Field(max_length=2048)],
        AfterValidator(_check_not_empty),
    ]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None

    def texts(self) -> list[str]:
        """Return the texts as a list."""
        return [self.input] if isinstance(self.input, str) else self.input


class EmbeddingItem(BaseModel):
    """The vector of one text: numbers, or little-endian 32-bit floats in base64."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingList(BaseModel):
    """The vectors of the texts, in their order."""

    object: Literal["list"]
    model: str
    data: list[EmbeddingItem]
    usage: TokenUsage


class OpenAIErrorDetail(BaseModel):
    """What went wrong, in OpenAI's format."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(BaseModel):
    """The body of a failure of the OpenAI API."""

    error: OpenAIErrorDetail
