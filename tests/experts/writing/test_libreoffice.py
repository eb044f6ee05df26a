"""LibreOffice opens the files that Tau writes, and reads the same text. Skipped where it isn't."""

from pathlib import Path

import pytest

from tau.experts.writing.blocks import TextDocument, parse_markdown
from tau.experts.writing.docx_in import read_docx
from tau.experts.writing.docx_new import new_docx
from tau.experts.writing.docx_out import revise_docx
from tests.libreoffice import libreoffice, shown_text

LETTER = (
    "# Offer\n\nDear **Ana**,\\\nwe utilise it & <you>.\n\n- one\n- two\n\n1. first\n\n"
    "| Item | Price |\n|---|---|\n| Heating | 900 |\n\n租金已付。\n"
)


@pytest.mark.slow
@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice isn't installed")
def test_libreoffice_reads_the_text_of_new_and_of_changed_files(tmp_path: Path) -> None:
    original = new_docx(parse_markdown(LETTER))
    document = read_docx(original).document
    words = [piece for block in document.blocks for piece in block.text.split("\n")]
    shown = shown_text(tmp_path, "new.docx", original)
    assert all(word in shown for word in words)
    changed = TextDocument(
        tuple(document.replace("p2", "Dear Ana,\nwe use it.").blocks), plain=True
    )
    clean = shown_text(tmp_path, "clean.docx", revise_docx(original, changed))
    assert ("we use it." in clean, "utilise" in clean) == (True, False)
    tracked = revise_docx(original, changed, author="Tau", date="2026-05-12T09:30:00Z")
    assert "租金已付。" in shown_text(tmp_path, "tracked.docx", tracked)
