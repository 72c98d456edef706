"""People by weeks with their load, and the roles that are still to be filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Person
from app.core import clock
from app.core.i18n import day
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.core.values import Period
from app.projects.models import RoleSlot
from app.staffing import queries
from app.staffing.outlook import queries as outlook
from app.staffing.queries import Order, PortfolioFilters
from app.staffing.queries.portfolio import PEOPLE, ROLES
from app.staffing.routes import bp
from app.staffing.rules.capacity import Band, Week, mondays, week_name
from app.staffing.rules.matcher.rank import qualified_ids
from app.staffing.shown_weeks import Row, band_title, cell, week_heads
from app.staffing.teams import queries as teams
from app.web.access import requires

WEEKS, MOST_WEEKS = 13, 53
CHOICES = ("q", "unit", "place", "kind", "band", "week", "order", "from", "to", "page", "roles")


@dataclass(frozen=True, slots=True)
class OpenRole:
    slot: RoleSlot
    qualified: int


@bp.get("/staffing")
@requires(Role.PMO)
def portfolio() -> ResponseReturnValue:
    """How full everybody's weeks are, and which roles are open."""
    span = _span()
    starts = mondays(span)
    kind, filters = request.args.get("kind", ""), _filters(span, starts)
    page, roles_page = _page("page"), _page("roles")
    loads = queries.loads_page(filters, span, page=page)
    roles = queries.open_roles_page(page=roles_page)
    return render_template(
        "staffing/portfolio.html",
        filters=filters,
        kind=kind,
        span=span,
        unit_choices=[("", _("Every unit")), *((unit, unit) for unit in queries.units())],
        place_choices=[("", _("Every place")), *((place, place) for place in queries.places())],
        kind_choices=_kind_choices(span),
        band_choices=[("", _("However full")), *((band, band_title(band)) for band in Band)],
        week_choices=_week_choices(starts),
        order_choices=[(Order.NAME, _("By name")), (Order.FREE, _("Most time left first"))],
        weeks=week_heads(starts),
        rows=[_row(person, loads.weeks[person.id]) for person in loads.people],
        total=loads.total,
        roles=_open(roles.slots),
        roles_total=roles.total,
        pages=_pages(loads.total, PEOPLE, "page"),
        role_pages=_pages(roles.total, ROLES, "roles"),
        earlier=_moved(span, -1),
        later=_moved(span, 1),
    )


def _filters(span: Period, starts: Sequence[date]) -> PortfolioFilters:
    """What was asked for; what is no choice of this page counts as not said."""
    kind, week = request.args.get("kind", "")[:100], _day("week")
    return PortfolioFilters(
        text=request.args.get("q", "")[:100],
        unit=request.args.get("unit", "")[:120],
        place=request.args.get("place", "")[:120],
        among=outlook.able_to(kind, span) if kind else None,
        band=request.args.get("band", None, type=Band),
        week=week if week in starts else None,
        order=request.args.get("order", Order.NAME, type=Order),
    )


def _kind_choices(span: Period) -> list[tuple[str, str]]:
    kinds = [(one.code, one.title) for one in outlook.kinds(span)]
    return [("", _("Any kind of work")), *kinds]


def _week_choices(starts: Sequence[date]) -> list[tuple[str, str]]:
    named = [(one.isoformat(), f"{week_name(one)} · {day(one)}") for one in starts]
    return [("", _("In any of these weeks")), *named]


def _page(name: str) -> int:
    return min(max(1, request.args.get(name, 1, type=int)), 100_000)


def _span() -> Period:
    """Whole weeks from the one of `from` to the one of `to`; a quarter from today if not said."""
    first = _day("from") or clock.today()
    monday = first - timedelta(days=first.weekday())
    last = _day("to") or monday + timedelta(weeks=WEEKS, days=-1)
    weeks = min(max((last - monday).days // 7 + 1, 1), MOST_WEEKS)
    return Period(monday, monday + timedelta(weeks=weeks, days=-1))


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _moved(span: Period, direction: int) -> str:
    """The address of as many weeks, before or after."""
    step = direction * ((span.last - span.first) + timedelta(days=1))
    dates = {"from": (span.first + step).isoformat(), "to": (span.last + step).isoformat()}
    return _url(**dates)


def _url(**changed: str | int) -> str:
    """This page with the same choices but those that change."""
    kept = {name: request.args[name] for name in CHOICES if name in request.args}
    return url_for(".portfolio", **{**kept, **changed})  # type: ignore[arg-type]


def _row(person: Person, weeks: Sequence[Week]) -> Row:
    return Row(
        name=person.name,
        url=f"/people/{person.id}",
        detail=person.title,
        cells=[cell(week) for week in weeks],
    )


def _open(rows: Sequence[RoleSlot]) -> list[OpenRole]:
    """Open roles with how many people qualify, all judged from one reading of the facts."""
    if not rows:
        return []
    slots = teams.as_slots(rows)
    people = queries.people_for(slots)
    return [
        OpenRole(row, len(qualified_ids(slot, people)))
        for row, slot in zip(rows, slots, strict=True)
    ]


def _pages(total: int, size: int, name: str) -> tuple[str | None, str | None, str]:
    """Addresses of the pages before and after, and where we are, of one of the two lists."""
    page = _page(name)

    first, last = (page - 1) * size + 1, min(page * size, total)
    summary = _("%(first)s to %(last)s of %(total)s", first=first, last=last, total=total)
    return (
        _url(**{name: page - 1}) if page > 1 else None,
        _url(**{name: page + 1}) if page * size < total else None,
        summary,
    )
