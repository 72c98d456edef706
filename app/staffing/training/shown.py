"""Training as pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.models import Person
from app.core.i18n import day, duration, money, ngettext
from app.core.i18n import gettext as _
from app.staffing.rules.portfolio.school import Route
from app.staffing.training import queries
from app.staffing.training.queries import Assigned


@dataclass(frozen=True, slots=True)
class ShownCourse:
    """A course of a route; `detail` says by when."""

    id: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class ShownRoute:
    """Somebody who could be fit for a role. `late` is empty where they would be in time."""

    person: Person
    courses: Sequence[ShownCourse]
    takes: str
    fee: str
    start_by: date | None
    ready: date
    late: str
    assigned: bool


@dataclass(frozen=True, slots=True)
class Fees:
    """What courses cost; amounts of several currencies are told one by one."""

    by_course: Mapping[str, tuple[int, str]]

    @classmethod
    def known(cls) -> Fees:
        return cls({row.course_id: (row.minor, row.currency) for row in queries.fees_of_courses()})

    def text(self, course_ids: Sequence[str]) -> str:
        """What these cost together; a dash if nothing."""
        sums: dict[str, int] = {}
        for course_id in course_ids:
            if course_id in self.by_course:
                minor, currency = self.by_course[course_id]
                sums[currency] = sums.get(currency, 0) + minor
        return " + ".join(money(minor, currency) for currency, minor in sorted(sums.items())) or "–"


def shown_route(
    person: Person,
    route: Route,
    first: date,
    titles: Mapping[str, str],
    fees: Fees,
    *,
    assigned: bool,
) -> ShownRoute:
    days = (route.ready - first).days + 1
    return ShownRoute(
        person=person,
        courses=[
            ShownCourse(id, titles.get(id, id), _("by %(day)s", day=day(due)))
            for id, due in zip(route.courses, route.due, strict=True)
        ],
        takes=duration(round(60 * route.hours)),
        fee=fees.text(route.courses),
        start_by=route.start_by,
        ready=route.ready,
        late=""
        if route.start_by
        else ngettext("%(num)s day too late", "%(num)s days too late", max(1, days)),
        assigned=assigned,
    )


@dataclass(frozen=True, slots=True)
class ShownLearner:
    """Somebody who learns for a role, with the courses and what was done about them."""

    person: Person
    courses: Sequence[tuple[str, str, date, str, str]]
    """Id, title, day, state in words, tone."""
    history: Sequence[str]


def learners(found: Sequence[Assigned], today: date) -> list[ShownLearner]:
    """Assignments of a role, person by person."""
    by_person: dict[int, list[Assigned]] = {}
    for one in found:
        by_person.setdefault(one.row.person_id, []).append(one)
    return [
        ShownLearner(
            rows[0].row.person,
            [
                (one.row.course_id, one.row.course.title, one.row.due_on, *_state(one, today))
                for one in rows
            ],
            [_step(one) for one in rows],
        )
        for rows in by_person.values()
    ]


def _state(one: Assigned, today: date) -> tuple[str, str]:
    if one.passed:
        return _("passed"), "good"
    return (_("overdue"), "bad") if one.late(today) else (_("to pass"), "info")


def _step(one: Assigned) -> str:
    """Who gave the course, and who moved its day last."""
    first, last = one.row.steps[0], one.row.steps[-1]
    words = {"course": one.row.course.title, "name": first.by_name, "day": day(first.at.date())}
    text = _("%(course)s: given by %(name)s on %(day)s.", **words)
    if last is first:
        return text
    moved = _("Moved by %(name)s on %(day)s.", name=last.by_name, day=day(last.at.date()))
    return f"{text} {moved}"
