"""Lines of a terminal about specialists: one that could help, and what a reply made."""

from tau.cli.terminal import single_line
from tau.companion.events import ArtifactMade, SpecialistSuggested

_MAKERS = ("writing", "sketch")


def specialist_line(event: SpecialistSuggested | ArtifactMade) -> str:
    """Return who could help in a chat, or what was made, and the command for it."""
    if isinstance(event, ArtifactMade):
        return f"Made: {single_line(event.title)}. /save FILE saves it."
    name = single_line(event.expert)
    if event.expert in _MAKERS:
        return f"This looks like work for {name.title()}: /expert {name}"
    return f"{single_line(event.question)} /expert {name}"


def specialist_line_of_ask(event: SpecialistSuggested | ArtifactMade) -> str:
    """Return the same below the reply of `tau ask`."""
    if isinstance(event, SpecialistSuggested):
        name = single_line(event.expert)
        return f"(This looks like work for {name.title()}: tau ask --expert {name})"
    title = single_line(event.title)
    if event.artifact_type == "plan":
        return f"(Made: {title}. To save it: tau sketch save {event.artifact} -o plan.svg)"
    return f"(Made: {title}. It's in the app, and /save in tau chat saves it.)"
