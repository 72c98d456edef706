"""The page of somebody's working time: changes from a day on, working hours, absences."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.staffing import queries as staffing
from app.staffing.calendars import queries, services
from app.staffing.calendars.forms import AbsenceForm, ChangeForm, ParallelForm, WeekForm
from app.staffing.calendars.shown import shown
from app.staffing.rules.matcher.explain import weeks_text
from app.web.access import current_actor, signed_in
from app.web.forms import given

bp = Blueprint("calendars", __name__, template_folder="templates")


@bp.get("/people/<int:person_id>/working-time")
@signed_in
def working_time(person_id: int) -> ResponseReturnValue:
    """How much somebody works: one's own, of one's people, or anybody's for the PMO."""
    return _page(person_id)


@bp.post("/people/<int:person_id>/working-time")
@signed_in
def change_capacity(person_id: int) -> ResponseReturnValue:
    """From a day on, another share of full time."""
    queries.subject_for(current_actor(), person_id)
    form = ChangeForm()
    if not form.validate():
        return _page(person_id, change=form), 422
    services.change_capacity(
        person_id, given(form.from_on.data), given(form.percent.data), by=current_actor()
    )
    flash(_("Kept. Roles and plans reckon with it from now on."), "good")
    return redirect(url_for(".working_time", person_id=person_id))


@bp.post("/people/<int:person_id>/working-time/<from_on>/withdrawal")
@signed_in
def withdraw_change(person_id: int, from_on: str) -> ResponseReturnValue:
    """Take a change back."""
    queries.subject_for(current_actor(), person_id)
    services.withdraw_change(person_id, _day(from_on), by=current_actor())
    flash(_("The change is taken back."), "good")
    return redirect(url_for(".working_time", person_id=person_id))


@bp.post("/people/<int:person_id>/roles-at-a-time")
@signed_in
def limit_roles(person_id: int) -> ResponseReturnValue:
    """How many roles plans may give them on a day."""
    queries.subject_for(current_actor(), person_id)
    form = ParallelForm()
    if not form.validate():
        return _page(person_id, parallel=form), 422
    services.limit_roles(person_id, form.most.data, by=current_actor())
    flash(_("Kept. Plans that are worked out from now on keep to it."), "good")
    return redirect(url_for(".working_time", person_id=person_id))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise NotVisible(_("There is no such change.")) from wrong


@bp.post("/people/<int:person_id>/absences")
@signed_in
def record_absence(person_id: int) -> ResponseReturnValue:
    """Note days on which somebody is not there."""
    queries.subject_for(current_actor(), person_id)
    form = AbsenceForm()
    if not form.validate():
        return _page(person_id, absence=form), 422
    services.record_absence(person_id, form.period(), given(form.missing.data), by=current_actor())
    flash(_("Kept. Roles and plans reckon with it from now on."), "good")
    return redirect(url_for(".working_time", person_id=person_id))


@bp.post("/people/<int:person_id>/absences/<int:absence_id>/withdrawal")
@signed_in
def withdraw_absence(person_id: int, absence_id: int) -> ResponseReturnValue:
    """They are there after all."""
    services.withdraw_absence(person_id, absence_id, by=current_actor())
    flash(_("The absence is taken back."), "good")
    return redirect(url_for(".working_time", person_id=person_id))


@bp.post("/people/<int:person_id>/working-hours")
@signed_in
def change_week(person_id: int) -> ResponseReturnValue:
    """From a day on, other days of the week and hours."""
    queries.subject_for(current_actor(), person_id)
    form = WeekForm()
    if not form.validate():
        return _page(person_id, week=form), 422
    services.change_week(person_id, form.week(), by=current_actor())
    flash(_("Kept. Roles and plans reckon with it from now on."), "good")
    return redirect(url_for(".working_time", person_id=person_id))


@bp.post("/people/<int:person_id>/working-hours/<from_on>/withdrawal")
@signed_in
def withdraw_week(person_id: int, from_on: str) -> ResponseReturnValue:
    """Take working hours back."""
    queries.subject_for(current_actor(), person_id)
    services.withdraw_week(person_id, _day(from_on), by=current_actor())
    flash(_("The working hours are taken back."), "good")
    return redirect(url_for(".working_time", person_id=person_id))


def _page(
    person_id: int,
    change: ChangeForm | None = None,
    absence: AbsenceForm | None = None,
    week: WeekForm | None = None,
    parallel: ParallelForm | None = None,
) -> str:
    actor, today = current_actor(), clock.today()
    subject = queries.subject_for(actor, person_id)
    most = queries.roles_at_a_time_of(person_id)
    weeks = [queries.week_of(row) for row in queries.working_weeks_of(person_id)]
    return render_template(
        "calendars/working_time.html",
        subject=subject,
        mine=actor.is_(person_id),
        manages=queries.manages(actor, subject),
        changes=queries.changes_for(person_id),
        most=most,
        parallel=parallel or ParallelForm(formdata=None, data={"most": most}),
        absences=queries.absences_of(person_id),
        beyond=weeks_text(staffing.weeks_beyond_time(subject, today)),
        weeks=[shown(week) for week in weeks],
        change=change or ChangeForm(formdata=None),
        absence=absence or AbsenceForm(formdata=None),
        week=week or WeekForm.empty(today, weeks[-1] if weeks else None),
    )
