"""What people of the demo aim for, say of themselves, and ask to have assessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.competence import services as competence
from app.competence.judging import services as judging
from app.competence.judging.services import Upload
from app.core.policy import Actor

REGISTER = (
    b"Risk;Cause;Effect;Owner;Answer\n"
    b"The depot is not free in time;The lease ends in June;Two moves;J. Weber;Extend by a month\n"
)
WORK = (
    "I ran the risk register of the store move for nine months: forty risks, owners and dates.\n"
    "The board took its contingency from my exposure model; what was drawn stayed within a tenth"
    " of it. The register of the last month is attached."
)


def load_growth(today: date, cast: Mapping[str, Actor]) -> None:
    """Goals and self-ratings of the learner, and requests in three states."""
    learner, second = cast["learner@example.com"], cast["learner2@example.com"]
    competence.set_goal("risk-management", 4, by=learner)
    competence.set_goal("scheduling", 3, by=learner)
    said = (("risk-management", 4, "a"), ("communication", 3, "b"), ("iterative-delivery", 2, "c"))
    for code, level, key in said:
        note = "From two years on the floor." if key == "a" else ""
        competence.rate_oneself(code, level, note, by=learner, today=today, request_key=key * 32)
    register = Upload("risk-register.csv", REGISTER)
    judging.ask("risk-management", 4, WORK, [register], by=learner, request_key="d" * 32)
    team = "I wrote and ordered the backlog of the till team for three cycles."
    first = judging.ask("backlog-management", 2, team, [], by=second, request_key="e" * 32)
    _decide(first, 2, {"team": 2, "level": 2}, cast["mentor@example.com"], today)
    notes = "I kept the plan of the new tills up to date."
    refused = judging.ask("planning", 3, notes, [], by=second, request_key="f" * 32)
    points = {"real": 1, "level": 1, "effect": 1, "judgement": 1}
    _decide(refused, 0, points, cast["mentor@example.com"], today)


def _decide(
    request_id: int, level: int, points: Mapping[str, int], mentor: Actor, today: date
) -> None:
    reason = (
        "The order follows value and risk, and you said no twice with good reasons."
        if level
        else "The plan was kept, but it was made by others. Show one that you built yourself."
    )
    judging.take(request_id, by=mentor)
    judging.decide(request_id, level, points, reason, by=mentor, today=today, base_url="")
