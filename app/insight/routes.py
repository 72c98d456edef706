"""The home page: of whoever is logged in, their own; else what Cadre is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.assessment import queries as assessment
from app.competence import queries as competence
from app.competence.certifications.rules import HoldingState
from app.competence.rules import SOON, HeldCertification
from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.policy import Actor, Role
from app.credentials import queries as credentials
from app.credentials.rules import State
from app.insight import queries
from app.insight.rules import Kind, Lapse, in_order
from app.learning import queries as learning
from app.learning.models import Course
from app.learning.routes import standing
from app.practice import queries as practice
from app.staffing import queries as staffing
from app.staffing.queries import Work
from app.staffing.rules.booking import BookingState
from app.staffing.training import queries as training
from app.staffing.watch import queries as watch
from app.web.access import current_actor, public
from app.web.forms import given

bp = Blueprint("insight", __name__, template_folder="templates")

SUGGESTED = 3
SHOWN_BOOKINGS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that asks somebody to act, and where."""

    label: str
    value: int
    hint: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class ShownBooking:
    """A booking in one line; `share` is 0 to 1."""

    role: str
    project: str
    first: date
    last: date
    share: float


@dataclass(frozen=True, slots=True)
class Bookings:
    """What one is asked for, and where one works now or soon."""

    asked: Sequence[ShownBooking]
    agreed: Sequence[ShownBooking]


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """One's own home, or the landing page."""
    actor = current_actor()
    if actor.person_id is None:
        return render_template("insight/landing.html")
    return _home_page(actor, clock.today())


def _home_page(actor: Actor, today: date) -> str:
    courses = standing.stand_in_all(actor)
    open_courses = [course for course in courses if not course.finished]
    return render_template(
        "insight/home.html",
        first_name=actor.name.split()[0] if actor.name else "",
        today=today,
        current=open_courses[0] if open_courses else None,
        others=open_courses[1:],
        finished=[course for course in courses if course.finished],
        suggested=_suggested(actor, courses),
        bookings=_bookings(actor, today),
        assigned=training.assigned_to(given(actor.person_id)),
        lapses=[(lapse, _address(lapse)) for lapse in in_order(_lapses(actor, today))],
        figures=[*_figures(actor)],
        to_practise=len(practice.queue(actor, clock.now())),
    )


def _suggested(actor: Actor, courses: Sequence[standing.Course]) -> list[Course]:
    """Courses to begin with, for somebody who is in none."""
    if courses:
        return []
    return list(learning.catalogue(actor))[:SUGGESTED]


def _bookings(actor: Actor, today: date) -> Bookings:
    every = staffing.work_of(given(actor.person_id), today)
    asked = [one for one in every if one.state is BookingState.REQUESTED]
    agreed = [one for one in every if one.state is BookingState.CONFIRMED]
    return Bookings([*map(_shown, asked)], [*map(_shown, agreed[:SHOWN_BOOKINGS])])


def _shown(work: Work) -> ShownBooking:
    return ShownBooking(work.role, work.project, work.first, work.last, work.percent / 100)


def _figures(actor: Actor) -> Iterator[Figure]:
    if people := accounts.people_of(actor.person_id):
        yield Figure(
            _("Requests for your people"),
            len(staffing.open_requests_of_people(actor.person_id)),
            ngettext(
                "You are line manager of %(num)s person",
                "You are line manager of %(num)s people",
                len(people),
            ),
            url_for("desk.desk"),
            "users",
        )
    if actor.has(Role.PMO):
        portfolio = url_for("staffing.portfolio")
        yield Figure(
            _("Open roles"),
            staffing.open_roles_count(),
            _("nobody is confirmed for them yet"),
            f"{portfolio}#roles",
            "folder-kanban",
        )
        yield Figure(
            _("Requests waiting"),
            queries.requests_waiting(),
            _("people who have not answered yet"),
            portfolio,
            "hourglass",
        )
        if (last := watch.last_round()) and last.found:
            yield Figure(
                _("Bookings in danger"),
                last.found,
                _("people who will not meet their role soon"),
                url_for("watch.endangered"),
                "shield-alert",
            )
        if behind := len({one.finisher.person_id for one in assessment.behind()}):
            yield Figure(
                _("Behind a new version"),
                behind,
                _("people who finished a course before it changed"),
                url_for("learning.behind"),
                "clock-alert",
            )
    if actor.has(Role.MENTOR):
        yield Figure(
            _("Essays to mark"),
            assessment.waiting_essays_count(actor),
            _("answers that wait for a marker"),
            url_for("assessment.marking"),
            "pencil",
        )
    if actor.has(Role.PMO) and (waiting := assessment.open_decisions_count()):
        yield Figure(
            _("Passes to decide on"),
            waiting,
            _("that no longer hold"),
            url_for("assessment.decisions"),
            "scale",
        )
    if actor.has(Role.AUTHOR, Role.PMO) and (waiting := assessment.open_reports_count()):
        yield Figure(
            _("Reported questions"),
            waiting,
            _("learners wait for an answer"),
            url_for("assessment.question_reports"),
            "triangle-alert",
        )


# --- What lapses -----------------------------------------------------------------------------


def _lapses(actor: Actor, today: date) -> Iterator[Lapse]:
    person_id = given(actor.person_id)
    for certificate in credentials.certificates_of(person_id):
        if certificate.valid_to and credentials.state(certificate, today) in _ASKS:
            yield Lapse(
                Kind.CERTIFICATE, certificate.title, certificate.valid_to, certificate.serial
            )
    for holding in _newest(competence.holdings_of([person_id]).get(person_id, [])):
        if holding.last and holding.state_on(today) in _LAPSING:
            yield Lapse(Kind.CERTIFICATION, holding.title, holding.last)
    yield from _lapsing_claims(person_id, today)


_ASKS = (State.DUE, State.IN_GRACE, State.EXPIRED)
_LAPSING = (HoldingState.DUE, HoldingState.IN_GRACE, HoldingState.EXPIRED)


def _newest(holdings: Sequence[HeldCertification]) -> list[HeldCertification]:
    """Of each certification the one that holds longest: a renewed one lapses no more."""
    best: dict[str, HeldCertification] = {}
    for holding in holdings:
        before = best.get(holding.code)
        if before is None or (holding.last or date.max) > (before.last or date.max):
            best[holding.code] = holding
    return list(best.values())


def _lapsing_claims(person_id: int, today: date) -> Iterator[Lapse]:
    claims = competence.claims_on([person_id], today).get(person_id, {})
    lapsing = {code: claim for code, claim in claims.items() if claim.lapses_within(SOON, today)}
    titles = competence.competency_titles(lapsing)
    for code, claim in lapsing.items():
        yield Lapse(Kind.COMPETENCY, titles.get(code, code), given(claim.lapses_on))


def _address(lapse: Lapse) -> str:
    if lapse.kind is Kind.CERTIFICATE:
        return url_for("credentials.certificate", serial=lapse.key)
    return url_for("competence.mine")
