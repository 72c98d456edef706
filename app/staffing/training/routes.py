"""Pages of training: for one role, study time, and what courses cost."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core import clock
from app.core.errors import Conflict, NotVisible, Refusal
from app.core.i18n import gettext as _
from app.core.i18n import money, ngettext
from app.core.policy import Role
from app.learning import queries as learning
from app.projects import queries as projects
from app.projects.models import ProjectState, RoleSlot
from app.staffing import queries as staffing
from app.staffing.rules.matcher.problem import Person as Known
from app.staffing.rules.matcher.route import Route
from app.staffing.rules.portfolio.school import rest_of
from app.staffing.rules.portfolio.training import MOST_TRIED
from app.staffing.teams import queries as teams
from app.staffing.training import looking, queries, services
from app.staffing.training.forms import (
    AskForm,
    AssignForm,
    ChosenForm,
    FeeForm,
    StudyTimeForm,
    WithdrawForm,
)
from app.staffing.training.models import LookKind
from app.staffing.training.shown import (
    Fees,
    ShownRoute,
    learners,
    shown_lines,
    shown_planned,
    shown_route,
    totals,
)
from app.web.access import current_actor, requires, signed_in
from app.web.forms import Choice, given

bp = Blueprint("training", __name__, template_folder="templates")
ROLE = "/projects/<code>/roles/<int:slot_id>/training"
MOST = 100
"""People who are shown: the first to be ready."""


# --- One role ------------------------------------------------------------------------------


@bp.get(ROLE)
@requires(Role.PMO)
def role(code: str, slot_id: int) -> ResponseReturnValue:
    """Who could be ready for a role, and when."""
    return _role_page(code, slot_id)


@bp.post(ROLE)
@requires(Role.PMO)
def assign(code: str, slot_id: int) -> ResponseReturnValue:
    """Give somebody the courses."""
    actor = current_actor()
    projects.slot_for(actor, slot_id, code=code)
    form = AssignForm()
    if not form.validate():
        return _role_page(code, slot_id, _("Choose somebody from the list.")), 422
    try:
        due = services.assign(slot_id, given(form.person.data), by=actor, base_url=_base_url())
    except Refusal as refusal:
        return _role_page(code, slot_id, str(refusal)), refusal.status
    flash(
        ngettext(
            "%(num)s course is given, and they have a letter with the day.",
            "%(num)s courses are given, and they have a letter with the days.",
            len(due),
        ),
        "good",
    )
    return redirect(url_for(".role", code=code, slot_id=slot_id))


@bp.post(f"{ROLE}/withdrawal")
@requires(Role.PMO)
def withdraw(code: str, slot_id: int) -> ResponseReturnValue:
    """Take them back."""
    actor = current_actor()
    projects.slot_for(actor, slot_id, code=code)
    form = WithdrawForm()
    if not form.validate():
        return _role_page(code, slot_id, _("Say in a word or two why.")), 422
    try:
        services.withdraw(
            slot_id,
            given(form.person.data),
            form.reason.data or "",
            by=actor,
            base_url=_base_url(),
        )
    except Refusal as refusal:
        return _role_page(code, slot_id, str(refusal)), refusal.status
    flash(_("Withdrawn. They have a letter."), "good")
    return redirect(url_for(".role", code=code, slot_id=slot_id))


def _role_page(code: str, slot_id: int, refusal: str | None = None) -> str:
    row = projects.slot_for(current_actor(), slot_id, code=code)
    today = clock.today()
    assigned = queries.assigned_for(slot_id)
    over = row.project.state in (ProjectState.CLOSED, ProjectState.CANCELLED)
    return render_template(
        "training/role.html",
        slot=row,
        refusal=refusal,
        routes=_routes(row, {one.row.person_id for one in assigned}),
        learners=learners(assigned, today),
        assignable=row.closed_at is None and not over,
        most=MOST,
    )


def _routes(row: RoleSlot, assigned: set[int]) -> list[ShownRoute]:
    """Those who could be fit, the first to be ready first."""
    today = clock.today()
    slot = rest_of(teams.as_slot(row), today)
    school = queries.school(today)
    pool = queries.pool(staffing.people_for([slot]), school, today)
    every = (
        (student.person, route)
        for student in itertools.islice(pool.trainable(slot, school), MOST_TRIED)
        if (route := school.route(student, slot, today)) is not None
    )
    found = heapq.nsmallest(MOST, every, key=lambda one: (one[1].ready, one[1].hours, one[1].fee))
    return _shown(row, found, assigned)


def _shown(
    row: RoleSlot, found: Sequence[tuple[Known, Route]], assigned: set[int]
) -> list[ShownRoute]:
    people = _people([one.id for one, _route in found])
    titles = learning.titles({id for _person, route in found for id in route.courses})
    fees = Fees.known()
    return [
        shown_route(
            people[one.id],
            route,
            row.start_date,
            one.study_hours,
            titles,
            fees,
            assigned=one.id in assigned,
        )
        for one, route in found
        if one.id in people
    ]


def _people(ids: Sequence[int]) -> dict[int, Person]:
    return {row.id: row for row in accounts.people(ids)}


# --- The portfolio ---------------------------------------------------------------------------


@bp.get("/staffing/training")
@requires(Role.PMO)
def portfolio() -> ResponseReturnValue:
    """Which training fills the most open roles on their first day."""
    return _portfolio_page()


@bp.post("/staffing/training")
@requires(Role.PMO)
def look_for_training() -> ResponseReturnValue:
    """Have it worked out, in two steps or in one."""
    return _asked(LookKind.PORTFOLIO, ".portfolio", together=AskForm().together.data)


@bp.post("/staffing/training/looks/<int:look_id>/assignments")
@requires(Role.PMO)
def give_chosen(look_id: int) -> ResponseReturnValue:
    """Give the courses of the lines that were chosen."""
    form = ChosenForm()
    if not form.validate():
        return _portfolio_page(_("Choose at least one line.")), 422
    try:
        done = looking.give_chosen(look_id, form.chosen(), by=current_actor(), base_url=_base_url())
    except Conflict as refusal:
        return _portfolio_page(str(refusal)), refusal.status
    flash(
        ngettext(
            "%(num)s person has courses to pass, and a letter.",
            "%(num)s people have courses to pass, and a letter each.",
            done.people,
        ),
        "good",
    )
    roles = queries.roles_with_projects(list(done.refused))
    for role_id, reason in done.refused.items():
        title = roles[role_id].title if role_id in roles else str(role_id)
        flash(_("%(role)s: %(reason)s", role=title, reason=reason), "bad")
    return redirect(url_for(".portfolio"))


def _portfolio_page(refusal: str | None = None) -> str:
    look = queries.newest_outcome(LookKind.PORTFOLIO)
    told = look.outcome if look and look.outcome else None
    lines = shown_lines(told["lines"], Fees.known()) if told else []
    return render_template(
        "training/portfolio.html",
        look=look,
        told=told,
        lines=lines,
        planned=shown_planned(told["planned"]) if told else [],
        running=_running(LookKind.PORTFOLIO),
        refusal=refusal,
        totals=totals(told, Fees.known()) if told else None,
        open_roles=staffing.open_roles_count(),
    )


@bp.get("/staffing/bench")
@requires(Role.PMO)
def bench() -> ResponseReturnValue:
    """Filled roles that one resignation would break, and what gives them a spare."""
    look = queries.newest_outcome(LookKind.BENCH)
    told = look.outcome if look and look.outcome else None
    return render_template(
        "training/bench.html",
        look=look,
        told=told,
        lines=shown_lines(told["lines"], Fees.known()) if told else [],
        running=_running(LookKind.BENCH),
    )


@bp.post("/staffing/bench")
@requires(Role.PMO)
def look_at_bench() -> ResponseReturnValue:
    """Have it worked out."""
    return _asked(LookKind.BENCH, ".bench")


def _asked(kind: LookKind, page: str, *, together: bool = False) -> ResponseReturnValue:
    try:
        looking.ask(kind, by=current_actor(), together=together)
    except Conflict as refusal:
        flash(str(refusal), "info")
    return redirect(url_for(page))


def _running(kind: LookKind) -> bool:
    """Whether one is being worked out, and not lost."""
    newest = queries.newest_look(kind)
    return (
        newest is not None
        and newest.finished_at is None
        and clock.now() - newest.asked_at < looking.LOST
    )


# --- Study time ----------------------------------------------------------------------------


@bp.get("/people/<int:person_id>/study-time")
@signed_in
def study_time(person_id: int) -> ResponseReturnValue:
    """How many hours a week somebody can learn: one's own, or anybody's for the PMO."""
    person = _subject(person_id)
    form = StudyTimeForm(formdata=None, data={"hours": queries.study_hours(person_id)})
    return _study_time_page(person, form)


@bp.post("/people/<int:person_id>/study-time")
@signed_in
def set_study_time(person_id: int) -> ResponseReturnValue:
    """Change it."""
    person = _subject(person_id)
    form = StudyTimeForm()
    if not form.validate():
        return _study_time_page(person, form), 422
    services.set_study_hours(person_id, given(form.hours.data), by=current_actor())
    flash(_("Kept. Days on which courses can be done are reckoned with it from now on."), "good")
    return redirect(url_for(".study_time", person_id=person_id))


def _subject(person_id: int) -> Person:
    actor = current_actor()
    if not (actor.is_(person_id) or actor.has(Role.PMO)):
        raise NotVisible(_("There is no such person."))
    return accounts.person(person_id)


def _study_time_page(person: Person, form: StudyTimeForm) -> str:
    mine = current_actor().is_(person.id)
    return render_template("training/study_time.html", subject=person, form=form, mine=mine)


# --- Fees ----------------------------------------------------------------------------------


@bp.get("/staffing/training/fees")
@requires(Role.PMO)
def fees() -> ResponseReturnValue:
    """What courses cost."""
    return _fees_page(_fee_form(FeeForm(formdata=None)))


@bp.post("/staffing/training/fees")
@requires(Role.PMO)
def set_fee() -> ResponseReturnValue:
    """Change what one costs."""
    form = _fee_form(FeeForm())
    if not form.validate():
        return _fees_page(form), 422
    services.set_fee(given(form.course.data), form.fee(), by=current_actor())
    flash(_("Kept. Plans of training reckon with it from now on."), "good")
    return redirect(url_for(".fees"))


def _fee_form(form: FeeForm) -> FeeForm:
    form.course.choices = [Choice(row.id, row.title) for row, _fee in queries.priced_courses()]
    return form


def _fees_page(form: FeeForm) -> str:
    courses = [
        (row, money(fee.minor, fee.currency) if fee else "")
        for row, fee in queries.priced_courses()
    ]
    return render_template("training/fees.html", courses=courses, form=form)


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)
