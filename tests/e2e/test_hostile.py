"""Whatever a reply holds, it is only shown: nothing of it runs, loads, asks or breaks the page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from .acts import Api, converse, enter, expect_no_sideways_scrolling, expect_reply, replies
from .servers import Tau

ELSEWHERE = "http://192.0.2.1"
MARKUP = f"""<script>window.ran = 1</script><img src=x onerror="window.ran = 2">
<iframe src="{ELSEWHERE}/frame"></iframe><svg onload="window.ran = 3"></svg>
<a href="javascript:window.ran = 4">raw</a><style>body {{ display: none }}</style>

**bold** <details open ontoggle="window.ran = 5">x</details> <form action="{ELSEWHERE}"><button>y"""
LINKS = f"""[one](javascript:window.ran=1) [two](data:text/html,<script>window.ran=2</script>)
[three](/api/sign-out) [four](//192.0.2.1/x) [five](vbscript:x) [six](  JaVaScRiPt:alert(1))
[good]({ELSEWHERE}/page) <javascript:alert(2)> [seven](file:///etc/passwd) [e](mailto:a@b.example)
[eight](http://127.0.0.1:6283@192.0.2.1/)"""
PICTURES = f"""![a cat]({ELSEWHERE}/cat.png "title") ![]({ELSEWHERE}/pixel.gif?words=secret)
![x](data:image/svg+xml;base64,PHN2Zz4=) [![in a link]({ELSEWHERE}/b.png)]({ELSEWHERE}/c)

[reference]: {ELSEWHERE}/r.png
![by reference][reference]"""
TABLE = "\n".join(
    [
        "|" + "|".join(f"column {n}" for n in range(60)) + "|",
        "|" + "-|" * 60,
        *["|" + "|".join(f"cell {row}.{n}" for n in range(60)) + "|" for row in range(40)],
    ]
)
FENCE = "```python\n" + "print('" + "x" * 3000 + "')\n" * 200
BIDI = "Pay \u202e0001\u202c to \u2066evil\u2069 \u200bnow\ufeff \U000e0041"
LONG = "a" * 100_000 + "\n\n" + "# " + "b" * 5000 + "\n\n> " + "c" * 5000 + "\n\n- " + "d" * 5000
DEEP = "> " * 300 + "deep\n\n" + "".join(" " * n + "- item\n" for n in range(0, 200, 2))
UGLY = (
    "Z"
    + "\u0301" * 3000
    + " \u0000\u0007\u001b[31m \ud7ff\uffff &lt;b&gt; \\<b\\> $$x$$ [[say no]]"
)
INERT = "script, img, iframe, svg, form, style, object, embed, video, audio, link, base, details"


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> Iterator[None]:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    enter(page, tau)
    yield
    assert dialogs == []
    assert page.evaluate("() => window.ran") is None
    assert page.context.pages == [page]


def _shown(page: Page, api: Api, text: str) -> None:
    """Show a reply that holds exactly `text`."""
    conversation = api.begin(title="Hostile")
    api.write(conversation, "What do you say?")
    api.write(conversation, text.replace("\0", ""), by="tau")
    page.goto(f"/c/{conversation}")
    expect(replies(page)).to_have_count(1)
    expect(replies(page).locator(".prose")).to_be_visible()
    expect(page.locator(".prose").locator(INERT)).to_have_count(0)
    expect_no_sideways_scrolling(page)


def test_markup_is_text(page: Page, api: Api) -> None:
    _shown(page, api, MARKUP)
    expect(page.locator(".prose strong")).to_have_text("bold")
    expect(page.locator("body")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your words")).to_be_visible()


def test_links_lead_only_where_links_may(page: Page, api: Api) -> None:
    _shown(page, api, LINKS)
    links = page.locator(".prose a")
    addresses = [link.get_attribute("href") for link in links.all()]
    assert addresses == [f"{ELSEWHERE}/page", "mailto:a@b.example"]
    for link in links.all():
        assert link.get_attribute("target") == "_blank"
        assert {"noopener", "noreferrer"} <= set(str(link.get_attribute("rel")).split())
    for word in ("one", "two", "three", "four", "five", "six", "seven", "eight"):
        expect(page.locator(".prose")).to_contain_text(word)


def test_pictures_are_their_words_and_nothing_is_asked_of_anybody(page: Page, api: Api) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    _shown(page, api, PICTURES)
    expect(page.locator(".prose")).to_contain_text("a cat")
    expect(page.locator(".prose")).to_contain_text("in a link")
    assert [url for url in asked if "192.0.2.1" in url] == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TABLE, id="a huge table"),
        pytest.param(FENCE, id="an endless fence"),
        pytest.param(LONG, id="very long lines"),
        pytest.param(DEEP, id="deep lists"),
        pytest.param(UGLY, id="ugly signs"),
    ],
)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_keeps_its_shape(page: Page, api: Api, text: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    _shown(page, api, text)
    converse(page, "[[say Still here]]", "Still here")
    expect_no_sideways_scrolling(page)


def test_the_order_of_signs_is_that_of_the_text(page: Page, api: Api) -> None:
    _shown(page, api, BIDI)
    expect(page.locator(".prose")).to_have_text("Pay 0001 to evil now ")
    conversation = api.begin(title="A title \u202ewith a turn")
    api.write(conversation, "Words \u202ethat turn", speaker="Eve\u202eliar")
    page.goto(f"/c/{conversation}")
    expect(page.get_by_text("Words that turn")).to_be_visible()
    for mark in ("\u202e", "\u2066", "\u200b"):
        assert mark not in page.locator("main article").first.inner_text()


def test_a_reply_is_inert_while_it_is_made(page: Page, tau: Tau) -> None:
    page.get_by_role("textbox", name="Your words").fill(
        "[[say <img src=x onerror=window.ran=1> <script>window.ran=2</script> end]]"
        " [[pause after 3]]"
    )
    page.keyboard.press("Enter")
    expect(replies(page).last).to_contain_text("<img")
    expect(page.locator(".prose").locator(INERT)).to_have_count(0)
    tau.release()
    expect_reply(page, "end")
    expect(page.locator(".prose").locator(INERT)).to_have_count(0)


def test_titles_names_and_facts_are_text_too(page: Page, api: Api) -> None:
    markup = "<img src=x onerror=window.ran=1>"
    conversation = api.begin(title=markup)
    api.write(conversation, f"I like {markup} herons", speaker=f"Eve {markup}")
    assert page.request.patch("/api/me", data={"name": markup}).ok
    api.post("/api/memory/facts", {"text": f"I like {markup} herons"})
    for address in ("/", f"/c/{conversation}", "/past", "/memory", "/memory/facts"):
        page.goto(address)
        expect(page.get_by_role("main").get_by_role("heading").first).to_be_visible()
        expect(page.get_by_role("navigation").first.get_by_text("<img").first).to_be_visible()
        expect(page.locator("img[src=x]")).to_have_count(0)
        expect_no_sideways_scrolling(page)
