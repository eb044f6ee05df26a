"""The benchmark of writing: its figures are there, and each can show that something is wrong."""

import pytest

from tau.bench import writing_tracking
from tau.bench.writing import measure, measure_tracking
from tau.bench.writing_style import score_style
from tau.experts.writing.blocks import TextDocument
from tau.experts.writing.docx_out import revise_docx

pytestmark = pytest.mark.anyio


async def test_all_figures_reach_the_aims() -> None:
    figures = await measure(5, None)
    assert figures["tracking"] == {"documents": 5, "kept": 5, "broken": []}
    for split in ("develop", "check"):
        assert figures["style"][split]["found"] >= 0.98
        assert figures["style"][split]["false"] <= 0.02
        assert figures["contradictions"][split]["precision"] >= 0.95
    assert figures["milliseconds"]["rules_first"] > 0


def test_a_change_that_isnt_tracked_is_a_broken_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    def untracked(
        original: bytes, document: TextDocument, *, author: str | None = None, date: str = ""
    ) -> bytes:
        return revise_docx(original, document)

    monkeypatch.setattr(writing_tracking, "revise_docx", untracked)
    found = measure_tracking(4)
    assert found["kept"] < 4
    assert "rejected, it has the old text" in found["broken"]


def test_style_counts_what_is_planted() -> None:
    score = score_style("check")
    assert score.planted >= 15
    assert score.found == score.planted
