"""Help for what is written in forms: the most serious of the fields counts, and fields add up."""

from pathlib import Path

import pytest

from tau.companion.care_step import CareStep
from tau.companion.care_texts import help_for_answer, help_for_texts

pytestmark = pytest.mark.anyio
DANGER, ACUTE = "I want to kill myself", "I took all my pills an hour ago to end it"


@pytest.fixture
def care() -> CareStep:
    return CareStep(Path("/nowhere"), "US")


@pytest.mark.parametrize("texts", [[], [""], ["I slept badly", "", "A walk by the river"]])
async def test_everyday_words_name_no_help(care: CareStep, texts: list[str]) -> None:
    assert await help_for_texts(care, texts) is None


@pytest.mark.parametrize(
    "texts", [[ACUTE, "a cup of tea"], ["tired", DANGER, ACUTE], [DANGER, "", ACUTE, "rain"]]
)
async def test_the_most_serious_field_counts(care: CareStep, texts: list[str]) -> None:
    offer = await help_for_texts(care, texts)
    assert offer is not None
    assert offer.signal.level == 3
    assert offer.help.country == "US"


async def test_what_was_written_before_counts_too(care: CareStep) -> None:
    signs = ["I feel hopeless", "It will be over soon"]
    assert [await help_for_texts(care, [sign]) for sign in signs] == [None, None]
    offer = await help_for_texts(care, signs)
    assert offer is not None
    assert offer.signal.kind == "suicide"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_answer_about_dying_names_help_in_the_language_of_the_page(
    care: CareStep, language: str
) -> None:
    offer = help_for_answer(care, language)
    assert (offer.signal.level, offer.language) == (2, language)
    assert offer.help.lines
