"""What `staffing solve` answers: the plan, why roles stay empty, and who comes near."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from app.staffing.rules.matcher import problem as matcher
from app.staffing.rules.matcher.eligibility import (
    Lapsed,
    Lapses,
    LevelLapses,
    LevelShort,
    NoCapacity,
    NotYetHeld,
    Reason,
    TooExpensive,
    demands,
    unmet_by,
)
from app.staffing.rules.matcher.problem import Slot
from app.staffing.rules.matcher.rank import lot, rule_of
from app.staffing.rules.portfolio.document import Document
from app.staffing.rules.portfolio.limits import ROUNDING, overdrawn_from
from app.staffing.rules.portfolio.pairing import Matched
from app.staffing.rules.portfolio.solve import Plan

NEAR = 5
"""How many of those who fall just short are named for an empty role."""
NAMES = {"wants": "want"}
"""Parts of a score, where the file calls them by another name."""


def answer(document: Document, matched: Matched, plan: Plan) -> dict[str, Any]:
    """The answer to a problem, as its JSON."""
    filled = {pair.role for pair in plan.pairs}
    empty = [
        (role.id, slot)
        for role, slot in zip(matched.portfolio.roles, matched.slots, strict=True)
        if role.id not in filled
    ]
    conflicts = _conflicts(document, matched)
    return {
        "status": "infeasible" if conflicts else "optimal" if plan.proven else "feasible",
        "seconds": round(plan.seconds, 3),
        "stages": [
            {"name": one.stage.value, "value": _number(one.value), "bound": _number(one.bound)}
            for one in plan.stages
        ],
        "assignments": [
            {
                "role": pair.role,
                "person": pair.worker,
                "score": pair.score,
                "parts": {
                    NAMES.get(name, name): points
                    for name, points in matched.parts.get((pair.worker, pair.role), ())
                },
            }
            for pair in plan.pairs
        ],
        "unfilled": [_unfilled(document, matched, plan, role_id, slot) for role_id, slot in empty],
        **({"conflicts": conflicts} if conflicts else {}),
    }


def _conflicts(document: Document, matched: Matched) -> list[dict[str, str]]:
    """What is fixed and cannot stand together, so that no plan keeps the rules: who, from when."""
    firsts = {one.id: overdrawn_from(one) for one in matched.portfolio.workers}
    return [
        {"person": someone.id, "from": first.isoformat()}
        for someone in document.people
        if (first := firsts[someone.id]) is not None
    ]


def _number(value: float) -> float:
    """Without the noise of adding."""
    return round(value, 6) + 0.0


def _unfilled(
    document: Document, matched: Matched, plan: Plan, role_id: str, slot: Slot
) -> dict[str, Any]:
    qualified = {pair.worker for pair in matched.portfolio.pairs if pair.role == role_id}
    if document.values is not None:
        without = len(document.people) - len(qualified)
        found = [("value", without)] if without else []
        near: list[dict[str, Any]] = []
    else:
        short = _short(matched.people, slot, document, qualified)
        found = _counted(found for _person, found in short)
        near = _nearest(short, document, role_id)
    found = [*found, *_in_the_way(matched, plan, role_id)]
    return {
        "role": role_id,
        "reasons": [{"rule": rule, "people": people} for rule, people in found],
        "near": near,
    }


def _in_the_way(matched: Matched, plan: Plan, role_id: str) -> list[tuple[str, int]]:
    """How many who qualify the rest of the budget does not pay, and how many others take."""
    project = {role.id: role.project for role in matched.portfolio.roles}
    spent = sum(pair.cost for pair in plan.pairs if project[pair.role] == project[role_id])
    left = matched.portfolio.budgets.get(project[role_id], float("inf")) - spent
    offered = [pair for pair in matched.portfolio.pairs if pair.role == role_id]
    dear = sum(pair.cost > left + ROUNDING for pair in offered)
    counts = [("budget", dear), ("needed elsewhere", len(offered) - dear)]
    return [(rule, people) for rule, people in counts if people]


_Short = list[tuple[matcher.Person, tuple[Reason, ...]]]


def _short(
    people: Sequence[matcher.Person], slot: Slot, document: Document, qualified: set[str]
) -> _Short:
    """Everybody who does not qualify, with every reason."""
    asked = demands(slot)
    return [
        (person, unmet_by(person, asked))
        for person in people
        if document.people[person.id].id not in qualified
    ]


def _counted(found: Iterable[Sequence[Reason]]) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for one in found:
        counts.update({str(rule_of(reason)) for reason in one} or {"capacity"})
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _nearest(short: _Short, document: Document, role_id: str) -> list[dict[str, Any]]:
    """Those with the fewest and the smallest reasons."""

    def nearness(one: tuple[matcher.Person, tuple[Reason, ...]]) -> tuple[int, float, bytes]:
        person, found = one
        gap = round(sum(reason.gap for reason in found), 6)
        return len(found), gap, lot(role_id, document.people[person.id].id)

    return [
        {
            "person": document.people[person.id].id,
            "missing": [missing(reason) for reason in found] or ["capacity"],
        }
        for person, found in sorted(short, key=nearness)[:NEAR]
    ]


def missing(reason: Reason) -> str:
    """A reason in one line: its rule, and how far off."""
    rule = str(rule_of(reason))
    match reason:
        case LevelShort():
            return f"{rule} level {reason.has}, needs {reason.need.level}"
        case LevelLapses() | Lapses():
            return f"{rule} lapses {reason.fails_on.isoformat()}"
        case Lapsed():
            return f"{rule} lapsed {reason.last.isoformat()}"
        case NotYetHeld():
            return f"{rule} only from {reason.first.isoformat()}"
        case NoCapacity():
            return (
                f"{rule} {reason.free:g} free, needs {reason.needs:g} in {', '.join(reason.weeks)}"
            )
        case TooExpensive():
            return f"{rule} {reason.rate.minor / 100:.2f} over the cap {reason.cap.minor / 100:.2f}"
        case _:
            return rule
