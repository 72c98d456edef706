"""Who acts: a person with roles, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    LEARNER = "learner"
    AUTHOR = "author"
    MENTOR = "mentor"
    PMO = "pmo"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts. `person_id` is None for the system and for somebody not logged in."""

    person_id: int | None
    roles: frozenset[Role] = field(default_factory=frozenset)
    name: str = ""
    system: bool = False

    def has(self, *roles: Role) -> bool:
        """Whether any of `roles` is theirs. An admin and the system have every role."""
        return self.system or Role.ADMIN in self.roles or not self.roles.isdisjoint(roles)

    def is_(self, person_id: int) -> bool:
        return self.person_id == person_id


SYSTEM = Actor(None, name="system", system=True)
ANONYMOUS = Actor(None)
