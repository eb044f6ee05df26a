"""Help for what is written outside of a turn: in the forms and check-ins of reflective support.

Nothing is stored, and no reply is made: the page shows the help before anything else.
"""

from collections.abc import Sequence

import anyio
import anyio.to_thread

from tau.care.signals import Level
from tau.companion.care_step import CareStep, HelpOffer
from tau.journal.entries import CareMark

_EMBED_SECONDS = 1.0
"""How long all texts together may wait for the embedder."""


async def help_for_texts(care: CareStep, texts: Sequence[str]) -> HelpOffer | None:
    """Return the help for the most serious of some texts, in the order they were written."""
    with anyio.move_on_after(_EMBED_SECONDS):
        for place, text in enumerate(texts):
            await care.embed_alone(text, texts[:place])
    # In a thread: long texts would keep the event loop from replying.
    return await anyio.to_thread.run_sync(_most_serious, care, texts)


def _most_serious(care: CareStep, texts: Sequence[str]) -> HelpOffer | None:
    found: tuple[CareMark, str] | None = None
    for place, text in enumerate(texts):
        mark = care.assess_alone(text, texts[:place]).mark
        if mark is not None and (found is None or mark.level >= found[0].level):
            found = mark, text
    return care.offer(*found) if found else None


def help_for_answer(care: CareStep, language: str) -> HelpOffer:
    """Return the help for somebody who answered that they think of dying or of self-harm."""
    mark = CareMark(int(Level.IDEATION), "suicide", country=care.country())
    return care.offer_in(language, mark)
