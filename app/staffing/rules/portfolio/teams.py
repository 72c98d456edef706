"""What projects need of their teams, as limits of a plan.

A plan need not fill every role, so a team need is kept by never taking from a project the places
that those who meet it would have to fill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.core.values import Period
from app.staffing.rules.matcher.eligibility import Rule
from app.staffing.rules.matcher.problem import Person
from app.staffing.rules.portfolio.problem import TEAM, Pair, Role, Shared
from app.staffing.rules.team import TeamNeed, TeamRule, asked, meets_throughout

Able = Callable[[str, str], bool]
"""Whether a worker meets a demand on every day of a role."""


@dataclass(frozen=True, slots=True)
class Team:
    """A need of a project. `pair` are the two workers it is about, if it is about two."""

    project: str
    rule: TeamRule
    amount: int = 0
    pair: tuple[str, str] | None = None
    able: Able = field(default=lambda _worker, _role: False)
    able_already: int = 0
    """How many on the project today meet it."""
    id: int = 0
    """Of the need, by which people can be told which one it is."""

    @property
    def as_rule(self) -> Rule:
        return Rule(TEAM, self.project, self.id)


@dataclass(frozen=True, slots=True)
class OnProject:
    """Somebody who is on a project today, on the days of a booking."""

    project: str
    person_id: int
    period: Period


def teams_of(
    needs: Mapping[str, Sequence[TeamNeed]],
    periods: Mapping[str, Period],
    people: Iterable[Person],
    booked: Sequence[OnProject],
) -> list[Team]:
    """The needs of an organisation's projects.

    Args:
        needs: by project.
        periods: of the open roles, by their id.
    """
    known = {str(person.id): person for person in people}

    def able_on(need: TeamNeed, worker: str, days: Period) -> bool:
        person = known.get(worker)
        return bool(person and need.need and meets_throughout(person, need.need, days))

    def able(need: TeamNeed) -> Able:
        return lambda worker, role: able_on(need, worker, periods[role])

    found = []
    for project, asked_of_it in sorted(needs.items()):
        there = [one for one in booked if one.project == project]
        for need in asked_of_it:
            pair = tuple(str(one) for one in sorted(need.pair))
            found.append(
                Team(
                    project,
                    need.rule,
                    need.amount,
                    (pair[0], pair[1]) if len(pair) == 2 else None,
                    able(need),
                    sum(able_on(need, str(one.person_id), one.period) for one in there),
                    need.id,
                )
            )
    return found


def team_limits(
    teams: Iterable[Team],
    roles: Iterable[Role],
    pairs: Sequence[Pair],
    already: Mapping[str, Sequence[str]] | None = None,
) -> list[Shared]:
    """The limits that keep every team whole, or able to become so.

    Args:
        already: who is on each project today, a worker for each place that is filled.
    """
    project_of = {role.id: role.project for role in roles}
    by_project: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_project[project_of[pair.role]].append(pair)
    open_places: dict[str, int] = defaultdict(int)
    for project in project_of.values():
        open_places[project] += 1
    found: list[Shared] = []
    for team in teams:
        there, offered = (already or {}).get(team.project, ()), by_project[team.project]
        match team.rule:
            case TeamRule.AT_LEAST | TeamRule.SHARE:
                found += _numbers(team, offered, there, open_places[team.project])
            case TeamRule.APART:
                found += _apart(team, offered, there)
            case TeamRule.TOGETHER:
                found += _together(team, offered, there)
            case TeamRule.ESSENTIAL | TeamRule.STRETCH:
                pass  # the one counts as priority, the other decides who qualifies
    return found


def _numbers(
    team: Team, offered: Sequence[Pair], there: Sequence[str], free: int
) -> Iterator[Shared]:
    """Places for those who meet the need are not given to others."""
    wanted = asked(TeamNeed(team.rule, team.amount), len(there) + free)
    others = {_key(one): 1.0 for one in offered if not team.able(one.worker, one.role)}
    if others:
        most = float(max(0, free - max(0, wanted - team.able_already)))
        yield Shared(others, most, team.as_rule)


def _apart(team: Team, offered: Sequence[Pair], there: Sequence[str]) -> Iterator[Shared]:
    for one, other in _both_ways(team):
        if other in there:
            theirs = {_key(pair): 1.0 for pair in offered if pair.worker == one}
            yield Shared(theirs, 0.0, team.as_rule)
    first, second = team.pair or ("", "")
    for pair in offered:
        for against in offered:
            if pair.worker == first and against.worker == second:
                yield Shared({_key(pair): 1.0, _key(against): 1.0}, 1.0, team.as_rule)


def _together(team: Team, offered: Sequence[Pair], there: Sequence[str]) -> Iterator[Shared]:
    for one, other in _both_ways(team):
        if other in there:
            continue
        beside = {_key(pair): -1.0 for pair in offered if pair.worker == other}
        for pair in offered:
            if pair.worker == one:
                yield Shared({_key(pair): 1.0, **beside}, 0.0, team.as_rule)


def _both_ways(team: Team) -> tuple[tuple[str, str], ...]:
    first, second = team.pair or ("", "")
    return (first, second), (second, first)


def _key(pair: Pair) -> tuple[str, str]:
    return pair.worker, pair.role
