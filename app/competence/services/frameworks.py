"""Publish frameworks, crosswalks, role profiles and the catalogue of certifications."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.orm import selectinload

from app.authoring import frameworks as compiled
from app.authoring.frameworks import dump_framework
from app.competence.certifications.rules import USUAL_WINDOW, CountsFrom, Terms, kept_renewal
from app.competence.models import (
    CertificationType,
    Competency,
    CrosswalkLink,
    Framework,
    FrameworkTerms,
    FrameworkVersion,
    RoleProfile,
    RoleProfileNeed,
)
from app.core import audit, clock, db
from app.core.errors import Conflict
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor


def publish_framework(framework: compiled.Framework, *, by: Actor) -> bool:
    """Make the competencies of a framework known as they stand in it now.

    Elements that it no longer has are retired: evidence points at them.

    Returns:
        Whether anything changed.

    Raises:
        Conflict: another framework has one of its codes.
    """
    document = dump_framework(framework)
    content_hash = sha256(document.encode()).hexdigest()
    with db.transaction() as session:
        standing = session.get(Framework, framework.code)
        if standing is not None and standing.content_hash == content_hash:
            return False
        _refuse_codes_of_others(framework)
        at = clock.now()
        session.merge(
            Framework(
                code=framework.code,
                version=framework.version,
                title=framework.title,
                document=document,
                content_hash=content_hash,
                published_at=at,
            )
        )
        session.flush()
        db.insert_once(
            FrameworkVersion,
            framework_code=framework.code,
            content_hash=content_hash,
            version=framework.version,
            document=document,
            published_at=at,
        )
        _keep_terms(framework)
        _keep_elements(framework)
        audit.record(
            by, "framework.publish", f"framework:{framework.code}", version=framework.version
        )
    return True


def _refuse_codes_of_others(framework: compiled.Framework) -> None:
    taken = select(Competency.code).where(
        Competency.code.in_(framework.codes), Competency.framework_code != framework.code
    )
    if code := db.session.scalar(taken.order_by(Competency.code).limit(1)):
        raise Conflict(_("The competency %(code)s is one of another framework.", code=code))


def _keep_terms(framework: compiled.Framework) -> None:
    half_life = framework.half_life
    db.session.merge(
        FrameworkTerms(
            framework_code=framework.code,
            policy=framework.policy,
            half_life=f"{half_life.count} {half_life.unit}" if half_life else None,
            four_eyes=framework.four_eyes,
            ceiling=framework.ceiling,
        )
    )


def _keep_elements(framework: compiled.Framework) -> None:
    session = db.session
    retired = update(Competency).where(Competency.framework_code == framework.code)
    session.execute(retired.values(retired=True))
    position = 0
    for group in framework.groups:
        for element in group.elements:
            position += 1
            session.merge(
                Competency(
                    code=element.code,
                    framework_code=framework.code,
                    group_code=group.code,
                    group_title=group.title,
                    title=element.title,
                    description=element.description,
                    levels={str(n): text for n, text in enumerate(element.levels, start=1)},
                    position=position,
                    retired=False,
                )
            )
    session.flush()


def publish_crosswalks(links: Iterable[compiled.Link], *, by: Actor) -> bool:
    """Make these the links between frameworks, in place of those that stood.

    Returns:
        Whether anything changed.

    Raises:
        Conflict: a link speaks of a competency that nobody published.
    """
    wanted = {(one.source, one.target): one for one in links}
    with db.transaction() as session:
        standing = {
            (row.source_code, row.target_code): row
            for row in session.scalars(select(CrosswalkLink))
        }
        same = wanted.keys() == standing.keys() and all(
            (one.relation, _levels(one)) == (standing[key].relation, standing[key].levels)
            for key, one in wanted.items()
        )
        if same:
            return False
        _refuse_unknown({code for pair in wanted for code in pair})
        session.execute(delete(CrosswalkLink))
        session.expunge_all()
        for (source, target), one in sorted(wanted.items()):
            session.add(
                CrosswalkLink(
                    source_code=source,
                    target_code=target,
                    relation=one.relation,
                    levels=_levels(one),
                )
            )
        audit.record(by, "crosswalks.publish", "framework:crosswalks", links=len(wanted))
    return True


def _levels(link: compiled.Link) -> dict[str, int]:
    return {str(own): meant for own, meant in link.levels}


def _refuse_unknown(codes: set[str]) -> None:
    known = set(db.session.scalars(select(Competency.code).where(Competency.code.in_(codes))))
    if missing := sorted(codes - known):
        raise Conflict(_("There is no competency %(code)s.", code=missing[0]))


def publish_profiles(profiles: Iterable[compiled.RoleProfile], *, by: Actor) -> bool:
    """Make role profiles known as they stand now; those left out are retired.

    Returns:
        Whether anything changed.

    Raises:
        Conflict: a profile asks for a competency that nobody published.
    """
    wanted = tuple(profiles)
    with db.transaction() as session:
        if wanted == _standing_profiles():
            return False
        _refuse_unknown({code for one in wanted for code, _level in one.needs})
        session.execute(update(RoleProfile).values(retired=True))
        session.execute(delete(RoleProfileNeed))
        session.expunge_all()
        for position, one in enumerate(wanted):
            session.merge(
                RoleProfile(
                    code=one.code,
                    title=one.title,
                    description=one.description,
                    position=position,
                    retired=False,
                )
            )
            session.flush()
            session.add_all(_needs(one))
        audit.record(by, "profiles.publish", "framework:profiles", profiles=len(wanted))
    return True


def _needs(profile: compiled.RoleProfile) -> list[RoleProfileNeed]:
    return [
        RoleProfileNeed(
            profile_code=profile.code, competency_code=code, level=level, position=position
        )
        for position, (code, level) in enumerate(profile.needs)
    ]


def _standing_profiles() -> tuple[compiled.RoleProfile, ...]:
    query = select(RoleProfile).where(~RoleProfile.retired).order_by(RoleProfile.position)
    return tuple(
        compiled.RoleProfile(
            row.code,
            row.title,
            row.description,
            tuple((need.competency_code, need.level) for need in row.needs),
        )
        for row in db.session.scalars(query.options(selectinload(RoleProfile.needs)))
    )


def publish_certifications(types: Iterable[compiled.Certification], *, by: Actor) -> bool:
    """Make certifications of others known; those left out stay, because people hold them.

    Returns:
        Whether anything changed.
    """
    with db.transaction() as session:
        for one in types:
            valid_for = f"{one.valid_for.count} {one.valid_for.unit}" if one.valid_for else None
            session.merge(
                CertificationType(
                    code=one.code,
                    title=one.title,
                    issuer=one.issuer,
                    valid_for=valid_for,
                    description=one.description,
                    url=one.url,
                    renewal=kept_renewal(_terms(one)),
                )
            )
        changed = bool(session.new or session.dirty) and any(
            session.is_modified(row) or row in session.new for row in (*session.new, *session.dirty)
        )
        if changed:
            audit.record(by, "certifications.publish", "framework:certifications")
    return changed


def _terms(one: compiled.Certification) -> Terms:
    said = one.renewal
    return Terms(
        valid_for=one.valid_for,
        renew_from=said.renew_from or USUAL_WINDOW,
        grace=said.grace,
        counts_from=CountsFrom(said.counts_from),
        same_exam=said.same_exam,
        suite=said.suite,
        points_a_year=said.points_a_year,
    )
