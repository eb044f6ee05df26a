"""`tau studio add --from-documents` and `tau studio review-examples`, as somebody types them."""

import json
from pathlib import Path

import pytest

from .conftest import Command

pytestmark = pytest.mark.slow  # these open a Tau of their own


def test_a_document_becomes_examples_that_a_person_reviews(tau: Command, tmp_path: Path) -> None:
    pairs = [{"request": f"Question {n}?", "answer": f"Answer {n}."} for n in (1, 2, 3)]
    rules = tmp_path / "rules.md"
    rules.write_text(f"The kitchen closes at ten. [[say {json.dumps({'examples': pairs})}]]")
    tau("studio", "new", "desk")
    written = tau("studio", "add", "desk", str(rules), "--from-documents")
    assert written.exit_code == 0, written.stderr
    assert "3 examples were written from 1 passages." in written.stdout
    assert "Waiting for your review: 3" in tau("studio", "show", "desk").stdout
    reviewed = tau("studio", "review-examples", "desk", said="k\nx\nq\n")
    assert "1 of 3" in reviewed.stdout
    assert "Passage:\nThe kitchen closes at ten." in reviewed.stdout
    assert "Answer:  Answer 2." in reviewed.stdout
    assert "1 examples wait for your review." in reviewed.stdout
    assert "Left out: 1" in tau("studio", "show", "desk").stdout
    assert "No example is waiting." in tau("studio", "review-examples", "desk", said="k\n").stdout


def test_what_is_no_document_is_refused(tau: Command, tmp_path: Path) -> None:
    program = tmp_path / "rules.exe"
    program.write_bytes(b"MZ")
    tau("studio", "new", "desk")
    refused = tau("studio", "add", "desk", str(program), "--from-documents")
    assert refused.exit_code == 1
    assert "isn't a document that Tau reads" in refused.stderr
