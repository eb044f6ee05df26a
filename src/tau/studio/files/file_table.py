"""The table of files, as statements inside a transaction. Knows nothing of contents."""

import logging
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from tau.people import Unlocked
from tau.storage import scrubbing
from tau.storage.schema import studio_files
from tau.storage.sealing import SecretBox, UnsealError
from tau.studio.files.stored_file import FileRecord, decode_details, encode_details

logger = logging.getLogger(__name__)


def insert_record(connection: sa.Connection, unlocked: Unlocked, record: FileRecord) -> None:
    """Add the row of a file, an upload or a part."""
    box = SecretBox(unlocked.data_key)
    row = {
        "id": record.id,
        "person": unlocked.person.id,
        "upload": record.upload,
        "sealed": box.seal(encode_details(record.details), _place(record.id)),
        "created_at": record.created_at,
        "expires_at": record.expires_at,
    }
    connection.execute(sa.insert(studio_files).values(row))


def select_records(
    connection: sa.Connection, unlocked: Unlocked, *conditions: sa.ColumnElement[bool]
) -> list[FileRecord]:
    """Return a person's rows that haven't expired, oldest first."""
    columns = studio_files.c
    query = (
        sa.select(studio_files)
        .where(
            columns.person == unlocked.person.id,
            sa.or_(columns.expires_at.is_(None), columns.expires_at > time.time()),
            *conditions,
        )
        .order_by(columns.created_at, columns.id)
    )
    box = SecretBox(unlocked.data_key, unlocked.earlier_keys)
    records = [_record(row, box) for row in connection.execute(query)]
    return [each for each in records if each is not None]


def delete_rows(connection: sa.Connection, ids: Sequence[str]) -> int:
    """Delete rows, to be scrubbed from every copy; return how many there were."""
    count = 0
    for each in ids:
        deleted = connection.execute(sa.delete(studio_files).where(studio_files.c.id == each))
        if deleted.rowcount:
            count += 1
            scrubbing.mark_unclean(connection, removed=each)
    return count


def expired_ids(connection: sa.Connection, now: float) -> list[str]:
    """Return everybody's rows that have expired."""
    query = sa.select(studio_files.c.id).where(studio_files.c.expires_at <= now)
    return list(connection.execute(query).scalars())


def known_ids(connection: sa.Connection) -> set[str]:
    """Return the ids of all rows."""
    return set(connection.execute(sa.select(studio_files.c.id)).scalars())


def _record(row: Any, box: SecretBox) -> FileRecord | None:
    """Return a row opened; `None` if it was altered, or if a newer release wrote it."""
    try:
        details = decode_details(box.open(bytes(row.sealed), _place(row.id)))
    except (UnsealError, msgspec.DecodeError) as error:
        logger.warning("a row of the table of files is unreadable: %s", type(error).__name__)
        return None
    return FileRecord(row.id, row.created_at, row.expires_at, details, row.upload)


def _place(row_id: str) -> str:
    return f"studio file row|{row_id}"
