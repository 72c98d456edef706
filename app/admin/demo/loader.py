"""Loads the demo organisation through the same services that pages call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select, update

from app.accounts import queries as accounts
from app.accounts import services as account_services
from app.accounts.models import Person
from app.accounts.services import Profile
from app.admin.demo import certifications
from app.admin.demo.growth import load_growth
from app.admin.demo.people import ACCOUNTS, SEED, ZONES, Employee, employees
from app.admin.demo.portfolio import VENTURES, Ask, Place, Venture
from app.admin.demo.teams import load_teams
from app.admin.demo.training import load_training
from app.assessment import queries as assessment
from app.assessment import services as assessment_services
from app.authoring.grading import right_answer
from app.competence import queries as competence_queries
from app.competence import services as competence
from app.competence.rules import EvidenceKind
from app.core import db
from app.core.errors import Conflict, Refusal
from app.core.policy import SYSTEM, Actor, Role
from app.core.values import Money, Period
from app.learning import queries as learning
from app.learning import services as learning_services
from app.projects import services as projects
from app.projects.models import Demand, ProjectState, Strength
from app.staffing import services as staffing
from app.staffing.calendars.models import CapacityChange, WorkingWeek
from app.staffing.models import Absence

PASSWORD = "cadre-demo"


class AlreadyThere(Refusal):
    """The demo goes into an empty organisation only."""


def is_empty() -> bool:
    """Whether nobody is known yet."""
    return db.session.scalar(select(Person.id).limit(1)) is None


def is_loaded() -> bool:
    """Whether the people of the demo are here."""
    return accounts.person_by_email(ACCOUNTS[0].email) is not None


def load(today: date, *, base_url: str) -> None:
    """Load the demo organisation, with dates counted from `today`, in one transaction.

    Raises:
        AlreadyThere: somebody is known here already.
    """
    if not is_empty():
        raise AlreadyThere("There are people here already. The demo needs an empty database.")
    with db.transaction():
        cast = _load_accounts()
        staff = _load_employees(today, cast["mentor@example.com"])
        _load_line_managers(cast, staff)
        certifications.load(today, cast)
        _load_portfolio(today, cast["pmo@example.com"], staff, base_url)
        _load_learning(today, cast)
        _load_requests(today, cast, base_url)
        load_growth(today, cast)
        load_teams(cast["pmo@example.com"])
        load_training(today, cast["learner2@example.com"], cast["pmo@example.com"], base_url)


# --- People --------------------------------------------------------------------------------


def _load_accounts() -> dict[str, Actor]:
    cast = {}
    for account in ACCOUNTS:
        profile = Profile(
            name=account.name,
            title=account.title,
            unit="Retail IT",
            location="Berlin",
            rate=Money(9000, "EUR"),
            spoken=frozenset({"en", "de"}),
        )
        person = account_services.add_person(
            account.email, profile, account.roles, by=SYSTEM, password=PASSWORD
        )
        cast[account.email] = Actor(person.id, frozenset(account.roles), account.name)
    return cast


def _load_employees(today: date, mentor: Actor) -> list[tuple[int, Employee]]:
    random = Random(SEED)  # noqa: S311  (a demo, not a secret)
    staff = []
    for employee in employees():
        profile = Profile(
            name=employee.name,
            title=employee.title,
            unit=employee.unit,
            location=employee.place,
            capacity=employee.capacity,
            rate=Money(employee.rate * 100, "EUR"),
            employed_from=today - timedelta(days=random.randrange(300, 4000)),
            spoken=frozenset(employee.spoken),
        )
        person = account_services.add_person(employee.email, profile, [Role.LEARNER], by=SYSTEM)
        _record_levels(today, person.id, employee.levels, random, mentor)
        _record_holdings(today, person.id, employee, mentor)
        staff.append((person.id, employee))
    _record_absences(today, staff, random)
    _record_changes(today, staff)
    _record_weeks(today, staff)
    return staff


def _load_line_managers(cast: dict[str, Actor], staff: Sequence[tuple[int, Employee]]) -> None:
    """The head of the PMO manages the people of Retail IT, the senior mentor those who learn."""
    of_retail = [person_id for person_id, employee in staff if employee.unit == "Retail IT"]
    learners = ("learner@example.com", "learner2@example.com", "newcomer@example.com")
    teams = {
        "pmo@example.com": of_retail,
        "mentor@example.com": [cast[email].person_id or 0 for email in learners],
    }
    for email, team in teams.items():
        chosen = update(Person).where(Person.id.in_(team))
        db.session.execute(chosen.values(line_manager_id=cast[email].person_id))


def _record_levels(
    today: date, person_id: int, levels: dict[str, int], random: Random, mentor: Actor
) -> None:
    for code, level in sorted(levels.items()):
        first = today - timedelta(days=random.randrange(220, 700))
        # Some lapse within a year, most hold for two more.
        last = today + timedelta(days=random.choice((40, 110, 330, 500, 650, 730, 730, 730)))
        competence.record_evidence(
            person_id=person_id,
            competency_code=code,
            kind=EvidenceKind.JUDGED,
            level=level,
            valid_from=first,
            valid_to=last,
            source_key=f"demo:{person_id}/{code}",
            title=f"Assessed by {mentor.name}",
            by=mentor,
        )


def _record_holdings(today: date, person_id: int, employee: Employee, by: Actor) -> None:
    for number, held in enumerate(employee.holdings, start=1):
        competence.record_holding(
            person_id=person_id,
            certification_code=held.code,
            number=f"GR{700000 + person_id * 10 + number}",
            issued_on=today + timedelta(days=held.issued),
            expires_on=today + timedelta(days=held.expires),
            by=by,
        )


def _record_absences(today: date, staff: Sequence[tuple[int, Employee]], random: Random) -> None:
    away = sorted(random.sample([person_id for person_id, _ in staff], 18))
    for person_id in away:
        first = today + timedelta(days=random.randrange(-10, 160))
        db.session.add(
            Absence(
                person_id=person_id,
                start_date=first,
                end_date=first + timedelta(days=random.choice((4, 11, 18, 60))),
                percent=100,
                recorded_at=datetime.combine(today, time(8), UTC),
            )
        )


def _record_changes(today: date, staff: Sequence[tuple[int, Employee]]) -> None:
    """Some half-timers come to work more, in half a year and after everything that is booked."""
    half = [person_id for person_id, employee in staff if employee.capacity == 50]
    for person_id in half[:3]:
        db.session.add(
            CapacityChange(
                person_id=person_id,
                from_on=today + timedelta(days=180),
                percent=80,
                recorded_at=datetime.combine(today, time(8), UTC),
            )
        )


def _record_weeks(today: date, staff: Sequence[tuple[int, Employee]]) -> None:
    """All but a few have said when they work; half-timers work in the mornings."""
    for person_id, employee in staff[:-4]:
        half = employee.capacity == 50
        db.session.add(
            WorkingWeek(
                person_id=person_id,
                from_on=today - timedelta(days=400),
                zone=ZONES[employee.place],
                days="12345",
                begins=9 * 60 if half else 8 * 60 + 30,
                ends=13 * 60 if half else 17 * 60,
                recorded_at=datetime.combine(today, time(8), UTC),
            )
        )


# --- Projects ------------------------------------------------------------------------------


def _load_portfolio(
    today: date, pmo: Actor, staff: Sequence[tuple[int, Employee]], base_url: str
) -> None:
    for venture in VENTURES:
        period = _period(today, venture.first, venture.last)
        facts = projects.ProjectFacts(
            code=venture.code,
            title=venture.title,
            unit=venture.unit,
            period=period,
            summary=venture.summary,
            priority=venture.priority,
            budget=Money(venture.budget * 100, "EUR"),
            state=ProjectState.ACTIVE,
        )
        projects.create_project(facts, by=pmo)
        for place in venture.places:
            _load_role(today, venture, place, pmo, staff, base_url)
        final = replace(facts, state=ProjectState(venture.state))
        projects.change_project(venture.code, final, by=pmo)


def _load_role(
    today: date,
    venture: Venture,
    place: Place,
    pmo: Actor,
    staff: Sequence[tuple[int, Employee]],
    base_url: str,
) -> None:
    facts = projects.RoleFacts(
        title=place.title,
        period=_period(today, place.first, place.last),
        allocation=place.allocation,
        asked=tuple(_asked(ask) for ask in place.asks),
        rate_cap=Money(place.rate_cap * 100, "EUR") if place.rate_cap else None,
        profile=_kind(place.title),
    )
    slot = projects.add_role(venture.code, facts, by=pmo)
    if place.fill != "open":
        _fill(slot.id, place, pmo, staff, base_url)
    if place.raised:
        raised = tuple(_asked(ask) for ask in place.raised)
        projects.change_role(venture.code, slot.id, replace(facts, asked=raised), by=pmo)


def _kind(title: str) -> str | None:
    """The role profile that a title begins with, if the framework has one."""
    for profile in competence_queries.profiles():
        if title.startswith(profile.title):
            return profile.code
    return None


def _asked(ask: Ask) -> projects.Asked:
    return projects.Asked(
        Strength.MUST if ask.must else Strength.WANT,
        Demand(ask.kind),
        ask.code,
        ask.level,
        Decimal(ask.weight),
    )


def _fill(
    slot_id: int, place: Place, pmo: Actor, staff: Sequence[tuple[int, Employee]], base_url: str
) -> None:
    """Book the first who qualifies and has the time, people of the role's own craft first."""
    words = set(place.title.lower().replace(",", "").split())
    by_craft = sorted(staff, key=lambda one: -len(words & set(one[1].title.lower().split())))
    for person_id, _ in by_craft:
        with _or_next() as refused:
            booking = staffing.propose(slot_id, person_id, by=pmo)
        if refused:
            continue
        if place.fill in ("requested", "confirmed"):
            staffing.request(booking.id, by=pmo, base_url=base_url)
        if place.fill == "confirmed":
            staffing.confirm(booking.id, by=pmo, base_url=base_url)
        return


@contextmanager
def _or_next() -> Iterator[list[Conflict]]:
    """Collect a refusal instead of letting it end the load."""
    refused: list[Conflict] = []
    try:
        yield refused
    except Conflict as refusal:
        refused.append(refusal)


def _period(today: date, first: int, last: int) -> Period:
    return Period(today + timedelta(days=first), today + timedelta(days=last))


# --- Learning ------------------------------------------------------------------------------


def _load_learning(today: date, cast: dict[str, Actor]) -> None:
    learner, second = cast["learner@example.com"], cast["learner2@example.com"]
    long_ago = datetime.combine(today - timedelta(days=40), time(9), UTC)
    _finish("risk-essentials", learner, long_ago)
    _read_half("what-a-pmo-does", learner)
    _read_half("risk-essentials", second)


def _finish(course_id: str, by: Actor, now: datetime) -> None:
    """Read every lesson and pass every quiz that asks for it, the exam at the end."""
    learning_services.enrol(course_id, by=by)
    course = learning.served(learning.course_for(by, course_id))
    for lesson in course.lessons:
        _complete(course_id, lesson.id, by)
    for quiz in course.quizzes:
        if quiz.mode != "practice":
            _pass(course_id, quiz.id, by, now)


ESSAY = "Because the lease ends on 30 June, the depot may have to move twice."


def _pass(course_id: str, quiz_id: str, by: Actor, now: datetime) -> None:
    """Sit a quiz and answer every question rightly."""
    attempt_id = assessment_services.start(course_id, quiz_id, by=by, now=now)
    sitting = assessment.sitting_for(by, attempt_id)
    for slot in sitting.attempt.slots:
        step = sitting.steps[slot.number]
        if step > sitting.attempt.position:
            assessment_services.walk_on(attempt_id, step, by=by, now=now)
        question, language = sitting.questions[slot.number], sitting.course.language
        answer = right_answer(question, language=language) or ESSAY
        save = assessment_services.Save(answer, 1)
        assessment_services.save(attempt_id, slot.number, save, by=by, now=now)
    assessment_services.submit(attempt_id, by=by, now=now + timedelta(minutes=38))


def _read_half(course_id: str, by: Actor) -> None:
    learning_services.enrol(course_id, by=by)
    course = learning.served(learning.course_for(by, course_id))
    half = course.lessons[: len(course.lessons) // 2]
    for lesson in half:
        _complete(course_id, lesson.id, by)
    learning_services.remember_place(course_id, course.lessons[len(half)].id, None, by=by)


def _complete(course_id: str, lesson_id: str, by: Actor) -> None:
    course = learning.served(learning.course_for(by, course_id))
    lesson = learning.lesson(course, lesson_id)
    for block in lesson.blocks:
        if block.kind == "check":
            answer = right_answer(block.question, language=course.language)
            learning_services.answer_check(course_id, lesson_id, block.question.id, answer, by=by)
    learning_services.complete_lesson(course_id, lesson_id, by=by)


def _load_requests(today: date, cast: dict[str, Actor], base_url: str) -> None:
    """Ask the learner for their time, so that there is something to answer."""
    pmo, learner = cast["pmo@example.com"], cast["learner@example.com"]
    facts = projects.RoleFacts(
        title="Risk lead",
        profile=_kind("Risk manager"),
        period=_period(today, 21, 120),
        allocation=40,
        asked=(projects.Asked(Strength.MUST, Demand.COMPETENCY, "risk-management", 3),),
    )
    slot = projects.add_role("PICKUP", facts, by=pmo)
    person = accounts.person(learner.person_id or 0)
    staffing.ask(slot.id, person.id, by=pmo, base_url=base_url)
