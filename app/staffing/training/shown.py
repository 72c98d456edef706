"""Training as pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, overload

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core.i18n import day, duration, ngettext
from app.core.i18n import gettext as _
from app.core.values import Money
from app.learning import queries as learning
from app.projects.models import RoleSlot
from app.staffing.rules.matcher.advice import fees_text
from app.staffing.rules.matcher.route import Route
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
    weekly: str
    """Of how many hours a week that is made."""
    fee: str
    start_by: date | None
    ready: date
    late: str
    assigned: bool


@dataclass(frozen=True, slots=True)
class Fees:
    """What courses cost."""

    by_course: Mapping[str, Money]

    @classmethod
    def known(cls) -> Fees:
        return cls({row.course_id: row.fee for row in queries.fees_of_courses()})

    def text(self, course_ids: Sequence[str]) -> str:
        """What these cost together; a dash if nothing."""
        return fees_text(course_ids, self.by_course) or "–"


def shown_route(
    person: Person,
    route: Route,
    first: date,
    weekly: float,
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
        weekly=_("at %(hours)s a week", hours=duration(round(60 * weekly))),
        fee=fees.text(route.courses),
        start_by=route.start_by,
        ready=route.ready,
        late=""
        if route.start_by
        else ngettext("%(num)s day too late", "%(num)s days too late", max(1, days)),
        assigned=assigned,
    )


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a look: a role, and who could learn it."""

    key: str
    slot: RoleSlot
    holder: str
    person_id: int | None
    name: str
    courses: Sequence[ShownCourse]
    takes: str
    fee: str
    start_by: date | None
    ready: date | None
    given: bool


def shown_lines(lines: Sequence[Mapping[str, Any]], fees: Fees) -> list[ShownLine]:
    """Lines whose role and person are still there; in the same few statements for any number."""
    roles = queries.roles_with_projects([one["role"] for one in lines])
    ids = {one[key] for one in lines for key in ("person", "holder") if one.get(key)}
    names = accounts.names_of(ids)
    titles = learning.titles({id for one in lines for id, _due in one["courses"]})
    learning_now = queries.people_in_training()
    return [
        ShownLine(
            key=f"{one['role']}-{one['person']}",
            slot=roles[one["role"]],
            holder=names.get(one.get("holder", 0), ""),
            person_id=one["person"],
            name=names.get(one["person"] or 0, ""),
            courses=[
                ShownCourse(id, titles.get(id, id), _("by %(day)s", day=day(_date(due))))
                for id, due in one["courses"]
            ],
            takes=duration(round(60 * one["hours"])) if one["courses"] else "",
            fee=fees.text([id for id, _due in one["courses"]]),
            start_by=_date(one.get("start_by")),
            ready=_date(one.get("ready")),
            given=one["person"] in learning_now.get(one["role"], ()),
        )
        for one in lines
        if one["role"] in roles
    ]


def shown_planned(planned: Sequence[tuple[int, int]]) -> list[tuple[RoleSlot, int, str]]:
    """Roles with the person who qualifies and takes them: their id and name."""
    roles = queries.roles_with_projects([role for role, _person in planned])
    names = accounts.names_of({person for _role, person in planned})
    return [
        (roles[role], person, names.get(person, "")) for role, person in planned if role in roles
    ]


@overload
def _date(text: str) -> date: ...
@overload
def _date(text: str | None) -> date | None: ...
def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a whole look takes; a course that somebody needs for two roles counts once."""

    people: int
    takes: str
    fee: str


def totals(told: Mapping[str, Any], fees: Fees) -> Totals:
    """The sums of a look at the portfolio."""
    lines = told["lines"]
    courses = {(one["person"], id) for one in lines for id, _due in one["courses"]}
    return Totals(
        people=len({one["person"] for one in lines}),
        takes=duration(round(60 * told["hours"])),
        fee=fees.text([id for _person, id in sorted(courses)]),
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
