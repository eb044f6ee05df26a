"""The request to forget something for good."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from tau.server.requests.fields import Id, RequestBody, Timestamp

_TOGETHER = {"messages", "facts", "artifacts", "attachments"}
_TARGETS = ("since", "conversation", "import_id", "messages", "facts", "artifacts", "attachments")
_Ids = Annotated[list[Id], Field(min_length=1, max_length=1000)]


class ForgetRequest(RequestBody):
    """What to forget for good: a period, a conversation, an import, or single things by their ids.

    Exactly one of them, but messages, facts, artifacts and files may go together. `until` goes with
    `since`; without it, everything up to now is forgotten. With `dry_run` nothing is erased: the
    answer lists what would be.
    """

    since: Timestamp | None = None
    until: Timestamp | None = None
    conversation: Id | None = None
    import_id: Id | None = None
    messages: _Ids | None = None
    facts: _Ids | None = None
    artifacts: _Ids | None = None
    attachments: _Ids | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        named = {kind for kind in _TARGETS if getattr(self, kind) is not None}
        if not named or (len(named) > 1 and not named <= _TOGETHER):
            raise ValueError(f"name exactly one of {', '.join(_TARGETS)}")
        if self.until is not None and self.since is None:
            raise ValueError("until needs since")
        return self
