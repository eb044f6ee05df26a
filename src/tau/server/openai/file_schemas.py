"""Requests and responses of OpenAI's API for files and uploads."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tau.server.openai.schemas import ExtensibleSchema
from tau.server.requests.fields import NonEmptyText
from tau.studio.files.stored_file import FilePurpose

MAX_UPLOAD_BYTES = 8 * 2**30
LEAST_EXPIRY_SECONDS, MOST_EXPIRY_SECONDS = 3_600, 2_592_000
ObjectId = Annotated[str, Field(min_length=1, max_length=128)]


class ExpiresAfter(ExtensibleSchema):
    """When a file expires, counted from its creation."""

    anchor: Literal["created_at"]
    seconds: Annotated[int, Field(ge=LEAST_EXPIRY_SECONDS, le=MOST_EXPIRY_SECONDS)]


class CreateUploadRequest(ExtensibleSchema):
    """Begins an upload in parts."""

    bytes: Annotated[int, Field(ge=1, le=MAX_UPLOAD_BYTES)]
    filename: Annotated[NonEmptyText, Field(max_length=255)]
    mime_type: Annotated[str, Field(max_length=255)]
    purpose: FilePurpose
    expires_after: ExpiresAfter | None = None


class CompleteUploadRequest(ExtensibleSchema):
    """Joins parts to a file, in this order."""

    part_ids: Annotated[list[ObjectId], Field(min_length=1, max_length=10_000)]
    md5: Annotated[str, Field(max_length=64)] | None = None


class OpenAIFile(BaseModel):
    """A stored file."""

    id: str
    object: Literal["file"]
    bytes: int
    created_at: int
    expires_at: int | None
    filename: str
    purpose: str
    status: Literal["uploaded", "processed", "error"]
    status_details: str | None


class OpenAIFileList(BaseModel):
    """A page of files."""

    object: Literal["list"]
    data: list[OpenAIFile]
    first_id: str | None
    last_id: str | None
    has_more: bool


class DeletedOpenAIFile(BaseModel):
    """A file that was deleted."""

    id: str
    object: Literal["file"]
    deleted: bool


class OpenAIUpload(BaseModel):
    """An upload in parts; `file` is there once it's complete."""

    id: str
    object: Literal["upload"]
    bytes: int
    created_at: int
    expires_at: int
    filename: str
    purpose: str
    status: Literal["pending", "completed", "cancelled", "expired"]
    file: OpenAIFile | None = None


class OpenAIUploadPart(BaseModel):
    """A part of an upload."""

    id: str
    object: Literal["upload.part"]
    created_at: int
    upload_id: str
