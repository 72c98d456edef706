"""Acts on bookings. Each locks role, then person: of two that want the same time, one waits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime

from app.accounts import queries as accounts
from app.core import audit, clock, db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.i18n import day, enumeration, gettext
from app.core.i18n import lazy_gettext as _
from app.core.policy import SYSTEM, Actor, Role
from app.projects import queries as projects
from app.projects.announcements import ProjectEnded, RoleChanged, RoleClosed
from app.projects.dividing import services as dividing
from app.projects.models import ProjectState, RoleSlot
from app.staffing import letters, queries
from app.staffing.deciding import queries as deciding
from app.staffing.deciding.rules import uncovered
from app.staffing.models import Booking, BookingStep
from app.staffing.rules.booking import LIVE, BookingState, answer_by, may_follow, person_may
from app.staffing.rules.capacity import DAY
from app.staffing.rules.matcher.eligibility import NoCapacity, Reason, reasons
from app.staffing.rules.matcher.explain import reason_text, weeks_text
from app.staffing.teams import queries as teams

LONGEST_REASON = 1000


class NotQualified(Conflict):
    """A must is not met and not passed over. `reasons` are all such."""

    def __init__(self, message: object, found: tuple[Reason, ...]) -> None:
        super().__init__(message, field="person")
        self.reasons = found


class Overbooked(NotQualified):
    """There is no such share of time free; `weeks` are named."""

    def __init__(self, message: object, found: tuple[Reason, ...], weeks: list[str]) -> None:
        super().__init__(message, found)
        self.weeks = weeks


# --- Beginning -----------------------------------------------------------------------------


def propose(slot_id: int, person_id: int, *, by: Actor) -> Booking:
    """Note somebody for a role, among the PMO. It takes no time of theirs and they are not told.

    Raises:
        NotQualified: a must is not met; Overbooked if their time does not allow it.
        Conflict: the role is not open, or they are on it already.
    """
    with db.transaction():
        return _begin(slot_id, person_id, BookingState.PROPOSED, by)


def ask(slot_id: int, person_id: int, *, by: Actor, base_url: str) -> Booking:
    """Ask somebody for their time, without a proposal before. Raises what `propose` raises."""
    with db.transaction():
        booking = _begin(slot_id, person_id, BookingState.REQUESTED, by)
        letters.write(queries.booking_for(by, booking.id), base_url, by)
    return booking


def _begin(slot_id: int, person_id: int, state: BookingState, by: Actor) -> Booking:
    _pmo_only(by)
    slot = projects.slot_for(by, slot_id, lock=True)
    accounts.person(person_id, lock=True)
    refuse_unless_open(slot)
    live = queries.live_bookings([slot_id])
    if any(booking.person_id == person_id for booking in live):
        raise Conflict(_("This person is on this role already."), field="person")
    _refuse_if_filled(live)
    _refuse_unless_qualified(slot, person_id, state)
    booking = Booking(
        person_id=person_id,
        slot_id=slot.id,
        start_date=slot.start_date,
        end_date=slot.end_date,
        percent=slot.allocation,
        state=state,
    )
    _keep(booking, by, "")
    return booking


def _pmo_only(by: Actor) -> None:
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO books people."))


def refuse_unless_open(slot: RoleSlot) -> None:
    """Raise Conflict where nobody is booked any more: the role is closed, the project over."""
    ended = slot.project.state in (ProjectState.CLOSED, ProjectState.CANCELLED)
    if slot.closed_at is not None or ended:
        raise Conflict(_("This role is closed. Open it again before booking anybody."))


def _refuse_if_filled(live: Iterable[Booking]) -> None:
    if any(booking.state is BookingState.CONFIRMED for booking in live):
        raise Conflict(_("This role is filled. Release the booking that stands first."))


def _refuse_unless_qualified(slot: RoleSlot, person_id: int, state: BookingState) -> None:
    # Until it is agreed it promises nothing: mentors who are proposed or asked will do as well.
    mentors = (state,) if state is BookingState.CONFIRMED else LIVE
    role = teams.as_slot(slot, mentors)
    person = queries.person_for(role, person_id)
    if person is None:
        raise Conflict(_("This person is not active."), field="person")
    passed_over = deciding.granted(slot.id, person_id)
    if not (found := uncovered(reasons(person, role), passed_over)):
        return
    short = next((one for one in found if isinstance(one, NoCapacity)), None)
    if short is not None and len(found) == 1:
        raise Overbooked(_overbooked_text(short), found, list(short.weeks))
    titles = queries.titles()
    words = enumeration([reason_text(reason, titles) for reason in found])
    message = gettext(
        "What the role needs is not met: %(reasons)s."
        " Only an override that a second member of the PMO agrees to passes over it.",
        reasons=words,
    )
    if short is not None:
        raise Overbooked(message, found, list(short.weeks))
    raise NotQualified(message, found)


def _overbooked_text(short: NoCapacity) -> str:
    return gettext(
        "That does not fit beside the time that is taken already, in %(weeks)s."
        " As little as %(free)s %% is free, the role needs %(needs)s %%.",
        weeks=weeks_text(short.weeks),
        free=short.free,
        needs=short.needs,
    )


def _keep(booking: Booking, by: Actor, reason: str) -> None:
    """Write the step that a booking has just taken, and its audit row."""
    if booking.state is BookingState.REQUESTED:
        booking.answer_by = answer_by(clock.today(), booking.start_date)
    db.session.add(booking)
    db.session.flush()
    _note(booking, by, reason, _VERBS[booking.state])


def _note(booking: Booking, by: Actor, reason: str, verb: str) -> None:
    db.session.add(
        BookingStep(
            booking_id=booking.id,
            state=booking.state,
            reason=reason,
            by_id=by.person_id,
            by_name=by.name,
            at=clock.now(),
        )
    )
    audit.record(
        by,
        verb,
        f"booking:{booking.id}",
        person=booking.person_id,
        role=booking.slot_id,
        percent=booking.percent,
    )


_VERBS = {
    BookingState.PROPOSED: "booking.propose",
    BookingState.REQUESTED: "booking.request",
    BookingState.CONFIRMED: "booking.confirm",
    BookingState.RELEASED: "booking.release",
    BookingState.DECLINED: "booking.decline",
}


# --- Going on ------------------------------------------------------------------------------


def request(booking_id: int, *, by: Actor, base_url: str) -> Booking:
    """Ask the person who was proposed."""
    return _step(booking_id, BookingState.REQUESTED, by, base_url)


def confirm(booking_id: int, *, by: Actor, base_url: str) -> Booking:
    """Agree on a booking: from now on it takes the person's time.

    The PMO may do it, and the person who was asked.

    Raises:
        Overbooked: their time does not allow it any more; the weeks are named.
        NotQualified: another must is no longer met.
        Conflict: it cannot follow the state the booking is in, or the role is filled.
    """
    return _step(booking_id, BookingState.CONFIRMED, by, base_url)


def release(booking_id: int, *, by: Actor, base_url: str, reason: str = "") -> Booking:
    """End a booking, at whatever stage it is. Its days are free again."""
    return _step(booking_id, BookingState.RELEASED, by, base_url, reason)


def end_early(
    booking_id: int, last: date, *, by: Actor, base_url: str, reason: str = ""
) -> Booking:
    """End somebody's work on a role with a day: the days up to it stay booked.

    What is left of the role is a role of its own from then on, open to be filled.

    Args:
        last: the last day on which they work there.

    Raises:
        Invalid: a day on which they do not work there, or the last one as it is.
        Conflict: it was not agreed, or somebody else is noted for the whole role.
    """
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO ends a booking early."))
    with db.transaction():
        booking = _locked(booking_id, by)
        if booking.state is not BookingState.CONFIRMED:
            raise Conflict(_("Only a booking that is confirmed can end early. Release this one."))
        if not booking.start_date <= last < booking.end_date:
            message = _("Choose a day of this booking before its last. To end all of it, leave it.")
            raise Invalid(message, field="last_day")
        instead = gettext(
            "Ends on %(day)s instead of %(was)s.", day=day(last), was=day(booking.end_date)
        )
        booking.end_date = last
        db.session.flush()
        dividing.divide_by_time(booking.slot.project.code, booking.slot_id, last + DAY, by=by)
        said = f"{instead} {reason.strip()}".strip()[:LONGEST_REASON]
        _note(booking, by, said, "booking.end_early")
        letters.write_of_end(booking, reason.strip(), base_url)
    return booking


def decline(booking_id: int, *, by: Actor, reason: str, base_url: str = "") -> Booking:
    """Say no to a request, with a reason for the PMO to read; whoever asked is written to.

    Raises:
        Invalid: no reason.
    """
    if not reason.strip():
        raise Invalid(_("Say in a word or two why, so that the PMO can plan."), field="reason")
    return _step(booking_id, BookingState.DECLINED, by, base_url, reason)


def _step(
    booking_id: int, following: BookingState, by: Actor, base_url: str, reason: str = ""
) -> Booking:
    with db.transaction():
        booking = _locked(booking_id, by)
        _refuse_unless_theirs(booking, following, by)
        if not may_follow(booking.state, following):
            raise Conflict(_("This booking has moved on meanwhile. Look at it again."))
        if following in (BookingState.REQUESTED, BookingState.CONFIRMED):
            refuse_unless_open(booking.slot)
            _refuse_late_answer(booking, by)
            _refuse_if_filled(queries.live_bookings([booking.slot_id]))
            _refuse_unless_qualified(booking.slot, booking.person_id, following)
        told = booking.state is not BookingState.PROPOSED
        booking.state = following
        _keep(booking, by, reason.strip()[:LONGEST_REASON])
        if told or following is BookingState.REQUESTED:
            letters.write(booking, base_url, by)
        if following in _ANSWERS:
            _tell_who_asked(booking, base_url, by, reason.strip())
    return booking


_ANSWERS = (BookingState.CONFIRMED, BookingState.DECLINED)


def _tell_who_asked(booking: Booking, base_url: str, by: Actor, reason: str) -> None:
    asker = queries.asker_of(booking.id)
    if asker is not None and not by.is_(asker):
        letters.write_answer(booking, asker, by, reason, base_url)


def _locked(booking_id: int, by: Actor) -> Booking:
    """The booking as it stands under the lock of its role and its person, taken in this order."""
    booking = queries.booking_for(by, booking_id)
    projects.slot_for(_OFFICE, booking.slot_id, lock=True)
    accounts.person(booking.person_id, lock=True)
    db.session.refresh(booking, ["state", "answer_by", "end_date"])
    return booking


_OFFICE = Actor(None, frozenset({Role.PMO}))
"""To lock the role of one's own booking, which only the PMO would otherwise fetch."""


def _refuse_unless_theirs(booking: Booking, following: BookingState, by: Actor) -> None:
    if by.has(Role.PMO):
        return
    above = booking.person.line_manager_id
    theirs = by.is_(booking.person_id) or (above is not None and by.is_(above))
    if not (theirs and person_may(following)):
        raise NotAllowed(_("You can accept or decline a request; the PMO does the rest."))


def _refuse_late_answer(booking: Booking, by: Actor) -> None:
    late = booking.answer_by is not None and booking.answer_by < clock.today()
    if late and booking.state is BookingState.REQUESTED and not by.has(Role.PMO):
        raise Conflict(_("This request has expired. Tell the PMO if you would take the role."))


# --- Requests that nobody answers ----------------------------------------------------------


def expire(now: datetime, base_url: str) -> int:
    """End requests whose last day to answer is over; the person and the PMO are told.

    Returns:
        How many ended.
    """
    ended = 0
    for booking_id in queries.unanswered_ids(now.date()):
        with db.transaction():
            booking = _locked(booking_id, SYSTEM)
            if booking.state is not BookingState.REQUESTED:
                continue  # answered at the last moment
            booking.state = BookingState.RELEASED
            _keep(booking, SYSTEM, gettext("Nobody answered in time."))
            letters.write_of_expiry(booking, base_url)
            ended += 1
    return ended


def expiring(base_url: str) -> Callable[[datetime], int]:
    """What a worker does every minute."""
    return lambda now: expire(now, base_url)


# --- When roles change ---------------------------------------------------------------------


def keep_booked_roles(changed: RoleChanged) -> None:
    """Refuse to move a role under somebody who is booked or asked for it.

    Raises:
        Conflict: their booking has other dates or another share.
    """
    for booking in queries.live_bookings([changed.slot_id]):
        same = (booking.start_date, booking.end_date, booking.percent) == (
            changed.period.first,
            changed.period.last,
            changed.allocation,
        )
        if not same or changed.reshared:
            message = gettext(
                "%(name)s is booked or asked for this role as it stands."
                " Release the booking first, then change dates or share.",
                name=booking.person.name,
            )
            raise Conflict(message, field="start")


def end_requests(closed: RoleClosed) -> None:
    """A closed role asks nobody any more. Who is confirmed stays."""
    _end_requests([closed.slot_id], closed.by, gettext("The role was closed."))


def end_requests_of_project(ended: ProjectEnded) -> None:
    """An ended project asks nobody any more. Who is confirmed stays until released."""
    slot_ids = queries.locked_slot_ids_of(ended.project_id)
    _end_requests(slot_ids, ended.by, gettext("The project has ended."))


def _end_requests(slot_ids: Collection[int], by: Actor, reason: str) -> None:
    for booking in queries.live_bookings(slot_ids):
        if booking.state is BookingState.CONFIRMED:
            continue
        told = booking.state is BookingState.REQUESTED
        booking.state = BookingState.RELEASED
        _keep(booking, by, reason)
        if told:
            letters.write(queries.booking_for(by, booking.id), "", by)
