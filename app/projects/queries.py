"""Reads of projects and their roles, limited to what the reader may see.

Who is booked on a project is known above this feature; whoever asks for somebody who is not of
the PMO hands on the projects they are booked on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Person, SpokenLanguage
from app.competence import queries as competence
from app.competence.models import CertificationType, Competency, RoleProfile
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.projects.models import Project, ProjectState, RoleSlot

PAGE = 25
NOBODYS: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; empty means all."""

    text: str = ""
    state: ProjectState | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """One page of the register and how many projects there are in all."""

    projects: Sequence[Project]
    total: int


@dataclass(frozen=True, slots=True)
class Demandable:
    """What a role can ask for: competencies by group, certifications, languages, places."""

    competencies: Sequence[Competency]
    certifications: Sequence[CertificationType]
    languages: Sequence[str]
    places: Sequence[str]
    profiles: Sequence[RoleProfile] = ()
    zones: Sequence[str] = ()
    """Time zones with which hours in common make sense; there are too many to list them all."""


def register(
    actor: Actor, filters: Filters, *, page: int, booked: Collection[int] = NOBODYS
) -> RegisterPage:
    """Projects the actor may see, those at work first; from page 1."""
    query = _matching(select(Project).where(_visible_to(actor, booked)), filters)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    in_order = query.options(joinedload(Project.manager)).order_by(
        _state_order(), Project.priority.desc(), Project.start_date, Project.id
    )
    rows = db.session.scalars(in_order.limit(PAGE).offset((page - 1) * PAGE)).all()
    return RegisterPage(rows, total)


def _visible_to(actor: Actor, booked: Collection[int]) -> ColumnElement[bool]:
    if actor.has(Role.PMO):
        return true()
    return or_(Project.manager_id == actor.person_id, Project.id.in_(booked))


def _matching(query: Select[Project], filters: Filters) -> Select[Project]:
    if text := filters.text.strip():
        columns = (Project.code, Project.title, Project.summary)
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if filters.state:
        query = query.where(Project.state == filters.state)
    if filters.unit:
        query = query.where(Project.unit == filters.unit)
    return query


def _state_order() -> ColumnElement[int]:
    order = {ProjectState.ACTIVE: 0, ProjectState.PLANNED: 1, ProjectState.CLOSED: 2}
    return case(*((Project.state == state, place) for state, place in order.items()), else_=3)


def projects_after(
    actor: Actor, project_id: int, size: int, *, booked: Collection[int] = NOBODYS
) -> Sequence[Project]:
    """Projects the actor may see in the order of entry, after one of them; at most `size`."""
    query = select(Project).where(Project.id > project_id, _visible_to(actor, booked))
    query = query.options(joinedload(Project.manager)).order_by(Project.id)
    return db.session.scalars(query.limit(size)).all()


def units(actor: Actor, *, booked: Collection[int] = NOBODYS) -> Sequence[str]:
    """Business units of the projects the actor may see."""
    query = select(Project.unit).where(_visible_to(actor, booked)).distinct()
    return db.session.scalars(query.order_by(Project.unit)).all()


def project_for(
    actor: Actor, code: str, *, booked: Collection[int] = NOBODYS, lock: bool = False
) -> Project:
    """A project with its manager, roles and their demands; unknown and forbidden are alike."""
    query = (
        select(Project)
        .where(Project.code == code, _visible_to(actor, booked))
        .options(
            joinedload(Project.manager),
            selectinload(Project.slots).selectinload(RoleSlot.requirements),
        )
    )
    if lock:
        query = query.with_for_update(of=Project)
    if (project := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such project."))
    return project


def slot_for(
    actor: Actor, slot_id: int, *, code: str | None = None, lock: bool = False
) -> RoleSlot:
    """A role with its project and demands, for the PMO; `code` is that of its project."""
    query = (
        select(RoleSlot)
        .join(RoleSlot.project)
        .where(RoleSlot.id == slot_id, _visible_to(actor, NOBODYS))
        .options(contains_eager(RoleSlot.project), selectinload(RoleSlot.requirements))
    )
    if code is not None:
        query = query.where(Project.code == code)
    if lock:
        query = query.with_for_update(of=RoleSlot).execution_options(populate_existing=True)
    if (slot := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such role."))
    return slot


def demandable() -> Demandable:
    """What there is to ask for, as the organisation knows it now."""
    spoken = select(SpokenLanguage.code).distinct().order_by(SpokenLanguage.code)
    places = select(Person.location).where(Person.location.is_not(None)).distinct()
    return Demandable(
        competence.competencies(),
        competence.certification_types(),
        db.session.scalars(spoken).all(),
        [place for place in db.session.scalars(places.order_by(Person.location)) if place],
        competence.profiles(),
    )


def profile_exists(code: str) -> bool:
    """Whether there is such a role profile, in use or retired."""
    return db.session.get(RoleProfile, code) is not None


def unknown_codes(competencies: Collection[str], certifications: Collection[str]) -> set[str]:
    """Codes among these that no competency or certification has."""
    known = set(
        db.session.scalars(select(Competency.code).where(Competency.code.in_(competencies)))
    )
    query = select(CertificationType.code).where(CertificationType.code.in_(certifications))
    held = set(db.session.scalars(query))
    return {*(code for code in competencies if code not in known)} | {
        code for code in certifications if code not in held
    }
