"""The person whose memory is measured in a temporary database."""

from tau.people import registry
from tau.people.types import Person
from tau.storage.database import Database

PERSON = "bench"


async def add_bench_person(database: Database) -> None:
    """Add the person to a database; nothing signs them in."""
    person = Person(PERSON, PERSON, owner=True, created_at=0.0)
    await database.run(lambda connection: registry.add_person(connection, person))
