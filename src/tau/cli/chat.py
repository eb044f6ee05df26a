"""`tau chat`: a real conversation in the terminal."""

import sys

import click

from tau.cli.async_command import asynchronous
from tau.cli.chat_session import Talk, on_interrupt
from tau.cli.connect import connected
from tau.cli.options import given, settings_given, takes_settings
from tau.cli.prompt import PipePrompt, Prompt, TerminalPrompt
from tau.cli.slash_commands import ORDERS, Chat, Leave, obey, order_in, seed_history
from tau.cli.terminal import console
from tau.client.client import Models


@click.command()
@click.option("--conversation", metavar="ID", help="Go on with this conversation.")
@click.option("--new", is_flag=True, help="Begin a new conversation; else the latest goes on.")
@click.option("--private", is_flag=True, help="Begin a conversation that is not written down.")
@takes_settings("home", "model", "model_url", "model_key", "offline")
@asynchronous
async def chat(conversation: str | None, new: bool, private: bool) -> None:
    """Talk with Tau here in the terminal.

    Enter sends, Alt-Enter begins a new line, Ctrl-C stops a reply, Ctrl-D leaves. /help lists
    what else there is.
    """
    settings = settings_given()
    screen = console()
    async with connected(settings, fetch=True) as client:
        talk = Talk(client, screen, model=given().get("model"))
        talk.usual_model = settings.model or talk.usual_model
        prompt: Prompt = TerminalPrompt(ORDERS) if sys.stdin.isatty() else PipePrompt()
        here = Chat(talk, prompt)
        with on_interrupt(talk.interrupted):
            talk.start_anew(private=private)
            if screen.is_terminal:
                talk.note(talk.heading(_speaker(await client.models(), talk)))
                talk.gap()
            if not (private or new):
                await _go_on(here, conversation)
            await _loop(here)


async def _go_on(here: Chat, conversation_id: str | None) -> None:
    if conversation_id is None:
        latest = await here.talk.client.conversations(limit=1)
        if not latest:
            return
        conversation_id = latest[0].id
    await here.talk.open(conversation_id)
    await seed_history(here)


async def _loop(here: Chat) -> None:
    while True:
        try:
            words = await here.prompt.ask()
            if words.strip():
                await here.talk.do(_answer(here, words))
        except (EOFError, Leave):
            return


async def _answer(here: Chat, words: str) -> None:
    order = order_in(words)
    if order is None:
        await here.talk.say(words)
    else:
        await obey(here, *order)


def _speaker(known: Models, talk: Talk) -> str:
    chosen = talk.model or talk.usual_model
    names = known.aliases.get(chosen, [chosen])
    ready = {model.name for model in known.models if model.ready}
    return next((name for name in names if name in ready), names[0] if names else "no model yet")
