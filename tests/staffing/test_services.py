"""Booking people: what is allowed, what is refused, and what two do at the same moment."""

from __future__ import annotations

import random
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.core import db, jobs
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible, Refusal
from app.core.policy import Role
from app.core.values import Period
from app.projects import services as projects
from app.projects.models import Project, ProjectState, RoleSlot
from app.staffing import queries, services
from app.staffing.models import Booking, BookingStep
from app.staffing.rules.booking import BookingState
from app.staffing.rules.capacity import Load, overbooked_weeks, totals
from app.staffing.services import NotQualified, Overbooked
from tests.cast import actor_of, make_person
from tests.projects.facts import facts_of, role_facts
from tests.staffing.world import (
    BASE,
    PMO,
    SPRING,
    absent,
    attest,
    book,
    hold,
    make_certification,
    make_framework,
    make_project,
    make_slot,
    states_of,
    withdraw,
)

S = BookingState


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_person("Ada Lovelace")


@pytest.fixture
def project(app: Flask) -> Project:
    return make_project()


@pytest.fixture
def slot(project: Project) -> RoleSlot:
    return make_slot(project, allocation=60)


def verbs() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)))


def subjects(outbox: Path) -> list[str]:
    jobs.run_due()
    letters = sorted(outbox.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [
        line.removeprefix("Subject: ")
        for path in letters
        for line in path.read_text().splitlines()
        if line.startswith("Subject: ")
    ]


def test_a_booking_goes_from_proposal_to_release_and_every_step_is_kept(
    ada: Person, slot: RoleSlot, outbox: Path
):
    booking = services.propose(slot.id, ada.id, by=PMO)
    services.request(booking.id, by=PMO, base_url=BASE)
    services.confirm(booking.id, by=PMO, base_url=BASE)
    services.release(booking.id, by=PMO, base_url=BASE, reason="The project waits.")

    steps = db.session.execute(
        select(BookingStep.state, BookingStep.reason, BookingStep.by_name).order_by(BookingStep.id)
    ).all()
    assert [tuple(step) for step in steps] == [
        (S.PROPOSED, "", "Petra Osei"),
        (S.REQUESTED, "", "Petra Osei"),
        (S.CONFIRMED, "", "Petra Osei"),
        (S.RELEASED, "The project waits.", "Petra Osei"),
    ]
    assert verbs() == [
        "booking.propose",
        "booking.request",
        "booking.confirm",
        "booking.release",
    ]
    assert states_of(slot) == [S.RELEASED]
    assert (booking.start_date, booking.end_date, booking.percent) == (
        SPRING.first,
        SPRING.last,
        60,
    )


def test_the_person_is_written_to_in_their_language_but_not_of_a_proposal(
    slot: RoleSlot, outbox: Path
):
    ada = make_person("Ada Lovelace")
    booking = services.propose(slot.id, ada.id, by=PMO)
    assert subjects(outbox) == []
    services.request(booking.id, by=PMO, base_url=BASE)
    assert subjects(outbox) == ["You are asked for: Risk manager"]
    services.confirm(booking.id, by=PMO, base_url=BASE)
    services.release(booking.id, by=PMO, base_url=BASE)
    assert set(subjects(outbox)) == {
        "You are asked for: Risk manager",
        "Your booking is confirmed: Risk manager",
        "Your booking has ended: Risk manager",
    }
    letter = next(path.read_text() for path in outbox.glob("*.eml"))
    assert f"{BASE}/bookings" in letter


def test_whoever_asked_hears_the_answer_and_the_reason(project: Project, ada: Person, outbox: Path):
    petra = make_person("Petra Osei", Role.PMO)
    make_person("Paul Adeyemi", Role.PMO)
    asker = actor_of(petra, Role.PMO)
    yes, no, own = (make_slot(project, title, allocation=20) for title in ("Yes", "No", "Own"))
    asked = [services.ask(slot.id, ada.id, by=asker, base_url=BASE) for slot in (yes, no, own)]

    services.confirm(asked[0].id, by=actor_of(ada), base_url=BASE)
    services.decline(asked[1].id, by=actor_of(ada), reason="My exam.", base_url=BASE)
    services.confirm(asked[2].id, by=asker, base_url=BASE)

    jobs.run_due()
    told = [
        one.read_text() for one in outbox.glob("*.eml") if f"To: {petra.email}" in one.read_text()
    ]
    assert len(told) == 2
    assert any("Accepted: Ada Lovelace, Yes" in one for one in told)
    (declined,) = [one for one in told if "Declined: Ada Lovelace, No" in one]
    assert "My exam." in declined
    assert f"{BASE}/projects/CRM-1/roles/{no.id}" in declined


def test_only_a_confirmed_booking_takes_time(project: Project, ada: Person):
    first, second, third = (make_slot(project, f"Role {n}", allocation=60) for n in range(3))
    services.propose(first.id, ada.id, by=PMO)
    services.ask(second.id, ada.id, by=PMO, base_url=BASE)
    asked = services.ask(third.id, ada.id, by=PMO, base_url=BASE)
    services.confirm(asked.id, by=PMO, base_url=BASE)
    with pytest.raises(Overbooked):
        services.confirm(2, by=PMO, base_url=BASE)


def test_over_booking_is_refused_with_the_weeks_named_and_nothing_is_written(
    project: Project, ada: Person
):
    week = Period(date(2031, 3, 17), date(2031, 3, 23))
    other = make_slot(project, "Scheduler", start_date=week.first, end_date=week.last)
    book(ada, other, S.CONFIRMED, percent=50)
    slot = make_slot(project, allocation=60)

    with pytest.raises(Overbooked) as refused:
        services.propose(slot.id, ada.id, by=PMO)

    assert refused.value.status == 409
    assert refused.value.weeks == ["2031-W12"]
    assert "2031-W12" in str(refused.value)
    assert states_of(slot) == []
    assert verbs() == []


def test_absence_and_part_time_count_as_taken(project: Project):
    slot = make_slot(project, allocation=60)
    away = make_person("Away Person")
    absent(away, Period(date(2031, 3, 18), date(2031, 3, 18)))
    half = make_person("Half Timer", capacity=50)
    with pytest.raises(Overbooked) as one_day:
        services.propose(slot.id, away.id, by=PMO)
    with pytest.raises(Overbooked) as always:
        services.propose(slot.id, half.id, by=PMO)
    assert one_day.value.weeks == ["2031-W12"]
    assert len(always.value.weeks) == 17


def test_a_must_that_is_not_met_cannot_be_passed_over(project: Project, ada: Person):
    make_framework()
    make_certification()
    slot = make_slot(
        project, must=[("risk-management", 3), ("prince2-practitioner", None)], allocation=60
    )
    attest(ada, level=2)
    hold(ada, until=date(2031, 5, 14))
    with pytest.raises(NotQualified) as refused:
        services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    assert refused.value.status == 409
    assert str(refused.value) == (
        "What the role needs is not met: Risk management 2, needs 3 and "
        "PRINCE2 Practitioner lapses after 14 May 2031, inside the role."
        " Only an override that a second member of the PMO agrees to passes over it."
    )


def test_what_lapsed_meanwhile_stops_the_confirmation(project: Project, ada: Person):
    make_framework()
    slot = make_slot(project, must=[("risk-management", 3)])
    booking = book(ada, slot, S.REQUESTED)
    with pytest.raises(NotQualified):
        services.confirm(booking.id, by=PMO, base_url=BASE)
    attest(ada)
    services.confirm(booking.id, by=PMO, base_url=BASE)
    assert states_of(slot) == [S.CONFIRMED]


def test_self_ratings_and_withdrawn_evidence_never_count(project: Project, ada: Person):
    make_framework()
    slot = make_slot(project, must=[("risk-management", 3)])
    attest(ada, level=5, kind="self_rated")
    attest(ada, level=4)
    withdraw(ada, level=4)
    with pytest.raises(NotQualified):
        services.propose(slot.id, ada.id, by=PMO)


def test_a_role_takes_one_person(project: Project, slot: RoleSlot, ada: Person):
    grace = make_person("Grace Hopper")
    asked = services.ask(slot.id, grace.id, by=PMO, base_url=BASE)
    first = services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    services.confirm(first.id, by=PMO, base_url=BASE)
    with pytest.raises(Conflict, match="filled"):
        services.confirm(asked.id, by=PMO, base_url=BASE)
    with pytest.raises(Conflict, match="filled"):
        services.propose(slot.id, make_person("Third One").id, by=PMO)


def test_the_same_person_is_on_a_role_once_until_released(slot: RoleSlot, ada: Person):
    booking = services.propose(slot.id, ada.id, by=PMO)
    with pytest.raises(Conflict, match="already"):
        services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    services.release(booking.id, by=PMO, base_url=BASE)
    services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    assert states_of(slot) == [S.RELEASED, S.REQUESTED]


def test_a_closed_role_and_an_ended_project_book_nobody(project: Project, ada: Person):
    closed = make_slot(project)
    projects.close_role("CRM-1", closed.id, by=PMO)
    ended = make_slot(make_project("OLD-1", state=ProjectState.CANCELLED))
    for slot in (closed, ended):
        with pytest.raises(Conflict, match="closed"):
            services.propose(slot.id, ada.id, by=PMO)


def test_somebody_who_left_is_not_booked(slot: RoleSlot):
    gone = make_person("Gone Person", active=False)
    with pytest.raises(Conflict, match="not active"):
        services.propose(slot.id, gone.id, by=PMO)


def test_unknown_things_are_not_there(slot: RoleSlot, ada: Person):
    for slot_id, person_id in ((999, ada.id), (slot.id, 999)):
        with pytest.raises(NotVisible):
            services.propose(slot_id, person_id, by=PMO)
    with pytest.raises(NotVisible):
        services.confirm(999, by=PMO, base_url=BASE)


def test_the_person_accepts_or_declines_their_own_request_and_nothing_else(
    project: Project, ada: Person
):
    me, stranger = actor_of(ada), actor_of(make_person("Eve Stranger"))
    one, two = make_slot(project, "One", allocation=10), make_slot(project, "Two", allocation=10)
    first = services.ask(one.id, ada.id, by=PMO, base_url=BASE)
    second = services.ask(two.id, ada.id, by=PMO, base_url=BASE)

    for act in (
        lambda: services.confirm(first.id, by=stranger, base_url=BASE),
        lambda: services.decline(first.id, by=stranger, reason="no"),
    ):
        with pytest.raises(NotVisible):
            act()
    with pytest.raises(NotAllowed):
        services.release(first.id, by=me, base_url=BASE)
    with pytest.raises(Invalid):
        services.decline(second.id, by=me, reason="  ")
    services.confirm(first.id, by=me, base_url=BASE)
    services.decline(second.id, by=me, reason="I am in another project.")

    assert (states_of(one), states_of(two)) == ([S.CONFIRMED], [S.DECLINED])
    last = db.session.scalars(select(BookingStep).order_by(BookingStep.id.desc())).first()
    assert (last.by_id, last.reason) == (ada.id, "I am in another project.")


def test_a_proposal_is_not_there_for_its_person(slot: RoleSlot, ada: Person):
    booking = services.propose(slot.id, ada.id, by=PMO)
    with pytest.raises(NotVisible):
        queries.booking_for(actor_of(ada), booking.id)
    assert list(queries.bookings_of(ada.id)) == []
    assert queries.project_ids_of(ada.id) == frozenset()
    services.release(booking.id, by=PMO, base_url=BASE)
    assert list(queries.bookings_of(ada.id)) == []


def test_only_the_pmo_books(slot: RoleSlot, ada: Person):
    for act in (
        lambda: services.propose(slot.id, ada.id, by=actor_of(ada, Role.MENTOR)),
        lambda: services.ask(slot.id, ada.id, by=actor_of(ada), base_url=BASE),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert states_of(slot) == []


@pytest.mark.parametrize("state", [S.RELEASED, S.DECLINED])
def test_what_is_over_stays_over(slot: RoleSlot, ada: Person, state: BookingState):
    booking = book(ada, slot, state)
    for act in (services.request, services.confirm, services.release):
        with pytest.raises(Conflict, match="moved on"):
            act(booking.id, by=PMO, base_url=BASE)


def test_a_booked_role_is_not_moved_under_its_person(slot: RoleSlot, ada: Person):
    services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    later = Period(SPRING.first + timedelta(days=1), SPRING.last)
    with pytest.raises(Conflict, match="Ada Lovelace"):
        projects.change_role("CRM-1", slot.id, role_facts(period=later), by=PMO)
    projects.change_role("CRM-1", slot.id, role_facts(title="Renamed"), by=PMO)
    assert db.session.get(RoleSlot, slot.id).title == "Renamed"


def test_closing_a_role_ends_what_was_asked_and_keeps_what_is_agreed(
    project: Project, ada: Person, outbox: Path
):
    grace = make_person("Grace Hopper")
    asked, agreed = make_slot(project, "Asked"), make_slot(project, "Agreed")
    services.ask(asked.id, ada.id, by=PMO, base_url=BASE)
    book(grace, agreed, S.CONFIRMED)
    projects.close_role("CRM-1", asked.id, by=PMO)
    projects.close_role("CRM-1", agreed.id, by=PMO)
    assert (states_of(asked), states_of(agreed)) == ([S.RELEASED], [S.CONFIRMED])
    assert "Your booking has ended: Asked" in subjects(outbox)


def test_ending_a_project_ends_what_was_asked(project: Project, slot: RoleSlot, ada: Person):
    services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    facts = facts_of(project, state=ProjectState.CANCELLED)
    projects.change_project("CRM-1", facts, by=PMO)
    assert states_of(slot) == [S.RELEASED]


# --- At the same moment --------------------------------------------------------------------


def at_once(app: Flask, *acts) -> list[Refusal]:
    """Do all acts in threads that start together; returns what was refused."""
    barrier = threading.Barrier(len(acts))
    refused: list[Refusal] = []
    failed: list[BaseException] = []

    def run(act) -> None:
        barrier.wait()
        try:
            act()
        except Refusal as refusal:
            refused.append(refusal)
        except BaseException as error:  # a thread's fault has to fail the test
            failed.append(error)
        finally:
            db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    return refused


def test_two_confirmations_at_once_cannot_overbook_a_person(
    app: Flask, project: Project, ada: Person
):
    slots = [make_slot(project, f"Role {n}", allocation=60) for n in range(4)]
    bookings = [services.ask(slot.id, ada.id, by=PMO, base_url=BASE) for slot in slots]
    ids = [booking.id for booking in bookings]
    db.session.remove()

    refused = at_once(app, *(lambda n=n: services.confirm(n, by=PMO, base_url=BASE) for n in ids))

    assert [type(refusal) for refusal in refused] == [Overbooked] * 3
    states = [state for slot in slots for state in states_of(slot)]
    assert states.count(S.CONFIRMED) == 1


def test_two_people_cannot_take_the_same_role_at_once(app: Flask, slot: RoleSlot):
    people = [make_person(f"Person{n} Example") for n in range(3)]
    ids = [services.ask(slot.id, one.id, by=PMO, base_url=BASE).id for one in people]
    db.session.remove()
    refused = at_once(app, *(lambda n=n: services.confirm(n, by=PMO, base_url=BASE) for n in ids))
    assert len(refused) == 2
    assert states_of(slot).count(S.CONFIRMED) == 1


def test_the_database_itself_fills_a_role_once(slot: RoleSlot, ada: Person):
    book(ada, slot, S.CONFIRMED)
    ben = make_person("Ben Other")
    with pytest.raises(IntegrityError):
        book(ben, slot, S.CONFIRMED)
    assert states_of(slot) == [S.CONFIRMED]


def test_two_requests_for_the_same_person_and_role_make_one_booking(
    app: Flask, slot: RoleSlot, ada: Person
):
    slot_id, ada_id = slot.id, ada.id
    db.session.remove()
    refused = at_once(app, *[lambda: services.propose(slot_id, ada_id, by=PMO)] * 3)
    assert len(refused) == 2
    assert states_of(slot) == [S.PROPOSED]


@pytest.mark.parametrize("seed", range(3))
def test_no_sequence_of_acts_exceeds_anybodys_capacity(project: Project, seed: int):
    dice = random.Random(seed)
    people = [make_person(f"P{n} Example", capacity=dice.choice([50, 80, 100])) for n in range(3)]
    slots = [
        make_slot(
            project,
            f"Role {n}",
            allocation=dice.choice([20, 40, 60]),
            start_date=SPRING.first + timedelta(days=dice.randrange(60)),
            end_date=SPRING.last - timedelta(days=dice.randrange(40)),
        )
        for n in range(6)
    ]
    for _ in range(60):
        act = dice.choice(("ask", "confirm", "confirm", "release"))
        ids = list(db.session.scalars(select(Booking.id)))
        try:
            if act == "ask" or not ids:
                services.ask(dice.choice(slots).id, dice.choice(people).id, by=PMO, base_url=BASE)
            elif act == "confirm":
                services.confirm(dice.choice(ids), by=PMO, base_url=BASE)
            else:
                services.release(dice.choice(ids), by=PMO, base_url=BASE)
        except Refusal:
            pass
        _nobody_is_overbooked(people)
    confirmed = select(func.count()).select_from(Booking).where(Booking.state == S.CONFIRMED)
    assert db.session.scalar(confirmed)


def _nobody_is_overbooked(people: list[Person]) -> None:
    db.session.rollback()
    for person in people:
        rows = db.session.execute(
            select(Booking.start_date, Booking.end_date, Booking.percent).where(
                Booking.person_id == person.id, Booking.state == S.CONFIRMED
            )
        )
        taken = [Load(Period(first, last), percent) for first, last, percent in rows]
        assert overbooked_weeks(person.capacity, totals(taken, SPRING), 0) == []
