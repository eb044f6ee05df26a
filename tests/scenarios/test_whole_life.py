"""The promise, with the real built-in models: told, killed, started again, still known.

Everything happens from outside, as a person's browser would do it: the real `tau run`, its one-time
link, its API. The facts are made up for this test.
"""

import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tau.bench.http_client import BenchmarkClient, signed_in_client, wait_until_idle
from tau.bench.processes import TauProcess, tau

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.timeout(600),
]

TOLD = [
    ("2025-01-04", "My sister Ana moved to Porto last week, she found work in a hospital there."),
    ("2025-01-19", "We finally adopted a cat. The children called her Miso."),
    ("2025-02-02", "I am allergic to walnuts, so no carrot cake from the bakery for me."),
    ("2025-02-20", "My driving test went well, I passed at the third attempt!"),
    ("2025-03-08", "Grandfather gave me his old violin. It needs new strings."),
    ("2025-03-30", "The roof leaks again above the kitchen; the roofer comes on Friday."),
    ("2025-04-12", "I started to learn Japanese with an evening class on Tuesdays."),
    ("2025-05-01", "我妈妈下个月要来北京看我，她想去爬长城。"),
    ("2025-05-17", "Tom and I broke up. It was calm, but I cried on the train."),
    ("2025-06-03", "My boss offered me to lead the new team in Rotterdam."),
    ("2025-06-21", "I ran ten kilometres for the first time, along the canal."),
    ("2025-07-09", "The doctor says my iron is low and I should eat more lentils."),
]
ASKED = [
    ("Where does my sister live now?", 0),
    ("What is the name of our cat?", 1),
    ("Which nuts can I not eat?", 2),
    ("Did I pass the driving exam?", 3),
    ("Which instrument did I get from grandpa?", 4),
    ("What is wrong with the house?", 5),
    ("Which language am I studying?", 6),
    ("妈妈什么时候来北京？", 7),
    ("Who did I separate from?", 8),
    ("What was I offered at work?", 9),
    ("How far did I manage to run?", 10),
    ("What did the doctor advise me to eat?", 11),
]


async def tell(visitor: BenchmarkClient) -> list[str]:
    """Tell everything, each in a conversation of its day; return the messages' ids."""
    ids = []
    for day, text in TOLD:
        begun = await visitor.post("/api/conversations", {})
        at = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
        path = f"/api/conversations/{begun['id']}/messages"
        ids.append((await visitor.post(path, {"text": text, "by": "person", "at": at}))["id"])
        filler = {"text": "Thank you for telling me.", "by": "tau", "at": at + 60}
        await visitor.post(path, filler)
    return ids


async def recalled(visitor: BenchmarkClient, question: str) -> list[str]:
    """Ask in a new conversation, wait for what is recalled, and stop the reply."""
    begun = await visitor.post("/api/conversations", {"private": True})
    path = f"/api/conversations/{begun['id']}/turns"
    turn = (await visitor.post(path, {"words": question}))["turn"]
    passages = await visitor.recalled(turn)
    await visitor.post(f"/api/turns/{turn}/stop", {})
    return [passage["message"] for passage in passages]


def environ(home: Path, model_cache: Path) -> dict[str, str]:
    """Return an environment in which Tau lives in `home`."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TAU_")}
    models = {"TAU_MODELS_FOLDER": str(model_cache), "TAU_BUILTIN": "small"}
    return {**plain, **models, "TAU_HOME": str(home), "PYTHONUNBUFFERED": "1"}


def kill(server: TauProcess) -> None:
    """End a server as a power cut would."""
    os.kill(server.pid, signal.SIGKILL)


async def test_what_was_told_is_recalled_after_a_kill(tmp_path: Path, model_cache: Path) -> None:
    here = environ(tmp_path / "home", model_cache)
    async with tau(here) as server:
        async with signed_in_client(server) as visitor:
            ids = await tell(visitor)
            assert (await visitor.get("/status"))["status"] == "ok"
        kill(server)

    async with tau(here) as server, signed_in_client(server) as visitor:
        await visitor.get("/api/conversations")  # opens the life, which embeds what has no vector
        await wait_until_idle(server)
        found = [
            ids[number] in (await recalled(visitor, question))[:5] for question, number in ASKED
        ]
        missed = [ASKED[number][0] for number, there in enumerate(found) if not there]
        assert len(missed) <= 2, missed

        words = [{"role": "user", "content": "What is the name of our cat?"}]
        await visitor.post("/v1/chat/completions", {"model": "tau", "messages": words})
        known = (await visitor.get("/api/conversations"))["conversations"]
        newest = known[0]["id"]
        thread = await visitor.get(f"/api/conversations/{newest}/messages")
        reply = thread["messages"][-1]
        assert reply["by"] == "tau"
        assert reply["text"].strip()
        assert ids[1] in [each["message"] for each in reply["recalled"]]
