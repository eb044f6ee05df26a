"""What is known of a stored file, of an upload in parts, and of a part."""

from typing import Literal, NamedTuple, get_args

import msgspec

FilePurpose = Literal["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]
PURPOSES: tuple[str, ...] = get_args(FilePurpose)


class StoredFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="file"):
    """A file that a person uploaded."""

    filename: str
    purpose: str
    size: int
    """In bytes."""
    key: bytes
    """Seals its content, and nothing else."""


class PendingUpload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="upload"):
    """An upload in parts that isn't complete yet."""

    filename: str
    purpose: str
    size: int
    """How many bytes the parts have to have together."""
    expires_seconds: int | None = None
    """How long the file will be kept; `None`: until it is deleted."""


class PartContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="part"):
    """A part of an upload, whose content is stored as a file's is."""

    size: int
    key: bytes


FileDetails = StoredFile | PendingUpload | PartContent


class FileRecord(NamedTuple):
    """A row of the table of files, opened."""

    id: str
    created_at: float
    expires_at: float | None
    details: FileDetails
    upload: str | None = None
    """The upload that a part belongs to."""

    @property
    def file(self) -> StoredFile:
        """The details of a file. Raises `TypeError` for anything else."""
        if not isinstance(self.details, StoredFile):
            raise TypeError("this is no file")
        return self.details


_decoder: msgspec.msgpack.Decoder[FileDetails] = msgspec.msgpack.Decoder(FileDetails)


def encode_details(details: FileDetails) -> bytes:
    """Return the bytes of what is known of a file."""
    return msgspec.msgpack.encode(details)


def decode_details(raw: bytes) -> FileDetails:
    """Return what is known of a file. Raises `msgspec.DecodeError`."""
    return _decoder.decode(raw)
