"""The demo organisation in a database of its own, and the same organisation grown large."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask
from sqlalchemy import func, insert, select

from app.accounts import queries as accounts
from app.accounts.models import Person, SpokenLanguage
from app.admin.demo import loader
from app.assessment import queries as assessment
from app.assessment import services as attempts
from app.competence.models import Evidence, Holding
from app.core import clock, db, migrations
from app.core.policy import Actor, Role
from app.factory import create_app
from app.learning import queries as learning
from app.models import Base
from app.projects.models import Project, RoleSlot
from app.staffing.models import Absence
from config import read_settings

COURSE, QUIZ = "what-a-pmo-does", "final-exam"
PROJECT, ROLE = "TILL", "Project manager, north"


def found(folder: Path, database_url: str = "") -> Flask:
    """Cadre over a new database with courses and the demo organisation."""
    environment = {
        "CADRE_DATA": str(folder),
        "DATABASE_URL": database_url,
        "CADRE_COURSES": os.environ.get("CADRE_COURSES", ""),
        "LOG_LEVEL": "WARNING",
    }
    settings = read_settings(environment)
    app = create_app(settings)
    with app.app_context():
        migrations.upgrade()
        arguments = ["courses", "publish", str(settings.courses)]
        done = app.test_cli_runner().invoke(args=arguments, catch_exceptions=False)
        if done.exit_code:
            raise RuntimeError(done.output)
        loader.load(clock.today(), base_url="http://cadre.test")
    return app


# --- Addresses ------------------------------------------------------------------------------


def lesson() -> str:
    """The lesson that the learner has come to: half of the course is read."""
    course = learning.served(learning.course_for(_learner("learner@example.com"), COURSE))
    return f"/courses/{COURSE}/{course.lessons[len(course.lessons) // 2].id}"


def role() -> str:
    """A role with competencies and a certification demanded, a cap on its rate, nobody booked."""
    query = select(RoleSlot.id).join(Project).where(Project.code == PROJECT, RoleSlot.title == ROLE)
    return f"/projects/{PROJECT}/roles/{db.session.scalars(query).one()}"


CHECKPOINT = "what-a-pmo-does/checkpoint-what-a-pmo-is"
"""A quiz that may be sat as often as one likes."""


def attempt() -> int:
    """A new attempt at an exam of twenty questions, the same ones in every run."""
    by = _learner("learner2@example.com")
    with patch("secrets.token_hex", return_value="0" * 32):
        return attempts.start(COURSE, QUIZ, by=by, now=clock.now())


def answers(attempt_id: int) -> tuple[int, Callable[[int], dict[str, Any]]]:
    """A question of the attempt by its number, and what a browser sends to answer it."""
    sitting = assessment.sitting_for(_learner("learner2@example.com"), attempt_id)
    number, question = next(
        (number, question)
        for number, question in sorted(sitting.questions.items())
        if question.type == "single"
    )
    options = [option.id for option in question.options]
    return number, lambda turn: {"sequence": turn, "answer": options[turn % len(options)]}


def _learner(email: str) -> Actor:
    person = accounts.person_by_email(email)
    assert person is not None
    return Actor(person.id, frozenset({Role.LEARNER}), person.name)


# --- Growing --------------------------------------------------------------------------------


def grow(size: int) -> None:
    """Hire until there are `size` people: copies of those there, with all they can show."""
    with db.transaction() as session:
        there = session.scalars(select(Person.id).order_by(Person.id)).all()
        first = max(there) + 1
        copies = {first + n: there[n % len(there)] for n in range(size - len(there))}
        session.execute(insert(Person), list(_people(copies)))
        for table in (Evidence, Holding, SpokenLanguage, Absence):
            session.execute(insert(table), list(_copied(table, copies)))
        if session.get_bind().dialect.name == "postgresql":
            sequence = func.pg_get_serial_sequence("person", "id")
            session.execute(select(func.setval(sequence, first + len(copies))))


def _people(copies: dict[int, int]) -> Iterator[dict[str, Any]]:
    models = {row["id"]: row for row in _rows(Person)}
    for new, old in copies.items():
        yield {**models[old], "id": new, "email": f"{new}@example.com"}


def _copied(table: type[Base], copies: dict[int, int]) -> Iterator[dict[str, Any]]:
    """What belongs to the people copied, for their copies."""
    belongings: dict[int, list[dict[str, Any]]] = {}
    for row in _rows(table):
        belongings.setdefault(row["person_id"], []).append(row)
    for new, old in copies.items():
        for row in belongings.get(old, ()):
            copy = {**row, "person_id": new}
            copy.pop("id", None)
            if "source_key" in copy:
                copy["source_key"] = f"{new}/{row['source_key']}"
            yield copy


def _rows(table: type[Base]) -> list[dict[str, Any]]:
    columns = [column for column in table.__table__.columns if not column.computed]
    return [dict(row._mapping) for row in db.session.execute(select(*columns))]
