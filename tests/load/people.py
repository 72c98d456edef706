"""Run as a program: makes so many learners and prints a token of each, one a line."""

from __future__ import annotations

import sys

from app.accounts import services
from app.accounts.services import Profile
from app.core.policy import SYSTEM, Actor, Role
from app.factory import create_app
from config import read_settings


def main(count: int) -> None:
    create_app(read_settings())
    for number in range(count):
        profile = Profile(name=f"Sitter {number}")
        person = services.add_person(
            f"sitter{number}@example.org", profile, [Role.LEARNER], by=SYSTEM
        )
        actor = Actor(person.id, frozenset({Role.LEARNER}), person.name)
        print(services.make_token(person.id, "exam", by=actor))


if __name__ == "__main__":
    main(int(sys.argv[1]))
