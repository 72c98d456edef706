"""Which training would mend a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.staffing.rules.matcher.eligibility import LevelLapses, LevelShort, Reason
from app.staffing.rules.matcher.problem import Training


def by_competency(trainings: Iterable[Training]) -> dict[str, list[Training]]:
    """Trainings by what they teach, the shortest first."""
    shelf: dict[str, list[Training]] = {}
    for training in sorted(trainings, key=lambda one: (one.minutes, one.course_id)):
        shelf.setdefault(training.competency, []).append(training)
    return shelf


def training_for(reason: Reason, shelf: Mapping[str, Sequence[Training]]) -> Training | None:
    """The shortest course whose award reaches the level that is missing, or lapses.

    Somebody whose reason this is has no such award in force on the day in question: they never
    passed the course, or their pass will have lapsed and passing again renews it.
    """
    if not isinstance(reason, LevelShort | LevelLapses):
        return None
    offered = shelf.get(reason.need.code, ())
    return next((one for one in offered if one.level >= reason.need.level), None)
