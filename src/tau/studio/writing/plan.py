"""What is to be written from a document: by which model, and for which task."""

import msgspec

from tau.errors import BadInput, Conflict
from tau.ids import derived_id
from tau.models import Models
from tau.studio.examples.example import ExampleSource
from tau.studio.methods.choice import strongest_model
from tau.studio.writing.example_writer import WritingTask

MOST_PER_PASSAGE = 10


class DocumentOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says about a document."""

    model: str = ""
    """A model or alias; without one, the most capable model that is connected."""
    instructions: str = ""
    """The system message of the examples."""
    licence: str = ""
    per_passage: int = 3


def plan_writing(models: Models, name: str, sha256: str, how: DocumentOptions) -> WritingTask:
    """Return what is to be written. The document's source is the same for the same bytes.

    Raises `Conflict` where no capable model is connected, `BadInput` for more examples than a
    passage gives, and `UnknownModel`.
    """
    if not 1 <= how.per_passage <= MOST_PER_PASSAGE:
        raise BadInput(f"Between 1 and {MOST_PER_PASSAGE} examples can be written of a passage.")
    found = models.aliases.info(how.model) if how.model else strongest_model(models)
    if found is None or found.size != "capable" or not found.ready:
        raise Conflict(
            "Examples are written by a capable model. Connect one with `tau models add`, and put "
            "it behind the alias for chatting or name it."
        )
    source = ExampleSource(
        id=derived_id("document", sha256),
        name=name,
        sha256=sha256,
        licence=how.licence,
        trust="synthetic",
    )
    return WritingTask(
        model=found.name,
        source=source,
        instructions=how.instructions,
        per_passage=how.per_passage,
    )
