"""The page of bookings in danger."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.policy import Role
from app.staffing.models import Booking
from app.staffing.rules.matcher.advice import repair_text
from app.staffing.rules.matcher.explain import Titles, reason_text
from app.staffing.rules.matcher.repair import Certify, Courses, Renewal
from app.staffing.training import queries as training
from app.staffing.watch import queries
from app.staffing.watch.queries import Endangered
from app.web.access import requires

bp = Blueprint("watch", __name__, template_folder="templates")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A demand that somebody on a role will not meet."""

    booking: Booking
    fails_on: date
    left: str
    tone: str
    reason: str
    repair: str
    courses: int
    """How many courses prevent it, if they may be given from here."""
    given: bool
    """Whether they learn for the role already."""
    certification: bool
    """Whether a certification has to be renewed or got, and may be put on record from here."""


@bp.get("/staffing/watch")
@requires(Role.PMO)
def endangered() -> ResponseReturnValue:
    """Who will fall out of qualification, when, and what prevents it."""
    today = clock.today()
    found = queries.endangered(today)
    page = min(max(1, request.args.get("page", 1, type=int)), 100_000)
    here = found[(page - 1) * PAGE : page * PAGE]
    titles, learning = queries.titles_for(here), training.people_in_training()
    return render_template(
        "watch/endangered.html",
        rows=[_row(one, titles, learning, today) for one in here],
        total=len({one.booking.id for one in found}),
        pages=(
            url_for(".endangered", page=page - 1) if page > 1 else None,
            url_for(".endangered", page=page + 1) if page * PAGE < len(found) else None,
            None,
        ),
    )


def _row(
    one: Endangered, titles: Titles, learning: Mapping[int, Collection[int]], today: date
) -> Row:
    finding = one.finding
    days = (finding.fails_on - today).days
    made = finding.repair
    is_open = one.booking.slot.closed_at is None
    return Row(
        booking=one.booking,
        fails_on=finding.fails_on,
        left=ngettext("in %(num)s day", "in %(num)s days", days) if days > 0 else _("now"),
        tone="bad" if days <= 14 else "warn",
        reason=reason_text(finding.reason, titles),
        repair=repair_text(made, titles),
        courses=len(made.route.courses) if isinstance(made, Courses) and is_open else 0,
        given=one.booking.person_id in learning.get(one.booking.slot_id, ()),
        certification=isinstance(made, Renewal | Certify),
    )
