"""Engine, session and transactions: reads by default, writes only inside `transaction()`.

SQLite is opened as its locks want it (see docs/decisions/0003-two-databases.md): an act begins
IMMEDIATE, so that of two writers one waits instead of losing its update; a read begins plain.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVarTuple

import structlog
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    TextClause,
    any_,
    create_engine,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    ORMExecuteState,
    Session,
    scoped_session,
    sessionmaker,
)
from sqlalchemy.types import TypeDecorator

log = structlog.get_logger()

Columns = TypeVarTuple("Columns")


class WriteOutsideTransaction(RuntimeError):
    """Something tried to write outside `transaction()`: a fault in the code."""


class Instant(TypeDecorator[datetime]):
    """An instant with zone, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of every feature."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: Instant,
        dict[str, Any]: JSON,
        list[str]: JSON,
        Any: JSON,
        # A state is kept as its word, and the database refuses any other.
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            create_constraint=True,
            length=20,
            values_callable=lambda states: [state.value for state in states],
        ),
    }


session: scoped_session[Session] = scoped_session(
    sessionmaker(autoflush=True, expire_on_commit=False)
)


# --- Connecting ----------------------------------------------------------------------------


def connect(url: str, *, pool_size: int = 8) -> Engine:
    """Open the database of `url` for this process, in place of any opened before."""
    session.remove()
    if session.session_factory.kw.get("bind") is not None:
        session.session_factory.kw["bind"].dispose()
    engine = make_engine(url, pool_size=pool_size)
    session.configure(bind=engine)
    return engine


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """An engine that keeps the promises of this module; `session` is left alone."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": 15}, pool_size=pool_size)
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_size=pool_size,
            max_overflow=2,
            pool_timeout=5,
            connect_args={
                "connect_timeout": 5,
                "options": "-c statement_timeout=15000 -c lock_timeout=8000"
                " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
            },
        )
    event.listen(engine, "begin", _begin)
    return engine


def engine() -> Engine:
    """The engine in use."""
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    return bind


def exists() -> bool:
    """Whether there is a database to ask; to connect to a file that is missing would make it."""
    url = engine().url
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=15000")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        acting = connection.get_execution_options().get("acting", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if acting else "BEGIN")


# --- Acting --------------------------------------------------------------------------------


@contextmanager
def transaction() -> Iterator[Session]:
    """Write inside the block: all of it is kept, or nothing.

    Joins the transaction that is open already, if there is one. Rows loaded before are read
    anew, because what was read without a lock may have changed.
    """
    current = session()
    if current.info.get("acting"):
        yield current
        return
    _end_reading(current)
    current.info["acting"] = True
    try:
        current.connection(execution_options={"acting": True})
        yield current
        current.commit()
    except BaseException:
        current.info.pop("after_commit", None)
        current.rollback()
        raise
    finally:
        current.info["acting"] = False
    _run_after_commit(current)


def close() -> None:
    """End what a request or command read; whatever was not kept is gone."""
    _end_reading(session())
    session.remove()


def _end_reading(current: Session) -> None:
    # A commit where nothing was written: after a rollback psycopg forgets every statement that it
    # has prepared, and PostgreSQL plans them all again for the next page.
    if current.in_transaction() and not (current.new or current.dirty or current.deleted):
        with suppress(DBAPIError):
            current.commit()
    current.rollback()


def after_commit(callback: Callable[[], object]) -> None:
    """Call `callback` once the open transaction is kept; never if it is not."""
    session().info.setdefault("after_commit", []).append(callback)


def _run_after_commit(current: Session) -> None:
    for callback in current.info.pop("after_commit", []):
        try:
            callback()
        except Exception:
            # The act is done; what follows it has a ledger row and will be swept up.
            log.exception("after_commit_failed")


def insert_once(model: type[Base], **values: Any) -> bool:
    """Insert a row unless a unique constraint says that it is there.

    Returns:
        Whether this call inserted it.
    """
    table = model.__table__
    assert isinstance(table, Table)
    current = session()
    dialect = current.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing()
    returned = current.execute(statement.returning(*table.primary_key.columns))
    return returned.first() is not None


def rows(
    statement: Select[*Columns], values: Mapping[str, Any] | None = None
) -> Sequence[Row[*Columns]]:
    """What a select of columns finds, in half the time that the session takes for it."""
    current = session()
    current.flush()
    return current.connection().execute(statement, values).all()


def one_of(
    column: ColumnElement[int] | InstrumentedAttribute[int], ids: Collection[int]
) -> ColumnElement[bool]:
    """Whether a column is one of any number of ids.

    They are sent as one value: `in_` sends one for each, which is slow from some hundreds on and
    refused by both databases from some ten thousands on.
    """
    if session().get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(ids), ARRAY(Integer)))
    each = func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(select(each.c.value))


def check_reachable() -> None:
    """Ask the database something; raises what SQLAlchemy raises if it is away."""
    with engine().connect() as connection:
        connection.exec_driver_sql("SELECT 1")


@event.listens_for(Session, "before_flush")
def _refuse_flush(current: Session, _context: object, _instances: object) -> None:
    changed = current.new or current.dirty or current.deleted
    if changed and not current.info.get("acting"):
        raise WriteOutsideTransaction("flush outside transaction()")


@event.listens_for(Session, "do_orm_execute")
def _refuse_write(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if isinstance(state.statement, TextClause):
        writes = not state.statement.text.lstrip().upper().startswith(("SELECT", "WITH", "PRAGMA"))
    if writes and not state.session.info.get("acting"):
        raise WriteOutsideTransaction(str(state.statement)[:200])
