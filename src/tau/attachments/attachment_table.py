"""The table of attached files, as statements inside a transaction. Knows nothing of contents.

A row holds the key of a file's content, sealed with the person's data key: where the row is gone,
nothing opens the content. Until a message names the file, the row holds what was read from it too,
and expires.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from tau.journal.entries import FileAttached
from tau.storage import scrubbing
from tau.storage.schema import attachments
from tau.storage.sealing import SecretBox, UnsealError

logger = logging.getLogger(__name__)


class AttachmentDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is sealed in a row."""

    key: bytes
    """Seals the content of the file, and nothing else."""
    pending: FileAttached | None = None
    """What was read from it, until a message names it: then it's an entry of the journal."""


class AttachmentRow(NamedTuple):
    """A row, opened."""

    id: str
    expires_at: float | None
    details: AttachmentDetails


def put_row(connection: sa.Connection, person: str, box: SecretBox, row: AttachmentRow) -> None:
    """Add a row, or write a known one anew."""
    connection.execute(sa.delete(attachments).where(attachments.c.id == row.id))
    values = {
        "id": row.id,
        "person": person,
        "sealed": box.seal(msgspec.msgpack.encode(row.details), _place(row.id)),
        "created_at": time.time(),
        "expires_at": row.expires_at,
    }
    connection.execute(sa.insert(attachments).values(values))


def select_rows(
    connection: sa.Connection, person: str, box: SecretBox, row_id: str | None = None
) -> list[AttachmentRow]:
    """Return a person's rows that haven't expired, oldest first."""
    columns = attachments.c
    query = sa.select(attachments).where(
        columns.person == person,
        sa.or_(columns.expires_at.is_(None), columns.expires_at > time.time()),
        *([] if row_id is None else [columns.id == row_id]),
    )
    rows = connection.execute(query.order_by(columns.created_at, columns.id))
    return [opened for row in rows if (opened := _opened(row, box)) is not None]


def owner_of(connection: sa.Connection, row_id: str) -> str | None:
    """Return whose file has an id, if anybody's has."""
    query = sa.select(attachments.c.person).where(attachments.c.id == row_id)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def delete_rows(connection: sa.Connection, ids: Iterable[str]) -> int:
    """Delete rows, to be scrubbed from every copy; return how many there were."""
    count = 0
    for each in ids:
        if connection.execute(sa.delete(attachments).where(attachments.c.id == each)).rowcount:
            count += 1
            scrubbing.mark_unclean(connection, removed=each)
    return count


def expired_ids(connection: sa.Connection, now: float) -> list[str]:
    """Return everybody's rows that have expired."""
    query = sa.select(attachments.c.id).where(attachments.c.expires_at <= now)
    return list(connection.execute(query).scalars())


def known_ids(connection: sa.Connection) -> set[str]:
    """Return the ids of all rows."""
    return set(connection.execute(sa.select(attachments.c.id)).scalars())


def _opened(row: Any, box: SecretBox) -> AttachmentRow | None:
    """Return a row opened; `None` if it was altered, or if a newer release wrote it."""
    try:
        plain = box.open(bytes(row.sealed), _place(row.id))
        details = msgspec.msgpack.decode(plain, type=AttachmentDetails)
    except (UnsealError, msgspec.DecodeError) as error:
        logger.warning("a row of the table of attachments is unreadable: %s", type(error).__name__)
        return None
    return AttachmentRow(row.id, row.expires_at, details)


def _place(row_id: str) -> str:
    return f"attachment|{row_id}"
