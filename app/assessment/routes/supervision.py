"""What staff see and do while an exam runs, and what they grant before it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.assessment import queries, services
from app.assessment.forms import ExtensionForm, GrantForm, VoidForm, WindowForm
from app.assessment.models import OPEN, AttemptState
from app.assessment.queries import Seat
from app.assessment.routes import words
from app.assessment.routes.blueprint import bp
from app.authoring.document import QuizMode
from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.policy import Role
from app.learning import queries as learning
from app.web.access import current_actor, requires
from app.web.forms import given

# --- While it runs -------------------------------------------------------------------------


@bp.get("/courses/<course_id>/quizzes/<quiz_id>/room")
@requires(Role.PMO, Role.MENTOR)
def room(course_id: str, quiz_id: str) -> ResponseReturnValue:
    """Who has begun, is at work and has handed in; no answers, no scores. Practice has no room."""
    window = queries.window_of(course_id, quiz_id)
    form = WindowForm(
        formdata=None,
        data={
            "opens_at": _local(window.opens_at) if window else None,
            "closes_at": _local(window.closes_at) if window else None,
            "access_code": window.access_code if window else None,
        },
    )
    return _room_page(course_id, quiz_id, form)


def _room_page(course_id: str, quiz_id: str, form: WindowForm) -> str:
    course, quiz = queries.published_quiz(course_id, quiz_id)
    found = queries.seats(course_id, quiz_id)
    now = clock.now()
    return render_template(
        "assessment/room.html",
        course=course,
        quiz=given(quiz),
        form=form,
        seats=[_shown(seat, now) for seat in found],
        ready=sum(seat.state is AttemptState.CREATED for seat in found),
        at_work=sum(seat.state in OPEN for seat in found),
        handed_in=sum(seat.state not in (*OPEN, AttemptState.CREATED) for seat in found),
        may_draw=len(queries.without_paper(course_id, given(quiz))),
        now=now,
        zone=current_app.config["TIME_ZONE"],
        may_plan=current_actor().has(Role.PMO),
        extension=ExtensionForm(formdata=None),
    )


def _shown(seat: Seat, now: datetime) -> dict[str, object]:
    running = seat.state in OPEN and seat.deadline is not None
    left = max(0, int((given(seat.deadline) - now).total_seconds()) // 60) if running else None
    return {
        "seat": seat,
        "word": words.seat_state(seat.state),
        "open": seat.state in OPEN,
        "minutes_left": left,
        "own": current_actor().is_(seat.person_id),
    }


@bp.post("/courses/<course_id>/quizzes/<quiz_id>/window")
@requires(Role.PMO)
def set_window(course_id: str, quiz_id: str) -> ResponseReturnValue:
    """Say when the quiz is open and with which code."""
    form = WindowForm()
    if form.validate():
        try:
            services.set_window(
                course_id,
                quiz_id,
                opens_at=_instant(form.opens_at.data),
                closes_at=_instant(form.closes_at.data),
                access_code=(form.access_code.data or "").strip() or None,
                by=current_actor(),
            )
        except Refusal as refusal:
            form.refuse(refusal.field, refusal)
            return _room_page(course_id, quiz_id, form), refusal.status
        flash(_("Saved. It counts for whoever begins from now on."), "good")
        return redirect(url_for(".room", course_id=course_id, quiz_id=quiz_id))
    return _room_page(course_id, quiz_id, form), 422


@bp.post("/courses/<course_id>/quizzes/<quiz_id>/papers")
@requires(Role.PMO)
def prepare(course_id: str, quiz_id: str) -> ResponseReturnValue:
    """Draw everybody's paper ahead."""
    drawn = services.prepare(course_id, quiz_id, by=current_actor(), now=clock.now())
    flash(ngettext("%(num)s paper drawn.", "%(num)s papers drawn.", drawn), "good")
    return redirect(url_for(".room", course_id=course_id, quiz_id=quiz_id))


@bp.post("/courses/<course_id>/quizzes/<quiz_id>/room/<int:attempt_id>/extension")
@requires(Role.PMO, Role.MENTOR)
def extend(course_id: str, quiz_id: str, attempt_id: int) -> ResponseReturnValue:
    """Give a running attempt more time."""
    queries.check_seat(course_id, quiz_id, attempt_id)
    form = ExtensionForm()
    if form.validate():
        services.extend(
            attempt_id,
            given(form.minutes.data),
            given(form.reason.data),
            by=current_actor(),
            now=clock.now(),
        )
        flash(_("Extended."), "good")
    else:
        flash(_("Not extended: give minutes from 1 to 600 and a reason."), "bad")
    return redirect(url_for(".room", course_id=course_id, quiz_id=quiz_id))


@bp.post("/courses/<course_id>/quizzes/<quiz_id>/room/<int:attempt_id>/voiding")
@requires(Role.PMO, Role.MENTOR)
def void(course_id: str, quiz_id: str, attempt_id: int) -> ResponseReturnValue:
    """Take an attempt back."""
    queries.check_seat(course_id, quiz_id, attempt_id)
    form = VoidForm()
    if form.validate():
        services.void(attempt_id, given(form.reason.data), by=current_actor(), now=clock.now())
        flash(_("Void. It counts for nothing, and the learner sees your reason."), "good")
    else:
        flash(_("Nothing was taken back: say why."), "bad")
    return redirect(url_for(".room", course_id=course_id, quiz_id=quiz_id))


# --- Beforehand ----------------------------------------------------------------------------


@bp.get("/people/<int:person_id>/accommodations")
@requires(Role.PMO)
def accommodations(person_id: int) -> ResponseReturnValue:
    """What somebody is granted."""
    return _accommodations_page(person_id, GrantForm(_places()))


@bp.post("/people/<int:person_id>/accommodations")
@requires(Role.PMO)
def grant(person_id: int) -> ResponseReturnValue:
    """Grant something."""
    form = GrantForm(_places())
    if form.validate():
        course_id, quiz_id = form.place()
        what = services.Grant(
            course_id,
            quiz_id,
            given(form.time_factor.data),
            given(form.extra_attempts.data),
            _instant(form.closes_at.data),
            given(form.reason.data),
        )
        try:
            services.grant(person_id, what, by=current_actor())
        except Refusal as refusal:
            form.refuse(refusal.field, refusal)
            return _accommodations_page(person_id, form), refusal.status
        flash(_("Granted. It counts from the next attempt on."), "good")
        return redirect(url_for(".accommodations", person_id=person_id))
    return _accommodations_page(person_id, form), 422


@bp.post("/accommodations/<int:accommodation_id>/withdrawal")
@requires(Role.PMO)
def withdraw_accommodation(accommodation_id: int) -> ResponseReturnValue:
    """Take a grant back."""
    person_id = services.withdraw_accommodation(accommodation_id, by=current_actor())
    flash(_("Withdrawn. An attempt that runs keeps its time."), "good")
    return redirect(url_for(".accommodations", person_id=person_id))


def _accommodations_page(person_id: int, form: GrantForm) -> str:
    names = dict(_places())
    granted = [
        {
            "accommodation": one,
            "where": names.get(_place(one.course_id, one.quiz_id), one.course_id)
            or _("every quiz"),
        }
        for one in queries.accommodations_of(person_id)
    ]
    return render_template(
        "assessment/accommodations.html",
        subject=accounts.person(person_id),
        form=form,
        granted=granted,
        reads_reasons=current_actor().has(Role.ADMIN),
    )


def _place(course_id: str | None, quiz_id: str | None) -> str:
    return f"{course_id or ''}/{quiz_id}" if quiz_id else course_id or ""


def _places() -> list[tuple[str, str]]:
    """Courses and their exams, as something may be granted for them."""
    found = []
    for course in learning.published_documents():
        found.append((course.id, _("%(course)s: every quiz", course=course.title)))
        found += [
            (f"{course.id}/{quiz.id}", f"{course.title}: {quiz.title}")
            for quiz in course.quizzes
            if quiz.mode is not QuizMode.PRACTICE
        ]
    return found


# --- Times ---------------------------------------------------------------------------------


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TIME_ZONE"])


def _local(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(_zone())


def _instant(local: datetime | None) -> datetime | None:
    return None if local is None else local.replace(tzinfo=_zone()).astimezone(UTC)
