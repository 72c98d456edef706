"""Letters about bookings: to the person, their line manager and the PMO."""

from __future__ import annotations

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core import mail
from app.core.i18n import day, gettext, speaking
from app.core.policy import Actor
from app.staffing.models import Booking
from app.staffing.rules.booking import BookingState
from app.staffing.shares import smaller_shares


def write(booking: Booking, base_url: str, by: Actor) -> None:
    """Tell the person in their language; of what they decide themselves they know."""
    with speaking(booking.person.language):
        letter = None if _own_refusal(booking, by) else _letter(booking)
        if letter is not None:
            _send(booking.person, *letter, f"{base_url}/bookings" if base_url else "")
    if booking.state is BookingState.REQUESTED:
        _write_to_manager(booking, base_url)


def _own_refusal(booking: Booking, by: Actor) -> bool:
    return booking.state is BookingState.DECLINED and by.is_(booking.person_id)


def write_answer(booking: Booking, asker_id: int, by: Actor, reason: str, base_url: str) -> None:
    """Tell whoever asked what the answer is, in their language."""
    place = f"{base_url}/projects/{booking.slot.project.code}/roles/{booking.slot_id}"
    for asker in accounts.people([asker_id]):
        with speaking(asker.language):
            words = {"by": by.name, "name": booking.person.name, **_words(booking)}
            if booking.state is BookingState.CONFIRMED:
                subject = gettext("Accepted: %(name)s, %(role)s", **words)
                text = gettext(
                    "%(by)s accepts the request to %(name)s to work as “%(role)s” on"
                    " “%(project)s”, from %(first)s to %(last)s, with %(percent)s %% of full"
                    " time. The time is booked.",
                    **words,
                )
            else:
                subject = gettext("Declined: %(name)s, %(role)s", **words)
                text = gettext(
                    "%(by)s declines the request to %(name)s to work as “%(role)s” on"
                    " “%(project)s”. The reason: %(reason)s",
                    reason=reason,
                    **words,
                )
            _send(asker, subject, text, place if base_url else "")


def write_of_end(booking: Booking, reason: str, base_url: str) -> None:
    """Tell the person and their line manager that a booking ends earlier than agreed."""
    above = booking.person.line_manager_id
    for reader in accounts.people([one for one in (booking.person_id, above) if one]):
        with speaking(reader.language):
            words = {"name": booking.person.name, **_words(booking)}
            text = gettext(
                "the work of %(name)s as “%(role)s” on “%(project)s” ends on %(last)s. From the"
                " day after, their time is free again.",
                **words,
            )
            if reason:
                text += " " + gettext("The reason: %(reason)s", reason=reason)
            subject = gettext("%(name)s: “%(role)s” ends on %(last)s", **words)
            _send(reader, subject, text, f"{base_url}/bookings" if base_url else "")


def write_of_expiry(booking: Booking, base_url: str) -> None:
    """Tell the person and the PMO that nobody answered in time."""
    values = {
        "name": booking.person.name,
        "role": booking.slot.title,
        "project": booking.slot.project.title,
    }
    with speaking(booking.person.language):
        text = gettext(
            "Hello %(name)s,\n\nthe request to work as “%(role)s” on “%(project)s” has ended,"
            " because it was not answered in time. If you would like to do it, tell the PMO.",
            **values,
        )
        mail.enqueue(booking.person.email, gettext("A request to you has ended"), f"{text}\n")
    place = f"{base_url}/projects/{booking.slot.project.code}/roles/{booking.slot_id}"
    for member in accounts.pmo_members():
        with speaking(member.language):
            text = gettext(
                "%(name)s has not answered the request for “%(role)s” on “%(project)s” in time."
                " The role is open again.",
                **values,
            )
            subject = gettext("A request was not answered")
            mail.enqueue(member.email, subject, f"{text}\n\n{place}\n")


def _write_to_manager(booking: Booking, base_url: str) -> None:
    above = booking.person.line_manager_id
    for manager in accounts.people([above]) if above else []:
        with speaking(manager.language):
            subject = gettext(
                "%(name)s is asked for: %(role)s", name=booking.person.name, role=booking.slot.title
            )
            text = gettext(
                "the PMO asks %(name)s to work as “%(role)s” on “%(project)s”,"
                " from %(first)s to %(last)s, with %(percent)s %% of full time."
                " As their line manager you may answer, too.",
                name=booking.person.name,
                **_words(booking),
            )
            whole = _with_deadline(_with_shares(text, booking), booking)
            _send(manager, subject, whole, f"{base_url}/desk")


def _send(person: Person, subject: str, text: str, address: str) -> None:
    greeting = gettext("Hello %(name)s,", name=person.name)
    link = f"\n\n{address}" if address else ""
    mail.enqueue(person.email, subject, f"{greeting}\n\n{text}{link}\n")


def _words(booking: Booking) -> dict[str, object]:
    return {
        "role": booking.slot.title,
        "project": booking.slot.project.title,
        "percent": booking.percent,
        "first": day(booking.start_date, "long"),
        "last": day(booking.end_date, "long"),
    }


def _with_shares(text: str, booking: Booking) -> str:
    return f"{text} {smaller_shares(booking.slot)}".rstrip()


def _with_deadline(text: str, booking: Booking) -> str:
    if booking.answer_by is None:
        return text
    last = gettext("The request expires at the end of %(day)s.", day=day(booking.answer_by, "long"))
    return f"{text} {last}"


def _letter(booking: Booking) -> tuple[str, str] | None:
    words = _words(booking)
    role = booking.slot.title
    match booking.state:
        case BookingState.REQUESTED:
            text = gettext(
                "the PMO asks you to work as “%(role)s” on “%(project)s”,"
                " from %(first)s to %(last)s, with %(percent)s %% of full time."
                " Please accept or decline the request on your page of bookings.",
                **words,
            )
            asked = gettext("You are asked for: %(role)s", role=role)
            return asked, _with_deadline(_with_shares(text, booking), booking)
        case BookingState.CONFIRMED:
            text = gettext(
                "you are booked as “%(role)s” on “%(project)s”,"
                " from %(first)s to %(last)s, with %(percent)s %% of full time.",
                **words,
            )
            confirmed = gettext("Your booking is confirmed: %(role)s", role=role)
            return confirmed, _with_shares(text, booking)
        case BookingState.RELEASED:
            return gettext("Your booking has ended: %(role)s", role=role), gettext(
                "your booking as “%(role)s” on “%(project)s”,"
                " from %(first)s to %(last)s, is released. Your time is free again.",
                **words,
            )
        case BookingState.DECLINED:
            return gettext("A request for you is declined: %(role)s", role=role), gettext(
                "your line manager declined the request to work as “%(role)s” on “%(project)s”,"
                " from %(first)s to %(last)s. No time of yours is booked.",
                **words,
            )
        case _:
            return None
