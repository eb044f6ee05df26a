"""Errors of databases and their drivers, as Tau raises them."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tau.errors import StoreFull, StoreUnavailable

logger = logging.getLogger(__name__)

_DISK_FULL = (
    "53100"  # of PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html
)
_UNIQUE_VIOLATION = "23505"
_TOOK_TOO_LONG = "57014"
_STATEMENT_IS_WRONG = {"22", "23"}  # classes: data, integrity


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise errors of the database as `StoreFull` or `StoreUnavailable`."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.DatabaseError) as error:
        if isinstance(error, sa.exc.IntegrityError | sa.exc.DataError):
            raise
        # The statement's parameters are left out: they are private.
        reason = type(error.orig).__name__ if error.orig else type(error).__name__
        raise _unavailable(reason, _pg8000_state(error), full=_is_disk_full(error)) from None
    except sa.exc.TimeoutError:  # of the pool
        raise StoreUnavailable("The database has too much to do. Try again shortly.") from None
    except OSError as error:
        raise StoreUnavailable(
            f"The database cannot be reached ({type(error).__name__})."
        ) from None
    except Exception as error:  # only what asyncpg raised is translated
        state = _asyncpg_state(error)
        if state is None or state[:2] in _STATEMENT_IS_WRONG:
            raise
        raise _unavailable(type(error).__name__, state, full=state == _DISK_FULL) from None


def is_unique_violation(error: Exception) -> bool:
    """Return whether a row with the same key is there already, as asyncpg says."""
    return _asyncpg_state(error) == _UNIQUE_VIOLATION


def _asyncpg_state(error: Exception) -> str | None:
    """Return the SQLSTATE of an error of asyncpg; "" if it has none; `None` for other errors.

    Its classes aren't named here: nobody else than users of PostgreSQL loads asyncpg.
    """
    if type(error).__module__.partition(".")[0] != "asyncpg":
        return None
    return getattr(error, "sqlstate", None) or ""


def _unavailable(reason: str, state: str, *, full: bool) -> StoreFull | StoreUnavailable:
    if full:
        return StoreFull(
            "The disk is full. Nothing was lost, but nothing new can be saved until you free some "
            "space."
        )
    logger.warning("the database failed: %s", reason)
    if state == _TOOK_TOO_LONG:
        return StoreUnavailable("The database took too long to answer. Try again shortly.")
    return StoreUnavailable(f"The database does not answer ({reason}).")


def _is_disk_full(error: sa.exc.DBAPIError) -> bool:
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return getattr(original, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return _pg8000_state(error) == _DISK_FULL


def _pg8000_state(error: sa.exc.DBAPIError) -> str:
    """Return the SQLSTATE of an error of PostgreSQL; "" if it has none."""
    details: Any = error.orig.args[0] if error.orig and error.orig.args else None
    return str(details.get("C", "")) if isinstance(details, dict) else ""
