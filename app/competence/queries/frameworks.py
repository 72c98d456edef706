"""Frameworks with their elements, versions and crosswalks, and what roles ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.authoring import frameworks as compiled
from app.competence.models import (
    Competency,
    CrosswalkLink,
    Framework,
    FrameworkTerms,
    FrameworkVersion,
    Goal,
    RoleProfile,
)
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _


def element(code: str) -> Competency:
    """A competency by its code, also one that was retired."""
    if (found := db.session.get(Competency, code)) is None:
        raise NotVisible(_("There is no such competency."))
    return found


def competencies() -> Sequence[Competency]:
    """The elements of every framework that are in use: the largest framework first, each in its
    order."""
    size = func.count().over(partition_by=Competency.framework_code)
    query = select(Competency).where(~Competency.retired)
    order = (size.desc(), Competency.framework_code, Competency.position, Competency.code)
    return db.session.scalars(query.order_by(*order)).all()


def competency_titles(codes: Iterable[str] | None = None) -> dict[str, str]:
    """Titles by code, retired elements too."""
    query = select(Competency.code, Competency.title)
    if codes is not None:
        query = query.where(Competency.code.in_(list(codes)))
    return {row.code: row.title for row in db.session.execute(query)}


def ceilings(codes: Collection[str]) -> dict[str, int]:
    """The highest level that an exam or a word shows, of competencies that have such a limit."""
    query = (
        select(Competency.code, FrameworkTerms.ceiling)
        .join(FrameworkTerms, FrameworkTerms.framework_code == Competency.framework_code)
        .where(Competency.code.in_(list(codes)), FrameworkTerms.ceiling.is_not(None))
    )
    return {code: ceiling for code, ceiling in db.session.execute(query) if ceiling is not None}


def frameworks() -> Sequence[Framework]:
    """Every framework, by title."""
    return db.session.scalars(select(Framework).order_by(Framework.title, Framework.code)).all()


def framework(code: str) -> compiled.Framework:
    """A framework as it was published last."""
    if (found := db.session.get(Framework, code)) is None:
        raise NotVisible(_("There is no such framework."))
    return _loaded(found.document)


def scales() -> dict[str, tuple[str, ...]]:
    """The names of the levels of each framework, from level 1 on."""
    rows = db.session.execute(select(Framework.code, Framework.document))
    return {code: _loaded(document).levels for code, document in rows}


@lru_cache(maxsize=32)
def _loaded(document: str) -> compiled.Framework:
    return compiled.load_framework(document)


def versions(code: str) -> Sequence[FrameworkVersion]:
    """Every version of a framework that was published, the newest first."""
    query = select(FrameworkVersion).where(FrameworkVersion.framework_code == code)
    return db.session.scalars(query.order_by(FrameworkVersion.published_at.desc())).all()


def links_of(codes: Collection[str]) -> Sequence[CrosswalkLink]:
    """The links from and to these competencies."""
    wanted = list(codes)
    query = select(CrosswalkLink).where(
        or_(CrosswalkLink.source_code.in_(wanted), CrosswalkLink.target_code.in_(wanted))
    )
    order = (CrosswalkLink.source_code, CrosswalkLink.target_code)
    return db.session.scalars(query.order_by(*order)).all()


def profiles() -> Sequence[RoleProfile]:
    """The role profiles in use with what they ask for, in their order."""
    query = select(RoleProfile).where(~RoleProfile.retired).order_by(RoleProfile.position)
    return db.session.scalars(query.options(selectinload(RoleProfile.needs))).all()


def profile(code: str) -> RoleProfile:
    """A role profile with what it asks for, also one that was retired."""
    query = select(RoleProfile).where(RoleProfile.code == code)
    found = db.session.scalar(query.options(selectinload(RoleProfile.needs)))
    if found is None:
        raise NotVisible(_("There is no such role profile."))
    return found


def goals_of(person_id: int) -> Sequence[Goal]:
    """What somebody aims for, with its competency, oldest first."""
    query = select(Goal).where(Goal.person_id == person_id).options(joinedload(Goal.competency))
    return db.session.scalars(query.order_by(Goal.set_at, Goal.competency_code)).all()
