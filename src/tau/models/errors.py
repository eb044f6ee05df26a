"""Why one model did not answer, said so that failover can put several into one sentence."""

from tau.errors import ModelInvalidAnswer, ModelUnavailable


class BackendUnavailable(ModelUnavailable):
    """The model `model` did not answer because it `reason` (a verb phrase: "is not downloaded").

    `mend` says what a person can do. `lasting` tells whether the next request will probably meet
    the same: then the model is left alone for a while.
    """

    def __init__(self, model: str, reason: str, *, hint: str = "", persistent: bool = True) -> None:
        super().__init__(f"The model {model!r} {reason}{'; ' + hint if hint else ''}.")
        self.model = model
        self.reason = reason
        self.hint = hint
        self.persistent = persistent


class InputTooLong(BackendUnavailable):
    """The text is longer than the model can take in."""

    def __init__(self, model: str) -> None:
        super().__init__(model, "cannot take in so long a text", persistent=False)


class RequestRejected(BackendUnavailable):
    """The request is refused for its own sake: the same will never be answered."""

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(model, reason, persistent=False)


class InvalidAnswer(ModelInvalidAnswer):
    """The model `model` answered something that is no answer: it `reason`."""

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(f"The model {model!r} {reason}.")
        self.model = model
        self.reason = reason
