"""Requests about people."""

from tau.server.requests.fields import RequestBody, ShortText


class UpdatePersonRequest(RequestBody):
    """A person's new name."""

    name: ShortText
