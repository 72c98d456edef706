"""What is missing for a role or a goal, and the shortest way there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

ASSESSMENT_MINUTES = 120
"""To get a piece of work ready for an assessor, and to speak about it."""
MOST_NODES = 20_000
"""So many choices are looked at; after that the best way found so far is taken."""

Levels = Mapping[str, int]
"""Levels by competency."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A competency that is asked for, with the level that is there and the one that is wanted."""

    competency: str
    have: int
    need: int

    @property
    def missing(self) -> int:
        return max(0, self.need - self.have)


def gaps(wanted: Levels, have: Levels) -> list[Gap]:
    """One for each competency wanted, in that order, also where nothing is missing."""
    return [Gap(code, have.get(code, 0), need) for code, need in wanted.items()]


@dataclass(frozen=True, slots=True)
class Offer:
    """A course as one person stands in it.

    Attributes:
        minutes: what is left of it for them, its exam included.
        exam_only: whether nothing is left but the exam.
        awards: level by competency.
        courses: ids of courses that have to be done before and are not.
        needs: levels that it asks for.
    """

    id: str
    title: str
    minutes: int
    exam_only: bool = False
    awards: Levels = field(default_factory=dict)
    courses: tuple[str, ...] = ()
    needs: Levels = field(default_factory=dict)


class StepKind(StrEnum):
    COURSE = "course"
    EXAM = "exam"
    ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do.

    Attributes:
        id: of the course, or of the competency to be assessed in.
        shows: level by competency, of what is wanted or needed on the way.
        ready: the day on which it is done.
    """

    kind: StepKind
    id: str
    minutes: int
    shows: Levels
    ready: date


@dataclass(frozen=True, slots=True)
class Route:
    """The shortest way, in the order in which it is gone.

    Attributes:
        complete: False if there were too many ways to look at all of them.
    """

    steps: tuple[Step, ...]
    complete: bool = True

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def ready(self) -> date | None:
        """The earliest day of readiness; None if there is nothing to do."""
        return self.steps[-1].ready if self.steps else None

    @property
    def courses(self) -> list[str]:
        return [step.id for step in self.steps if step.kind is not StepKind.ASSESSMENT]


def shortest(
    wanted: Levels, have: Levels, offers: Iterable[Offer], *, hours_a_week: int, today: date
) -> Route:
    """The way to all that is wanted that takes the fewest minutes.

    A level that no course shows takes an assessment, after the course that leads closest to it.
    """
    shelf = {offer.id: offer for offer in sorted(offers, key=lambda one: (one.minutes, one.id))}
    search = _Search(shelf, dict(have))
    chosen, assessed, complete = search.best(wanted)
    pace = _Pace(hours_a_week, today)
    steps = [*_course_steps(chosen, shelf, wanted, have, pace), *_assessments(assessed, pace)]
    return Route(tuple(steps), complete)


def ready_after(minutes: int, hours_a_week: int, today: date) -> date:
    """The day on which so much is done, at so many hours a week."""
    return today + timedelta(days=ceil(minutes * 7 / (hours_a_week * 60)))


class _Pace:
    """Adds up minutes, and says on which day they are done."""

    def __init__(self, hours_a_week: int, today: date) -> None:
        self.hours_a_week = hours_a_week
        self.today = today
        self.minutes = 0

    def after(self, minutes: int) -> date:
        self.minutes += minutes
        return ready_after(self.minutes, self.hours_a_week, self.today)


# --- Search ----------------------------------------------------------------------------------

_Chosen = frozenset[str]


class _Search:
    """Branch and bound over the courses that could close what is open first."""

    def __init__(self, shelf: Mapping[str, Offer], have: Levels) -> None:
        self.shelf = shelf
        self.have = have
        self.assessed: dict[str, int] = {}
        self.nodes = 0
        self.found: _Chosen | None = None
        self.cost = 0

    def best(self, wanted: Levels) -> tuple[_Chosen, dict[str, int], bool]:
        """The courses to take, the levels to be assessed, and whether every way was looked at."""
        within_reach = self._within_reach(wanted)
        self._try(frozenset(), within_reach)
        chosen = self.found or frozenset()
        return chosen, self._to_assess(chosen), self.nodes < MOST_NODES

    def _within_reach(self, wanted: Levels) -> dict[str, int]:
        """What courses can show; for the rest an assessment is noted."""
        reach: dict[str, int] = {}
        for code, level in wanted.items():
            if self.have.get(code, 0) >= level:
                continue
            highest = self._highest(code)
            if highest < level:
                self.assessed[code] = level
            if min(highest, level) > self.have.get(code, 0):
                reach[code] = min(highest, level)
        return reach

    def _highest(self, code: str) -> int:
        shown = (one.awards.get(code, 0) for one in self.shelf.values() if self._closed(one.id))
        return max(shown, default=0)

    def _closed(self, course: str) -> _Chosen | None:
        """A course with all that has to come before it; None if something is not on the shelf."""
        before: set[str] = set()
        waiting = [course]
        while waiting:
            one = waiting.pop()
            if one not in self.shelf:
                return None
            if one not in before:
                before.add(one)
                waiting.extend(self.shelf[one].courses)
        return frozenset(before)

    def _try(self, chosen: _Chosen, wanted: Levels) -> None:
        self.nodes += 1
        cost = self._cost(chosen)
        if self.nodes >= MOST_NODES and self.found is not None:
            return
        if self.found is not None and (cost, len(chosen)) >= (self.cost, len(self.found)):
            return
        missing = self._missing(chosen, wanted)
        if missing is None:
            self.found, self.cost = chosen, cost
            return
        for option in self._options(missing, chosen):
            self._try(option, wanted)

    def _missing(self, chosen: _Chosen, wanted: Levels) -> tuple[str, int] | None:
        """What is open still: of all that, the one that fewest courses show."""
        reached = self._reached(chosen)
        needed = self._needed(chosen, wanted)
        still = [(code, level) for code, level in needed.items() if reached.get(code, 0) < level]
        return min(still, key=lambda one: (self._shown_by(*one), one), default=None)

    def _reached(self, chosen: Iterable[str]) -> dict[str, int]:
        reached = dict(self.have)
        for one in chosen:
            for code, level in self.shelf[one].awards.items():
                reached[code] = max(reached.get(code, 0), level)
        return reached

    def _needed(self, chosen: Iterable[str], wanted: Levels) -> dict[str, int]:
        needed = dict(wanted)
        for one in chosen:
            for code, level in self.shelf[one].needs.items():
                if self._highest(code) >= level:
                    needed[code] = max(needed.get(code, 0), level)
        return needed

    def _to_assess(self, chosen: Iterable[str]) -> dict[str, int]:
        """What no course shows: of what is wanted, and of what the chosen ones ask for."""
        found = dict(self.assessed)
        for one in chosen:
            for code, level in self.shelf[one].needs.items():
                if max(self._highest(code), self.have.get(code, 0)) < level:
                    found[code] = max(found.get(code, 0), level)
        return found

    def _cost(self, chosen: _Chosen) -> int:
        minutes = sum(self.shelf[one].minutes for one in chosen)
        return minutes + ASSESSMENT_MINUTES * len(self._to_assess(chosen))

    def _shown_by(self, code: str, level: int) -> int:
        return sum(one.awards.get(code, 0) >= level for one in self.shelf.values())

    def _options(self, missing: tuple[str, int], chosen: _Chosen) -> Iterator[_Chosen]:
        code, level = missing
        ways = []
        for one in self.shelf.values():
            closed = self._closed(one.id)
            if closed is not None and one.awards.get(code, 0) >= level and one.id not in chosen:
                whole = chosen | closed
                ways.append((sum(self.shelf[each].minutes for each in whole), sorted(whole), whole))
        for _minutes, _names, whole in sorted(ways, key=lambda way: way[:2]):
            yield whole


# --- Steps -----------------------------------------------------------------------------------


def _course_steps(
    chosen: Collection[str],
    shelf: Mapping[str, Offer],
    wanted: Levels,
    have: Levels,
    pace: _Pace,
) -> Iterator[Step]:
    asked = {**wanted}
    for one in chosen:
        asked.update(shelf[one].needs)
    for course in _in_order(chosen, shelf):
        offer = shelf[course]
        shows = {
            code: level
            for code, level in offer.awards.items()
            if code in asked and level > have.get(code, 0)
        }
        kind = StepKind.EXAM if offer.exam_only else StepKind.COURSE
        yield Step(kind, course, offer.minutes, shows, pace.after(offer.minutes))


def _in_order(chosen: Collection[str], shelf: Mapping[str, Offer]) -> Sequence[str]:
    """What comes before another first; among those that may come next the shortest."""
    done: list[str] = []
    left = sorted(chosen, key=lambda one: (shelf[one].minutes, one))
    while left:
        free = [one for one in left if not _waits(shelf[one], left, shelf)] or left
        done.append(free[0])
        left.remove(free[0])
    return done


def _waits(offer: Offer, left: Collection[str], shelf: Mapping[str, Offer]) -> bool:
    """Whether something that is still left has to come before it."""
    others = [one for one in left if one != offer.id]
    shown = {
        code
        for one in others
        for code, level in shelf[one].awards.items()
        if level >= offer.needs.get(code, 6)
    }
    return bool(shown) or any(one in offer.courses for one in others)


def _assessments(assessed: Levels, pace: _Pace) -> Iterator[Step]:
    for code, level in sorted(assessed.items()):
        ready = pace.after(ASSESSMENT_MINUTES)
        yield Step(StepKind.ASSESSMENT, code, ASSESSMENT_MINUTES, {code: level}, ready)
