"""The cast: people that tests speak of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher

from app.accounts.models import Person, PersonRole
from app.core import db
from app.core.policy import Actor, Role

PASSWORD = "correct horse battery"
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
JOINED = datetime(2026, 1, 5, 8, tzinfo=UTC)


def make_person(name: str = "Ada Lovelace", *roles: Role, **values: Any) -> Person:
    """A person with `roles` (a learner if none are named) and the password of the cast."""
    columns = {
        "email": f"{name.split()[0].lower()}@example.com",
        "name": name,
        "password_hash": _HASH,
        "created_at": JOINED,
        **values,
    }
    with db.transaction() as session:
        person = Person(**columns)
        session.add(person)
        session.flush()
        for role in roles or (Role.LEARNER,):
            session.add(PersonRole(person_id=person.id, role=role, granted_at=JOINED))
    return person


def actor_of(person: Person, *roles: Role) -> Actor:
    """The person as an actor with `roles` (a learner if none are named)."""
    return Actor(person.id, frozenset(roles or (Role.LEARNER,)), person.name)
