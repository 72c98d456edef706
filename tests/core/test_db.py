"""Transactions keep what they promise on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import FailedLogin, Person
from app.core import db, migrations
from app.core.policy import Role

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)


def add_person(**values: object) -> int:
    row = {"email": "ada@example.com", "name": "Ada", "created_at": NOW, **values}
    with db.transaction() as session:
        person = Person(**row)
        session.add(person)
    return person.id


def test_a_write_outside_a_transaction_is_refused(app: Flask):
    person_id = add_person()

    with pytest.raises(db.WriteOutsideTransaction):
        db.session.execute(update(Person).values(name="Eve"))
    db.session.add(Person(email="eve@example.com", name="Eve", created_at=NOW))
    with pytest.raises(db.WriteOutsideTransaction):
        db.session.flush()
    db.session.rollback()

    assert db.session.get(Person, person_id).name == "Ada"
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1


def test_closing_keeps_nothing_that_no_transaction_kept(app: Flask):
    person_id = add_person()
    person = db.session.get(Person, person_id)
    assert person is not None
    person.name = "Eve"
    db.session.add(Person(email="eve@example.com", name="Eve", created_at=NOW))

    db.close()

    assert db.session.scalars(select(Person.name)).all() == ["Ada"]


def test_postgresql_keeps_what_it_has_planned_from_one_request_to_the_next(app: Flask):
    add_person()
    statement = select(Person.name).where(Person.id == bindparam("person_id"))
    for _ in range(10):
        assert len(db.rows(statement, {"person_id": 0})) == 0
        db.close()

    if db.engine().dialect.name == "postgresql":
        planned = db.session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
        assert any("person_id" in one or "person.id" in one for one in planned)


def test_a_transaction_that_fails_keeps_nothing_and_calls_nobody(app: Flask):
    called = []

    with pytest.raises(ZeroDivisionError), db.transaction():
        db.insert_once(FailedLogin, key="account:x", at=NOW)
        db.after_commit(lambda: called.append(1))
        raise ZeroDivisionError

    assert called == []
    assert db.session.scalar(select(func.count()).select_from(FailedLogin)) == 0


def test_a_nested_transaction_joins_the_outer_one(app: Flask):
    with pytest.raises(ZeroDivisionError), db.transaction():
        add_person()
        raise ZeroDivisionError

    assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_four_writers_lose_no_update(app: Flask):
    person_id = add_person(epoch=0)

    def raise_epoch(_turn: int) -> None:
        try:
            with db.transaction() as session:
                person = session.get(Person, person_id, with_for_update=True)
                assert person is not None
                person.epoch += 1
        finally:
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(raise_epoch, range(100)))

    db.session.rollback()
    assert db.session.get(Person, person_id, populate_existing=True).epoch == 100


def test_insert_once_inserts_once(app: Flask):
    add_person()
    with db.transaction():
        again = db.insert_once(
            Person,
            email="ada@example.com",
            name="Other",
            created_at=NOW,
            language="en",
            active=True,
            epoch=0,
            capacity=100,
        )

    assert again is False
    assert db.session.scalars(select(Person.name)).all() == ["Ada"]


@pytest.mark.parametrize(
    "broken",
    [{"capacity": 101}, {"email": "Ada@Example.com"}, {"rate_minor": 5}, {"rate_minor": -1}],
)
def test_the_database_refuses_a_person_that_cannot_be(app: Flask, broken: dict[str, object]):
    with pytest.raises(IntegrityError):
        add_person(**broken)


def test_the_database_refuses_a_word_that_is_no_role(app: Flask):
    person_id = add_person()
    with pytest.raises(IntegrityError), db.transaction() as session:
        session.connection().exec_driver_sql(
            f"INSERT INTO person_role VALUES ({person_id}, 'king', '2027-01-01 00:00:00')"
        )
    assert Role("pmo") is Role.PMO


def test_an_instant_comes_back_in_utc(app: Flask):
    person_id = add_person()
    db.session.remove()
    assert db.session.get(Person, person_id).created_at == NOW
    assert db.session.get(Person, person_id).created_at.tzinfo is UTC


def test_the_database_is_where_the_code_expects_it(app: Flask):
    assert migrations.pending() is False
