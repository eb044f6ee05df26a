"""A letter beside the talk: written, changed by proposals, decided one by one, taken as Word."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tau.experts.writing.docx_in import read_docx
from tests.libreoffice import libreoffice, shown_text

from .acts import (
    Api,
    composer,
    enter,
    expect_no_sideways_scrolling,
    expect_reply,
    one_tau,
    say,
)
from .aids import violations
from .editor import (
    DOCUMENTS,
    download,
    expect_open,
    expect_saved,
    is_save,
    note,
    paragraph,
    proposal,
    text_of,
    write_instead,
)
from .servers import Tau

BODY = "We utilise the the form, and in the event that the heating fails again again, we call."
PLACEHOLDER = "[What the letter says]"


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture
def letter(page: Page, tau: Tau, api: Api) -> dict[str, Any]:
    """A letter from a template, open beside its talk."""
    conversation, _ = api.add_message("Write to Ana about the heating.", "The heating")
    asked = {"template": "letter-us", "conversation": conversation, "title": "To Ana"}
    made: dict[str, Any] = api.post(DOCUMENTS, asked)
    enter(page, tau)
    page.goto(f"/c/{conversation}?open={made['id']}")
    expect(text_of(page)).to_contain_text(PLACEHOLDER)
    return made


def _body_id(made: dict[str, Any]) -> str:
    found = [one["id"] for one in made["blocks"] if PLACEHOLDER in one["text"]]
    return str(found[0])


def _ask(page: Page, block: str, *edits: tuple[str, str, str]) -> None:
    answer = json.dumps(proposal(block, *edits))
    page.get_by_label("What should change?").fill(f"[[say {answer}]]")
    page.get_by_role("button", name="Propose changes").click()


def _say(page: Page, words: str, block: str, *edits: tuple[str, str, str]) -> None:
    say(page, f"{words} [[say {json.dumps(proposal(block, *edits))}]]")


def test_from_the_talk_to_tracked_changes_in_word(
    page: Page, tau: Tau, api: Api, tmp_path: Path
) -> None:
    api.post("/api/memory/facts", {"text": "I live in Porto."})
    enter(page, tau)
    page.get_by_label("Who replies").select_option("writing")
    _say(page, "Write to my landlord about the heating.", "b6", (PLACEHOLDER, BODY, "As you said."))
    expect(text_of(page)).to_contain_text("Porto")
    expect_reply(page, "proposes 1 change")
    assert "open=" in page.url
    expect(page.get_by_role("link", name="Letter (DIN 5008): Heating")).to_be_visible()
    expect_open(page, 1)
    note(page, PLACEHOLDER).get_by_role("button", name="Accept").click()
    expect_open(page, 0)
    _say(
        page,
        "Make it shorter, please.",
        "b6",
        ("utilise", "use", "Shorter."),
        ("in the event that", "if", "Plainer."),
        ("we call", "we ring", "Clearer."),
    )
    expect_reply(page, "proposes 3 changes")
    expect_open(page, 3)
    page.get_by_role("button", name="Mark what the checks find").click()
    expect_open(page, 5)
    assert violations(page) == []
    note(page, "utilise").get_by_role("button", name="Accept").click()
    expect_open(page, 4)
    note(page, "in the event that").get_by_role("button", name="Reject").click()
    expect_open(page, 3)
    doubled = page.get_by_role("group", name="2 ×", exact=False)
    doubled.get_by_role("button", name="Accept these").click()
    expect_open(page, 1)
    note(page, "call").get_by_role("button", name="Accept").click()
    expect_open(page, 0)
    page.get_by_role("button", name="Undo").click()
    expect_open(page, 1)
    note(page, "call").get_by_role("button", name="Reject").click()
    expect_open(page, 0)
    right = "We use the form, and in the event that the heating fails again, we call."
    expect(paragraph(page, "We use")).to_have_text(right)
    tracked = download(page, "Word, with marks")
    marks = [(one.kind, one.text.strip(), one.author) for _, one in read_docx(tracked).changes]
    assert any(kind == "deleted" and "utilise" in text for kind, text, _ in marks)
    assert ("inserted", "use", "Tau") in marks
    assert not any(text == "if" or "ring" in text for _, text, _ in marks)
    clean = download(page, "Word")
    assert right in read_docx(clean).document.text
    if libreoffice() is not None:
        assert right in shown_text(tmp_path, "clean.docx", clean)
        shown = shown_text(tmp_path, "tracked.docx", tracked)
        assert all(words in shown for words in ("utilise", "use", "the heating fails"))


def test_by_keys_alone(page: Page, letter: dict[str, Any]) -> None:
    block = _body_id(letter)
    write_instead(page, PLACEHOLDER, BODY)
    _ask(page, block, ("utilise", "use", "Shorter."), ("we call", "we ring", "Clearer."))
    expect_open(page, 2)
    paragraph(page, "utilise").click()
    page.keyboard.press("Escape")
    expect(note(page, "utilise")).to_be_focused()
    page.keyboard.press("j")
    expect(note(page, "call")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect_open(page, 1)
    expect(note(page, "call")).to_be_focused()
    page.keyboard.press("Backspace")
    expect_open(page, 0)
    expect(paragraph(page, "We use")).to_contain_text("again, we call.")


def test_paragraphs_are_begun_joined_and_taken_back(page: Page, letter: dict[str, Any]) -> None:
    write_instead(page, PLACEHOLDER, "The first.")
    with page.expect_response(lambda answer: is_save(answer.request)):
        page.keyboard.press("Enter")
        page.keyboard.type("- an item")
        page.keyboard.press("Enter")
        page.keyboard.type("another **bold** one")
    expect_saved(page)
    expect(text_of(page).locator("[data-kind=item]")).to_have_count(2)
    expect(text_of(page).locator(".md-bold")).to_have_text("bold")
    page.reload()
    expect(text_of(page).locator("[data-kind=item]")).to_have_text(
        ["an item", "another **bold** one"]
    )
    with page.expect_response(lambda answer: is_save(answer.request)):
        item = paragraph(page, "an item")
        item.click(position={"x": 4, "y": 12})
        expect(item).to_have_class("here")  # the editor has seen the caret there
        page.keyboard.press("Backspace")
        expect(text_of(page).locator("[data-kind=item]")).to_have_count(1)
        page.keyboard.press("Backspace")
    expect(paragraph(page, "The first.")).to_have_text("The first.an item")
    expect_saved(page)
    with page.expect_response(lambda answer: is_save(answer.request)):
        page.keyboard.press("Control+z")
        page.keyboard.press("Control+z")
    expect(text_of(page).locator("[data-kind=item]")).to_have_count(2)


def test_an_earlier_version_comes_back(page: Page, letter: dict[str, Any]) -> None:
    write_instead(page, PLACEHOLDER, "The first.")
    write_instead(page, "The first.", "The second.")
    page.get_by_text("Versions", exact=True).click()
    back = page.get_by_role("button", name="Go back to the version of")
    expect(back).to_have_count(2)
    back.last.click()
    expect(paragraph(page, PLACEHOLDER)).to_be_visible()
    expect(paragraph(page, "The second.")).to_have_count(0)
    expect(back).to_have_count(3)


def test_what_is_typed_is_saved_before_words_about_it_are_sent(
    page: Page, letter: dict[str, Any], api: Api
) -> None:
    page.clock.install()
    paragraph(page, PLACEHOLDER).click(click_count=3)
    page.keyboard.type("Not saved by any pause.")
    with page.expect_request(lambda one: one.method == "POST" and one.url.endswith("/turns")):
        say(page, "Is it polite?")
    kept = api.get(f"{DOCUMENTS}/{letter['id']}")
    assert "Not saved by any pause." in [one["text"] for one in kept["blocks"]]


HOSTILE = (
    "<html><head><style>p{color:red}</style><title>x</title></head><body>"
    "<!--StartFragment--><script>window.hurt=1</script>"
    "<p class=MsoNormal style='margin:0' onclick='window.hurt=1'>Dear <b>Bob</b>,"
    "<img src='/nothing.png' onerror='window.hurt=1'></p>"
    "<p><a href='javascript:window.hurt=1'>Press</a> <a href='https://a.example/b'>this</a></p>"
    "<p>Where none = 0, style = plain and once = 1.</p>"
    "<ul><li><i>one</i></li></ul><svg onload='window.hurt=1'><text>no</text></svg>"
    "<iframe src='/nothing'></iframe></body></html>"
)


def test_a_paste_is_text_and_a_few_marks(page: Page, letter: dict[str, Any]) -> None:
    write_instead(page, PLACEHOLDER, "Here:")
    page.keyboard.press("Enter")
    text_of(page).evaluate(
        """(field, html) => {
            const data = new DataTransfer();
            data.setData('text/html', html);
            data.setData('text/plain', 'plain');
            field.dispatchEvent(new ClipboardEvent(
                'paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        HOSTILE,
    )
    expect(paragraph(page, "Bob")).to_have_text("Dear **Bob**,")
    expect(paragraph(page, "Press")).to_have_text("Press [this](https://a.example/b)")
    expect(paragraph(page, "none")).to_have_text("Where none = 0, style = plain and once = 1.")
    expect(paragraph(page, "one").last).to_have_attribute("data-kind", "item")
    assert page.evaluate("window.hurt") is None
    alien = "script, style, svg, iframe, a, b, img:not(.ProseMirror-separator)"
    expect(paragraph(page, "").locator(alien)).to_have_count(0)
    expect(text_of(page)).not_to_contain_text("color:red")


def test_nothing_is_saved_while_an_input_method_composes(
    page: Page, letter: dict[str, Any]
) -> None:
    saves: list[str] = []
    page.on("request", lambda one: saves.append(one.url) if is_save(one) else None)
    paragraph(page, PLACEHOLDER).click(click_count=3)
    page.clock.install()
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "ni", "selectionStart": 2, "selectionEnd": 2})
    page.clock.run_for(20_000)
    expect(text_of(page)).to_contain_text("ni")
    assert saves == []
    keys.send("Input.insertText", {"text": "你好"})
    page.clock.run_for(20_000)
    expect_saved(page)
    assert len(saves) == 1
    expect(text_of(page)).to_contain_text("你好")


def test_two_pages_write_at_once_and_nothing_is_lost(
    page: Page, context: BrowserContext, letter: dict[str, Any], api: Api
) -> None:
    other = context.new_page()
    other.goto(page.url)
    expect(text_of(other)).to_contain_text(PLACEHOLDER)
    write_instead(page, PLACEHOLDER, "Here is mine.")
    expect(paragraph(other, "Here is mine.")).to_be_visible()
    held: list[Route] = []
    other.route(f"**{DOCUMENTS}/*", lambda route: _hold(route, held))
    with other.expect_request(is_save):
        paragraph(other, "Here is mine.").click(click_count=3)
        other.keyboard.type("Here is the other.")
    write_instead(page, "Here is mine.", "Here is mine, changed.")
    held[0].continue_()
    conflict = other.get_by_role("alert").filter(has_text="was changed elsewhere")
    expect(conflict).to_be_visible()
    other.reload()
    expect(conflict).to_be_visible()
    expect(paragraph(other, "Here is the other.")).to_be_visible()
    other.get_by_role("button", name="Keep mine").click()
    expect(conflict).to_have_count(0)
    expect(paragraph(page, "Here is the other.")).to_be_visible()
    kept = api.get(f"{DOCUMENTS}/{letter['id']}")
    assert "Here is the other." in [one["text"] for one in kept["blocks"]]


def _hold(route: Route, held: list[Route]) -> None:
    if is_save(route.request) and not held:
        held.append(route)
    else:
        route.continue_()


def test_what_cannot_be_saved_is_kept_and_tried_again(page: Page, letter: dict[str, Any]) -> None:
    page.route(f"**{DOCUMENTS}/*", _lose)
    paragraph(page, PLACEHOLDER).click(click_count=3)
    page.keyboard.type("Typed in a tunnel.")
    alert = page.get_by_role("alert").filter(has_text="kept on this device")
    expect(alert).to_be_visible()
    page.reload()
    expect(paragraph(page, "Typed in a tunnel.")).to_be_visible()
    page.unroute_all()
    expect(alert).to_have_count(0)
    expect_saved(page)
    page.reload()
    expect(paragraph(page, "Typed in a tunnel.")).to_be_visible()


def _lose(route: Route) -> None:
    if is_save(route.request):
        route.abort()
    else:
        route.continue_()


def test_on_a_phone_a_letter_is_written_in_a_sheet(page: Page, tau: Tau) -> None:
    page.set_viewport_size({"width": 360, "height": 720})
    enter(page, tau)
    page.get_by_label("Who replies").select_option("writing")
    _say(page, "Write to my landlord about the heating.", "b6", (PLACEHOLDER, BODY, "As you said."))
    expect_reply(page, "proposes 1 change")
    expect(text_of(page)).to_have_count(0)
    page.get_by_role("link", name="Letter (DIN 5008): Heating").click()
    expect_open(page, 1)
    expect_no_sideways_scrolling(page)
    assert violations(page) == []
    note(page, PLACEHOLDER).get_by_role("button", name="Accept").click()
    expect_open(page, 0)
    write_instead(page, "We utilise", "We call.")
    expect(composer(page)).to_be_in_viewport()
    page.go_back()
    expect(text_of(page)).to_have_count(0)
    expect(page.get_by_role("link", name="Letter (DIN 5008): Heating")).to_be_visible()
