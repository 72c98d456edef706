"""Acts of deciding: weights, the shortlist, booking from the list, passing over a must."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from app.accounts import queries as accounts
from app.core import audit, clock, db, mail
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.i18n import gettext, speaking
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.projects import queries as projects
from app.projects.announcements import RoleDivided
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing import services as bookings
from app.staffing.deciding import queries, rules
from app.staffing.deciding.models import (
    Decision,
    Override,
    OverrideState,
    RoleWeights,
    Shortlisted,
)
from app.staffing.deciding.rules import Choice
from app.staffing.models import Booking
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.eligibility import Reason, reasons
from app.staffing.rules.matcher.explain import reason_text
from app.staffing.rules.matcher.problem import Person, Slot
from app.staffing.rules.matcher.rank import Candidate, Ranking
from app.staffing.rules.matcher.weights import Weights, read
from app.staffing.teams import queries as teams

LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Ranked:
    """A role's list as it stands, with what it was made from."""

    row: RoleSlot
    slot: Slot
    weights: Weights
    ranking: Ranking
    people: Mapping[int, Person]
    """By id: the candidates, the near misses that are shown, and whoever else was asked for."""


NOBODY = slice(0, 0)


def ranked(row: RoleSlot, *, near: slice = NOBODY, others: Collection[int] = ()) -> Ranked:
    """Rank everybody for a role, with the weights that stand for it.

    Args:
        near: which of the near misses are to be shown; more may be listed.
        others: whom to tell of besides, whether they qualify or not.
    """
    slot, weights = teams.as_slot(row), queries.weights_of(row.id)
    ranking, people = staffing.ranked(slot, weights, near=near, others=others)
    return Ranked(row, slot, weights, ranking, people)


# --- Weights and the shortlist -------------------------------------------------------------


def set_weights(slot_id: int, numbers: Mapping[str, int], *, by: Actor) -> None:
    """Set how the parts of a score count for one role, from now on and for everybody.

    Raises:
        Invalid: a number is out of range, or nothing counts.
    """
    _pmo_only(by)
    try:
        weights = {part.value: number for part, number in read(numbers).items()}
    except ValueError as wrong:
        message = _("Give each part a whole number from 0 to 100, and at least one more than 0.")
        raise Invalid(message) from wrong
    with audit.act(by, "role.weigh", f"role:{slot_id}", weights=weights) as session:
        projects.slot_for(by, slot_id, lock=True)
        row = session.get(RoleWeights, slot_id) or RoleWeights(slot_id=slot_id)
        row.weights, row.by_id, row.by_name, row.at = weights, by.person_id, by.name, clock.now()
        session.add(row)


def shortlist(slot_id: int, person_id: int, *, by: Actor) -> bool:
    """Put somebody on a role's shortlist; returns whether they were not on it before."""
    _pmo_only(by)
    with db.transaction():
        projects.slot_for(by, slot_id)
        accounts.person(person_id)
        added = db.insert_once(
            Shortlisted,
            slot_id=slot_id,
            person_id=person_id,
            added_by_id=by.person_id,
            added_at=clock.now(),
        )
        if added:
            audit.record(by, "shortlist.add", f"role:{slot_id}", person=person_id)
    return added


def take_off(slot_id: int, person_id: int, *, by: Actor) -> None:
    """Take somebody off a role's shortlist; nothing happens if they are not on it."""
    _pmo_only(by)
    standing = (
        (Shortlisted.slot_id == slot_id)
        & (Shortlisted.person_id == person_id)
        & Shortlisted.removed_at.is_(None)
    )
    with audit.act(by, "shortlist.remove", f"role:{slot_id}", person=person_id) as session:
        session.execute(update(Shortlisted).where(standing).values(removed_at=clock.now()))


def carry_over(divided: RoleDivided) -> None:
    """Both parts of a role that is divided are looked at alike: weights and shortlist."""
    session = db.session
    if (stood := session.get(RoleWeights, divided.slot_id)) is not None:
        kept = {"weights": stood.weights, "by_id": stood.by_id, "by_name": stood.by_name}
        session.add(RoleWeights(slot_id=divided.rest_id, at=stood.at, **kept))
    for one in queries.shortlist(divided.slot_id):
        session.add(
            Shortlisted(
                slot_id=divided.rest_id,
                person_id=one.person_id,
                added_by_id=one.added_by_id,
                added_at=one.added_at,
            )
        )


# --- Booking from the list -----------------------------------------------------------------


def book(
    slot_id: int,
    person_id: int,
    state: BookingState,
    *,
    by: Actor,
    base_url: str,
    reason: str = "",
    unexplained: str = "",
    seen: str | None = None,
) -> Booking:
    """Propose or ask somebody, and keep the list from which they were chosen.

    Args:
        state: proposed or requested.
        reason: why not the first who is still to be had; needed if they are not.
        unexplained: what is kept instead of a reason by a caller that cannot ask for one.
        seen: `rules.digest` of the list that whoever decides had before them.

    Raises:
        Invalid: a departure without a reason.
        Conflict: the list has changed since it was looked at, or what `propose` raises.
    """
    _pmo_only(by)
    found = ranked(projects.slot_for(by, slot_id))
    if seen is not None and seen != rules.digest(found.ranking, found.weights):
        raise Conflict(
            _("The list has changed since you opened it. Look at it again, then decide.")
        )
    choice, place = rules.choice(found.ranking.candidates, person_id, queries.gone(slot_id))
    if choice is Choice.DEPARTURE and not (reason := reason.strip() or unexplained):
        message = _("Somebody who fits better stands before them. Say why you choose otherwise.")
        raise Invalid(message, field="reason")
    with db.transaction():
        if state is BookingState.REQUESTED:
            booking = bookings.ask(slot_id, person_id, by=by, base_url=base_url)
        else:
            booking = bookings.propose(slot_id, person_id, by=by)
        rests_on = _granted(slot_id, person_id) if choice is Choice.OVERRIDE else None
        text = rests_on.reason if rests_on else reason.strip()[:LONGEST_REASON]
        _keep(found, booking, choice, place, text, rests_on, by)
    return booking


def keep_planned(found: Ranked, booking: Booking, plan: str, *, by: Actor) -> None:
    """Keep whom a plan chose for a role, with the role's own list, from which plans may depart.

    Args:
        plan: what the plan is called.
    """
    gone = queries.gone(booking.slot_id)
    choice, place = rules.choice(found.ranking.candidates, booking.person_id, gone)
    override = choice is Choice.OVERRIDE
    rests_on = _granted(booking.slot_id, booking.person_id) if override else None
    reason = gettext("%(plan)s: the best for all roles together.", plan=plan)
    _keep(found, booking, choice, place, reason, rests_on, by)


def _granted(slot_id: int, person_id: int) -> Override:
    """The override on which a booking of somebody rests who does not qualify."""
    for one in queries.overrides_of_slot(slot_id):
        if one.person_id == person_id and one.state is OverrideState.GRANTED:
            return one
    raise Conflict(_("The list has changed since you opened it. Look at it again, then decide."))


def _keep(
    found: Ranked,
    booking: Booking,
    choice: Choice,
    place: int | None,
    reason: str,
    override: Override | None,
    by: Actor,
) -> None:
    db.session.add(
        Decision(
            slot_id=booking.slot_id,
            person_id=booking.person_id,
            booking_id=booking.id,
            choice=choice,
            place=place,
            weights={part.value: number for part, number in found.weights.items()},
            shown=_as_shown(found.ranking.candidates, place),
            pool=sorted(one.person_id for one in found.ranking.candidates),
            considered=found.ranking.considered,
            qualified=len(found.ranking.candidates),
            reason=reason,
            override_id=override.id if override else None,
            by_id=by.person_id,
            by_name=by.name,
            at=clock.now(),
        )
    )


def _as_shown(candidates: Sequence[Candidate], place: int | None) -> list[dict[str, Any]]:
    """The list down to whoever was chosen, as plain data that outlives every row."""
    kept = rules.kept(candidates, place)
    names = accounts.names_of([one.person_id for one in kept.values()])
    return [
        {
            "place": number,
            "person": one.person_id,
            "name": names.get(one.person_id, ""),
            "score": one.score,
            "parts": {part.name.value: [part.points, part.most] for part in one.parts},
        }
        for number, one in sorted(kept.items())
    ]


# --- Passing over a must -------------------------------------------------------------------


def ask_override(
    slot_id: int, person_id: int, *, reason: str, by: Actor, base_url: str
) -> Override:
    """Ask a second member of the PMO to pass over what somebody does not meet for a role.

    Raises:
        Invalid: no reason.
        NotAllowed: it is about whoever asks.
        Conflict: they qualify, are not employed then, or it is asked already.
    """
    _pmo_only(by)
    if by.person_id is None:
        raise NotAllowed(_("Only a person can ask for an override."))
    if by.is_(person_id):
        raise NotAllowed(_("Another member of the PMO asks for an override that concerns you."))
    if not reason.strip():
        message = _("Say why this person, and how what is missing is made good.")
        raise Invalid(message, field="reason")
    with db.transaction() as session:
        row = projects.slot_for(by, slot_id, lock=True)
        accounts.person(person_id, lock=True)
        bookings.refuse_unless_open(row)
        unmet = _unmet(row, person_id)
        if any(o.person_id == person_id for o in queries.overrides_of_slot(slot_id) if _waits(o)):
            raise Conflict(_("An override for this person is waiting for a second member already."))
        titles = staffing.titles()
        asked = Override(
            slot_id=slot_id,
            person_id=person_id,
            state=OverrideState.WAITING,
            rules=rules.broken(unmet),
            broken=[reason_text(one, titles) for one in unmet],
            reason=reason.strip()[:LONGEST_REASON],
            asked_by_id=by.person_id,
            asked_by_name=by.name,
            asked_at=clock.now(),
        )
        session.add(asked)
        session.flush()
        audit.record(by, "override.ask", f"role:{slot_id}", person=person_id, rules=asked.rules)
        _write_to_others(queries.override(asked.id), base_url)
    return asked


def _waits(override: Override) -> bool:
    return override.state is OverrideState.WAITING


def _unmet(row: RoleSlot, person_id: int) -> tuple[Reason, ...]:
    slot = teams.as_slot(row)
    person = staffing.person_for(slot, person_id)
    if person is None:
        raise Conflict(_("This person is not active."), field="person")
    found = rules.uncovered(reasons(person, slot), queries.granted(row.id, person_id))
    if not found:
        raise Conflict(_("They meet everything: there is nothing to pass over. Book them."))
    if not rules.can_be_passed_over(found):
        raise Conflict(_("They are not employed on every day of the role. That is no override."))
    return found


def grant(override_id: int, *, note: str, by: Actor, base_url: str) -> Override:
    """Agree to an override as the second member: the person is proposed, if not booked already.

    Raises:
        NotAllowed: neither whoever asked nor whom it is about can agree.
        Conflict: it is decided, the role is filled, or what is missing is not what was asked for:
            more, further off, or nothing any more.
    """
    with db.transaction():
        override = _decided(override_id, OverrideState.GRANTED, note, by, base_url)
        found = ranked(override.slot)
        _refuse_if_facts_changed(override, found.slot)
        standing = staffing.live_bookings([override.slot_id])
        theirs = next((one for one in standing if one.person_id == override.person_id), None)
        booking = theirs or bookings.propose(override.slot_id, override.person_id, by=by)
        asker = Actor(override.asked_by_id, frozenset({Role.PMO}), override.asked_by_name)
        _keep(found, booking, Choice.OVERRIDE, None, override.reason, override, asker)
    return override


def _refuse_if_facts_changed(override: Override, slot: Slot) -> None:
    """Whoever agrees signs what they have read: what is missing now must not be worse."""
    person = staffing.person_for(slot, override.person_id)
    if person is None:
        raise Conflict(_("This person is not active."))
    found = reasons(person, slot)
    before = queries.granted_before(override)
    if not rules.uncovered(found, rules.passed_over(before)):
        raise Conflict(_("Meanwhile they meet everything. Refuse this, then book from the list."))
    if more := rules.uncovered(found, rules.passed_over([*before, override.rules])):
        titles = staffing.titles()
        what = "; ".join(reason_text(one, titles) for one in more)
        message = gettext(
            "Meanwhile more is missing than was asked for: %(what)s."
            " Refuse this; it can be asked for again as things are now.",
            what=what,
        )
        raise Conflict(message)


def refuse(override_id: int, *, note: str, by: Actor, base_url: str) -> Override:
    """Say no to an override as the second member, with a word why."""
    if not note.strip():
        raise Invalid(_("Say in a word or two why not."), field="note")
    with db.transaction():
        return _decided(override_id, OverrideState.REFUSED, note, by, base_url)


def _decided(
    override_id: int, state: OverrideState, note: str, by: Actor, base_url: str
) -> Override:
    _pmo_only(by)
    override = queries.override(override_id, lock=True)
    if by.person_id is None or by.is_(override.asked_by_id):
        raise NotAllowed(_("A second member of the PMO decides, not the one who asked."))
    if by.is_(override.person_id):
        raise NotAllowed(_("Another member of the PMO decides what concerns you."))
    if not _waits(override):
        raise Conflict(_("This override is decided already."))
    override.state = state
    override.second_id, override.second_name = by.person_id, by.name
    override.second_at, override.second_note = clock.now(), note.strip()[:LONGEST_REASON]
    db.session.flush()
    verb = "override.grant" if state is OverrideState.GRANTED else "override.refuse"
    audit.record(by, verb, f"role:{override.slot_id}", person=override.person_id)
    _write_to_asker(override, base_url)
    return override


def _pmo_only(by: Actor) -> None:
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO decides who is booked."))


# --- Letters -------------------------------------------------------------------------------


def _write_to_others(override: Override, base_url: str) -> None:
    """Every member of the PMO who may decide hears of it: not who asks, nor whom it is about."""
    for member in accounts.pmo_members():
        if member.id in (override.asked_by_id, override.person_id):
            continue
        with speaking(member.language):
            text = gettext(
                "%(asker)s asks to book %(name)s as “%(role)s” on “%(project)s” although not"
                " everything is met:\n\n%(broken)s\n\nThe reason given: %(reason)s\n\n"
                "A second member of the PMO decides: %(address)s\n",
                asker=override.asked_by_name,
                **_named(override),
                broken="\n".join(f"- {line}" for line in override.broken),
                reason=override.reason,
                address=f"{base_url}/staffing/overrides",
            )
            mail.enqueue(member.email, gettext("An override waits for a second member"), text)


def _write_to_asker(override: Override, base_url: str) -> None:
    asker = accounts.person(override.asked_by_id)
    with speaking(asker.language):
        values = {"second": override.second_name, "note": override.second_note, **_named(override)}
        if override.state is OverrideState.GRANTED:
            subject = gettext("Override granted")
            text = gettext(
                "%(second)s agrees to %(name)s as “%(role)s” on “%(project)s”. %(note)s", **values
            )
        else:
            subject = gettext("Override refused")
            text = gettext(
                "%(second)s does not agree to %(name)s as “%(role)s” on “%(project)s”: %(note)s",
                **values,
            )
        place = f"{base_url}/projects/{override.slot.project.code}/roles/{override.slot_id}"
        mail.enqueue(asker.email, subject, f"{text}\n\n{place}\n")


def _named(override: Override) -> dict[str, str]:
    return {
        "name": override.person.name,
        "role": override.slot.title,
        "project": override.slot.project.title,
    }
