"""Downloads of the built-in models, with their progress."""

from rich.console import Console

from tau.cli.progress import progress_bar
from tau.errors import TauError, UnknownModel
from tau.models import Models


async def download_model(models: Models, name: str, console: Console) -> None:
    """Download the pack `name`, showing its progress."""
    with progress_bar(name, console) as report:
        await models.pull(name, report)


async def download_missing_models(models: Models, console: Console, *, offline: bool) -> bool:
    """Download the chat and embedding models that are missing; return whether Tau can chat.

    Only packs behind the aliases are downloaded, and only where no other model of the alias is
    ready.
    """
    can_chat = True
    for chosen, purpose in (
        (models.aliases.default_chat(), "chat"),
        (models.aliases.default_embedder(), "search by meaning"),
    ):
        ready = await _ensure_ready(models, chosen, console, offline=offline)
        if not ready:
            console.print(f"Tau can't {purpose} yet: there's no model for it on this machine.")
        can_chat = can_chat and (ready or purpose != "chat")
    if not can_chat:
        console.print("Run `tau models pull` later, or connect a model: `tau models add --help`.")
    return can_chat


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
            console.print(f"Downloading {info.name}, once; afterwards it works offline.")
            try:
                await download_model(models, info.name, console)
            except TauError as error:
                console.print(f"{info.name} couldn't be downloaded: {error}")
            else:
                return True
    return False
