"""The errors that Tau raises on purpose.

TauError
├── BadInput                the input cannot be used; the message says why
│   ├── InvalidField        a field of a request; `param` is its path
│   ├── UnreadableFile      a file of a kind that Tau doesn't read, or a damaged one
│   ├── SettingsError       a setting has a wrong name, type or value
│   └── RefusedAddress      an address that users may not make Tau connect to
├── NotFound                it does not exist, or it belongs to another person
├── NotSignedIn             no credential, or an invalid one
│   └── AccountNotLinked    an account elsewhere that nobody here has linked
├── ProviderUnavailable     the provider that signs people in doesn't answer
├── NotPermitted            signed in, but only the owner may do this
│   └── ModelNotPermitted   the API key may not use this model
├── TooManyRequests         too many attempts, requests or open streams
│   ├── RateLimited         an API key made too many requests or used too many tokens
│   └── QuotaExceeded       an API key has used up what it may use this month
├── Unavailable             it can't be done at the moment, but soon
├── Conflict                the state has changed since the caller read it
│   └── SequenceConflict    another writer appended first: read again and retry
├── JournalError            something is wrong with the stored data
│   ├── DamagedEntry        an entry was altered, moved or cut short
│   ├── StoreFull           the disk is full
│   └── StoreUnavailable    the database does not answer
├── ModelError              something is wrong with a model
│   ├── UnknownModel        no model or alias of that name
│   ├── ModelUnavailable    it cannot be reached, or refuses the request
│   │   └── ModelBusy       it asks to be left alone for a while
│   ├── ModelInterrupted    it stopped in the middle of its answer
│   └── ModelInvalidAnswer  its answer cannot be used
├── PackError               something is wrong with a download
│   ├── DownloadFailed      the source cannot be reached, or it sent something else
│   └── HashMismatch        the file is not the one that was pinned; it is deleted
└── WorkerError             the program of specialists has no result
    ├── WorkerMissing       its packages aren't installed
    └── WorkerTimedOut      it took too long, and was ended

The message of every error is one plain sentence that can be shown to the person. It never contains
what a person said, a key, or a path that the person did not give. A class without a `code` of its
own has the code of its base class.
"""

from typing import ClassVar

UNEXPECTED = "Something went wrong inside Tau; the log has the details."
"""The message for errors that are bugs."""


class TauError(Exception):
    """Base class of the errors that Tau raises on purpose."""

    code: ClassVar[str] = "internal"
    """Identifies the error in the API; documented in docs/api.md."""


class BadInput(TauError):
    """The input cannot be used."""

    code = "bad_input"


class InvalidField(BadInput):
    """A field of a request cannot be used; `param` is its path, such as `data_source.source.id`."""

    def __init__(self, message: str, param: str = "") -> None:
        super().__init__(message)
        self.param = param


class UnreadableFile(BadInput):
    """A file can't be read: it is of another kind, protected, damaged, or too large."""

    code = "unreadable_file"


class SettingsError(BadInput):
    """A setting has a wrong name, type or value."""


class RefusedAddress(BadInput):
    """An address that users may not make Tau connect to."""

    code = "refused_address"


class NotFound(TauError):
    """It does not exist, or it belongs to another person."""

    code = "not_found"


class NotSignedIn(TauError):
    """There is no credential, or it is invalid."""

    code = "not_signed_in"


class AccountNotLinked(NotSignedIn):
    """An account elsewhere proved who somebody is, but nobody here has linked it."""

    code = "account_not_linked"


class ProviderUnavailable(TauError):
    """The provider that signs people in doesn't answer, or isn't set up as its own page says."""

    code = "provider_unavailable"


class NotPermitted(TauError):
    """The person is signed in, but may not do this."""

    code = "not_permitted"


class ModelNotPermitted(NotPermitted):
    """The API key of a request may not use this model."""

    code = "model_not_permitted"


class TooManyRequests(TauError):
    """Too many attempts or requests; `retry_after_seconds` says when to try again."""

    code = "too_many"

    def __init__(self, message: str, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(TauError):
    """It can't be done at the moment; `retry_after_seconds` says when to try again."""

    code = "unavailable"

    def __init__(self, message: str, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class RateLimited(TooManyRequests):
    """An API key made too many requests, or used too many tokens, in the last minute."""

    code = "rate_limited"


class QuotaExceeded(TooManyRequests):
    """An API key has used up its tokens or its budget of this month."""

    code = "insufficient_quota"


class Conflict(TauError):
    """The state has changed since the caller read it."""

    code = "conflict"


class SequenceConflict(Conflict):
    """Another writer appended to this journal first: read again, then retry."""


class JournalError(TauError):
    """Something is wrong with the stored data."""

    code = "journal_error"


class DamagedEntry(JournalError):
    """An entry was altered, moved or cut short; `seq` is its number."""

    code = "damaged_entry"

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(f"Entry {seq} of the journal cannot be read: {reason}.")
        self.seq = seq
        self.reason = reason


class StoreFull(JournalError):
    """The disk is full."""

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
    """A model cannot be reached, or refuses the request."""

    code = "model_unavailable"


class ModelBusy(ModelUnavailable):
    """Every model that could answer asks to be left alone for `retry_after_seconds`."""

    code = "model_busy"

    def __init__(self, message: str, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ModelInterrupted(ModelError):
    """A model stopped in the middle of its answer."""

    code = "model_interrupted"


class ModelInvalidAnswer(ModelError):
    """A model's answer cannot be used."""

    code = "model_nonsense"


class PackError(TauError):
    """Something is wrong with the download of a model."""

    code = "pack_error"


class DownloadFailed(PackError):
    """The source cannot be reached, or it sent something else."""

    code = "download_failed"


class HashMismatch(PackError):
    """The file is not the one that was pinned; it has been deleted."""

    code = "wrong_hash"


class WorkerError(TauError):
    """The program that does specialists' heavy work has no result."""

    code = "worker_failed"


class WorkerMissing(WorkerError):
    """The packages that the program needs are not installed."""

    code = "worker_missing"


class WorkerTimedOut(WorkerError):
    """The program took longer than it may, and was ended."""

    code = "worker_timed_out"
