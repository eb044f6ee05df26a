"""What `tau run` says once Tau serves people."""

import ipaddress
from urllib.parse import urlsplit

from rich.console import Console

from tau import __version__
from tau.cli.link import link_for
from tau.cli.model_summary import describe_chat_model
from tau.errors import NotSignedIn
from tau.models import Models
from tau.people import People
from tau.settings import Settings


async def print_welcome(
    people: People, models: Models, settings: Settings, url: str, screen: Console, *, node: str = ""
) -> None:
    """Say where Tau runs and how to sign in; `node` is a sentence about this node, if it's one."""
    print_sentence(screen, f"Tau {__version__} is running at {settings.public_url or url}")
    await print_link(people, settings, url, screen)
    print_sentence(screen, f"Your data is in {settings.home}")
    if node:
        print_sentence(screen, node)
    for sentence in await describe_chat_model(models):
        print_sentence(screen, sentence)
    if not _is_private(settings):
        print_sentence(
            screen,
            f"Warning: Tau is listening on {settings.host} without HTTPS, so others on the network "
            "can read along. Put an HTTPS proxy in front of it and set `public_url`.",
        )
    print_sentence(screen, "Press Ctrl-C to stop Tau.")


async def print_link(people: People, settings: Settings, url: str, screen: Console) -> None:
    """Print a one-time link, or how to sign in where only the person can open their data."""
    try:
        owner = await people.owner()
    except NotSignedIn:
        print_sentence(screen, "Sign in there with your name and password.")
        return
    print_sentence(
        screen, "Open this link; it works once, within ten minutes (`tau link` prints another):"
    )
    print_sentence(screen, f"\n    {await link_for(people, owner, settings, url)}\n")


def _is_private(settings: Settings) -> bool:
    if urlsplit(settings.public_url).scheme == "https" or settings.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(settings.host.strip("[]")).is_loopback
    except ValueError:
        return False


def print_sentence(screen: Console, sentence: str) -> None:
    """Print a sentence; one with an address isn't wrapped, so that it can be copied."""
    links = "http" in sentence
    screen.print(sentence, soft_wrap=links or not screen.is_terminal, markup=False)
    screen.file.flush()
