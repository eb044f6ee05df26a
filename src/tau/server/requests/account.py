"""Requests about the signed-in person's account, and those that sign in."""

from typing import Annotated

from pydantic import Field

from tau.server.requests.fields import RequestBody, Secret, ShortText, Timestamp

Limit = Annotated[int, Field(ge=1, le=1_000_000_000)]


class UpdateMeRequest(RequestBody):
    """Changes to one's own account; fields left out stay as they are."""

    name: ShortText | None = None
    learns_while_away: bool | None = None
    """Whether the server has a key slot of its own, to work while the person is away."""


class SignInRequest(RequestBody):
    """A name and its password."""

    name: ShortText
    password: Secret


class RecoverRequest(RequestBody):
    """A name and its recovery code."""

    name: ShortText
    code: Secret


class RedeemLinkRequest(RequestBody):
    """The key of a one-time link."""

    key: Secret


class SetPasswordRequest(RequestBody):
    """A new password; `sign_out_others` ends the other sessions."""

    password: Secret
    sign_out_others: bool = False


class ChangeDataKeyRequest(RequestBody):
    """The person's password, if they have one: it will open the new key too."""

    password: Secret | None = None


class AcceptInvitationRequest(RequestBody):
    """An invitation's key, and the new person's name and password."""

    key: Secret
    name: ShortText
    password: Secret


class KeyLimitsRequest(RequestBody):
    """Limits of an API key; what's left out is no limit.

    `cost_per_month` is in the currency of the prices; `models` are the names it may use.
    """

    requests_per_minute: Limit | None = None
    tokens_per_minute: Limit | None = None
    tokens_per_month: Limit | None = None
    cost_per_month: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] | None = None
    models: Annotated[list[ShortText], Field(min_length=1, max_length=50)] | None = None


class ChangeKeyRequest(RequestBody):
    """The limits of an API key, and when it expires, in seconds since 1970."""

    limits: KeyLimitsRequest | None = None
    expires_at: Timestamp | None = None


class CreateKeyRequest(ChangeKeyRequest):
    """What an API key is for, and what limits it."""

    label: ShortText


class SignInAtProviderRequest(RequestBody):
    """A sign-in at the OpenID provider; with the key of an invitation, a new person joins."""

    invitation: Secret | None = None
