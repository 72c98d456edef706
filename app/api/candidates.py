"""Who qualifies for a role, and who falls just short."""

from __future__ import annotations

from collections.abc import Mapping

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.api.blueprint import bp
from app.api.lists import asked, listed
from app.api.shapes import Json
from app.core import clock
from app.core.policy import Role
from app.projects import queries as projects
from app.staffing.deciding import services as deciding
from app.staffing.rules.matcher.advice import repair_text
from app.staffing.rules.matcher.eligibility import LevelLapses, LevelShort, Reason
from app.staffing.rules.matcher.explain import Titles, reason_text
from app.staffing.rules.matcher.rank import Candidate, NearMiss
from app.staffing.rules.matcher.repair import Courses, Repair, repairs
from app.staffing.training.lessons import lessons_for
from app.web.access import current_actor, requires


@bp.get("/projects/<code>/roles/<int:slot_id>/candidates")
@requires(Role.PMO)
@listed
def candidates(code: str, slot_id: int) -> ResponseReturnValue:
    """The ranked list with the parts of each score; `near` are those who come nearest."""
    after, limit = asked()
    found = deciding.ranked(
        projects.slot_for(current_actor(), slot_id, code=code), near=slice(0, limit)
    )
    ranking = found.ranking
    here = ranking.candidates[after : after + limit]
    near = ranking.near[:limit]
    listed_ids = [one.person_id for one in here] + [one.person_id for one in near]
    names = accounts.names_of(listed_ids)
    following = str(after + limit) if after + limit < len(ranking.candidates) else None
    return jsonify(
        items=[_candidate(one, names) for one in here],
        next=following,
        near=_near(found, near, names),
        considered=ranking.considered,
    )


def _candidate(one: Candidate, names: Mapping[int, str]) -> Json:
    return {
        "person": one.person_id,
        "name": names.get(one.person_id),
        "score": one.score,
        "parts": {part.name.value: part.points for part in one.parts},
    }


def _near(
    found: deciding.Ranked, near: tuple[NearMiss, ...], names: Mapping[int, str]
) -> list[Json]:
    short = ((found.people[miss.person_id], miss.reasons) for miss in near)
    lessons = lessons_for(short, clock.today())
    return [
        {
            "person": miss.person_id,
            "name": names.get(miss.person_id),
            "reasons": [
                _reason(reason, mended, lessons.titles)
                for reason, mended in zip(
                    miss.reasons,
                    repairs(miss.reasons, found.people[miss.person_id], found.slot, lessons.mend),
                    strict=True,
                )
            ],
        }
        for miss in near
    ]


def _reason(reason: Reason, mended: Repair, titles: Titles) -> Json:
    told: Json = {
        "text": reason_text(reason, titles),
        "repair": repair_text(mended, titles),
        "course": None,
        "training": None,
    }
    if isinstance(mended, Courses) and isinstance(reason, LevelShort | LevelLapses):
        told["course"] = mended.route.teaching(reason.need)
        told["training"] = _training(mended)
    return told


def _training(taught: Courses) -> Json:
    """A way through courses; reasons that one way mends name the same."""
    return {
        "courses": list(taught.route.courses),
        "hours": round(taught.route.hours, 2),
        "ready": taught.route.ready.isoformat(),
        "in_time": taught.in_time,
    }
