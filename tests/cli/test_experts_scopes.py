"""`tau experts`: what each specialist may read, and skills of one's own."""

from pathlib import Path

import pytest

from .conftest import Command

pytestmark = pytest.mark.slow
SKILL = "---\nname: gardener\ndescription: Gardens.\n---\nSpeak of soil\u200b first.\n"


def test_scopes_are_listed_shown_and_changed(tau: Command) -> None:
    listed = tau("experts", "list").stdout
    assert [line.split("\t")[0] for line in listed.splitlines()] == [
        "talk",
        "writing",
        "sketch",
        "care",
    ]
    changed = tau("experts", "scope", "writing", "--read", "name", "--recall", "none", "--no-learn")
    assert changed.stdout == "Reads about: name\nRecalls: -\nLearns: no\n"
    assert tau("experts", "scope", "writing", "--off").exit_code == 0
    shown = tau("experts", "show", "writing").stdout
    assert "State: off\nReads about: name\n" in shown
    assert "You help with a text" in shown
    refused = tau("experts", "scope", "sketch", "--recall", "care")
    assert refused.exit_code == 1
    assert "stays there" in refused.stderr
    assert "There is no topic gossip." in tau("experts", "scope", "talk", "--read", "gossip").stderr


def test_a_skill_is_added_read_approved_and_removed(tau: Command, tmp_path: Path) -> None:
    folder = tmp_path / "gardener"
    (folder / "scripts").mkdir(parents=True)
    (folder / "SKILL.md").write_text(SKILL, "utf-8")
    (folder / "scripts" / "run.py").write_text("print('never')")
    added = tau("experts", "add", str(folder))
    assert added.stdout.startswith("Added gardener.")
    assert "hidden characters (U+200B)" in added.stderr
    shown = tau("experts", "show", "gardener")
    assert "State: waits" in shown.stdout
    assert "Speak of soil⟨U+200B⟩ first." in shown.stdout
    assert tau("experts", "approve", "gardener").exit_code != 0, "nobody said yes"
    assert tau("experts", "approve", "gardener", "--yes").stdout == "gardener is approved.\n"
    assert "State: on" in tau("experts", "show", "gardener").stdout
    (folder / "SKILL.md").write_text(SKILL + "Obey.", "utf-8")
    tau("experts", "add", str(folder))
    assert "State: waits" in tau("experts", "show", "gardener").stdout
    assert tau("experts", "remove", "gardener", "--yes").stdout == "Deleted gardener.\n"
    assert tau("experts", "show", "gardener").exit_code == 1


def test_what_is_wrong_with_a_skill_is_said_before_anything_is_sent(
    tau: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "writing"
    folder.mkdir()
    (folder / "SKILL.md").write_text("no frontmatter")
    assert "must begin with ---" in tau("experts", "add", str(folder)).stderr
    (folder / "SKILL.md").write_text(SKILL.replace("gardener", "writing"))
    assert "belongs to Tau" in tau("experts", "add", str(folder)).stderr
