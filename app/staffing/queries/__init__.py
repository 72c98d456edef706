"""Reads of staffing: facts for the matcher, bookings, loads."""

from app.staffing.queries.bookings import (
    Work,
    booking_for,
    bookings_of,
    check_booking,
    live_bookings,
    locked_slot_ids_of,
    open_requests_for,
    open_roles_by_project,
    open_roles_count,
    project_ids_of,
    steps_of_slot,
    work_of,
)
from app.staffing.queries.facts import (
    as_slot,
    people_for,
    person_for,
    standing_loads,
    titles,
    trainings,
)
from app.staffing.queries.portfolio import (
    Loads,
    OpenRoles,
    PortfolioFilters,
    loads_page,
    open_roles_page,
    units,
)

__all__ = [
    "Loads",
    "OpenRoles",
    "PortfolioFilters",
    "Work",
    "as_slot",
    "booking_for",
    "bookings_of",
    "check_booking",
    "live_bookings",
    "loads_page",
    "locked_slot_ids_of",
    "open_requests_for",
    "open_roles_by_project",
    "open_roles_count",
    "open_roles_page",
    "people_for",
    "person_for",
    "project_ids_of",
    "standing_loads",
    "steps_of_slot",
    "titles",
    "trainings",
    "units",
    "work_of",
]
