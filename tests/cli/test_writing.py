"""`tau check` and `tau write`: what is printed, what is written, and what is left alone."""

import json
from pathlib import Path

import pytest

from tau.bench.writing_documents import RandomWordFile
from tau.experts.writing.blocks import parse_markdown
from tau.experts.writing.docx_in import read_docx
from tau.experts.writing.docx_new import new_docx

from .conftest import Command

LETTER = "14 May 2026\n\nDear Ana,\n\nWe utilise the the form.\n\nKind regards,\nMira\n"


def _steered(*edits: tuple[str, str, str]) -> str:
    shown = [{"block": b, "find": f, "replace": r, "why": "shorter"} for b, f, r in edits]
    return f"[[say {json.dumps({'edits': shown})}]]"


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.md"
    path.write_text(LETTER, "utf-8")
    return path


def test_a_document_is_checked_without_a_model(tau: Command, letter: Path) -> None:
    done = tau("check", str(letter))
    assert done.exit_code == 0
    assert done.stdout == "3\tthe the\t“the” is there twice. 'the'\n"
    assert "tau experts setup" in done.stderr
    found = json.loads(tau("check", str(letter), "--json").stdout)["findings"]
    assert [one["rule"] for one in found] == ["repeated-word"]


def test_rules_in_vales_form_are_checked_too(tau: Command, letter: Path) -> None:
    folder = letter.parent / "styles"
    folder.mkdir()
    (folder / "Words.yml").write_text("extends: substitution\nswap:\n  utilise: use\n", "utf-8")
    done = tau("check", str(letter), "--rules", str(folder))
    assert done.stdout.splitlines()[0] == "3\tutilise\tWrite “use” instead of “utilise”. 'use'"
    (folder / "Broken.yml").write_text("extends: script\n", "utf-8")
    refused = tau("check", str(letter), "--rules", str(folder))
    assert (refused.exit_code, "Broken.yml" in refused.stderr) == (1, True)


def test_changes_are_written_beside_the_original(tau: Command, letter: Path) -> None:
    edits = _steered(("b3", "utilise", "use"), ("b3", "never said", "x"))
    refused = tau("write", str(letter), edits)
    assert refused.exit_code == 1
    assert "--tracked" in refused.stderr
    done = tau("write", str(letter), edits, "--yes")
    written = letter.with_name("letter-edited.md")
    assert done.stdout == f"Wrote {written} with 1 of 1 changes.\n"
    assert "1 more didn't fit" in done.stderr
    assert written.read_text("utf-8") == LETTER.replace("utilise", "use")
    assert letter.read_text("utf-8") == LETTER
    again = tau("write", str(letter), edits, "--yes")
    assert (again.exit_code, "already exists" in again.stderr) == (1, True)


def test_a_word_file_gets_tracked_changes(tau: Command, tmp_path: Path) -> None:
    path, target = tmp_path / "letter.docx", tmp_path / "out.docx"
    path.write_bytes(new_docx(parse_markdown(LETTER)))
    tau("write", str(path), _steered(("p3", "utilise", "use")), "--tracked", "-o", str(target))
    found = [change for _, change in read_docx(target.read_bytes()).changes]
    assert [(one.author, one.kind, one.text) for one in found] == [
        ("Tau", "deleted", "utilise"),
        ("Tau", "inserted", "use"),
    ]


def test_marks_of_others_are_named_and_files_of_strangers_refused(
    tau: Command, tmp_path: Path
) -> None:
    path = tmp_path / "theirs.docx"
    path.write_bytes(RandomWordFile(5).make())
    assert "tracked changes by Ana" in tau("check", str(path)).stderr
    path.write_bytes(b"PK broken")
    refused = tau("check", str(path))
    assert (refused.exit_code, "isn't a Word file" in refused.stderr) == (1, True)


def test_the_built_in_model_isnt_asked_to_rewrite(tau: Command, letter: Path) -> None:
    refused = tau("write", str(letter), "shorter", "--yes", "--model", "smollm2-135m-instruct")
    assert refused.exit_code == 1
    assert "can't rewrite well" in refused.stderr
    assert list(letter.parent.glob("*-edited*")) == []


def test_tracked_changes_need_the_original_format(tau: Command, letter: Path) -> None:
    refused = tau("write", str(letter), "x", "--tracked", "-o", str(letter.with_suffix(".docx")))
    assert "format of the original" in refused.stderr


def _letters(folder: Path) -> list[str]:
    names = [str(folder / name) for name in ("a.docx", "b.md", "c.md")]
    for name in names:
        text = LETTER.replace("the the", "the colour of the")
        is_word = name.endswith(".docx")
        data = new_docx(parse_markdown(text)) if is_word else text.encode()
        Path(name).write_bytes(data)
    return names


def test_rules_of_style_are_added_listed_and_removed(tau: Command) -> None:
    added = tau("write", "style", "add", "We write e-mail with a hyphen")
    assert added.stdout == "Added: We write e-mail with a hyphen\n"
    listed = tau("write", "style").stdout
    assert listed.startswith("1\tWe write e-mail with a hyphen\tyou\t2")
    assert tau("write", "style", "remove", "1").exit_code == 0
    assert "Nothing yet" in tau("write", "style").stdout


def test_style_of_documents_is_shown_with_counts_and_applied_once_approved(
    tau: Command, tmp_path: Path
) -> None:
    shown = tau("write", "style", "sample", *_letters(tmp_path)).stdout.splitlines()
    assert "1. Use British spelling (3 of 3 documents)" in shown
    assert "   a.docx: We utilise the colour of the form." in shown
    closing = next(line[0] for line in shown if "End letters" in line)
    assert tau("write", "style", "approve", closing).stdout == "Approved: 1\n"
    listed = tau("write", "style").stdout
    assert "1\tEnd letters with “Kind regards”\ta.docx, b.md, c.md\t" in listed
    assert "Found in your documents" in listed
    assert tau("write", "style", "reject").exit_code == 0
    assert tau("write", "style", "approve").exit_code == 1


def test_a_document_named_like_a_command_can_be_edited(tau: Command, letter: Path) -> None:
    edits = _steered(("b3", "utilise", "use"))
    done = tau("write", "document", str(letter), edits, "--yes", "-o", str(letter.parent / "o.md"))
    assert done.exit_code == 0


def test_long_documents_and_huge_tables_are_checked_or_said_to_be_too_long(
    tau: Command, tmp_path: Path
) -> None:
    pages = tmp_path / "pages.md"  # some two hundred pages
    pages.write_text("\n\n".join([f"{'We pay the rent. ' * 30}the the" for _ in range(900)]))
    assert tau("check", str(pages)).stdout.splitlines()[-1].startswith("900\tthe the\t")
    rows = "\n".join(f"| {n} the the | rent |" for n in range(2_000))
    table = tmp_path / "table.docx"
    table.write_bytes(new_docx(parse_markdown(f"| a | b |\n|---|---|\n{rows}")))
    assert len(tau("check", str(table)).stdout.splitlines()) == 2_000
    table.with_suffix(".txt").write_text("x" * 200_001)
    refused = tau("check", str(table.with_suffix(".txt")))
    assert (refused.exit_code, "too long" in refused.stderr) == (1, True)


def test_an_empty_document_has_nothing_to_mark(tau: Command, tmp_path: Path) -> None:
    empty = tmp_path / "empty.md"
    empty.write_text("")
    assert tau("check", str(empty)).stdout == "Nothing to mark.\n"
    assert tau("write", str(empty), "shorter", "--yes").exit_code == 0
    assert empty.with_name("empty-edited.md").read_bytes() == b""
    nothing = tmp_path / "nothing.docx"
    nothing.touch()
    refused = tau("check", str(nothing))
    assert (refused.exit_code, "isn't a Word file" in refused.stderr) == (1, True)
