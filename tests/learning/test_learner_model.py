"""The JSON path with the real built-in model: small and often wrong, which is what it is here for.

It is never chosen to learn from; what it answers shows that a schema holds a real engine, and that
nothing ungrounded gets in, however wrong a model is.
"""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tau.app import App, open_app
from tau.learning.extraction import select_messages
from tau.learning.learner import Learner
from tau.memory import Memory
from tau.models import catalog
from tau.models.aliases import Aliases
from tau.settings import Settings
from tau.text.tokenization import terms

pytestmark = [pytest.mark.anyio, pytest.mark.model, pytest.mark.slow]

SAID = ["My sister Mia lives in Porto and works as a nurse.", "I am allergic to peanuts."]


async def asked(app: App, *texts: str) -> tuple[list[str], list[Any]]:
    """Return the answers of the model, and what was believed of them."""
    memory = Memory()
    own = [memory.remember(text) for text in texts]
    answers: list[str] = []
    learner = Learner(app.models)
    answer = learner._answer

    async def kept(*args: Any, **parts: Any) -> str:
        answers.append(await answer(*args, **parts))
        return answers[-1]

    learner._answer = kept  # type: ignore[method-assign]
    return answers, await learner.read(select_messages(own, memory, 8))


async def test_a_schema_holds_the_built_in_model_and_nothing_ungrounded_gets_in(
    tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Aliases, "learners", lambda _: [catalog.CHAT_MODEL])
    settings = Settings(home=tmp_path, models_folder=str(model_cache), threads=1)
    async with open_app(settings, environ={}) as app:
        answers, drawn = await asked(app, *SAID)
    assert answers
    for answer in answers:
        try:
            told = msgspec.json.decode(answer)
        except msgspec.DecodeError:
            continue  # cut off at the most tokens: dropped
        assert all(claim["message"] in {1, 2} for claim in told["claims"])
    said = terms("\n".join(SAID))
    for claim, sources, by in drawn:
        assert by == catalog.CHAT_MODEL
        assert {source.text for source in sources} <= set(SAID)
        assert terms(claim.about).keys() <= said.keys()
        assert terms(claim.value).keys() <= said.keys()
        assert terms(claim.text).keys() & said.keys()
