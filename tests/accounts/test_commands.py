"""People from the terminal, as the documentation says to type it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person, PersonRole
from app.core import db
from app.core.policy import Role


@pytest.mark.parametrize("role", list(Role))
def test_somebody_is_created_with_a_role_by_its_name(app: Flask, role: Role):
    typed = ["users", "create", "you@example.com", "--name", "Your Name", "--role", role.value]
    done = app.test_cli_runner().invoke(args=typed)
    assert (done.exit_code, done.exception) == (0, None), done.output
    db.session.rollback()
    granted = select(PersonRole.role).join(Person).where(Person.email == "you@example.com")
    assert list(db.session.scalars(granted)) == [role]


def test_a_role_that_is_none_is_refused_with_those_there_are(app: Flask):
    typed = ["users", "create", "you@example.com", "--name", "Your Name", "--role", "boss"]
    done = app.test_cli_runner().invoke(args=typed)
    assert done.exit_code == 2
    assert "'pmo'" in done.output
