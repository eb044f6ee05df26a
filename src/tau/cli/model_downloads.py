"""Downloads as somebody sees them: a bar in a terminal, a line now and then in a pipe."""

from rich.console import Console

from tau.cli.progress import progress_bar
from tau.errors import TauError, UnknownModel
from tau.models import Models


async def download_model(models: Models, name: str, console: Console) -> None:
    """Download the pack `name`, showing how it goes."""
    with progress_bar(name, console) as report:
        await models.pull(name, report)


async def download_missing_models(models: Models, console: Console, *, offline: bool) -> bool:
    """See to it that something can chat and embed; return whether Tau can speak.

    Only the packs that the aliases name are downloaded, and only where nothing else behind the
    alias is ready.
    """
    speaks = True
    for chosen, purpose in (
        (models.aliases.default_chat(), "speak"),
        (models.aliases.default_embedder(), "search by meaning"),
    ):
        able = await _ensure_ready(models, chosen, console, offline=offline)
        if not able:
            console.print(f"Tau cannot {purpose} yet: no model for it is on this machine.")
        speaks = speaks and (able or purpose != "speak")
    if not speaks:
        console.print("Try `tau models pull` later, or connect one: `tau models add --help`.")
    return speaks


async def _ensure_ready(models: Models, chosen: str, console: Console, *, offline: bool) -> bool:
    known = {info.name: info for info in await models.directory.list()}
    try:
        names = models.aliases.names_for(chosen)
    except UnknownModel as error:
        console.print(str(error))
        return False
    candidates = [known[name] for name in names if name in known]
    if any(info.ready for info in candidates) or any(name not in known for name in names):
        return True
    for info in candidates:
        if info.origin == "pack" and not offline:
            console.print(f"Fetching {info.name}, once; then it works without a network.")
            try:
                await download_model(models, info.name, console)
            except TauError as error:
                console.print(f"{info.name} could not be fetched: {error}")
            else:
                return True
    return False
