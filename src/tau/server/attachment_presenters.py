"""Conversion of attached files to the API's responses."""

from tau.attachments.attachment_store import AttachmentStore
from tau.companion.files_read import existing_parts
from tau.journal.entries import FileAttached
from tau.memory import Memory, Message
from tau.memory.attachments import FoundPart
from tau.server.auth import CurrentPerson
from tau.server.schemas.attachments import AttachmentOut, FileSourceOut, FoundPartOut


def attachment_out(store: AttachmentStore, file: FileAttached, parts: int) -> AttachmentOut:
    """Return a file with the number of its passages."""
    return AttachmentOut(
        id=file.id,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        pages=file.pages,
        parts=parts,
        cut=file.cut,
        width=file.width,
        height=file.height,
        at=file.at,
        conversation=file.conversation or None,
        stored=store.has_content(file.id),
    )


def attachments_out(current: CurrentPerson, message: Message) -> list[AttachmentOut]:
    """Return the files that came with a message and weren't forgotten."""
    known = current.life.memory.attachments
    found = (known.find(each) for each in message.attachments)
    return [attachment_out(current.files, file, known.count(file.id)) for file in found if file]


def sources_out(current: CurrentPerson, message: Message) -> list[FileSourceOut]:
    """Return the passages of files that a reply had and that weren't forgotten."""
    return [
        FileSourceOut(
            attachment=each.file.id,
            part=each.number,
            name=each.file.name,
            page=each.part.page,
            place=each.part.place,
            text=each.part.text,
        )
        for each in existing_parts(current.life.memory, message)
    ]


def found_part_out(memory: Memory, each: FoundPart) -> FoundPartOut:
    """Return a passage that was found, with the message that the file first came with."""
    message = memory.message(memory.attachments.messages_of(each.file.id)[0])
    return FoundPartOut(
        attachment=each.file.id,
        part=each.number,
        name=each.file.name,
        page=each.part.page,
        place=each.part.place,
        text=each.part.text,
        message=message.id,
        conversation=message.conversation,
        at=message.at,
    )
