"""What is known: seen, set right, undone, decided, brought and taken along."""

import json
import re
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import APIResponse, BrowserContext, Locator, Page, Route, expect

from .acts import Api, converse, enter, one_tau
from .announcements import expect_announced
from .servers import Tau


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> None:
    enter(page, tau)


def _learned(api: Api, words: str) -> tuple[str, str, str]:
    """Say something that a fact follows from; returns the message, the fact and its text."""
    _, message = api.add_message(words)
    known = api.until("/api/memory/facts", lambda page: page["facts"], message=message)["facts"]
    return message, known[0]["id"], known[0]["text"]


def _row(page: Page, text: str) -> Locator:
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=text)


def _correcting(page: Page) -> tuple[Locator, Locator]:
    page.get_by_role("main").get_by_role("button", name="Correct").click()
    dialog = page.get_by_role("dialog", name="What is right?")
    return dialog, dialog.get_by_role("textbox", name="What is right")


def test_the_profile_shows_where_each_line_comes_from(page: Page, api: Api) -> None:
    message, _, text = _learned(api, "I live in Lisbon.")
    page.get_by_role("link", name="Memory", exact=True).click()
    expect(page.get_by_role("heading", name="Who you are to Tau")).to_be_visible()
    line = _row(page, "Lisbon").first
    expect(line).to_be_visible()
    line.locator("summary").click()
    expect(line).to_contain_text("I live in Lisbon.")
    line.get_by_role("link", name="Go to where it was said").first.click()
    page.wait_for_url(f"**?m={message}")
    expect(page.locator(f"[data-line='{message}']")).to_have_attribute("data-sought", "true")
    assert "Lisbon" in text


def test_a_fact_can_be_added_by_hand(page: Page, api: Api) -> None:
    page.goto("/memory")
    field = page.get_by_role("textbox", name="Tell Tau something")
    field.fill("I am allergic to hazelnuts")
    page.get_by_role("button", name="Remember").click()
    expect_announced(page, "Remembered:")
    expect(field).to_be_empty()
    page.get_by_role("button", name="See it").click()
    page.wait_for_url("**/memory/facts/*")
    expect(page.get_by_role("heading", name=re.compile("hazelnuts"))).to_be_visible()
    known = [one["text"] for one in api.get("/api/memory/facts", state="current")["facts"]]
    assert any("hazelnuts" in text for text in known)


def test_facts_are_found_by_a_word(page: Page, api: Api) -> None:
    _learned(api, "I like herons.")
    _learned(api, "I am allergic to celery.")
    page.goto("/memory/facts")
    expect(_row(page, "celery")).to_be_visible()
    page.get_by_label("Search what is known").fill("herons")
    expect(_row(page, "herons")).to_be_visible()
    expect(_row(page, "celery")).to_have_count(0)


def test_a_fact_is_corrected_and_keeps_its_history(page: Page, api: Api) -> None:
    _, fact, text = _learned(api, "My cat is called Moritz.")
    page.goto(f"/memory/facts/{fact}")
    expect(page.get_by_role("heading", name=text)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("My cat is called Moritz.")
    dialog, field = _correcting(page)
    expect(field).to_have_value(text)
    field.fill(text.replace("Moritz", "Mimi"))
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect_announced(page, "Corrected.")
    expect(page.get_by_role("heading", name=text.replace("Moritz", "Mimi"))).to_be_visible()
    history = page.locator("section").filter(has_text="How it came about")
    expect(history.get_by_role("listitem")).to_contain_text([text, re.compile("Mimi")])
    known = [one["text"] for one in api.get("/api/memory/facts", q="cat")["facts"]]
    assert [one for one in known if "Moritz" in one] == []

    page.get_by_role("main").get_by_role("button", name="Take back").click()
    expect_announced(page, "Taken back.")
    expect(page.get_by_role("heading", name=text, exact=True)).to_be_visible()


def test_a_fact_is_confirmed_denied_and_that_taken_back(page: Page, api: Api) -> None:
    _, fact, _ = _learned(api, "My brother is called Anselm.")
    page.goto(f"/memory/facts/{fact}")
    main = page.get_by_role("main")
    main.get_by_role("button", name="That is right").click()
    expect_announced(page, "Confirmed.")
    expect(main.get_by_text("Confirmed", exact=True)).to_be_visible()
    main.get_by_role("button", name="It is wrong").click()
    expect_announced(page, "Noted as wrong.")
    expect(main.get_by_text("Wrong", exact=True)).to_be_visible()
    assert api.get(f"/api/memory/facts/{fact}")["fact"]["state"] == "rejected"
    page.get_by_role("button", name="Undo").click()
    expect_announced(page, "Taken back.")
    expect(main.get_by_text("Wrong", exact=True)).to_have_count(0)
    assert api.get(f"/api/memory/facts/{fact}")["fact"]["state"] == "current"


def test_a_second_correction_is_refused_and_keeps_its_text(
    page: Page, context: BrowserContext, api: Api
) -> None:
    _, fact, text = _learned(api, "My boss is called Ottilie.")
    other = context.new_page()
    dialogs = []
    for each, name in ((page, "Olivia"), (other, "Ophelia")):
        each.goto(f"/memory/facts/{fact}")
        dialog, field = _correcting(each)
        field.fill(text.replace("Ottilie", name))
        dialogs.append((dialog, field))
    first, second = dialogs
    first[0].get_by_role("button", name="Save").click()
    expect(first[0]).to_have_count(0)

    second[0].get_by_role("button", name="Save").click()
    expect(second[0].get_by_role("alert")).to_contain_text("changed meanwhile in another tab")
    expect(second[0]).to_contain_text(text.replace("Ottilie", "Olivia"))
    expect(second[1]).to_have_value(text.replace("Ottilie", "Ophelia"))
    known = [one["text"] for one in api.get("/api/memory/facts", q="boss")["facts"]]
    assert known == [text.replace("Ottilie", "Olivia")]

    second[0].get_by_role("button", name="Save").click()
    expect(second[0]).to_have_count(0)
    known = [one["text"] for one in api.get("/api/memory/facts", q="boss")["facts"]]
    assert known == [text.replace("Ottilie", "Ophelia")]


def test_a_fact_is_forgotten_with_the_words_that_say_so(page: Page, api: Api) -> None:
    message, fact, _ = _learned(api, "I am allergic to walnuts.")
    page.goto(f"/memory/facts/{fact}")
    page.get_by_role("main").get_by_role("button", name="Forget").click()
    dialog = page.get_by_role("dialog", name="Forget this for good?")
    expect(dialog.get_by_role("listitem").filter(has_text="You said")).to_contain_text("walnuts")
    dialog.get_by_role("button", name="Forget for good").click()
    expect(dialog).to_have_count(0)
    page.wait_for_url("**/memory/facts")
    expect(page.get_by_role("main")).not_to_contain_text("walnuts")
    assert api.status(f"/api/messages/{message}") == 404
    assert "walnuts" not in api.text("/api/export")


def test_the_timeline_shows_when_a_fact_started(page: Page, api: Api) -> None:
    talk = api.begin()
    message = api.write(talk, "I like lighthouses.", at="2019-05-04T10:00:00Z")
    api.until("/api/memory/facts", lambda page: page["facts"], message=message)
    page.goto("/memory/timeline")
    section = page.locator("section").filter(has=page.get_by_role("heading", name="May 2019"))
    expect(section).to_contain_text("lighthouses")


def test_learning_rests_while_it_is_paused(page: Page, api: Api) -> None:
    page.goto("/memory")
    learns = page.get_by_role("switch", name="Tau learns from what you say")
    expect(learns).to_be_checked()
    learns.click()
    expect(learns).not_to_be_checked()
    expect(page.get_by_role("main")).to_contain_text("Paused.")
    assert api.get("/api/memory/learning")["paused"]
    page.get_by_role("link", name="New conversation").first.click()
    converse(page, "My uncle is called Balthasar. [[say Good]]", "Good")
    page.goto("/memory")
    expect(learns).not_to_be_checked()
    learns.click()
    expect(learns).to_be_checked()
    _learned(api, "My uncle is called Caspar.")  # what was said later is read: the earlier was not
    known = [one["text"] for one in api.get("/api/memory/facts", q="uncle")["facts"]]
    assert any("Caspar" in text for text in known)
    assert not any("Balthasar" in text for text in known)


def _export() -> bytes:
    """A small export of ChatGPT's."""
    turns = [("user", "I collect antique barometers."), ("assistant", "What a fine hobby.")]
    mapping = {"0": {"parent": None, "message": None, "children": ["1"]}}
    for number, (role, text) in enumerate(turns, 1):
        content = {"content_type": "text", "parts": [text]}
        at = 1_700_000_000.0 + number
        said = {"author": {"role": role}, "create_time": at, "content": content}
        mapping[str(number)] = {"parent": str(number - 1), "message": said, "children": []}
    conversation = {
        "title": "Of barometers",
        "create_time": 1_700_000_000.0,
        "update_time": 1_700_000_100.0,
        "mapping": mapping,
        "current_node": str(len(turns)),
        "conversation_id": "barometers",
    }
    return json.dumps([conversation]).encode()


def _choose(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": content}
    )


def test_an_unreadable_file_is_explained_in_one_sentence(page: Page) -> None:
    page.goto("/memory/bring")
    _choose(page, "notes.json", b"this is no export")
    expect(page.get_by_role("main").get_by_role("alert")).to_have_count(1)
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()


def test_a_past_elsewhere_is_looked_at_and_then_brought(page: Page, api: Api) -> None:
    page.goto("/memory/bring")
    expect(page.get_by_role("heading", name="Bring your past")).to_be_visible()
    _choose(page, "conversations.json", _export())
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name="What is in it")).to_be_visible()
    expect(main).to_contain_text("ChatGPT")
    expect(main).to_contain_text("1 conversation")
    expect(main).to_contain_text("2 messages")
    assert not any("barometers" in text for text in api.found("antique barometers"))

    main.get_by_role("button", name="Bring it").click()
    expect(main.get_by_role("heading", name="It is here")).to_be_visible()
    assert any("barometers" in text for text in api.found("antique barometers"))
    expect(_row(page, "conversations.json")).to_contain_text("done")

    main.get_by_role("button", name="Another file").click()
    _choose(page, "conversations.json", _export())
    expect(main).to_contain_text("here already")
    main.get_by_role("button", name="Another file").click()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    page.goto("/past")
    page.get_by_role("main").get_by_role("link", name="Of barometers").click()
    expect(page.get_by_role("main")).to_contain_text("brought from")


def test_what_others_say_waits_until_it_is_approved(page: Page, api: Api) -> None:
    claims = [
        {
            "id": f"m{number}",
            "type": "fact",
            "status": "active",
            "content": content,
            "content_hash": "sha256:" + "0" * 64,
            "temporal": {"created_at": "2024-06-01T10:00:00Z"},
            "provenance": {"platform": "claude"},
        }
        for number, content in enumerate(["The user keeps newts.", "The user hates opera."])
    ]
    store = {
        "schema": "portable-ai-memory",
        "schema_version": "1.0",
        "owner": {"id": "me"},
        "memories": claims,
    }
    begun = api.import_file("memories.json", json.dumps(store).encode())
    api.until(f"/api/imports/{begun}", lambda one: one["state"] == "done")
    page.goto("/memory/waiting")
    newts, opera = _row(page, "newts"), _row(page, "opera")
    expect(newts).to_have_count(1)
    expect(opera).to_have_count(1)
    newts.get_by_role("checkbox").check()
    expect(page.get_by_role("main")).to_contain_text("1 chosen")
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/api/memory/facts/approve", lambda route: held.append((route, route.fetch())))
    page.get_by_role("button", name="Let them count").click()
    expect(newts).to_have_count(0)  # the list is read again before the answer comes
    ((route, answer),) = held
    route.fulfill(response=answer)
    expect_announced(page, "1 fact counts from now on.")
    opera.get_by_role("checkbox").check()
    page.get_by_role("button", name="They are wrong").click()
    expect(opera).to_have_count(0)
    known = [one["text"] for one in api.get("/api/memory/facts", state="current")["facts"]]
    assert any("newts" in text for text in known)
    assert not any("opera" in text for text in known)


@pytest.mark.parametrize("what", ["Everything", "A book to read"])
def test_everything_is_taken_along(page: Page, api: Api, what: str) -> None:
    api.add_message("The lighthouse blinks twice.", title="Lights")
    page.goto("/memory/take")
    with page.expect_download() as downloading:
        page.get_by_role("link", name=f"Download: {what}", exact=True).click()
    content = downloading.value.path().read_text()
    assert "The lighthouse blinks twice." in content
    assert downloading.value.suggested_filename.startswith("tau")


def test_everything_is_taken_along_with_files(page: Page, api: Api) -> None:
    api.add_message("The lighthouse blinks twice.", title="Lights")
    page.goto("/memory/take")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download: Everything, with files").click()
    assert downloading.value.suggested_filename.endswith(".zip")
    with zipfile.ZipFile(downloading.value.path()) as archive:
        assert "The lighthouse blinks twice." in archive.read("tau.jsonl").decode()


def test_the_last_hour_is_forgotten(page: Page, api: Api) -> None:
    _, message = api.add_message("The password of the cellar is marzipan.")
    _, before = api.add_message("Long ago we ate marzipan.")
    old = api.begin(title="Old")
    kept = api.write(old, "In March we planted leeks.", at="2024-03-03T10:00:00Z")
    page.goto("/memory")
    page.get_by_role("button", name="The last hour").click()
    dialog = page.get_by_role("dialog", name="Forget this for good?")
    expect(dialog).to_contain_text("marzipan")
    dialog.get_by_role("button", name="Forget for good").click()
    expect(dialog).to_have_count(0)
    expect_announced(page, "Forgotten.")
    assert api.status(f"/api/messages/{message}") == 404
    assert api.status(f"/api/messages/{before}") == 404
    assert api.status(f"/api/messages/{kept}") == 200
