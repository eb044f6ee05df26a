"""The tables of people, slots and invitations, as statements inside a transaction.

Every function takes an open connection, so that callers decide what is one transaction. Those that
write first call `lock_people` or `lock_person`: a second transaction waits, then sees what the
first one did, on SQLite and on PostgreSQL. Knows nothing of secrets or how slots open.
"""

from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa

from tau.errors import BadInput, NotFound, NotSignedIn
from tau.people.names import look_alike, name_key
from tau.people.slots import SealedSlot
from tau.people.types import PRIMARY_SLOT_KINDS, Person, Slot, SlotKind, Unlocked
from tau.storage import schema, scrubbing

NAME_TAKEN = "This name is already taken, or looks like one that is; please choose another."
NO_PERSON = "There is no such person."
NO_SLOT = "You have no such key, session or password."
LAST_PRIMARY_SLOT = "Nothing else opens your data: set a password or create a recovery code first."


class Invitation(msgspec.Struct, frozen=True):
    """An invitation that is not accepted yet. Only a digest of its secret is stored."""

    id: str
    invited_by: str
    digest: bytes
    created_at: float
    expires_at: float


def lock_people(connection: sa.Connection) -> None:
    """Lock the table of people until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE"))
    else:  # in SQLite any write locks the whole database
        connection.execute(sa.update(schema.people).where(sa.false()).values(name=""))


def lock_person(connection: sa.Connection, person_id: str) -> None:
    """Lock a person's slots until this transaction ends. Raises `NotFound`."""
    people = schema.people
    # Writing the present value locks the row in every database, whatever the dialect.
    held = sa.update(people).where(people.c.id == person_id).values(owner=people.c.owner)
    if connection.execute(held).rowcount == 0:
        raise NotFound(NO_PERSON)


def lock_unlocked(connection: sa.Connection, unlocked: Unlocked) -> None:
    """Lock a person's slots. Raises `NotSignedIn` if the slot that opened them is deleted."""
    lock_person(connection, unlocked.person.id)
    require_slot(connection, unlocked.slot.id)


def add_person(connection: sa.Connection, person: Person) -> None:
    """Add `person`. Raises `BadInput` if the name is taken."""
    require_free_name(connection, person.name)
    connection.execute(sa.insert(schema.people).values(**msgspec.structs.asdict(person)))


def require_free_name(
    connection: sa.Connection, name: str, *, except_for: str | None = None
) -> None:
    """Raise `BadInput` if someone other than `except_for` has this name or one like it."""
    for person in list_people(connection):
        if person.id != except_for and look_alike(person.name, name):
            raise BadInput(NAME_TAKEN)


def find_by_name(connection: sa.Connection, name: str) -> Person | None:
    """Return the person called `name`, in any case, or `None`.

    Case is folded here, since databases fold it differently. Every name is compared either way, so
    that the time does not reveal whether the name is known.
    """
    key = name_key(name)
    matching = [person for person in list_people(connection) if name_key(person.name) == key]
    return matching[0] if matching else None


def find_person(connection: sa.Connection, person_id: str) -> Person | None:
    """Return the person of that id, or `None`."""
    statement = sa.select(schema.people).where(schema.people.c.id == person_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _person(row)


def find_owner(connection: sa.Connection) -> Person | None:
    """Return the owner, or `None` before there is one."""
    statement = (
        sa.select(schema.people).where(schema.people.c.owner).order_by(schema.people.c.created_at)
    )
    row = connection.execute(statement).first()
    return None if row is None else _person(row)


def list_people(connection: sa.Connection) -> list[Person]:
    """Return everybody: the owner first, then the others in the order they were added."""
    people = schema.people
    statement = sa.select(people).order_by(people.c.owner.desc(), people.c.created_at, people.c.id)
    return [_person(row) for row in connection.execute(statement)]


def rename(connection: sa.Connection, person_id: str, name: str) -> None:
    """Change a person's name. Raises `BadInput` if it is taken, `NotFound`."""
    require_free_name(connection, name, except_for=person_id)
    statement = sa.update(schema.people).where(schema.people.c.id == person_id).values(name=name)
    if connection.execute(statement).rowcount == 0:
        raise NotFound(NO_PERSON)


def remove_person(connection: sa.Connection, person_id: str) -> None:
    """Erase a person: journal, snapshots, slots, invitations and name.

    Raises `NotFound`, and `BadInput` for the last owner.
    """
    # Waits for appends of the person that are in progress; later ones find nobody to write for.
    held = sa.select(schema.people.c.id).where(schema.people.c.id == person_id).with_for_update()
    connection.execute(held)
    person = find_person(connection, person_id)
    if person is None:
        raise NotFound(NO_PERSON)
    if person.owner and sum(one.owner for one in list_people(connection)) == 1:
        raise BadInput("The owner cannot be removed: nobody could invite people or manage Tau.")
    projects = sa.select(schema.studio_projects.c.id).where(
        schema.studio_projects.c.person == person_id
    )
    for project in connection.execute(projects).scalars().all():
        remove_project(connection, project)
    for column in (
        schema.entries.c.person,
        schema.snapshots.c.person,
        schema.slots.c.person,
        schema.invitations.c.invited_by,
        schema.identities.c.person,
        schema.jobs.c.owner,
        schema.studio_jobs.c.person,
        schema.studio_models.c.person,
        schema.studio_files.c.person,
        schema.attachments.c.person,
        schema.homes.c.person,
        schema.usage_days.c.person,
        schema.people.c.id,
    ):
        connection.execute(sa.delete(column.table).where(column == person_id))
    scrubbing.mark_unclean(connection, removed=person_id)


def remove_project(connection: sa.Connection, project_id: str) -> None:
    """Erase a project of the studio: its log, its snapshots and its key."""
    for column in (
        schema.entries.c.person,
        schema.snapshots.c.person,
        schema.studio_jobs.c.run,
        schema.studio_models.c.project,
        schema.studio_projects.c.id,
    ):
        connection.execute(sa.delete(column.table).where(column == project_id))
    scrubbing.mark_unclean(connection, removed=project_id)


def add_slot(connection: sa.Connection, sealed: SealedSlot) -> None:
    """Add a slot, and delete the expired ones of the same person."""
    slots = schema.slots
    expired = slots.c.expires_at <= sealed.slot.created_at
    _delete_where(connection, slots.c.person == sealed.person, expired)
    row = msgspec.structs.asdict(sealed.slot)
    connection.execute(
        sa.insert(slots).values(
            **row, person=sealed.person, salt=sealed.salt, wrapped=sealed.wrapped
        )
    )


def replace_slot(connection: sa.Connection, sealed: SealedSlot) -> None:
    """Add a slot and delete the others of the same person and kind."""
    delete_slots(connection, sealed.person, (sealed.slot.kind,))
    add_slot(connection, sealed)


def reseal_slot(connection: sa.Connection, old: SealedSlot, new: SealedSlot) -> None:
    """Replace a slot's wrapped key, unless it has changed since."""
    slots = schema.slots
    statement = sa.update(slots).where(slots.c.id == old.slot.id, slots.c.wrapped == old.wrapped)
    if connection.execute(statement.values(salt=new.salt, wrapped=new.wrapped)).rowcount:
        scrubbing.mark_revoked(connection)


def find_slot_and_person(
    connection: sa.Connection, slot_id: str
) -> tuple[SealedSlot, Person] | None:
    """Return the slot of that id and the person it belongs to, or `None`."""
    statement = sa.select(schema.slots).where(schema.slots.c.id == slot_id)
    row = connection.execute(statement).one_or_none()
    sealed = None if row is None else _sealed(row)
    person = None if sealed is None else find_person(connection, sealed.person)
    return None if sealed is None or person is None else (sealed, person)


def find_sealed_slot(
    connection: sa.Connection, person_id: str, kind: SlotKind
) -> SealedSlot | None:
    """Return a person's newest slot of that kind, or `None`."""
    slots = schema.slots
    statement = sa.select(slots).where(slots.c.person == person_id, slots.c.kind == kind)
    row = connection.execute(statement.order_by(slots.c.created_at.desc())).first()
    return None if row is None else _sealed(row)


def find_earlier_keys(connection: sa.Connection, person_id: str) -> list[SealedSlot]:
    """Return the slots of the data keys that a person had before, the newest first."""
    slots = schema.slots
    statement = sa.select(slots).where(slots.c.person == person_id, slots.c.kind == "earlier_key")
    return [
        _sealed(row) for row in connection.execute(statement.order_by(slots.c.created_at.desc()))
    ]


def list_slots(connection: sa.Connection, person_id: str) -> list[Slot]:
    """Return the slots of a person, expired ones too, oldest first."""
    slots = schema.slots
    statement = sa.select(slots).where(slots.c.person == person_id)
    rows = connection.execute(statement.order_by(slots.c.created_at, slots.c.id))
    return [_sealed(row).slot for row in rows]


def require_slot(connection: sa.Connection, slot_id: str) -> None:
    """Raise `NotSignedIn` if the slot is deleted: it may still be in the token cache."""
    statement = sa.select(schema.slots.c.id).where(schema.slots.c.id == slot_id)
    if connection.execute(statement).one_or_none() is None:
        raise NotSignedIn("This sign-in has ended; please sign in again.")


def delete_slot(connection: sa.Connection, slot_id: str) -> bool:
    """Delete a slot; return whether it existed, so that only one of two callers succeeds."""
    return _delete_where(connection, schema.slots.c.id == slot_id) == 1


def delete_expired_slots(connection: sa.Connection, now: float) -> None:
    """Delete everybody's slots that have expired."""
    _delete_where(connection, schema.slots.c.expires_at <= now)


def delete_slots(
    connection: sa.Connection,
    person_id: str,
    kinds: tuple[SlotKind, ...],
    *,
    except_for: str | None = None,
) -> None:
    """Delete the slots of a person of these kinds."""
    slots = schema.slots
    kept = sa.true() if except_for is None else slots.c.id != except_for
    _delete_where(connection, slots.c.person == person_id, slots.c.kind.in_(kinds), kept)


def delete_slot_unless_last(connection: sa.Connection, person_id: str, slot_id: str) -> None:
    """Delete a person's slot. Raises `NotFound`, and `BadInput` for the last primary slot."""
    held = {slot.id: slot.kind for slot in list_slots(connection, person_id)}
    if held.get(slot_id, "earlier_key") == "earlier_key":
        raise NotFound(NO_SLOT)
    kind = held.pop(slot_id)
    if kind in PRIMARY_SLOT_KINDS and not any(
        other in PRIMARY_SLOT_KINDS for other in held.values()
    ):
        raise BadInput(LAST_PRIMARY_SLOT)
    delete_slot(connection, slot_id)


def has_slot(connection: sa.Connection, person_id: str, kinds: tuple[SlotKind, ...]) -> bool:
    """Return whether the person has a slot of one of these kinds."""
    return any(slot.kind in kinds for slot in list_slots(connection, person_id))


def touch_slot(
    connection: sa.Connection, slot_id: str, *, now: float, unless_since: float, until: float | None
) -> None:
    """Record that a slot was used, unless that was done recently; `until` extends it."""
    slots = schema.slots
    stale = sa.or_(slots.c.used_at.is_(sa.null()), slots.c.used_at <= unless_since)
    statement = sa.update(slots).where(slots.c.id == slot_id, stale)
    times = {"used_at": now} if until is None else {"used_at": now, "expires_at": until}
    connection.execute(statement.values(times))


def set_expiry(connection: sa.Connection, slot_id: str, expires_at: float | None) -> None:
    """Set when a slot expires; `None`: never."""
    slots = schema.slots
    connection.execute(sa.update(slots).where(slots.c.id == slot_id).values(expires_at=expires_at))


def slot_labels(connection: sa.Connection, slot_ids: Collection[str]) -> dict[str, str]:
    """Return the labels of those of these slots that there are."""
    slots = schema.slots
    statement = sa.select(slots.c.id, slots.c.label).where(slots.c.id.in_(slot_ids))
    return {row.id: row.label for row in connection.execute(statement)}


def add_invitation(connection: sa.Connection, invitation: Invitation) -> None:
    """Add an invitation, and delete the expired ones."""
    table = schema.invitations
    connection.execute(sa.delete(table).where(table.c.expires_at <= invitation.created_at))
    connection.execute(sa.insert(table).values(**msgspec.structs.asdict(invitation)))


def find_invitation(connection: sa.Connection, invitation_id: str) -> Invitation | None:
    """Return an invitation, expired or not, or `None`."""
    table = schema.invitations
    row = connection.execute(sa.select(table).where(table.c.id == invitation_id)).one_or_none()
    return None if row is None else Invitation(**_fields(row))


def delete_invitation(connection: sa.Connection, invitation_id: str) -> bool:
    """Delete an invitation; return whether it existed."""
    table = schema.invitations
    return connection.execute(sa.delete(table).where(table.c.id == invitation_id)).rowcount == 1


def add_identity(connection: sa.Connection, digest: str, person: str, now: float) -> None:
    """Link an account with a person; to link it again changes nothing.

    Raises `IntegrityError` if it's linked with somebody else.
    """
    query = sa.select(schema.identities.c.person).where(schema.identities.c.id == digest)
    if connection.execute(query).scalar() == person:
        return
    connection.execute(
        sa.insert(schema.identities).values(id=digest, person=person, created_at=now)
    )


def _delete_where(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> int:
    """Delete slots, to be scrubbed from every file; return how many there were."""
    count = connection.execute(sa.delete(schema.slots).where(*conditions)).rowcount
    if count:
        scrubbing.mark_revoked(connection)
    return count


def _fields(row: sa.Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - public in SQLAlchemy, underscored against clashes


def _person(row: sa.Row[Any]) -> Person:
    return Person(**_fields(row))


def _sealed(row: sa.Row[Any]) -> SealedSlot:
    fields = _fields(row)
    person, salt, wrapped = (fields.pop(name) for name in ("person", "salt", "wrapped"))
    return SealedSlot(Slot(**fields), person, bytes(salt), bytes(wrapped))
