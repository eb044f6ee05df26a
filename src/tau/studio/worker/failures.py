"""Why a run can't go on."""


class RunRefused(Exception):
    """The run can't go on; the sentence quotes no example."""

    def __init__(self, code: str, message: str, *, line: int = 0, param: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.param = param


class RunStopped(Exception):
    """The run should write a checkpoint and stop, for a reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
