"""Documents that are kept: from a template or a file to tracked changes, and nothing lost."""

import json
from typing import Any

import pytest
from fastapi import FastAPI

from tau.bench.writing_documents import RandomWordFile
from tau.experts.writing.blocks import parse_markdown
from tau.experts.writing.docx_in import read_docx
from tau.experts.writing.docx_new import new_docx
from tau.experts.writing.docx_settle import settle_docx
from tau.journal.journal import Journal
from tests.server.conftest import Person

pytestmark = pytest.mark.anyio
DOCUMENTS = "/api/experts/writing/documents"
LETTER = "# Heating\n\nDear Ana,\n\nWe **utilise** the the form on page two of your letter.\n"


async def _new(person: Person, markdown: str = LETTER) -> dict[str, Any]:
    return dict(await person.post(DOCUMENTS, {"markdown": markdown}))


async def _upload(person: Person, name: str, data: bytes) -> Any:
    return await person.client.post(f"{DOCUMENTS}/file", params={"name": name}, content=data)


async def _ask(person: Person, document: str, *edits: tuple[str, str, str]) -> dict[str, Any]:
    shown = [{"block": b, "find": f, "replace": r, "why": "so"} for b, f, r in edits]
    steered = f"[[say {json.dumps({'edits': shown})}]]"
    return dict(await person.post(f"{DOCUMENTS}/{document}/edits", {"instruction": steered}))


async def _decide(person: Person, document: str, decision: str, *edits: str) -> Any:
    body = {"decision": decision, "edits": list(edits)}
    return await person.client.post(f"{DOCUMENTS}/{document}/decisions", json=body)


async def _file(person: Person, document: str, shape: str) -> bytes:
    path = f"{DOCUMENTS}/{document}/file"
    answer = await person.client.get(path, params={"format": shape})
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_a_letter_from_a_template_to_a_decided_word_file(owner: Person) -> None:
    await owner.post("/api/memory/facts", {"text": "I live in Porto."})
    values = {"recipient": "Ana Kowalska", "subject": "Heating", "text": "We utilise it."}
    made = await owner.post(DOCUMENTS, {"template": "letter-din", "values": values})
    assert {"slot": "sender_address", "value": "Porto"}.items() <= made["slots"][0].items()
    body = next(one for one in made["blocks"] if one["text"] == "We utilise it.")
    asked = await _ask(owner, made["id"], (body["id"], "utilise", "use"), ("b1", "none", "x"))
    assert [(one["state"], one["by"]) for one in asked["edits"]] == [("open", "scripted")]
    assert len(asked["dropped"]) == 1
    tracked = read_docx(await _file(owner, made["id"], "docx-tracked"))
    assert [change.text for _, change in tracked.changes] == ["utilise", "use"]
    done = (await _decide(owner, made["id"], "accepted", "m1")).json()
    assert "We use it." in done["markdown"]
    clean = read_docx(await _file(owner, made["id"], "docx"))
    assert clean.changes == []
    assert "We use it." in [block.text for block in clean.document.blocks]


async def test_what_the_checks_find_is_proposed_without_a_model(
    owner: Person, api: FastAPI
) -> None:
    api.state.app_state.writing.editor._chosen = "smollm2-135m-instruct"
    await owner.post("/api/memory/facts", {"text": "Write “use” instead of “utilise”"})
    made = await _new(owner)
    marked = await owner.post(f"{DOCUMENTS}/{made['id']}/edits", {})
    assert [(one["by"], one["find"], one["replace"]) for one in marked["edits"]] == [
        ("style", "utilise", "use"),
        ("rule", " the", ""),
    ]
    done = await owner.post(f"{DOCUMENTS}/{made['id']}/decisions", {"decision": "accepted"})
    assert "We **use** the form on page" in done["markdown"]


async def test_a_word_file_keeps_its_others_and_gets_tracked_changes(owner: Person) -> None:
    original = RandomWordFile(5).make()
    before = read_docx(original)
    uploaded = (await _upload(owner, "contract.docx", original)).json()
    assert uploaded["title"] == "contract"
    block = next(one for one in uploaded["blocks"] if len(one["text"]) > 5)
    body = {"after": uploaded["version"], "blocks": {block["id"]: "all new words"}}
    saved = await owner.client.put(f"{DOCUMENTS}/{uploaded['id']}", json=body)
    assert saved.status_code == 200
    tracked = await _file(owner, uploaded["id"], "docx-tracked")
    others = [one.text for _, one in read_docx(tracked).changes if one.author == "Ana"]
    assert "".join(others) == "".join(one.text for _, one in before.changes)
    rejected = read_docx(settle_docx(tracked, accept=False, author="Tau"))
    assert rejected.document == before.document
    accepted = read_docx(settle_docx(tracked, accept=True, author="Tau"))
    assert "all new words" in accepted.document.text


async def test_two_devices_decide_at_once(owner: Person) -> None:
    made = await _new(owner)
    await _ask(owner, made["id"], ("b3", "utilise", "use"), ("b3", "page two", "page 2"))
    assert (await _decide(owner, made["id"], "accepted", "m1")).status_code == 201
    assert (await _decide(owner, made["id"], "accepted", "m1")).status_code == 201
    refused = await _decide(owner, made["id"], "rejected", "m1")
    assert (refused.status_code, "already been accepted" in refused.text) == (409, True)
    assert (await _decide(owner, made["id"], "rejected", "m2")).status_code == 201
    undone = (await _decide(owner, made["id"], "undone", "m1")).json()
    assert [one["state"] for one in undone["edits"]] == ["open", "rejected"]


async def test_text_changed_under_an_edit_is_said_and_nothing_is_lost(owner: Person) -> None:
    made = await _new(owner)
    asked = await _ask(owner, made["id"], ("b3", "utilise", "use"))
    body = {"after": asked["version"], "markdown": LETTER.replace("utilise", "need")}
    saved = (await owner.client.put(f"{DOCUMENTS}/{made['id']}", json=body)).json()
    assert [one["state"] for one in saved["edits"]] == ["stale"]
    refused = await _decide(owner, made["id"], "accepted", "m1")
    assert (refused.status_code, "text has changed" in refused.text) == (409, True)
    assert (await owner.get(f"{DOCUMENTS}/{made['id']}"))["markdown"] == body["markdown"]
    late = await owner.client.put(f"{DOCUMENTS}/{made['id']}", json={**body, "markdown": "x"})
    assert late.status_code == 409
    more = await _ask(owner, made["id"], ("b3", "page two", "page 2"))
    assert [one["find"] for one in more["edits"]] == ["two"]
    assert [(one["find"], one["replace"]) for one in more["dropped"]] == [("utilise", "use")]


async def test_the_third_rejection_asks_once_and_a_yes_is_remembered(owner: Person) -> None:
    questions = []
    for _ in range(4):
        made = await _new(owner)
        await _ask(owner, made["id"], ("b3", "utilise", "use"))
        answer = (await _decide(owner, made["id"], "rejected", "m1")).json()
        questions.append((answer["question"], answer["statement"]))
    assert [bool(question) for question, _ in questions] == [False, False, True, False]
    await owner.post("/api/memory/facts", {"text": "Write “use” instead of “utilise”"})
    await owner.post("/api/memory/facts", {"text": questions[2][1]})
    made = await _new(owner, "We utilise it.")
    assert (await owner.post(f"{DOCUMENTS}/{made['id']}/checks", {}))["findings"] == []


async def test_edits_rejected_together_are_one_write_and_ask_once(
    owner: Person, api: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"We utilise form {number}." for number in range(4)]
    made = await _new(owner, "\n\n".join(texts))
    await _ask(owner, made["id"], *((f"b{n}", "utilise", "use") for n in range(1, 5)))
    writes: list[int] = []
    append = Journal.append

    async def counted(self: Journal, *entries: Any, **rest: Any) -> Any:
        writes.append(len(entries))
        return await append(self, *entries, **rest)

    monkeypatch.setattr(Journal, "append", counted)
    answer = (await _decide(owner, made["id"], "rejected", "m1", "m2", "m3", "m4")).json()
    assert writes == [5]  # the version, and each decision
    assert [one["state"] for one in answer["edits"]] == ["rejected"] * 4
    assert "“utilise” 3 times" in answer["question"]
    life = await api.state.app_state.lives.open(owner.unlocked)
    decided = life.memory.artifacts.decisions(made["id"])
    assert [(one.edit, one.rule) for one in decided] == [
        (f"m{n}", "utilise > use") for n in range(1, 5)
    ]


async def test_a_word_file_that_was_forgotten_isnt_replaced_by_a_bare_one(
    owner: Person, api: FastAPI
) -> None:
    uploaded = (await _upload(owner, "contract.docx", RandomWordFile(5).make())).json()
    block = next(one for one in uploaded["blocks"] if len(one["text"]) > 5)
    body = {"after": uploaded["version"], "blocks": {block["id"]: "all new words"}}
    await owner.client.put(f"{DOCUMENTS}/{uploaded['id']}", json=body)
    life = await api.state.app_state.lives.open(owner.unlocked)
    (first, _) = life.memory.artifacts.entries_of(uploaded["id"])
    async with life.transaction() as transaction:
        await transaction.erase([first])
    path = f"{DOCUMENTS}/{uploaded['id']}/file"
    for shape in ("docx", "docx-tracked"):
        refused = await owner.client.get(path, params={"format": shape})
        assert (refused.status_code, "has been forgotten" in refused.text) == (400, True)
    assert "all new words" in (await _file(owner, uploaded["id"], "md")).decode()


async def test_a_text_file_keeps_its_line_ends_and_its_mark(owner: Person) -> None:
    data = b"\xef\xbb\xbfDear Ana,\r\n\r\nWe pay.\r\n"
    kept = (await _upload(owner, "letter.txt", data)).json()
    assert await _file(owner, kept["id"], "txt") == data
    body = {"after": kept["version"], "blocks": {"b2": "We paid."}}
    await owner.client.put(f"{DOCUMENTS}/{kept['id']}", json=body)
    assert await _file(owner, kept["id"], "txt") == data.replace(b"pay", b"paid")


@pytest.mark.parametrize("shape", ["docx", "docx-tracked", "md", "txt"])
async def test_an_empty_document_can_be_kept_checked_and_downloaded(
    owner: Person, shape: str
) -> None:
    made = await _new(owner, "")
    assert (await owner.post(f"{DOCUMENTS}/{made['id']}/checks", {}))["findings"] == []
    assert (await owner.post(f"{DOCUMENTS}/{made['id']}/edits", {}))["edits"] == []
    content = await _file(owner, made["id"], shape)
    assert read_docx(content).document.text == "" if "docx" in shape else content == b""


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", b"PK\x03\x04", "Word file"),
        ("a.docx", b"", "Word file"),
        ("a.docm", b"", ".docx, .md and .txt"),
        ("a.docx", new_docx(parse_markdown("x" * 3)) + b"\x00" * 1_300_000, "too large|damaged"),
    ],
)
async def test_files_that_cant_be_kept_are_refused(
    owner: Person, name: str, data: bytes, reason: str
) -> None:
    refused = await _upload(owner, name, data)
    assert refused.status_code == 400
    assert any(one in refused.text for one in reason.split("|"))


async def test_nothing_but_documents_of_writing_is_found(owner: Person, guest: Person) -> None:
    body = {"type": "plan", "content": "{}", "title": "a plan"}
    plan = await owner.post("/api/artifacts", body)
    path = f"{DOCUMENTS}/{plan['artifact']['id']}"
    assert (await owner.client.get(path)).status_code == 404
    made = await _new(owner)
    assert (await guest.client.get(f"{DOCUMENTS}/{made['id']}")).status_code == 404
    broken = {"after": made["version"], "content": "[]"}
    await owner.post(f"/api/artifacts/{made['id']}/versions", broken)
    unreadable = await owner.client.get(f"{DOCUMENTS}/{made['id']}")
    assert unreadable.status_code == 400


async def test_every_format_can_be_downloaded(owner: Person) -> None:
    made = await _new(owner, f"{LETTER}\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n")
    asked = await _ask(owner, made["id"], ("b3", "page two", "page 2"), ("b5", "one", "1"))
    assert len(asked["edits"]) == 2
    assert b"**utilise**" in await _file(owner, made["id"], "md")
    assert (await _file(owner, made["id"], "txt")).startswith(b"Heating\n")
    tracked = await _file(owner, made["id"], "docx-tracked")
    texts = [one.text for one in read_docx(settle_docx(tracked, accept=True)).document.blocks]
    assert texts[-4:] == ["b", "1", "2", "1"]
    assert "We utilise the the form on page 2 of your letter." in texts
    before = [one.text for one in read_docx(settle_docx(tracked, accept=False)).document.blocks]
    assert before[-1] == "one"
