"""`tau sketch`: plans from words, saved in every format."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from tau import settings
from tau.app import open_app
from tau.experts.artifacts import ArtifactDraft, ArtifactWriter
from tau.experts.sketch.checking import violations
from tau.experts.sketch.downloads import PlanPicture, plan_file, read_plan
from tests.experts.expert_environment import expert_environment, use_expert_environment
from tests.experts.sketch.briefs import small_plan

from .conftest import Command

WORDS = ("a", "kitchen,", "a", "bedroom,", "a", "bath,", "65 m2")


@pytest.fixture
def packages(home: Path) -> None:
    expert_environment()
    use_expert_environment(home)


@pytest.mark.usefixtures("packages")
def test_words_become_a_plan_and_what_was_assumed_is_said(tau: Command, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    done = tau("sketch", *WORDS, "-o", str(file))
    assert done.exit_code == 0
    assert "I added a living room." in done.stderr
    assert done.stdout.startswith(f"{file}: ")
    plan = read_plan(file.read_bytes())
    assert violations(plan) == []
    assert {room.kind for room in plan.rooms} >= {"living", "kitchen", "bedroom", "bath"}


@pytest.mark.usefixtures("packages")
def test_a_brief_is_drawn_in_every_format(tau: Command, tmp_path: Path) -> None:
    brief = tmp_path / "brief.json"
    brief.write_bytes(msgspec.json.encode(small_plan().brief))
    for suffix, start in ((".svg", b"<svg "), (".pdf", b"%PDF-1.5"), (".dxf", b"  0\nSECTION")):
        file = tmp_path / f"plan{suffix}"
        assert tau("sketch", "--brief", str(brief), "-o", str(file)).exit_code == 0
        assert file.read_bytes().startswith(start)


@pytest.mark.usefixtures("packages")
def test_a_saved_plan_is_changed_by_words_and_what_moved_is_said(
    tau: Command, tmp_path: Path
) -> None:
    before, after = tmp_path / "plan.json", tmp_path / "plan.svg"
    before.write_bytes(plan_file(small_plan(), "json"))
    done = tau("sketch", "edit", str(before), "kitchen 12.5 m2", "-o", str(after))
    assert done.exit_code == 0
    assert "Moved: " in done.stderr
    assert "Kitchen" in done.stderr
    assert "fill-opacity" in after.read_text("utf-8")
    both, twice = "mirror it. The kitchen should have 12.5 m2", tmp_path / "twice.json"
    assert tau("sketch", "edit", str(before), both, "-o", str(twice)).exit_code == 0
    kitchen = next(room for room in read_plan(twice.read_bytes()).rooms if room.id == "kitchen")
    assert kitchen.area == pytest.approx(12.5, abs=0.5)
    assert kitchen.box.x0 == 0
    refused = tau("sketch", "edit", str(before), "nice weather", "-o", str(after))
    assert refused.exit_code == 1
    assert "I don't know what to change." in refused.stderr


@pytest.mark.usefixtures("packages")
def test_a_saved_plan_is_saved_again_as_a_model_and_for_cad(tau: Command, tmp_path: Path) -> None:
    plan, model = tmp_path / "plan.json", tmp_path / "model.svg"
    plan.write_bytes(plan_file(small_plan(), "json"))
    done = tau("sketch", "save", str(plan), "-o", str(model), "--view", "axonometric")
    assert done.exit_code == 0
    assert model.read_bytes() == plan_file(small_plan(), "svg", PlanPicture(view="axonometric"))
    drawing = tmp_path / "plan.dxf"
    assert tau("sketch", "save", str(plan), "-o", str(drawing)).exit_code == 0
    assert drawing.read_bytes().startswith(b"  0\nSECTION")
    refused = tau("sketch", "save", str(plan), "-o", str(drawing), "--view", "axonometric")
    assert refused.exit_code == 1
    assert "saved as .svg or .pdf" in refused.stderr


def test_plans_that_tau_keeps_are_listed_and_saved(
    tau: Command, tmp_path: Path, environ: dict[str, str]
) -> None:
    assert tau("sketch", "plans").stdout.startswith("There are no plans yet.")
    kept = asyncio.run(_keep(environ, "Two\x1b[2J rooms"))
    listed = tau("sketch", "plans").stdout
    assert listed.split("\t")[0] == kept
    assert "\x1b" not in listed
    for named in (kept, "Two\x1b[2J rooms"):
        file = tmp_path / "kept.json"
        assert tau("sketch", "save", named, "-o", str(file)).exit_code == 0
        assert read_plan(file.read_bytes()) == small_plan()
        file.unlink()
    refused = tau("sketch", "save", "cottage", "-o", str(tmp_path / "x.svg"))
    assert refused.exit_code == 1
    assert "no plan 'cottage'" in refused.stderr


@pytest.mark.usefixtures("packages")
def test_a_plan_that_tau_keeps_is_changed_by_words(
    tau: Command, tmp_path: Path, environ: dict[str, str]
) -> None:
    kept, file = asyncio.run(_keep(environ, "By the lake")), tmp_path / "plan.svg"
    done = tau("sketch", "edit", "By the lake", "kitchen 12.5 m2", "-o", str(file))
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{file}: By the lake\n"
    assert done.stderr.startswith("Moved: ")
    assert "fill-opacity" in file.read_text("utf-8")
    saved = tmp_path / "plan.json"
    tau("sketch", "save", kept, "-o", str(saved))
    assert read_plan(saved.read_bytes()) != small_plan()


async def _keep(environ: dict[str, str], title: str) -> str:
    """Keep the small plan in the owner's Tau, as a talk does."""
    async with open_app(settings.load(environ=environ), environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        content = msgspec.json.encode(small_plan()).decode()
        draft = ArtifactDraft(content=content, type="plan", title=title, expert="sketch")
        return (await ArtifactWriter(life).create(draft)).id


@pytest.mark.usefixtures("packages")
def test_a_place_that_cant_be_written_is_said_in_a_sentence(tau: Command, tmp_path: Path) -> None:
    before, after = tmp_path / "plan.json", tmp_path / "missing" / "plan.svg"
    before.write_bytes(plan_file(small_plan(), "json"))
    done = tau("sketch", "edit", str(before), "mirror it", "-o", str(after))
    assert done.exit_code == 1
    assert f"{after} can't be written" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("hello", "there"), "I found no rooms in this."),
        (("a bath", "-o", "plan.png"), "Save a plan as .svg, .dxf, .pdf or .json."),
        (("a bath", "-o", "plan.svg"), "tau experts setup"),
        (("edit", "missing.json", "swap the baths"), "no file and no plan 'missing.json'"),
        (("edit", ".", "swap the baths"), ". can't be read: Is a directory."),
    ],
)
def test_what_cant_be_drawn_is_said_in_a_sentence(
    tau: Command, arguments: tuple[str, ...], says: str
) -> None:
    done = tau("sketch", *arguments)
    assert done.exit_code == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
