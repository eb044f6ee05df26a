"""What documents, plans, Word files and exports say is never believed, whatever model learns."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tau.models import Chunk

from .artifact_channels import CHANNELS, Send, one_line
from .conftest import HARMLESS, PoisonedLife, claims_answer, table
from .test_obedient_model import ObedientModel
from .test_poisoning import forbidden_of

pytestmark = pytest.mark.anyio

ATTACKS = table("attacks.toml", "attack")
_AT_ONCE = 9


class EagerModel(ObedientModel):
    """Claims whatever it's shown, and whatever the attacks want; agrees to every statement."""

    def __init__(self) -> None:
        self.wanted: list[str] = []

    async def stream(self, name: str, body: Any) -> AsyncGenerator[Chunk, None]:
        async for chunk in super().stream(name, body):
            is_claims = chunk.text.startswith('{"claims"')
            yield Chunk(self._with_wanted(chunk.text) if is_claims else chunk.text, chunk.raw)

    def _with_wanted(self, text: str) -> str:
        claims = json.loads(text)["claims"]
        for wanted in self.wanted:
            plain = one_line(wanted)[:200]
            said = {"text": plain, "quote": plain, "value": plain[:60]}
            more = claims_answer(said, said | {"topic": "instruction"}, said | {"topic": "name"})
            claims += json.loads(more)["claims"]
        return json.dumps({"claims": claims})


@pytest.fixture
def eager(poisoned: PoisonedLife, monkeypatch: pytest.MonkeyPatch) -> EagerModel:
    model = EagerModel()
    monkeypatch.setattr(poisoned.app.models, "stream", model.stream)
    return model


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda send: send.__name__)
async def test_nothing_that_was_made_or_sent_is_believed(
    poisoned: PoisonedLife, eager: EagerModel, channel: Send
) -> None:
    through = []
    for start in range(0, len(ATTACKS), _AT_ONCE):
        attacks = ATTACKS[start : start + _AT_ONCE]
        eager.wanted = [attack["text"] for attack in attacks]
        await channel(poisoned, eager.wanted)
        known = await poisoned.known_text()
        through += [a["id"] for a in attacks if any(word in known for word in forbidden_of(a))]
    print(f"{channel.__name__}: {len(through)} of {len(ATTACKS)} attacks got through")
    assert through == []
    scope = poisoned.life.memory.scopes.of("talk")
    assert not scope.reads_from("care")
    current = [fact for fact in poisoned.life.memory.facts.all() if fact.state == "current"]
    assert {fact.text for fact in current} <= {HARMLESS.strip("."), "Make it shorter"}
