"""Errors of a single backend, which failover can combine into one sentence."""

from tau.errors import ModelError, ModelInvalidAnswer, ModelUnavailable


class BackendUnavailable(ModelUnavailable):
    """The model `model` did not answer because it `reason` (a verb phrase: "is not downloaded").

    `hint` says what a person can do about it. `persistent` is whether the next request will
    probably fail too: then the model is skipped for a while. `retry_after_seconds` is how long it
    asked for; until then it isn't asked at all.
    """

    def __init__(
        self,
        model: str,
        reason: str,
        *,
        hint: str = "",
        persistent: bool = True,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(f"The model {model!r} {reason}{'; ' + hint if hint else ''}.")
        self.retry_after_seconds = retry_after_seconds
        self.model = model
        self.reason = reason
        self.hint = hint
        self.persistent = persistent


class InputTooLong(BackendUnavailable):
    """The text is longer than the model accepts."""

    def __init__(self, model: str) -> None:
        super().__init__(model, "can't accept a text this long", persistent=False)


class RequestRejected(BackendUnavailable):
    """The request itself is refused: the same one will never be answered."""

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(model, reason, persistent=False)


class PicturesRejected(RequestRejected):
    """The model takes no pictures: the same request without them may be answered."""


class InvalidAnswer(ModelInvalidAnswer):
    """The model `model` sent an answer that cannot be used: it `reason`."""

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(f"The model {model!r} {reason}.")
        self.model = model
        self.reason = reason


class InvalidAdapter(ModelError):
    """An adapter can't be used; `reason` is a clause that says why: "it's cut short"."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The adapter can't be used: {reason}.")
        self.reason = reason
