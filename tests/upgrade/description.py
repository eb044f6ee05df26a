"""Description of a home as JSON, read through the HTTP API, to compare two versions of Tau.

Nothing in it depends on the present moment. Times of day in the Markdown export are those of the
process's time zone, which the caller sets to UTC.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

BASE = "http://127.0.0.1:6283"

FOUND = 1
"""How many results of a search are described: the ranking of the rest may change."""
QUERIES = {
    "owner": [
        "What is my cat called?",
        "broad beans along the south wall",
        "Who bought the green bicycle?",
        "What did Odile rehearse?",
        "What did you recommend me to pack for Lisbon?",
        "芒果过敏",
        "湖边的白鹭",
        "Welches Fett braucht die Spindel der Buchpresse?",
        "Wo liegt das Ziegenleder für den Einband?",
        "What did the slugs eat in May 2023?",
        "sourdough starter smells of acetone",
        "heron called Admiral",
    ],
    "guest": [
        "我住在哪里？",
        "豆包",
        "How many basses has my accordion?",
        "Akkordeon von der Großmutter",
    ],
}

Json = Any
Wait = Callable[[], Awaitable[None]]


class ApiClient:
    """Client of the HTTP API in this process, signed in with `token`."""

    def __init__(self, api: Any, token: str = "") -> None:
        transport = httpx.ASGITransport(api, client=("192.0.2.7", 50_000))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)

    async def get(self, path: str, **query: Any) -> Json:
        response = await self.http.get(path, params=query)
        assert response.is_success, (path, response.status_code, response.text)
        return response.json()

    async def raw(self, path: str, **query: Any) -> bytes:
        response = await self.http.get(path, params=query)
        assert response.is_success, (path, response.status_code, response.text)
        return response.content

    async def pages(self, path: str, key: str, **query: Any) -> list[Json]:
        """Return all items of a paginated list."""
        found: list[Json] = []
        after: dict[str, str] = {}
        while True:
            page = await self.get(path, **query, **after)
            found += page[key]
            if page["next"] is None:
                return found
            after = {"after": page["next"]}


def only(item: Json, *names: str) -> dict[str, Json]:
    return {name: item[name] for name in names}


async def describe_home(api: Any, keys: Json, wait_until_idle: Wait) -> dict[str, Json]:
    """Return everything that a home holds, read with the keys of its people."""
    result: dict[str, Json] = {"people": await people(ApiClient(api, keys["owner"]["api_key"]))}
    for who in ("owner", "guest"):
        client = ApiClient(api, keys[who]["api_key"])
        await client.get("/api/life")  # opens the life: what lacks a vector gets one
        await wait_until_idle()
        result[who] = await describe_person(client, QUERIES[who])
    result["models"] = await models(ApiClient(api, keys["owner"]["api_key"]))
    server = await ApiClient(api, keys["owner"]["session"]).get("/api/server")
    result["server"] = {
        "database": server["database"],
        # Without the copies that migrations make: 0.1 had none to run.
        "backups": [
            one["name"] for one in server["backups"] if not re.match(r"before-\d{4}_", one["name"])
        ],
    }
    return result


async def describe_person(client: ApiClient, queries: list[str]) -> dict[str, Json]:
    """Return all of one person."""
    conversations, threads = [], {}
    for archived in (False, True):
        conversations += await client.pages(
            "/api/conversations", "conversations", archived=archived, limit=3
        )
    for one in conversations:
        threads[one["id"]] = await thread(client, one["id"])
    lines = (await client.raw("/api/export")).splitlines()
    entries = [json.loads(line) for line in lines[1:]]
    shown = {message["id"] for each in threads.values() for message in each}
    said = [line["entry"] for line in entries if line.get("entry", {}).get("kind") == "said"]
    hidden = [one["id"] for one in said if one["id"] not in shown]
    return {
        "me": await me(client),
        "counts": await client.get("/api/life"),
        "conversations": [
            only(one, "id", "title", "archived", "count", "started_at", "updated_at", "private")
            for one in conversations
        ],
        "threads": threads,
        "hidden": [message(await client.get(f"/api/messages/{name}")) for name in hidden],
        "facts": await facts(client),
        "timeline": [
            [each["what"], each["at"], each["fact"]["id"]]
            for each in await client.pages("/api/memory/timeline", "moments", limit=50)
        ],
        "learning": await client.get("/api/memory/learning"),
        "profile": (await client.get("/api/memory/profile"))["lines"],
        "imports": [
            only(
                one,
                *("id", "name", "origin", "state", "at"),
                *("conversations", "messages", "facts", "skipped_count"),
            )
            for one in (await client.get("/api/imports"))["imports"]
        ],
        "search": {query: await search(client, query) for query in queries},
        "export_jsonl": {
            "lines": len(lines),
            "sha256": hashlib.sha256(await client.raw("/api/export", format="jsonl")).hexdigest(),
            "kinds": kinds(entries),
        },
        "export_markdown": markdown((await client.raw("/api/export", format="markdown")).decode()),
        "export_pam": pam(json.loads(await client.raw("/api/export", format="pam"))),
    }


async def me(client: ApiClient) -> dict[str, Json]:
    result = await client.get("/api/me")
    slots = {}
    for kind in ("keys", "sessions"):
        items = (await client.get(f"/api/{kind}"))["items"]
        slots[kind] = [only(one, "id", "label", "created_at") for one in items]
    kinds = ["password"] * result["has_password"] + ["recovery"] * result["has_recovery_code"]
    kinds += ["server"] * result["learns_while_away"]
    kinds += ["api_key"] * len(slots["keys"]) + ["session"] * len(slots["sessions"])
    return result | slots | {"kinds_of_slots": sorted(kinds)}


def message(result: Json) -> dict[str, Json]:
    plain = only(
        result,
        *("id", "by", "speaker", "text", "at", "parent", "status", "turn", "model"),
        *("origin", "imported"),
    )
    return plain | {"recalled": [one["message"] for one in result["recalled"]]}


async def thread(client: ApiClient, conversation: str) -> list[Json]:
    """Return the visible thread, read backwards page by page."""
    read: list[Json] = []
    before: dict[str, str] = {}
    while True:
        path = f"/api/conversations/{conversation}/messages"
        page = await client.get(path, limit=4, **before)
        read = [message(one) for one in page["messages"]] + read
        if page["earlier"] is None:
            return read
        before = {"before": page["earlier"]}


async def facts(client: ApiClient) -> list[Json]:
    """Return the facts in all states, in an order that no clock decides."""
    every = await client.pages("/api/memory/facts", "facts", state="all", limit=5)
    result = []
    for one in sorted(every, key=lambda fact: (fact["said_on"], fact["id"])):
        known = await client.get(f"/api/memory/facts/{one['id']}")
        assert known["fact"] == one, (known["fact"], one)
        since = ("trust", "asks", "replaces", "valid_from_precision", "expert")
        for added in since:  # 0.1
            del one[added]
        history = [fact["id"] for fact in known["history"]]
        claims = [
            only(each, "id", "text", "at", "by", "trust", "sources", "imported")
            for each in known["claims"]
        ]
        result.append(one | {"history": history, "claims": claims})
    return result


async def search(client: ApiClient, query: str) -> list[str]:
    passages = (await client.get("/api/search", q=query, limit=10))["passages"]
    return [passage["message"]["id"] for passage in passages][:FOUND]


def kinds(entries: list[Json]) -> dict[str, int]:
    """Return how many entries of every kind there are; erased ones have none."""
    counted: dict[str, int] = {}
    for line in entries:
        kind = line.get("entry", {}).get("kind") or next(iter(line.keys() - {"seq", "at"}), "?")
        counted[kind] = counted.get(kind, 0) + 1
    return dict(sorted(counted.items()))


def markdown(text: str) -> dict[str, Json]:
    """Return the digest of a Markdown export without the day on which it was made."""
    head = r"\A# Conversations with Tau\n\nExported on \d{4}-\d{2}-\d{2}\.$"
    # version 0.1 wrote other headings
    plain, count = re.subn(head, "# A life with Tau\n\n", text, flags=re.MULTILINE)
    assert count == 1, text[:200]
    plain = plain.replace("\n## Untitled conversation\n", "\n## A conversation without a name\n")
    return {"sha256": hashlib.sha256(plain.encode()).hexdigest(), "characters": len(plain)}


def pam(store: Json) -> Json:
    """Return a Portable AI Memory without who wrote it and when.

    Tau 0.1 wrote fields without a value as null; the format leaves them out, and the checksum is of
    what is written.
    """
    varying = {"export_date", "exported_by", "integrity"}
    return {name: _without_nulls(value) for name, value in store.items() if name not in varying}


def _without_nulls(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


async def people(owner: ApiClient) -> list[Json]:
    return list((await owner.get("/api/people"))["people"])


async def models(owner: ApiClient) -> dict[str, Json]:
    result = await owner.get("/api/models")
    endpoints = [one for one in result["models"] if one["origin"] == "endpoint"]
    for one in endpoints:
        del one["running"]  # since 0.1
    aliases = {name: names for name, names in result["aliases"].items() if name != "embedder"}
    return {"endpoints": endpoints, "aliases": aliases}


async def opens(api: Any, keys: Json) -> dict[str, bool]:
    """Return which credentials open the home. Each that is a sign-in begins a session."""
    result = {}
    for who in ("owner", "guest", "gone"):
        known = keys[who]
        for kind in ("api_key", "session"):
            response = await ApiClient(api, known[kind]).http.get("/api/me")
            result[f"{who} {kind}"] = response.is_success
        asked = {"name": known["name"], "password": known["password"]}
        response = await ApiClient(api).http.post("/api/sign-in", json=asked)
        result[f"{who} password"] = response.is_success
    asked = {"name": keys["owner"]["name"], "code": keys["owner"]["recovery_code"]}
    response = await ApiClient(api).http.post("/api/recover", json=asked)
    result["owner recovery_code"] = response.is_success
    return result


async def reimport(api: Any, keys: Json, files: Path) -> dict[str, Json]:
    """Return what dry runs of the files that were brought before tell: nothing is to be new.

    What was forgotten of a file is known by digests that are keyed with the person's data key.
    """
    client, result = ApiClient(api, keys["owner"]["api_key"]), {}
    for path in sorted(files.iterdir()):  # noqa: ASYNC240 - three small files
        response = await client.http.post(
            "/api/imports", content=path.read_bytes(), params={"name": path.name, "dry_run": True}
        )
        assert response.status_code == 202, response.text
        run = response.json()
        while run["state"] == "running":
            await asyncio.sleep(0.01)
            run = await client.get(f"/api/imports/{run['id']}")
        result[path.name] = only(
            run,
            "state",
            "conversations",
            "messages",
            "facts",
            "known",
            "forgotten",
            "skipped_count",
        )
    return result


async def import_export(
    api: Any, token: str, export: bytes, queries: list[str], wait_until_idle: Wait
) -> Json:
    """Bring a JSON Lines export to a new, empty home and return what the life is there."""
    client = ApiClient(api, token)
    query = {"name": "export.jsonl", "trust": True}
    response = await client.http.post("/api/imports", content=export, params=query)
    assert response.status_code == 202, response.text
    run = response.json()
    while run["state"] == "running":
        await asyncio.sleep(0.01)
        run = await client.get(f"/api/imports/{run['id']}")
    assert (run["state"], run["restored"]) == ("done", True), run
    await wait_until_idle()
    return await describe_person(client, queries)
