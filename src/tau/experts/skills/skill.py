"""A skill: a folder with a SKILL.md, read and checked as the Agent Skills specification says.

https://agentskills.io/specification. Tau's own keys are in `metadata`: `tau-reads` (topics of facts
that the specialist may read, or `all`), `tau-recalls` (specialists whose conversations it may
recall), `tau-writes` (what it makes known) and `tau-artifact` (what it makes). Scripts and tools
are kept as text and never run. Pure: it knows files by their contents.
"""

import re
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from typing import get_args

import msgspec

from tau.errors import BadInput
from tau.experts.skills.frontmatter import Value, split_frontmatter
from tau.facts.resolution import TALK
from tau.facts.unicode_cleaning import clean_unicode, is_disguised
from tau.journal.entries import ArtifactType, Topic
from tau.memory.scope import Scope, default_scope

SKILL_FILE = "SKILL.md"
EXAMPLES_FILE = "references/examples.toml"
MAX_BYTES = 256 * 1024
MAX_FILES = 64
MAX_BODY_LINES = 500
_MAX_NAME, _MAX_DESCRIPTION, _MAX_COMPATIBILITY = 64, 1024, 500
_MAX_DEPTH = 3
_MAX_EXAMPLES, _MAX_EXAMPLE_CHARACTERS = 500, 300
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELDS = frozenset(
    ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
)


class Skill(msgspec.Struct, frozen=True, kw_only=True):
    """A specialist's description, and how it's to behave (`body`).

    `digest` is of all its files: an approval holds for exactly these. `own` is one of a person's
    own; `warnings` say what of its text isn't what it looks like.
    """

    name: str
    description: str
    body: str
    digest: str
    own: bool = False
    license: str = ""
    compatibility: str = ""
    metadata: dict[str, str] = {}
    examples: dict[str, tuple[str, ...]] = {}
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def artifact(self) -> ArtifactType | None:
        """What it makes, if anything."""
        made = self.metadata.get("tau-artifact", "")
        return made if made in get_args(ArtifactType) else None  # type: ignore[return-value]

    @property
    def writes(self) -> tuple[str, ...]:
        """What it makes known to the memory, such as `style`."""
        return tuple(self.metadata.get("tau-writes", "").split())

    @property
    def scope(self) -> Scope:
        """What it may read until the person changes that: what it declares, and nothing more."""
        reads = self.metadata.get("tau-reads", "").split()
        recalls = tuple(self.metadata.get("tau-recalls", TALK if not self.own else "").split())
        topics = None if "all" in reads else tuple(_known_topics(reads))
        return msgspec.structs.replace(default_scope(self.name), topics=topics, experts=recalls)


def read_skill(files: Mapping[str, bytes], folder: str, *, own: bool = False) -> Skill:
    """Return the skill in a folder of this name, from its files by relative path.

    Raises `BadInput` with what the specification, or Tau's limits, forbid.
    """
    texts = _texts(files)
    if SKILL_FILE not in texts:
        raise BadInput(f"A skill is a folder with a file {SKILL_FILE}.")
    fields, body = split_frontmatter(texts[SKILL_FILE])
    metadata = _checked_fields(fields, folder)
    if not body:
        raise BadInput("The text of the skill is empty: say how the specialist is to behave.")
    if len(body.splitlines()) > MAX_BODY_LINES:
        raise BadInput(f"The text of a skill can have at most {MAX_BODY_LINES} lines.")
    return Skill(
        name=folder,
        description=str(fields["description"]),
        body=body,
        digest=digest_of(files),
        own=own,
        license=str(fields.get("license", "")),
        compatibility=str(fields.get("compatibility", "")),
        metadata=metadata,
        examples=_examples(texts.get(EXAMPLES_FILE)),
        files=tuple(sorted(files)),
        warnings=tuple(_warnings(texts)),
    )


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the digest of a skill's files: their paths and contents."""
    digest = sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{len(path.encode())} {len(content)} ".encode() + path.encode() + content)
    return digest.hexdigest()


def visible(text: str) -> str:
    """Return a text with every hidden or disguising character spelled out as its code point."""
    return "".join(_spelled_out(one) for one in text)


def _checked_fields(fields: Mapping[str, Value], folder: str) -> dict[str, str]:
    """Return the metadata of a frontmatter. Raises `BadInput` if a field breaks the format."""
    if unknown := sorted(fields.keys() - _FIELDS):
        raise BadInput(f"The frontmatter has unknown fields: {', '.join(unknown)}.")
    name = _text(fields, "name", _MAX_NAME, required=True)
    if not _NAME.fullmatch(name):
        raise BadInput(
            "A skill's name has lowercase letters, digits and single hyphens between them."
        )
    if name != folder:
        raise BadInput(f"The skill is named {name}, but its folder isn't.")
    _text(fields, "description", _MAX_DESCRIPTION, required=True)
    _text(fields, "license", _MAX_DESCRIPTION)
    _text(fields, "compatibility", _MAX_COMPATIBILITY)
    metadata = fields.get("metadata", {})
    if not isinstance(metadata, dict):
        raise BadInput("The metadata of a skill maps keys to texts.")
    reads = [topic for topic in metadata.get("tau-reads", "").split() if topic != "all"]
    if unknown := sorted(set(reads) - set(_known_topics(reads))):
        raise BadInput(f"tau-reads names unknown topics: {', '.join(unknown)}.")
    return metadata


def _text(fields: Mapping[str, Value], name: str, most: int, *, required: bool = False) -> str:
    value = fields.get(name, "" if not required else None)
    if not isinstance(value, str) or (name in fields and not value.strip()):
        raise BadInput(f"The field {name} of a skill must be a text that isn't empty.")
    if len(value) > most:
        raise BadInput(f"The field {name} of a skill can have at most {most} characters.")
    return value


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the files as texts. Raises `BadInput` for what is too large, or no text."""
    if sum(map(len, files.values())) > MAX_BYTES:
        raise BadInput(f"A skill can have at most {MAX_BYTES // 1024} kB in all.")
    if len(files) > MAX_FILES:
        raise BadInput(f"A skill can have at most {MAX_FILES} files.")
    texts: dict[str, str] = {}
    for path, content in files.items():
        parts = path.split("/")
        if len(parts) > _MAX_DEPTH or not all(part.strip(". ") for part in parts) or "\\" in path:
            raise BadInput("A file of the skill has a path that isn't allowed.")
        try:
            texts[path] = content.decode()
        except UnicodeDecodeError:
            raise BadInput(f"{path} isn't a text in UTF-8; skills hold only text.") from None
        if "\0" in texts[path]:
            raise BadInput(f"{path} isn't a text; skills hold only text.")
    return texts


def _examples(text: str | None) -> dict[str, tuple[str, ...]]:
    """Return the example sentences by language. Raises `BadInput`."""
    if text is None:
        return {}
    try:
        table = msgspec.convert(tomllib.loads(text), dict[str, list[str]])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInput(f"{EXAMPLES_FILE} maps languages to lists of sentences.") from error
    sentences = [one for each in table.values() for one in each]
    if len(sentences) > _MAX_EXAMPLES or any(
        not one.strip() or len(one) > _MAX_EXAMPLE_CHARACTERS for one in sentences
    ):
        raise BadInput(f"{EXAMPLES_FILE} has too many sentences, or one is empty or too long.")
    return {language: tuple(each) for language, each in table.items()}


def _warnings(texts: Mapping[str, str]) -> list[str]:
    """Return what a person who reads the texts wouldn't see."""
    found: list[str] = []
    for path, text in sorted(texts.items()):
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
            hidden = dict.fromkeys(one for one in line if _spelled_out(one) != one)
            named = ", ".join(f"U+{ord(one):04X}" for one in hidden)
            if hidden:
                found.append(f"{path}, line {number}: hidden characters ({named})")
            elif is_disguised(line):
                found.append(f"{path}, line {number}: letters of several alphabets in one word")
    return found[:100]


def _spelled_out(one: str) -> str:
    if one in "\n\t\r" or (one.isascii() and one.isprintable()):
        return one
    is_plain = clean_unicode(one) == one or (one.isprintable() and bool(clean_unicode(one).strip()))
    return one if is_plain else f"⟨U+{ord(one):04X}⟩"


def _known_topics(names: list[str]) -> list[Topic]:
    known = get_args(Topic)
    return [name for name in names if name in known]  # type: ignore[misc]
