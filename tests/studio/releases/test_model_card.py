"""The model card: everything that is known, and no words of an example."""

import pytest

from tau.app import App
from tau.people import Unlocked
from tau.studio.releases.card_text import card_markdown
from tau.studio.serving.keeping import keep_method

from ..desk import requests
from .made_releases import compared_project, kept_classifier

pytestmark = pytest.mark.anyio


async def test_a_card_says_where_a_model_comes_from_and_where_it_is_used(
    app: App, owner: Unlocked
) -> None:
    project = await compared_project(app, owner, "Desk | *first*")
    name = await kept_classifier(app, owner, project)
    releases = app.studio.releases
    await releases.release(owner, project, name, "desk")
    learned = (await app.studio.projects.open(owner, project)).project.train[0].id
    await app.studio.withdraw(owner, project, [learned])
    await releases.roll_back(owner, "desk", reason="An example was *withdrawn*.")
    card = await releases.card(owner, project, name)
    assert (card.examples, card.withdrawn, card.test_examples) == (66, 1, 24)
    assert [each.examples for each in card.sources] == [65]
    assert [each.method for each in card.figures] == ["baseline", "classifier"]
    assert len(card.gate) == 8
    assert [(each.alias, each.standing) for each in card.releases] == [("desk", "rolled back")]
    text = card_markdown(card)
    for part in (
        f"# {name}",
        "Desk \\| \\*first\\*",
        "**1 of them were withdrawn since.**",
        "as `desk`: rolled back: An example was \\*withdrawn\\*.",
        "| permitted | **no** |",
    ):
        assert part in text
    assert not [said for said, _ in requests(90) if said in text]


async def test_a_card_says_when_nobody_has_read_an_answer(app: App, owner: Unlocked) -> None:
    project = await compared_project(app, owner)
    log = await app.studio.projects.open(owner, project)
    runs, releases = app.studio.served.runs, app.studio.releases
    name = (await keep_method(owner, log.project, runs, app.models, "classifier", "desk")).name
    await releases.reviews.read(owner, project, name, sorted(log.project.test_ids), "example")
    assert (await releases.gate(owner, project, name)).passed
    text = card_markdown(await releases.card(owner, project, name))
    assert "Nobody judged any of its answers: `tau studio example` attested 24 answers" in text
