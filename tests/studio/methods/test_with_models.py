"""The methods with Tau's own models, on a little task of our own."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tau.app import App, open_app
from tau.settings import Settings
from tau.studio.methods.answer_classifier import AnswerClassifier
from tau.studio.methods.choice import choose_methods
from tau.studio.methods.classifier import ClassifierMethod
from tau.studio.methods.comparison import ComparisonInput, compare
from tau.studio.methods.embedder import ExampleEmbedder
from tau.studio.methods.prompt import PromptMethod

from .scripted_models import example, grade_exactly

pytestmark = [pytest.mark.anyio, pytest.mark.model]

LIBRARY = {
    "loans": [
        *("How long may I keep a novel?", "Can I renew what I borrowed?", "When is it due back?"),
        *("I'd like to have the atlas for two more weeks.", "How many books can I take at once?"),
        *("Is there a fine if I bring it late?", "Please extend my books.", "借的书可以续借吗？"),
    ],
    "opening": [
        *("Are you open on Sunday?", "When do you close tonight?", "Is the reading room open now?"),
        *("What are your hours during the holidays?", "Can I come before nine?", "几点关门？"),
        *("Do you open on public holidays?", "Until when can I stay on Fridays?"),
    ],
    "membership": [
        *("I lost my library card.", "How do I sign up?", "My card number doesn't work."),
        *("What does it cost to join?", "I've moved and want to change my address.", "怎么办证？"),
        *("Can my son get his own card?", "I want to end my membership."),
    ],
}
ASKED = {
    "Could I have this dictionary a bit longer?": "loans",
    "May I borrow eleven titles together?": "loans",
    "我想把这本书再借两个星期": "loans",
    "Will somebody be there on Saturday morning?": "opening",
    "What time do the doors shut on Mondays?": "opening",
    "星期天开门吗": "opening",
    "I'd like to become a member.": "membership",
    "Somebody stole my purse with the card in it.": "membership",
    "我的借书证丢了": "membership",
}
TRAIN = [example(said, queue) for queue, texts in LIBRARY.items() for said in texts]
TEST = [example(said, queue, name=said) for said, queue in ASKED.items()]


@pytest.fixture
async def real(tmp_path: Path, model_cache: Path) -> AsyncIterator[App]:
    """Tau with its built-in models."""
    (tmp_path / "models").symlink_to(model_cache)
    async with open_app(Settings(home=tmp_path, builtin="small"), environ={}) as app:
        yield app


async def test_the_classifier_learns_two_languages_and_survives_a_restart(real: App) -> None:
    embedder = ExampleEmbedder(real.models, "multilingual-e5-small")
    method = ClassifierMethod(embedder)
    assert await method.prepare(TRAIN) is None
    answers = [(await method.answer(each)).text for each in TEST]
    right = sum(answer == each.answer for answer, each in zip(answers, TEST, strict=True))
    assert right >= 8
    assert method.fitted is not None
    kept = AnswerClassifier.from_bytes(method.fitted.to_bytes())
    vectors = await embedder.train([kept.text(each) for each in TEST])
    assert [answer for answer, _ in kept.classify(vectors)] == answers


async def test_the_small_model_is_held_to_the_schema(real: App) -> None:
    train = [
        example("Two of us and a child", '{"people": 2, "children": 1}', "Write it as JSON."),
        example("We are four", '{"people": 4, "children": 0}', "Write it as JSON."),
    ]
    method = PromptMethod(real.models, real.models.aliases.info("smollm2-135m-instruct"))
    assert await method.prepare(train) is None
    answer = await method.answer(example("Three of us and two children", "?", "Write it as JSON."))
    read = json.loads(answer.text)
    assert list(read) == ["people", "children"]
    assert all(isinstance(each, int) for each in read.values())
    assert answer.tokens > 10


async def test_all_methods_run_to_the_end(real: App) -> None:
    given = ComparisonInput(train=TRAIN, test=TEST, test_sha256="abc")
    compared = await compare(choose_methods(real.models), given, grade_exactly, run_all=True)
    assert [each.skipped for each in compared.methods] == [""] * 4
    assert all(len(each.answers) == len(TEST) for each in compared.methods)
