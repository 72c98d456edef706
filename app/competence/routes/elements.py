"""One competency: its levels, where one stands, what leads there, one's goal and self-rating."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.authoring.frameworks import Relation
from app.competence import queries, services
from app.competence.forms import GoalForm, RatingForm
from app.competence.models import Competency, CrosswalkLink
from app.competence.routes import bp
from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.learning import queries as learning
from app.web.access import current_actor, signed_in
from app.web.forms import given


@bp.get("/competencies/<code>")
@signed_in
def element(code: str) -> ResponseReturnValue:
    """A competency: what each level looks like, and which courses lead there."""
    return _element_page(code)


def _element_page(
    code: str, *, goal: GoalForm | None = None, rating: RatingForm | None = None
) -> str:
    found = queries.element(code)
    actor, today = current_actor(), clock.today()
    own = given(actor.person_id)
    framework = queries.framework(found.framework_code)
    aim = next((one for one in queries.goals_of(own) if one.competency_code == code), None)
    names = dict(enumerate(framework.levels, start=1))
    return render_template(
        "competence/element.html",
        element=found,
        framework=framework,
        levels=[(n, names[n], found.levels[str(n)]) for n in names],
        claim=queries.claims_on([own], today).get(own, {}).get(code),
        leading=_leading(code),
        links=_links(found),
        titles=queries.competency_titles(),
        part_of=next((e.part_of for e in framework.elements if e.code == code), None),
        parts=[one for one in framework.elements if one.part_of == code],
        aim=aim,
        rated=queries.self_ratings(own, code).get(code),
        goal=goal or GoalForm(len(names), aim.level if aim else min(3, len(names))),
        rating=rating or RatingForm(len(names)),
    )


def _leading(code: str) -> list[dict[str, object]]:
    courses = {course.id: course for course in learning.catalogue(current_actor())}
    return [
        {"course": courses[award.course_id], "level": award.level}
        for award in learning.awards_of(list(courses))
        if award.competency_code == code
    ]


def _links(element: Competency) -> Sequence[dict[str, object]]:
    """What the other elements are to this one."""
    return [_seen_from(link, element.code) for link in queries.links_of([element.code])]


_OTHER_WAY = {
    Relation.SAME: Relation.SAME,
    Relation.BROADER: Relation.NARROWER,
    Relation.NARROWER: Relation.BROADER,
}


def _seen_from(link: CrosswalkLink, code: str) -> dict[str, object]:
    if link.target_code == code:
        return {"code": link.source_code, "relation": link.relation}
    return {"code": link.target_code, "relation": _OTHER_WAY[link.relation]}


@bp.post("/competencies/<code>/goal")
@signed_in
def set_goal(code: str) -> ResponseReturnValue:
    """Aim for a level."""
    queries.element(code)
    form = GoalForm()
    if form.validate():
        services.set_goal(code, given(form.goal.data), by=current_actor())
        flash(_("A goal of yours now: the way there is under “Gap and route”."), "good")
        return redirect(url_for(".element", code=code))
    return _element_page(code, goal=form), 422


@bp.post("/competencies/<code>/goal/removal")
@signed_in
def drop_goal(code: str) -> ResponseReturnValue:
    """Aim for it no longer."""
    services.drop_goal(code, by=current_actor())
    flash(_("No goal of yours any more."), "good")
    return redirect(url_for(".element", code=code))


@bp.post("/competencies/<code>/self-rating")
@signed_in
def rate(code: str) -> ResponseReturnValue:
    """Say where one sees oneself. It never counts."""
    queries.element(code)
    form = RatingForm()
    if form.validate():
        try:
            services.rate_oneself(
                code,
                given(form.rating.data),
                form.why.data or "",
                by=current_actor(),
                today=clock.today(),
                request_key=given(form.request_key.data),
            )
        except Refusal as refusal:
            form.refuse(refusal.field, refusal)
            return _element_page(code, rating=form), refusal.status
        flash(_("Kept as what you say of yourself. Nothing counts on it."), "good")
        return redirect(url_for(".element", code=code))
    return _element_page(code, rating=form), 422
