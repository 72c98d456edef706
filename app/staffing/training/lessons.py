"""What courses would do for people who fall short: the routes that pages of training give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.learning import queries as learning
from app.staffing import queries as staffing
from app.staffing.rules.matcher.eligibility import LevelLapses, LevelShort, Reason
from app.staffing.rules.matcher.explain import Titles
from app.staffing.rules.matcher.problem import Need, Person, Slot
from app.staffing.rules.matcher.repair import Courses, Repair
from app.staffing.rules.matcher.route import Route
from app.staffing.rules.portfolio.school import School, Student
from app.staffing.training import queries


@dataclass(frozen=True, slots=True)
class Lessons:
    """The school as it is for some people, with what its courses are called and cost."""

    school: School
    students: Mapping[int, Student]
    titles: Titles
    today: date

    def mend(self, person: Person, slot: Slot, needs: tuple[Need, ...]) -> Route | None:
        """Courses by which somebody could take over a role, as far as these levels go."""
        return self.school.mending(self.students[person.id], slot, needs, self.today)

    def named(self, made: Iterable[Repair]) -> dict[str, str]:
        """The titles of the courses that these take, by id, in their order."""
        ids = (id for one in made if isinstance(one, Courses) for id in one.route.courses)
        return {id: self.titles.courses.get(id, id) for id in ids}

    def keep(self, person: Person, slot: Slot, needs: tuple[Need, ...]) -> Route | None:
        """Courses by which somebody on a role stays fit for it."""
        return self.school.keeping(self.students[person.id], slot, needs, self.today)


def lessons_for(short: Iterable[tuple[Person, Sequence[Reason]]], today: date) -> Lessons:
    """What courses do for those who lack levels; read in few statements for any number of them.

    Args:
        short: people with the reasons why they do not qualify; one may stand there several times.
    """
    people = {
        person.id: person
        for person, found in short
        if any(isinstance(one, LevelShort | LevelLapses) for one in found)
    }
    if not people:
        return Lessons(School([]), {}, titles_with([]), today)
    school = queries.school(today)
    students = queries.pool(list(people.values()), school, today).students
    by_id = {one.person.id: one for one in students}
    return Lessons(school, by_id, titles_with(school.courses.keys()), today)


def titles_with(course_ids: Collection[str]) -> Titles:
    """What everything is called that reasons and repairs name, some courses with their fees."""
    titles = staffing.titles()
    if not course_ids:
        return titles
    return replace(
        titles,
        courses=learning.titles(course_ids),
        fees={row.course_id: row.fee for row in queries.fees_of_courses()},
    )
