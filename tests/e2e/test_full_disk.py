"""A disk that is full: the page says so, and the words stay where they can be sent again."""

import random
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from .acts import Api, composer, conversation_of, converse, enter, expect_reply, said, say
from .servers import Tau

# More than what is left on the last page, however well it is compressed.
WORDS = "[[say Now it is kept]] " + random.Random(6).randbytes(60_000).hex()


async def _fill(tau: Tau, *, is_full: bool) -> None:
    """Let the database take no further page, as a full disk does, or take some again."""

    def limit(connection: Any, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0] if is_full else 2**30
        connection.execute(f"PRAGMA max_page_count={pages}").fetchone()

    engine = tau.app.database.engine
    engine.dispose()
    sa.event.listen(engine, "connect", limit)


def test_a_message_that_the_disk_has_no_space_for_is_not_lost(
    page: Page, tau: Tau, api: Api
) -> None:
    enter(page, tau)
    converse(page, "[[say Good morning]]", "Good morning")
    conversation = conversation_of(page)

    tau.call(_fill(tau, is_full=True))
    say(page, WORDS)
    notice = page.get_by_role("main").get_by_role("alert")
    expect(notice).to_contain_text("disk is full")
    expect(composer(page)).to_have_value(WORDS)
    expect(said(page)).to_have_count(1)
    page.get_by_role("link", name="Past", exact=True).click()
    page.wait_for_url("**/past")
    page.go_back()
    expect(composer(page)).to_have_value(WORDS)

    tau.call(_fill(tau, is_full=False))
    composer(page).press("Enter")
    expect_reply(page, "Now it is kept")
    expect(notice).to_have_count(0)
    expect(said(page)).to_have_count(2)
    assert [one["text"] for one in api.thread(conversation)][-2:] == [WORDS, "Now it is kept"]
