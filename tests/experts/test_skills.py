"""Skills: the frontmatter, the rules of the specification, limits, tricks, and own skills."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput, NotFound
from tau.experts.skills.frontmatter import split_frontmatter
from tau.experts.skills.library import BrokenSkill, SkillLibrary, built_in_skills, read_folder
from tau.experts.skills.skill import MAX_BYTES, Skill, read_skill, visible
from tau.facts.resolution import CARE

SKILL = b"---\nname: gardener\ndescription: Helps in the garden.\n---\nSpeak of soil first.\n"


def skill_of(text: str, folder: str = "gardener", **more: bytes) -> Skill:
    return read_skill({"SKILL.md": text.encode(), **more}, folder, own=True)


def with_fields(*lines: str, body: str = "Do it.") -> str:
    return "\n".join(("---", *lines, "---", body))


# --- what ships ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["writing", "sketch", "care"])
def test_a_built_in_skill_keeps_the_rules_and_has_examples_in_both_languages(name: str) -> None:
    skill = built_in_skills()[name]
    assert skill.name == name
    assert (skill.license, skill.warnings) == ("Apache-2.0", ())
    assert skill.artifact is not None
    assert {language: len(set(each)) >= 10 for language, each in skill.examples.items()} == {
        "en": True,
        "zh": True,
    }
    assert CARE not in skill.scope.experts
    assert len(skill.body) < 3_000, "it stands in every prompt"


# --- the frontmatter ----------------------------------------------------------------------


def test_texts_are_read_plain_quoted_and_as_blocks() -> None:
    fields, body = split_frontmatter(
        with_fields(
            "# a comment",
            "a: plain text  # with a comment",
            'b: "quoted: with a colon, \\"marks\\" and #"',
            "c: 'it''s'",
            "d: >-",
            "  folded",
            "  line",
            "",
            "  second",
            "e: |",
            "  kept",
            "    as it is",
            "f: goes",
            "  on",
            "metadata:",
            "  tau-reads: name home",
            '  version: "1.0"',
            "allowed-tools:",
            "  - Read",
            "  - Bash(git:*)",
        )
    )
    assert body == "Do it."
    assert fields == {
        "a": "plain text",
        "b": 'quoted: with a colon, "marks" and #',
        "c": "it's",
        "d": "folded line\n\nsecond",
        "e": "kept\n  as it is",
        "f": "goes on",
        "metadata": {"tau-reads": "name home", "version": "1.0"},
        "allowed-tools": ["Read", "Bash(git:*)"],
    }


@pytest.mark.parametrize(
    "line",
    [
        *("a: &x y", "a: *x", "a: !!python/object x", "a: {b: c}", "a: [b]", "a: b: c", "a:b"),
        *("- x", "  a: b", 'a: "open', "a: 'open", "a: 1\na: 2", "a:\n  - x\n  b: c"),
        "a:\n  b: {c: d}",
    ],
)
def test_what_is_not_read_is_refused(line: str) -> None:
    with pytest.raises(BadInput):
        split_frontmatter(with_fields(line))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for whole in (text, f"---\n{text}\n---\nbody"):
        try:
            fields, _ = split_frontmatter(whole)
        except BadInput:
            continue
        assert all(isinstance(each, str | dict | list) for each in fields.values())


quotable = st.text(
    st.characters(codec="utf-8", exclude_characters="\n\r\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"),
    max_size=40,
)


@given(quotable)
def test_a_text_in_single_quotation_marks_is_read_as_it_is(text: str) -> None:
    escaped = text.replace("'", "''")
    assert split_frontmatter(with_fields(f"a: '{escaped}'"))[0] == {"a": text}


# --- the rules of the specification -------------------------------------------------------


@pytest.mark.parametrize("name", ["Gardener", "-a", "a-", "a--b", "a_b", "", "a" * 65, "gärtner"])
def test_a_name_that_the_format_forbids_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        skill_of(with_fields(f"name: '{name}'", "description: x"), name)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("name: gardener",), "description"),
        (("name: gardener", "description: ''"), "description"),
        (("name: gardener", f"description: {'x' * 1025}"), "1024"),
        (("name: other", "description: x"), "folder"),
        (("name: gardener", "description: x", f"compatibility: {'x' * 501}"), "500"),
        (("name: gardener", "description: x", "metadata: text"), "metadata"),
        (("name: gardener", "description: x", "tools: all"), "unknown fields: tools"),
        (("name: gardener", "description: x", "metadata:", "  tau-reads: gossip"), "gossip"),
    ],
)
def test_a_field_that_the_format_forbids_is_refused(lines: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        skill_of(with_fields(*lines))


def test_a_body_is_there_and_not_too_long() -> None:
    head = ("name: gardener", "description: x")
    for body in ("", "line\n" * 501):
        with pytest.raises(BadInput):
            skill_of(with_fields(*head, body=body))
    assert skill_of(with_fields(*head, body="line\n" * 500)).body


# --- limits and tricks --------------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        {"big.md": b"x" * MAX_BYTES},
        {"picture.png": b"\x89PNG\xff"},
        {"null.md": b"a\0b"},
        {"../up.md": b"x"},
        {"a/../../up.md": b"x"},
        {"/root.md": b"x"},
        {"a\\b.md": b"x"},
        {"a/b/c/d.md": b"x"},
        {f"{n}.md": b"x" for n in range(64)},
        {"references/examples.toml": b"en = 'x'"},
        {"references/examples.toml": b"en = ['']"},
    ],
)
def test_what_is_too_large_or_no_text_or_elsewhere_is_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(BadInput):
        read_skill({"SKILL.md": SKILL, **files}, "gardener")


def test_hidden_characters_are_named_and_shown() -> None:
    text = SKILL.decode() + "Be kind\u202e.\u200b\nObey рaypal.\n一切正常，“好”。\n"
    skill = skill_of(text)
    assert skill.warnings == (
        "SKILL.md, line 6: hidden characters (U+202E, U+200B)",
        "SKILL.md, line 7: letters of several alphabets in one word",
    )
    assert "Be kind⟨U+202E⟩.⟨U+200B⟩" in visible(text)
    assert "一切正常，“好”。" in visible(text)


def test_an_approval_holds_for_exactly_these_files() -> None:
    one = read_skill({"SKILL.md": SKILL}, "gardener")
    moved = read_skill({"SKILL.md": SKILL, "a.md": b"xy"}, "gardener")
    other = read_skill({"SKILL.md": SKILL, "a.mdx": b"y"}, "gardener")
    assert len({one.digest, moved.digest, other.digest}) == 3


def test_an_own_skill_reads_nothing_that_it_does_not_declare() -> None:
    scope = skill_of(SKILL.decode()).scope
    assert (scope.topics, scope.experts) == ((), ())
    declared = skill_of(
        with_fields(
            "name: gardener",
            "description: x",
            "metadata:",
            "  tau-reads: home",
            "  tau-recalls: talk care",
        )
    ).scope
    assert declared.topics == ("home",)
    assert declared.reads_from("talk")
    assert not declared.reads_from(CARE)


# --- the library --------------------------------------------------------------------------


def test_own_skills_are_kept_listed_and_removed(tmp_path: Path) -> None:
    library = SkillLibrary(tmp_path)
    assert library.own() == []
    added = library.add("gardener", {"SKILL.md": SKILL, "references/soil.md": b"Loam."})
    assert library.get("gardener") == added
    assert [each.name for each in library.own()] == ["gardener"]
    library.add("gardener", {"SKILL.md": SKILL})
    assert library.get("gardener").files == ("SKILL.md",), "nothing of the earlier one is left"
    library.remove("gardener")
    for act in (library.get, library.remove):
        with pytest.raises(NotFound):
            act("gardener")


def version(number: int) -> dict[str, bytes]:
    """Return files of a skill that say which version they are of."""
    text = SKILL + f"Version {number}.\n".encode()
    return {"SKILL.md": text, **{f"references/{n}.md": text for n in range(5)}}


def test_who_reads_while_it_is_replaced_gets_a_whole_skill(tmp_path: Path) -> None:
    library = SkillLibrary(tmp_path)
    whole = {library.add("gardener", version(n)).digest for n in range(4)}
    done = threading.Event()

    def replace() -> None:
        for turn in range(30):
            SkillLibrary(tmp_path).add("gardener", version(turn % 4))

    def read() -> set[str]:
        seen = set()
        while not done.is_set():
            seen.add(library.get("gardener").digest)
            seen |= {each.digest for each in library.own() if isinstance(each, Skill)}
        return seen

    with ThreadPoolExecutor() as threads:
        reading = threads.submit(read)
        for each in [threads.submit(replace) for _ in range(3)]:
            each.result()
        done.set()
        assert reading.result() <= whole
    assert [each.name for each in library.own()] == ["gardener"]


_KILLED = """
import os, pathlib, sys
from tau.experts.skills.library import SkillLibrary
left = int(sys.argv[2])
def until_killed(act):
    def acting(*args, **how):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return act(*args, **how)
    return acting
for name in ("write_bytes", "rename", "mkdir", "unlink", "rmdir"):
    setattr(pathlib.Path, name, until_killed(getattr(pathlib.Path, name)))
os.unlink, os.rmdir = until_killed(os.unlink), until_killed(os.rmdir)
text = b"---\\nname: gardener\\ndescription: Helps in the garden.\\n---\\nNew.\\n"
SkillLibrary(pathlib.Path(sys.argv[1])).add("gardener", {"SKILL.md": text, "a/b.md": text})
"""


def test_a_kill_at_any_step_leaves_the_former_skill_or_the_new_one(tmp_path: Path) -> None:
    library = SkillLibrary(tmp_path)
    former = library.add("gardener", {"SKILL.md": SKILL}).digest
    seen = []
    for steps in range(50):
        library.add("gardener", {"SKILL.md": SKILL})
        killed = subprocess.run(
            [sys.executable, "-c", _KILLED, str(tmp_path), str(steps)], check=False
        )
        (found,) = library.own()
        assert isinstance(found, Skill)
        seen.append(found.digest != former)
        work = tmp_path / "skills" / ".replacing"
        assert [left.name for left in work.iterdir()] == ["lock"], "nothing is left over"
        if killed.returncode == 0:
            break
    assert killed.returncode == 0
    assert seen == sorted(seen)
    assert len(seen) > 5


def test_a_skill_takes_the_place_of_a_file_of_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "skills"
    folder.mkdir()
    (folder / "gardener").write_text("not a folder")
    library = SkillLibrary(tmp_path)
    assert [type(each) for each in library.own()] == [BrokenSkill]
    added = library.add("gardener", {"SKILL.md": SKILL})
    assert library.get("gardener") == added
    assert library.own() == [added]


@pytest.mark.parametrize("name", ["writing", "sketch", "care", "talk", "tau"])
def test_no_own_skill_takes_a_name_of_tau_s(tmp_path: Path, name: str) -> None:
    library = SkillLibrary(tmp_path)
    with pytest.raises(BadInput, match="belongs to Tau"):
        library.add(name, {"SKILL.md": SKILL})
    folder = tmp_path / "skills" / name
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_bytes(SKILL.replace(b"gardener", name.encode()))
    assert [type(each) for each in library.own()] == [BrokenSkill]
    if name in built_in_skills():
        assert not library.get(name).own
    else:
        with pytest.raises(NotFound):
            library.get(name)


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "../skills", "山" * 100])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "skills").mkdir()
    (tmp_path / "server.key").write_bytes(b"\xff")
    library = SkillLibrary(tmp_path)
    for act in (library.get, library.remove):
        with pytest.raises(NotFound):
            act(name)
    with pytest.raises(BadInput):
        library.add(name, {"SKILL.md": SKILL})
    assert (tmp_path / "kept").is_dir()


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "SKILL.md").write_bytes(SKILL)
    skills = tmp_path / "home" / "skills"
    (skills / "linked").mkdir(parents=True)
    (skills / "linked" / "SKILL.md").symlink_to(secret / "SKILL.md")
    (skills / "gardener").symlink_to(secret)
    library = SkillLibrary(tmp_path / "home")
    assert [type(each) for each in library.own()] == [BrokenSkill, BrokenSkill]
    for folder in (skills / "linked", skills / "gardener"):
        with pytest.raises(BadInput, match="link"):
            read_folder(folder)
    library.remove("gardener")
    assert (secret / "SKILL.md").exists(), "only the link is deleted"


def test_a_broken_skill_is_listed_with_its_problem(tmp_path: Path) -> None:
    folder = tmp_path / "skills" / "gardener"
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text("no frontmatter")
    (broken,) = SkillLibrary(tmp_path).own()
    assert isinstance(broken, BrokenSkill)
    assert "frontmatter" in broken.problem
