"""The registry of people and their slots, as statements inside a transaction.

Everything here takes an open connection, so that what belongs together is decided together. Work
that writes begins with `lock_people` or `lock_person`: whoever comes second waits, then sees
what the first one did, on SQLite as on PostgreSQL. Knows nothing of secrets or how slots open.
"""

from typing import Any

import msgspec
import sqlalchemy as sa

from tau.errors import BadInput, NotFound, NotSignedIn
from tau.people.names import name_key
from tau.people.slots import SealedSlot
from tau.people.types import PRIMARY_SLOT_KINDS, Person, Slot, SlotKind
from tau.storage import schema, scrubbing

NAME_TAKEN = "Somebody here already has this name; please choose another."
NO_PERSON = "There is no such person here."
NO_SLOT = "There is no such key, session or password of yours."
LAST_PRIMARY_SLOT = (
    "This is the last way to open what Tau remembers: set a password or make a recovery code first."
)


class Invitation(msgspec.Struct, frozen=True):
    """An invitation that nobody has accepted yet. Of its secret only a digest is known."""

    id: str
    invited_by: str
    digest: bytes
    created_at: float
    expires_at: float


def lock_people(connection: sa.Connection) -> None:
    """Let nobody else add, rename or remove people until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE"))
    else:  # in SQLite any write holds everybody else's
        connection.execute(sa.update(schema.people).where(sa.false()).values(name=""))


def lock_person(connection: sa.Connection, person_id: str) -> None:
    """Let nobody else change this person's slots until this transaction ends, or `NotFound`."""
    people = schema.people
    # Writing what is there holds the row in every database, without a dialect's own words.
    held = sa.update(people).where(people.c.id == person_id).values(owner=people.c.owner)
    if connection.execute(held).rowcount == 0:
        raise NotFound(NO_PERSON)


def add_person(connection: sa.Connection, person: Person) -> None:
    """Add `person`. Raises `BadInput` if the name is somebody else's."""
    require_free_name(connection, person.name)
    connection.execute(sa.insert(schema.people).values(**msgspec.structs.asdict(person)))


def require_free_name(
    connection: sa.Connection, name: str, *, except_for: str | None = None
) -> None:
    """Raise `BadInput` if `name` is somebody's, whatever its case."""
    bearer = find_by_name(connection, name)
    if bearer is not None and bearer.id != except_for:
        raise BadInput(NAME_TAKEN)


def find_by_name(connection: sa.Connection, name: str) -> Person | None:
    """Return who bears `name`, whatever its case, or `None`.

    Case is folded here and not by the database, whose idea of it differs from one to the next.
    Everybody is looked at either way, so that the time does not tell whether the name is known.
    """
    key = name_key(name)
    bearers = [person for person in list_people(connection) if name_key(person.name) == key]
    return bearers[0] if bearers else None


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
    """Return everybody: the owner, then the others in the order in which they came."""
    people = schema.people
    statement = sa.select(people).order_by(people.c.owner.desc(), people.c.created_at, people.c.id)
    return [_person(row) for row in connection.execute(statement)]


def rename(connection: sa.Connection, person_id: str, name: str) -> None:
    """Give a person another name."""
    require_free_name(connection, name, except_for=person_id)
    statement = sa.update(schema.people).where(schema.people.c.id == person_id).values(name=name)
    if connection.execute(statement).rowcount == 0:
        raise NotFound(NO_PERSON)


def remove_person(connection: sa.Connection, person_id: str) -> None:
    """Erase a person: their life, their snapshots, their slots, their invitations, their name."""
    person = find_person(connection, person_id)
    if person is None:
        raise NotFound(NO_PERSON)
    if person.owner and sum(one.owner for one in list_people(connection)) == 1:
        raise BadInput("The owner cannot be removed: nobody could invite people or manage Tau.")
    for column in (
        schema.entries.c.person,
        schema.snapshots.c.person,
        schema.slots.c.person,
        schema.invitations.c.invited_by,
        schema.people.c.id,
    ):
        connection.execute(sa.delete(column.table).where(column == person_id))
    scrubbing.mark_unclean(connection)


def add_slot(connection: sa.Connection, sealed: SealedSlot) -> None:
    """Add a slot, and clear away those of the same person that have expired."""
    slots = schema.slots
    clear = sa.delete(slots).where(
        slots.c.person == sealed.person, slots.c.expires_at <= sealed.slot.created_at
    )
    connection.execute(clear)
    row = msgspec.structs.asdict(sealed.slot)
    connection.execute(
        sa.insert(slots).values(
            **row, person=sealed.person, salt=sealed.salt, wrapped=sealed.wrapped
        )
    )


def replace_slot(connection: sa.Connection, sealed: SealedSlot) -> None:
    """Add a slot in place of those of the same person and kind."""
    delete_slots(connection, sealed.person, (sealed.slot.kind,))
    add_slot(connection, sealed)


def reseal_slot(connection: sa.Connection, old: SealedSlot, new: SealedSlot) -> None:
    """Wrap a slot anew at its place, unless it has changed meanwhile."""
    slots = schema.slots
    statement = sa.update(slots).where(slots.c.id == old.slot.id, slots.c.wrapped == old.wrapped)
    connection.execute(statement.values(salt=new.salt, wrapped=new.wrapped))


def find_slot_and_person(
    connection: sa.Connection, slot_id: str
) -> tuple[SealedSlot, Person] | None:
    """Return the slot of that id and whose it is, or `None`."""
    statement = sa.select(schema.slots).where(schema.slots.c.id == slot_id)
    row = connection.execute(statement).one_or_none()
    sealed = None if row is None else _sealed(row)
    person = None if sealed is None else find_person(connection, sealed.person)
    return None if sealed is None or person is None else (sealed, person)


def find_sealed_slot(
    connection: sa.Connection, person_id: str, kind: SlotKind
) -> SealedSlot | None:
    """Return the slot of a person of which there is one at most, or `None`."""
    slots = schema.slots
    statement = sa.select(slots).where(slots.c.person == person_id, slots.c.kind == kind)
    row = connection.execute(statement.order_by(slots.c.created_at.desc())).first()
    return None if row is None else _sealed(row)


def list_slots(connection: sa.Connection, person_id: str) -> list[Slot]:
    """Return the slots of a person, expired ones too, oldest first."""
    slots = schema.slots
    statement = sa.select(slots).where(slots.c.person == person_id)
    rows = connection.execute(statement.order_by(slots.c.created_at, slots.c.id))
    return [_sealed(row).slot for row in rows]


def require_slot(connection: sa.Connection, slot_id: str) -> None:
    """Raise `NotSignedIn` if the slot is gone: what it opened lately does no more."""
    statement = sa.select(schema.slots.c.id).where(schema.slots.c.id == slot_id)
    if connection.execute(statement).one_or_none() is None:
        raise NotSignedIn("This sign-in has ended; please sign in again.")


def delete_slot(connection: sa.Connection, slot_id: str) -> bool:
    """Delete a slot; return whether it was there, which decides who of two was first."""
    statement = sa.delete(schema.slots).where(schema.slots.c.id == slot_id)
    return connection.execute(statement).rowcount == 1


def delete_slots(
    connection: sa.Connection,
    person_id: str,
    kinds: tuple[SlotKind, ...],
    *,
    except_for: str | None = None,
) -> None:
    """Delete the slots of a person of these kinds."""
    slots = schema.slots
    statement = sa.delete(slots).where(slots.c.person == person_id, slots.c.kind.in_(kinds))
    if except_for is not None:
        statement = statement.where(slots.c.id != except_for)
    connection.execute(statement)


def delete_slot_unless_last(connection: sa.Connection, person_id: str, slot_id: str) -> None:
    """Delete a slot of this person, unless it is the last way in: then `BadInput`."""
    held = {slot.id: slot.kind for slot in list_slots(connection, person_id)}
    if slot_id not in held:
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
    """Write down that a slot was used and how long it lasts, unless that was done lately."""
    slots = schema.slots
    stale = sa.or_(slots.c.used_at.is_(sa.null()), slots.c.used_at <= unless_since)
    statement = sa.update(slots).where(slots.c.id == slot_id, stale)
    connection.execute(statement.values(used_at=now, expires_at=until))


def add_invitation(connection: sa.Connection, invitation: Invitation) -> None:
    """Add an invitation, and clear away those that have expired."""
    table = schema.invitations
    connection.execute(sa.delete(table).where(table.c.expires_at <= invitation.created_at))
    connection.execute(sa.insert(table).values(**msgspec.structs.asdict(invitation)))


def find_invitation(connection: sa.Connection, invitation_id: str) -> Invitation | None:
    """Return an invitation, expired or not, or `None`."""
    table = schema.invitations
    row = connection.execute(sa.select(table).where(table.c.id == invitation_id)).one_or_none()
    return None if row is None else Invitation(**_fields(row))


def delete_invitation(connection: sa.Connection, invitation_id: str) -> bool:
    """Delete an invitation; return whether it was there, which decides who of two was first."""
    table = schema.invitations
    return connection.execute(sa.delete(table).where(table.c.id == invitation_id)).rowcount == 1


def _fields(row: sa.Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - public in SQLAlchemy, underscored against clashes


def _person(row: sa.Row[Any]) -> Person:
    return Person(**_fields(row))


def _sealed(row: sa.Row[Any]) -> SealedSlot:
    fields = _fields(row)
    person, salt, wrapped = (fields.pop(name) for name in ("person", "salt", "wrapped"))
    return SealedSlot(Slot(**fields), person, bytes(salt), bytes(wrapped))
