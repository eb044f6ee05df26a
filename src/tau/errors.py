"""Everything that Tau raises on purpose.

TauError
├── BadInput                what was given cannot be used: the sentence says why
│   ├── SettingsError       a setting has a wrong name, type or value
│   └── RefusedAddress      an address that users may not make Tau fetch
├── NotFound                no such thing, or it belongs to somebody else
├── NotSignedIn             no credential, or one that opens nothing
├── NotPermitted            signed in, but this is the owner's business
├── TooManyRequests         slow down: attempts, requests or open streams
├── Conflict                the state has moved on since the caller looked
│   └── SequenceConflict    another writer appended first: re-read and retry
├── JournalError
│   ├── DamagedEntry        an entry was altered, moved or cut short
│   ├── StoreFull           the disk refuses to take more
│   └── StoreUnavailable    the database does not answer
├── ModelError
│   ├── UnknownModel        no model or alias of that name
│   ├── ModelUnavailable    it cannot be reached, or refuses
│   ├── ModelInterrupted    it stopped in the middle of its answer
│   └── ModelInvalidAnswer  its answer cannot be used
└── PackError
    ├── DownloadFailed      the source cannot be reached or gave something else
    └── HashMismatch        the file is not the one that was pinned; it is deleted

The text of every error is one plain sentence fit for the person who sees it. It never carries
what a person said, a key, or a path that the person did not give. Each class has a `code`, or that
of the class above it.
"""

from typing import ClassVar

UNEXPECTED = "Something went wrong inside Tau; it has been written to the log."
"""The sentence for whatever was not foreseen."""


class TauError(Exception):
    """The root of all errors that Tau raises on purpose."""

    code: ClassVar[str] = "internal"
    """What a program or a page knows it by; documented in docs/api.md."""


class BadInput(TauError):
    """What was given cannot be used."""

    code = "bad_input"


class SettingsError(BadInput):
    """A setting has a wrong name, type or value."""


class RefusedAddress(BadInput):
    """An address that users may not make Tau fetch."""

    code = "refused_address"


class NotFound(TauError):
    """There is no such thing, or it belongs to somebody else."""

    code = "not_found"


class NotSignedIn(TauError):
    """There is no credential, or it opens nothing."""

    code = "not_signed_in"


class NotPermitted(TauError):
    """The person is known, but this is not theirs to do."""

    code = "not_permitted"


class TooManyRequests(TauError):
    """Too many attempts or requests; `retry_after_seconds` says when to come back."""

    code = "too_many"

    def __init__(self, message: str, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Conflict(TauError):
    """The state has moved on since the caller looked."""

    code = "conflict"


class SequenceConflict(Conflict):
    """Another writer appended to this journal first: re-read, then retry."""


class JournalError(TauError):
    """Something is wrong with the log of a person's life."""

    code = "journal_error"


class DamagedEntry(JournalError):
    """An entry was altered, moved or cut short; `seq` names it."""

    code = "damaged_entry"

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(f"Entry {seq} of the journal cannot be read: {reason}.")
        self.seq = seq
        self.reason = reason


class StoreFull(JournalError):
    """The disk refuses to take more."""

    code = "store_full"


class StoreUnavailable(JournalError):
    """The database does not answer."""

    code = "store_unavailable"


class ModelError(TauError):
    """Something is wrong with a model."""

    code = "model_error"


class UnknownModel(ModelError):
    """There is no model or alias of that name."""

    code = "unknown_model"


class ModelUnavailable(ModelError):
    """A model cannot be reached, or refuses."""

    code = "model_unavailable"


class ModelInterrupted(ModelError):
    """A model stopped in the middle of its answer."""

    code = "model_interrupted"


class ModelInvalidAnswer(ModelError):
    """A model answered something that is no answer."""

    code = "model_nonsense"


class PackError(TauError):
    """Something is wrong with the download of a model."""

    code = "pack_error"


class DownloadFailed(PackError):
    """The source cannot be reached, or gave something else."""

    code = "download_failed"


class HashMismatch(PackError):
    """The file is not the one that was pinned; it has been deleted."""

    code = "wrong_hash"
