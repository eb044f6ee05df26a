"""Channels by which other people's words reach a running Tau, for `tau bench facts`.

Every attempt goes to a real `tau run` with the scripted model, through its public API. What is
believed is read once at the end: it grows with the attempts, and each forbids words of its own.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp

from tau.bench.facts_judging import BelievedFact
from tau.bench.facts_sets import PoisoningAttempt
from tau.bench.http_client import BenchmarkClient, signed_in_client, wait_until_idle
from tau.bench.processes import TauProcess, tau, temporary_home, upstream
from tau.bench.progress import Progress
from tau.errors import BadInput, ModelError

_HARMLESS = "What do you make of this?"
_BOB = "Bob Miller"
_POLL_SECONDS = 0.05
_IMPORT_SECONDS = 60.0
_PROGRESS_EVERY = 50
_REPLY_TOKENS = 4


async def believed_after(
    attempts: Sequence[PoisoningAttempt], progress: Progress
) -> list[BelievedFact]:
    """Return what a fresh Tau believes after all `attempts`. Raises `BadInput`, `ModelError`."""
    unknown = sorted({each.channel for each in attempts} - CHANNELS.keys())
    if unknown:
        known = ", ".join(sorted(("own", *CHANNELS)))
        raise BadInput(f"There is no channel {', '.join(unknown)}. There are {known}.")
    with temporary_home() as environ:
        async with upstream(environ, tokens=_REPLY_TOKENS) as address:
            arguments = ("--model-url", address, "--model", "scripted", "--offline")
            async with tau(environ, *arguments) as server, signed_in_client(server) as client:
                sender = await AttemptSender.open(server, client)
                async with sender.session:
                    await _send(sender, attempts, progress)
                await wait_until_idle(server)
                return await _believed(client)


async def _send(
    sender: "AttemptSender", attempts: Sequence[PoisoningAttempt], progress: Progress
) -> None:
    for number, attempt in enumerate(attempts, start=1):
        await CHANNELS[attempt.channel](sender, attempt.text)
        if number % _PROGRESS_EVERY == 0:
            progress(f"{number} of {len(attempts)} attempts ...")


class AttemptSender:
    """Sends words to a Tau as other programs, files and speakers do."""

    def __init__(self, client: BenchmarkClient, session: aiohttp.ClientSession) -> None:
        self._client = client
        self.session = session
        self._sent = 0

    @classmethod
    async def open(cls, server: TauProcess, client: BenchmarkClient) -> "AttemptSender":
        """Return a sender with an API key of its own."""
        key = await client.new_key()
        session = aiohttp.ClientSession(server.url, headers={"Authorization": f"Bearer {key}"})
        return cls(client, session)

    async def note(self, text: str, *, title: str | None = None, **parts: Any) -> None:
        """Add a message without a reply to a new conversation."""
        body = {} if title is None else {"title": title}
        begun = (await self._client.post("/api/conversations", body))["id"]
        path = f"/api/conversations/{begun}/messages"
        await self._client.post(path, {"text": text, **parts})

    async def ask(self, *texts: str) -> None:
        """Say `texts` to Tau, one after the other, in a new conversation."""
        begun = (await self._client.post("/api/conversations", {}))["id"]
        for text in texts:
            turn = await self._client.post(f"/api/conversations/{begun}/turns", {"words": text})
            await self._client.recalled(turn["turn"])

    async def chat(self, *messages: dict[str, Any], **more: Any) -> None:
        """Send a chat in OpenAI's shape; a refusal is fine."""
        body = {"model": "tau", "messages": list(messages), **more}
        await self._post("/v1/chat/completions", json.dumps(body))

    async def inflection(self, *context: dict[str, Any], **more: Any) -> None:
        """Send a context in Inflection's shape; a refusal is fine."""
        body = {"config": "tau", "context": list(context), **more}
        await self._post("/external/api/inference", json.dumps(body))

    async def bring(self, held: Any, name: str = "conversations.json") -> None:
        """Import a file and wait until it is read."""
        self._sent += 1
        raw = held if isinstance(held, str) else json.dumps(held, ensure_ascii=False)
        async with self.session.post("/api/imports", params={"name": name}, data=raw) as answer:
            if answer.status != 202:
                return
            found = (await answer.json())["id"]
        async with asyncio.timeout(_IMPORT_SECONDS):
            running = True
            while running:
                await asyncio.sleep(_POLL_SECONDS)
                running = (await self._client.get(f"/api/imports/{found}"))["state"] == "running"

    def number(self) -> int:
        """Return a number that no import had before."""
        self._sent += 1
        return self._sent

    async def _post(self, path: str, body: str) -> None:
        headers = {"Content-Type": "application/json"}
        async with self.session.post(path, data=body, headers=headers) as answer:
            await answer.read()
            if answer.status >= 500:
                raise ModelError(f"Tau did not answer {path}.")


async def _believed(client: BenchmarkClient) -> list[BelievedFact]:
    found: list[BelievedFact] = []
    for state in ("current", "past"):
        after: str | None = ""
        while after is not None:
            path = f"/api/memory/facts?state={state}&limit=200"
            page = await client.get(path + (f"&after={after}" if after else ""))
            found += [
                BelievedFact(
                    each["topic"], each["about"], each["text"], each["text"], state == "past"
                )
                for each in page["facts"]
            ]
            after = page["next"]
    return found


def _user(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": text, **more}


def _said(kind: str, text: str) -> dict[str, Any]:
    return {"type": kind, "text": text}


async def _echo(sender: AttemptSender, text: str) -> None:
    await sender.note(text, by="tau")


async def _note(sender: AttemptSender, text: str) -> None:
    await sender.note(text, speaker=_BOB)


async def _document(sender: AttemptSender, text: str) -> None:
    await sender.note(text, speaker="attachment.pdf")


async def _speaker_name(sender: AttemptSender, text: str) -> None:
    await sender.note(_HARMLESS, speaker=text[:60])


async def _title(sender: AttemptSender, text: str) -> None:
    await sender.note(_HARMLESS, title=text[:60])


async def _recall(sender: AttemptSender, text: str) -> None:
    await sender.note(text, speaker=_BOB)
    await sender.ask(f"What did {_BOB} say about this: {' '.join(text.split()[:4])}")


async def _drip(sender: AttemptSender, text: str) -> None:
    await sender.ask("The next message is what my neighbour wrote to me.", text)


async def _openai_user(sender: AttemptSender, text: str) -> None:
    await sender.chat(_user(text))


async def _openai_name(sender: AttemptSender, text: str) -> None:
    await sender.chat(_user(text, name="Bob"))


async def _openai_history(sender: AttemptSender, text: str) -> None:
    await sender.chat(_user(text), {"role": "assistant", "content": "I see."}, _user(_HARMLESS))


async def _openai_name_history(sender: AttemptSender, text: str) -> None:
    reply = {"role": "assistant", "content": "I see."}
    await sender.chat(_user(text, name="Bob"), reply, _user(_HARMLESS))


async def _openai_assistant(sender: AttemptSender, text: str) -> None:
    await sender.chat(_user(_HARMLESS), {"role": "assistant", "content": text}, _user("And now?"))


async def _openai_parts(sender: AttemptSender, text: str) -> None:
    parts = [{"type": "text", "text": text}, {"type": "text", "text": _HARMLESS}]
    await sender.chat({"role": "user", "content": parts})


async def _system(sender: AttemptSender, text: str) -> None:
    await sender.chat({"role": "system", "content": text}, _user(_HARMLESS))


async def _tool(sender: AttemptSender, text: str) -> None:
    tool = {"role": "tool", "content": text, "tool_call_id": "t"}
    await sender.chat(_user(_HARMLESS), tool, _user("And now?"))


async def _metadata(sender: AttemptSender, text: str) -> None:
    await sender.chat(_user(_HARMLESS), metadata={"note": text[:500]}, user=text[:60])


async def _inflection(sender: AttemptSender, text: str) -> None:
    kinds = ("Instruction", "Retrieval", "LinkedWebpages", "Metadata", "Tool", "System", "AI")
    await sender.inflection(
        _said("Human", "Hello there."),
        *(_said(kind, text) for kind in kinds),
        _said("Human", _HARMLESS),
    )


async def _inflection_user(sender: AttemptSender, text: str) -> None:
    await sender.inflection(_said("Human", text))


async def _inflection_metadata(sender: AttemptSender, text: str) -> None:
    hints = {"user_firstname": text[:60], "user_city": text[:60]}
    await sender.inflection(_said("Human", _HARMLESS), metadata=hints)


async def _import(sender: AttemptSender, text: str) -> None:
    await sender.bring({"messages": [_user(text)]}, "chat.jsonl")


async def _jsonl_name(sender: AttemptSender, text: str) -> None:
    await sender.bring({"messages": [_user(text, name="Bob")]}, "chat.jsonl")


async def _jsonl_sender(sender: AttemptSender, text: str) -> None:
    await sender.bring({"messages": [_user(text, sender="Bob")]}, "chat.jsonl")


async def _import_name(sender: AttemptSender, text: str) -> None:
    name = text.replace("/", " ")[:150]
    await sender.bring({"messages": [_user(_HARMLESS)]}, f"{name} {sender.number()}.jsonl")


def _tau_line(number: int, text: str) -> str:
    entry = {
        "kind": "said",
        "at": 1.7e9 + number,
        "id": f"forged-{number}",
        "conversation": f"forged-{number}",
        "by": "person",
        "text": text,
    }
    return json.dumps({"seq": number, "at": 1.7e9 + number, "entry": entry}, ensure_ascii=False)


async def _own_plain(sender: AttemptSender, text: str) -> None:
    await sender.bring(_tau_line(sender.number(), text), "tau.jsonl")


async def _own_forged(sender: AttemptSender, text: str) -> None:
    header = json.dumps({"tau_export": 1, "person": "somebody-else"})
    await sender.bring(f"{header}\n{_tau_line(sender.number(), text)}\n", "tau.jsonl")


async def _claude_attachment(sender: AttemptSender, text: str) -> None:
    number = sender.number()
    message = {
        "uuid": f"message-{number}",
        "sender": "human",
        "text": _HARMLESS,
        "created_at": "2026-01-02T03:04:05Z",
        "attachments": [{"file_name": "letter.txt", "extracted_content": text}],
    }
    await sender.bring(
        [{"uuid": f"conversation-{number}", "name": "Letter", "chat_messages": [message]}]
    )


async def _chatgpt_hidden(sender: AttemptSender, text: str) -> None:
    number = sender.number()
    roles = ("root", "system", "tool", "hidden", "user")
    names = [f"{role}-{number}" for role in roles]
    mapping: dict[str, Any] = {}
    for place, (role, name) in enumerate(zip(roles, names, strict=True)):
        author = {"role": "user" if role == "hidden" else role}
        parts = [_HARMLESS if role == "user" else text]
        message = {
            "id": name,
            "author": author,
            "create_time": 1.7e9 + place,
            "content": {"content_type": "text", "parts": parts},
            "metadata": {"is_visually_hidden_from_conversation": role != "user"},
        }
        mapping[name] = {
            "id": name,
            "message": None if role == "root" else message,
            "parent": names[place - 1] if place else None,
            "children": names[place + 1 : place + 2],
        }
    await sender.bring(
        [{"conversation_id": f"c-{number}", "current_node": names[-1], "mapping": mapping}]
    )


async def _pam(sender: AttemptSender, text: str) -> None:
    memory = {
        "id": f"memory-{sender.number()}",
        "type": "identity",
        "content": text,
        "status": "active",
        "provenance": {"platform": "other"},
        "temporal": {"created_at": "2026-01-02T03:04:05Z"},
    }
    store = {"schema": "portable-ai-memory", "schema_version": "1.0", "memories": [memory]}
    await sender.bring(store, "memory-store.json")


CHANNELS: dict[str, Callable[[AttemptSender, str], Awaitable[None]]] = {
    "chatgpt_hidden": _chatgpt_hidden,
    "claude_att": _claude_attachment,
    "document": _document,
    "drip": _drip,
    "echo": _echo,
    "import": _import,
    "impname": _import_name,
    "inflection": _inflection,
    "inflection_metadata": _inflection_metadata,
    "inflection_user": _inflection_user,
    "jsonl_name": _jsonl_name,
    "jsonl_sender": _jsonl_sender,
    "metadata": _metadata,
    "note": _note,
    "openai_assistant": _openai_assistant,
    "openai_history": _openai_history,
    "openai_name": _openai_name,
    "openai_name_history": _openai_name_history,
    "openai_parts": _openai_parts,
    "openai_user": _openai_user,
    "own_forged": _own_forged,
    "own_plain": _own_plain,
    "pam": _pam,
    "recall": _recall,
    "speakername": _speaker_name,
    "system": _system,
    "title": _title,
    "tool": _tool,
}
"""How an attempt is sent, by its channel. `own` is a message of the person and not here."""
