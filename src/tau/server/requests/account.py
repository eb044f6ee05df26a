"""Requests about the signed-in person's account, and those that sign in."""

from tau.server.requests.fields import RequestBody, Secret, ShortText


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


class CreateKeyRequest(RequestBody):
    """What an API key is for."""

    label: ShortText
