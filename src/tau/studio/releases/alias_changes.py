"""What an alias means after a release or a share of it. Pure."""

from tau.errors import Conflict
from tau.studio.releases.release_events import AliasModels


def released(before: AliasModels, model: str, share: int, alias: str) -> AliasModels:
    """Return an alias after the release of a model, for everybody or for a share of the callers.

    The model that answered until now stays behind it, in case it fails. There's one trial at a
    time. Raises `Conflict` for a share where nobody would answer the others.
    """
    rest = tuple(name for name in before.models if name != model and name not in before.shares)
    if not share:
        return AliasModels((model, *rest[:1]))
    if not rest:
        raise Conflict(
            f"Nothing else answers under {alias!r}, so {model} must answer everybody: "
            "leave out the share."
        )
    return AliasModels((model, *rest), {model: share})


def with_share(before: AliasModels, model: str, share: int, alias: str) -> AliasModels:
    """Return an alias after a released model got another share. Raises `Conflict`."""
    if model not in before.models:
        raise Conflict(f"{model} doesn't answer under {alias!r}; release it first.")
    return released(before, model, share, alias)


def describe_alias(models: AliasModels) -> str:
    """Return who answers, such as `A for 10 %, B for the others`."""
    trials = [f"{name} for {share} %" for name, share in models.shares.items()]
    rest = [name for name in models.models if name not in models.shares]
    if not rest:
        return "nobody"
    led = f"{rest[0]} for {'the others' if trials else 'everybody'}"
    return ", ".join([*trials, led])
