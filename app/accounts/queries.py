"""Reads of people and their accounts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import selectinload

from app.accounts.models import (
    AccountLink,
    ApiToken,
    FailedLogin,
    LinkPurpose,
    Person,
    PersonRole,
)
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role


@dataclass(frozen=True, slots=True)
class Account:
    """What every request needs of the person who sends it."""

    actor: Actor
    epoch: int
    language: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of a list of people and how many there are in all."""

    people: Sequence[Person]
    total: int


def person(person_id: int, *, lock: bool = False) -> Person:
    """A person by id, with roles and languages; `lock` until the transaction ends."""
    query = select(Person).where(Person.id == person_id)
    query = query.options(selectinload(Person.roles), selectinload(Person.spoken))
    if lock:
        query = query.with_for_update(of=Person).execution_options(populate_existing=True)
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such person."))
    return found


def person_by_email(email: str) -> Person | None:
    """A person by address, however it is written."""
    query = select(Person).where(Person.email == email.strip().lower())
    return db.session.scalar(query.options(selectinload(Person.roles)))


def people(ids: Collection[int] | None = None, *, active_only: bool = True) -> Sequence[Person]:
    """People by name: those of `ids`, or everyone."""
    query = select(Person).order_by(Person.name, Person.id)
    if ids is not None:
        query = query.where(Person.id.in_(ids))
    if active_only:
        query = query.where(Person.active)
    return db.session.scalars(query).all()


def people_after(person_id: int, size: int) -> Sequence[Person]:
    """Active people in the order in which they were entered, after one of them; at most `size`."""
    query = select(Person).where(Person.active, Person.id > person_id)
    return db.session.scalars(query.order_by(Person.id).limit(size)).all()


def line_managers() -> dict[int, int]:
    """Who is whose line manager: the manager's id by the person's."""
    query = select(Person.id, Person.line_manager_id).where(Person.line_manager_id.is_not(None))
    return {row[0]: row[1] for row in db.session.execute(query) if row[1] is not None}


def people_of(manager_id: int | None) -> Sequence[Person]:
    """Active people whose line manager somebody is, by name."""
    query = select(Person).where(Person.line_manager_id == manager_id, Person.active)
    return db.session.scalars(query.order_by(Person.name, Person.id)).all()


def pmo_members() -> Sequence[Person]:
    """Those of the PMO who are still here, by name."""
    query = (
        select(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.PMO, Person.active)
        .order_by(Person.name, Person.id)
    )
    return db.session.scalars(query).all()


def people_page(text: str, role: Role | None, *, page: int, size: int = 50) -> PeoplePage:
    """People whose name, address or unit holds `text`, of a role if one is named; from page 1."""
    query = _matching(select(Person), text, role)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    query = query.options(selectinload(Person.roles)).order_by(Person.name, Person.id)
    rows = db.session.scalars(query.limit(size).offset((page - 1) * size)).all()
    return PeoplePage(rows, total)


def _matching(query: Select[Person], text: str, role: Role | None) -> Select[Person]:
    if text.strip():
        columns = (Person.name, Person.email, Person.unit, Person.title)
        query = query.where(
            or_(*(column.icontains(text.strip(), autoescape=True) for column in columns))
        )
    if role is not None:
        query = query.where(Person.roles.any(PersonRole.role == role))
    return query


# Asked by every page, and therefore put together once.
_ACCOUNT = (
    select(Person.name, Person.epoch, Person.language, PersonRole.role)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .where(Person.id == bindparam("person_id"), Person.active)
)


def account(person_id: int) -> Account | None:
    """The account of somebody who may log in, in one statement."""
    rows = db.rows(_ACCOUNT, {"person_id": person_id})
    if not rows:
        return None
    roles = frozenset(row.role for row in rows if row.role is not None)
    return Account(Actor(person_id, roles, rows[0].name), rows[0].epoch, rows[0].language)


def account_of_token(token_hash: str, now: datetime) -> Account | None:
    """The account that an API token acts for, if the token is in force."""
    query = select(ApiToken.person_id).where(
        ApiToken.token_hash == token_hash,
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
    )
    person_id = db.session.scalar(query)
    return None if person_id is None else account(person_id)


def failures(key: str, limit: int) -> Sequence[datetime]:
    """The newest wrong passwords counted under `key`, newest first."""
    query = select(FailedLogin.at).where(FailedLogin.key == key)
    return db.session.scalars(query.order_by(FailedLogin.at.desc()).limit(limit)).all()


def link(token_hash: str, now: datetime, *, lock: bool = False) -> AccountLink:
    """A link that can still be used, with its person."""
    query = (
        select(AccountLink)
        .join(AccountLink.person)
        .where(AccountLink.token_hash == token_hash, Person.active)
        .where(AccountLink.used_at.is_(None), AccountLink.expires_at > now)
    )
    if lock:
        query = query.with_for_update(of=AccountLink)
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(
            _("This link was used already or is too old. Ask for a new one on the login page.")
        )
    return found


def links_made_since(person_id: int, purpose: LinkPurpose, since: datetime) -> int:
    query = select(func.count()).select_from(AccountLink)
    query = query.where(AccountLink.person_id == person_id, AccountLink.purpose == purpose)
    return db.session.scalar(query.where(AccountLink.made_at > since)) or 0


def other_admins(person_id: int) -> int:
    """How many active admins there are besides this person."""
    query = (
        select(func.count())
        .select_from(PersonRole)
        .join(PersonRole.person)
        .where(PersonRole.role == Role.ADMIN, Person.active, Person.id != person_id)
    )
    return db.session.scalar(query) or 0


def tokens_of(person_id: int) -> Sequence[ApiToken]:
    """API tokens in force, newest first."""
    query = select(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    return db.session.scalars(query.order_by(ApiToken.id.desc())).all()


def names_of(person_ids: Collection[int]) -> dict[int, str]:
    """Names by id."""
    query = select(Person.id, Person.name).where(Person.id.in_(person_ids))
    return {row[0]: row[1] for row in db.session.execute(query)}
