"""Gap and route: what is missing for a role or a goal, and the shortest way there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.competence import queries
from app.competence.forms import USUAL_HOURS, GapForm
from app.competence.models import Competency
from app.competence.routes import bp
from app.competence.routes.offers import offers_for
from app.competence.rules import (
    Book,
    Gap,
    Piece,
    Route,
    StepKind,
    fold,
    gaps,
    shortest,
)
from app.core import clock
from app.core.errors import NotVisible, Refusal
from app.core.i18n import day as day_text
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.policy import Actor
from app.core.values import Period, add_months
from app.learning import queries as learning
from app.learning import services as enrolling
from app.projects import queries as projects
from app.projects.models import Demand
from app.staffing import queries as staffing
from app.staffing.rules.booking import LIVE
from app.web.access import current_actor, signed_in
from app.web.charts import Bar, RadarAxis, RadarChart, bar, radar
from app.web.forms import given

GOALS = "goals"
_MONTHS = (-12, -6, 0, 6, 12)
"""Before and after the day asked for: there the levels are looked at over time."""


@dataclass(frozen=True, slots=True)
class Target:
    """What one wants to be ready for.

    Attributes:
        period: the days on which it has to hold.
        certifications: titles of those that are demanded besides, and whether they are held.
    """

    title: str
    wanted: Mapping[str, int]
    period: Period
    certifications: Sequence[tuple[str, bool]] = ()


@bp.get("/competencies/route")
@signed_in
def route() -> ResponseReturnValue:
    """What is missing, and the shortest way there."""
    form = _form()
    valid = form.validate() if request.args else True
    return _gap_page(form, valid=valid), 200 if valid else 422


@bp.post("/competencies/route/enrolments")
@signed_in
def enrol_on_route() -> ResponseReturnValue:
    """Enrol in every course of the way, as it is now."""
    form = _form(posted=True)
    if not form.validate():
        return _gap_page(form, valid=False), 422
    actor, today = current_actor(), clock.today()
    target = _target(actor, given(form.against.data), today)
    found = _route(actor, target, _levels(actor, target.period), form.hours_a_week(), today)
    try:
        for course_id in found.courses:
            enrolling.enrol(course_id, by=actor)
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _gap_page(form, valid=False), refusal.status
    count = len(found.courses)
    if count:
        text = ngettext("Enrolled in %(num)s course.", "Enrolled in %(num)s courses.", count)
        flash(text, "good")
    back = url_for(".route", against=form.against.data, hours=form.hours_a_week())
    return redirect(back)


def _form(*, posted: bool = False) -> GapForm:
    actor = current_actor()
    choices = [("profile:" + one.code, one.title) for one in queries.profiles()]
    roles = _roles(actor)
    goals = bool(queries.goals_of(given(actor.person_id)))
    asked = MultiDict(request.form if posted else request.args)
    if asked:  # a link that says for what need not say at how many hours
        asked.setdefault("hours", str(USUAL_HOURS))
    return GapForm(choices, roles, goals=goals, asked=asked)


def _roles(actor: Actor) -> list[tuple[str, str]]:
    """Roles of projects that one is asked for or booked on, and that are not over."""
    today = clock.today()
    return [
        (
            f"role:{one.slot.project.code}:{one.slot_id}",
            _("%(role)s on %(project)s", role=one.slot.title, project=one.slot.project.title),
        )
        for one in staffing.bookings_of(given(actor.person_id))
        if one.state in LIVE and one.end_date >= today
    ]


# --- What is wanted --------------------------------------------------------------------------


def _target(actor: Actor, against: str, today: date) -> Target:
    kind, _colon, rest = against.partition(":")
    if kind == "profile":
        profile = queries.profile(rest)
        needs = {need.competency_code: need.level for need in profile.needs}
        return Target(profile.title, needs, Period(today, today))
    if kind == "role":
        return _role(actor, rest, today)
    goals = {one.competency_code: one.level for one in queries.goals_of(given(actor.person_id))}
    return Target(_("Your goals"), goals, Period(today, today))


def _role(actor: Actor, address: str, today: date) -> Target:
    code, _colon, number = address.rpartition(":")
    own = given(actor.person_id)
    project = projects.project_for(actor, code, booked=staffing.project_ids_of(own))
    slot = next((one for one in project.slots if str(one.id) == number), None)
    if slot is None:
        raise NotVisible(_("There is no such role."))
    wanted: dict[str, int] = {}
    for one in slot.requirements:
        if one.demand is Demand.COMPETENCY and one.level:
            wanted[one.code] = max(wanted.get(one.code, 0), one.level)
    period = Period(max(slot.start_date, min(today, slot.end_date)), slot.end_date)
    asked = [one.code for one in slot.requirements if one.demand is Demand.CERTIFICATION]
    title = _("%(role)s on %(project)s", role=slot.title, project=project.title)
    return Target(title, wanted, period, _certifications(own, asked, period))


def _certifications(own: int, codes: Sequence[str], period: Period) -> Sequence[tuple[str, bool]]:
    if not codes:
        return ()
    held = queries.holdings_of([own]).get(own, [])
    throughout = {
        one.code for one in held if one.holds_on(period.first) and one.holds_on(period.last)
    }
    titles = {one.code: one.title for one in queries.certification_types()}
    return [(titles.get(code, code), code in throughout) for code in codes]


def _levels(actor: Actor, period: Period) -> dict[str, int]:
    own = given(actor.person_id)
    claims = queries.claims_throughout([own], period).get(own, {})
    return {code: claim.level for code, claim in claims.items()}


# --- The way ---------------------------------------------------------------------------------


def _route(
    actor: Actor, target: Target, have: Mapping[str, int], hours_a_week: int, today: date
) -> Route:
    offers = offers_for(actor, today)
    return shortest(target.wanted, have, offers, hours_a_week=hours_a_week, today=today)


# --- The page --------------------------------------------------------------------------------


def _gap_page(form: GapForm, *, valid: bool) -> str:
    actor, today = current_actor(), clock.today()
    against = form.against.data or form.first()
    if not valid or against is None:
        return render_template("competence/gap.html", form=form, target=None)
    target = _target(actor, against, today)
    have = _levels(actor, target.period)
    found = gaps(target.wanted, have)
    elements = {one.code: one for one in queries.competencies()}
    way = _route(actor, target, have, form.hours_a_week(), today)
    return render_template(
        "competence/gap.html",
        form=form,
        target=target,
        gaps=[(elements[gap.competency], gap) for gap in found if gap.competency in elements],
        open=sum(1 for gap in found if gap.missing),
        chart=_chart(found, elements),
        route=way,
        courses=learning.titles(way.courses),
        enrolled=_enrolled(actor, way),
        titles={code: one.title for code, one in elements.items()},
        over_time=_over_time(actor, target, elements),
        assessment=StepKind.ASSESSMENT,
        exam=StepKind.EXAM,
    )


def _enrolled(actor: Actor, way: Route) -> set[str]:
    if not way.courses:
        return set()
    return {visit.course_id for visit in learning.visits(actor)}


def _chart(found: Sequence[Gap], elements: Mapping[str, Competency]) -> RadarChart | None:
    """The widest gaps first; fewer than three competencies make no radar."""
    shown = sorted(found, key=lambda gap: (-gap.missing, -gap.need))[:10]
    axes = [
        RadarAxis(elements[gap.competency].title, gap.have, gap.need)
        for gap in shown
        if gap.competency in elements
    ]
    return radar(axes, maximum=5) if len(axes) >= 3 else None


@dataclass(frozen=True, slots=True)
class OverTime:
    """How the evidence that there is carries what is wanted: by competency on each of the days."""

    days: Sequence[date]
    met: Sequence[Bar]
    rows: Sequence[tuple[Competency, int, Sequence[int]]]


def _over_time(actor: Actor, target: Target, elements: Mapping[str, Competency]) -> OverTime:
    """The levels a year back and a year ahead, if nothing is added."""
    own = given(actor.person_id)
    days = [add_months(target.period.first, months) for months in _MONTHS]
    rules, pieces = queries.book(), queries.pieces_of([own]).get(own, {})
    on = [_levels_on(pieces, rules, day) for day in days]
    met = [
        sum(levels.get(code, 0) >= level for code, level in target.wanted.items()) for levels in on
    ]
    total = len(target.wanted)
    return OverTime(
        days,
        [
            bar(day_text(day), count, total, _("%(met)s of %(all)s", met=count, all=total))
            for day, count in zip(days, met, strict=True)
        ],
        [
            (elements[code], level, [levels.get(code, 0) for levels in on])
            for code, level in target.wanted.items()
            if code in elements
        ],
    )


def _levels_on(pieces: Mapping[str, Sequence[Piece]], rules: Book, day: date) -> dict[str, int]:
    return {code: one.level for code, one in fold(pieces, Period(day, day), rules).items()}
