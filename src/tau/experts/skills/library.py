"""The skills that there are: those that ship with Tau, and those in `TAU_HOME/skills`.

An own skill is text that is shown and approved like a memory. It can't take the name of a built-in
one, and links aren't followed. One that breaks a rule is listed with what is wrong with it. It's
replaced as a whole: whoever reads it meanwhile gets the former one or the new one.
"""

import shutil
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from tau.errors import BadInput, NotFound
from tau.experts.skills.folder_replacement import WORK_FOLDER, locked_folders, replace_folder
from tau.experts.skills.skill import MAX_BYTES, MAX_FILES, Skill, read_skill
from tau.facts.resolution import TALK
from tau.memory.scope import EXPERTS

FOLDER = "skills"
_RESERVED = frozenset((*EXPERTS, TALK, "tau"))
_MAX_SKILLS = 50
_MAX_NAME_BYTES = 255
"""Of a folder, on the file systems that there are."""
_IGNORED = frozenset((".DS_Store", "Thumbs.db", WORK_FOLDER))
_NO_SPECIALIST = "There is no such specialist."
_NO_OWN_SKILL = "There is no such skill of your own."


class BrokenSkill(msgspec.Struct, frozen=True):
    """A folder that can't be used as a skill, and why."""

    name: str
    problem: str


@cache
def built_in_skills() -> Mapping[str, Skill]:
    """Return the skills that ship with Tau, by name."""
    folder = files("tau.experts.skills")
    return {name: read_skill(_packaged_files(folder / name), name) for name in EXPERTS}


class SkillLibrary:
    """The skills of one Tau; `home` is its folder."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def own(self) -> list[Skill | BrokenSkill]:
        """Return the skills in the person's folder, by name, broken ones too."""
        if not self._folder.is_dir():
            return []
        with locked_folders(self._folder):
            return self._own()

    def get(self, name: str) -> Skill:
        """Return a skill, built in or own. Raises `NotFound`, `BadInput` for a broken one."""
        if name in built_in_skills():
            return built_in_skills()[name]
        if not _is_own_name(name) or not self._folder.is_dir():
            raise NotFound(_NO_SPECIALIST)
        with locked_folders(self._folder):
            if not (self._folder / name).is_dir():
                raise NotFound(_NO_SPECIALIST)
            return read_skill(read_folder(self._folder / name), name, own=True)

    def add(self, name: str, contents: Mapping[str, bytes]) -> Skill:
        """Keep a skill of the person's own, in place of one of the same name. Raises `BadInput`."""
        if name in _RESERVED:
            raise BadInput(f"The name {name} belongs to Tau; give the skill another one.")
        skill = read_skill(contents, name, own=True)
        with locked_folders(self._folder):
            if not (self._folder / name).exists() and len(self._own()) >= _MAX_SKILLS:
                raise BadInput(f"There can be at most {_MAX_SKILLS} skills.")
            replace_folder(self._folder, name, contents)
        return skill

    def remove(self, name: str) -> None:
        """Delete a skill of the person's own. Raises `NotFound`."""
        target = self._folder / name
        if not _is_own_name(name) or not self._folder.is_dir():
            raise NotFound(_NO_OWN_SKILL)
        with locked_folders(self._folder):
            if target.is_symlink():
                target.unlink()
            elif target.is_dir():
                shutil.rmtree(target)
            else:
                raise NotFound(_NO_OWN_SKILL)

    def _own(self) -> list[Skill | BrokenSkill]:
        names = sorted(path.name for path in self._folder.iterdir() if path.name not in _IGNORED)
        return [self._read_or_explain(name) for name in names[:_MAX_SKILLS]]

    def _read_or_explain(self, name: str) -> Skill | BrokenSkill:
        if name in _RESERVED:
            return BrokenSkill(name, f"The name {name} belongs to Tau; rename the folder.")
        try:
            return read_skill(read_folder(self._folder / name), name, own=True)
        except BadInput as error:
            return BrokenSkill(name, str(error))


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files of a skill's folder by relative path. Raises `BadInput` for links."""
    if folder.is_symlink():
        raise BadInput("The folder of a skill can't be a link.")
    if not folder.is_dir():
        raise BadInput("A skill is a folder.")
    try:
        return _read_files(folder)
    except OSError as error:
        raise BadInput(f"The folder can't be read: {error.strerror}.") from error


def _read_files(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = MAX_BYTES
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise BadInput("A skill can't contain links.")
        if path.is_dir() or path.name in _IGNORED:
            continue
        if not path.is_file():
            raise BadInput("A skill can contain only files.")
        left -= path.stat().st_size
        if left < 0 or len(found) >= MAX_FILES:
            raise BadInput(f"A skill can have at most {MAX_BYTES // 1024} kB in {MAX_FILES} files.")
        found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def _is_own_name(name: str) -> bool:
    """Return whether a folder of this name can be there, in the folder and not above it."""
    is_apart = name not in (*_RESERVED, WORK_FOLDER, "", ".", "..") and "/" not in name
    return is_apart and len(name.encode("utf-8", "replace")) <= _MAX_NAME_BYTES


def _packaged_files(folder: Traversable, above: str = "") -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for each in folder.iterdir():
        if each.is_dir():
            found |= _packaged_files(each, f"{above}{each.name}/")
        else:
            found[above + each.name] = each.read_bytes()
    return found
