"""Requests about learning."""

from tau.server.requests.fields import RequestBody


class UpdateLearningRequest(RequestBody):
    """Whether to pause learning. What is said while it is paused is never learned from."""

    paused: bool
