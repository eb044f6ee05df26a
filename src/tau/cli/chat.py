"""`tau chat`: a conversation in the terminal."""

import sys

import click

from tau.cli.async_command import run_async
from tau.cli.attaching import dropped_file
from tau.cli.chat_session import (
    PRIVATE_NOTICE,
    ChatSession,
    find_latest_conversation,
    on_interrupt,
)
from tau.cli.chat_specialists import choose_expert
from tau.cli.connect import connect_client
from tau.cli.options import given, settings_given, takes_settings
from tau.cli.prompt import PipePrompt, Prompt, TerminalPrompt
from tau.cli.slash_commands import (
    SLASH_COMMANDS,
    ChatContext,
    ExitChat,
    add_file,
    offer_forgetting,
    parse_command,
    run_command,
    seed_history,
)
from tau.cli.terminal import console
from tau.server.schemas.models import ModelList


@click.command()
@click.option("--conversation", metavar="ID", help="Continue this conversation.")
@click.option("--new", is_flag=True, help="Start a new conversation, not the latest one.")
@click.option("--private", is_flag=True, help="Start a conversation that isn't saved.")
@click.option("--expert", metavar="NAME", help="Let this specialist reply.")
@takes_settings("home", "model", "model_url", "model_key", "offline")
@run_async
async def chat(conversation: str | None, new: bool, private: bool, expert: str | None) -> None:
    """Chat with Tau in the terminal.

    Enter sends, Alt-Enter starts a new line, Ctrl-C stops a reply, Ctrl-D quits. Type /help for
    more commands.
    """
    settings = settings_given()
    screen = console()
    async with connect_client(settings, fetch=True) as client:
        session = ChatSession(client, screen, model=given().get("model"))
        session.default_model = settings.model or session.default_model
        prompt: Prompt = TerminalPrompt(SLASH_COMMANDS) if sys.stdin.isatty() else PipePrompt()
        here = ChatContext(session, prompt, [])
        with on_interrupt(session.interrupt):
            await session.start_new(private=private)
            if screen.is_terminal:
                session.print_note(session.heading(_model_name(await client.models.all(), session)))
                if private:
                    session.print_note(PRIVATE_NOTICE)
                session.print_blank_line()
            if not (private or new):
                await _resume(here, conversation)
            if expert is not None:
                await choose_expert(session, expert)
            try:
                await _loop(here)
            finally:
                await session.leave()


async def _resume(here: ChatContext, conversation_id: str | None) -> None:
    if conversation_id is None:
        latest = await find_latest_conversation(here.session.client)
        if latest is None:
            return
        conversation_id = latest.id
    await here.session.open(conversation_id)
    await seed_history(here)


async def _loop(here: ChatContext) -> None:
    while True:
        try:
            words = await here.prompt.ask()
            if words.strip():
                await here.session.run_task(_handle_input(here, words))
        except (EOFError, ExitChat):
            return


async def _handle_input(here: ChatContext, words: str) -> None:
    file = dropped_file(words)
    command = parse_command(words)
    if file is not None:
        await add_file(here, file)
    elif command is None:
        files = [each.id for each in here.files]
        here.files.clear()
        await here.session.say(words, attachments=files)
    else:
        await run_command(here, *command)
    await offer_forgetting(here)


def _model_name(known: ModelList, session: ChatSession) -> str:
    chosen = session.model or session.default_model
    names = known.aliases.get(chosen, [chosen])
    ready = {model.name for model in known.models if model.ready}
    return next((name for name in names if name in ready), names[0] if names else "no model yet")
