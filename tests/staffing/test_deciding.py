"""Choosing from the list: what is kept, what needs a reason, and what needs a second member."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.core import db, jobs
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.policy import Role
from app.projects.models import Project, RoleSlot
from app.staffing import services as bookings
from app.staffing.deciding import queries, rules, services
from app.staffing.deciding.models import Decision, Override, OverrideState
from app.staffing.deciding.rules import Choice
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.eligibility import LevelLapses, LevelShort, NeverHeld, NoCapacity
from app.staffing.rules.matcher.problem import Kind, Need
from app.staffing.rules.matcher.rank import Candidate
from app.staffing.rules.matcher.weights import BALANCED, PRESETS, PartName, Preset
from app.staffing.services import NotQualified
from tests.cast import actor_of, make_person
from tests.staffing.test_services import at_once
from tests.staffing.world import (
    BASE,
    PMO,
    attest,
    book,
    make_framework,
    make_project,
    make_slot,
    states_of,
    withdraw,
)

S = BookingState
WHY = "They know the customer, and Kim covers risk in the first month."


@pytest.fixture
def project(app: Flask) -> Project:
    make_framework()
    return make_project()


@pytest.fixture
def slot(project: Project) -> RoleSlot:
    return make_slot(project, must=[("risk-management", 3)])


@pytest.fixture
def best(slot: RoleSlot) -> Person:
    person = make_person("Best Placed")
    attest(person, level=5)
    return person


@pytest.fixture
def second(slot: RoleSlot) -> Person:
    person = make_person("Second Placed")
    attest(person, level=3)
    return person


@pytest.fixture
def short(slot: RoleSlot) -> Person:
    person = make_person("One Short")
    attest(person, level=2)
    return person


def pmo(name: str):
    return actor_of(make_person(name, Role.PMO), Role.PMO)


def decided() -> list[Decision]:
    db.session.rollback()
    return list(db.session.scalars(select(Decision).order_by(Decision.id)))


# --- The list ------------------------------------------------------------------------------


def test_the_first_is_booked_without_a_word_and_the_list_is_kept(slot, best, second):
    booking = services.book(slot.id, best.id, S.PROPOSED, by=PMO, base_url=BASE)
    (kept,) = decided()
    assert (kept.choice, kept.place, kept.booking_id) == (Choice.FIRST, 1, booking.id)
    assert [(one["place"], one["name"]) for one in kept.shown] == [
        (1, "Best Placed"),
        (2, "Second Placed"),
    ]
    assert kept.weights == {part.value: number for part, number in BALANCED.items()}
    assert (kept.considered, kept.qualified, kept.by_name) == (2, 2, "Petra Osei")
    points = [points for points, _most in kept.shown[0]["parts"].values()]
    assert sum(points) == pytest.approx(kept.shown[0]["score"], abs=0.2)


def test_whoever_departs_from_the_first_says_why(slot, best, second):
    with pytest.raises(Invalid) as silent:
        services.book(slot.id, second.id, S.PROPOSED, by=PMO, base_url=BASE)
    assert silent.value.field == "reason"
    assert states_of(slot) == []
    services.book(slot.id, second.id, S.REQUESTED, by=PMO, base_url=BASE, reason=WHY)
    (kept,) = decided()
    assert (kept.choice, kept.place, kept.reason) == (Choice.DEPARTURE, 2, WHY)
    assert states_of(slot) == [S.REQUESTED]


@pytest.mark.parametrize("state", [S.PROPOSED, S.REQUESTED, S.DECLINED])
def test_who_is_asked_or_declined_is_passed_over_by_nobody(slot, best, second, state):
    book(best, slot, state)
    services.book(slot.id, second.id, S.PROPOSED, by=PMO, base_url=BASE)
    assert decided()[-1].choice is Choice.FIRST


def test_a_list_that_changed_since_it_was_looked_at_is_shown_again(slot, best, second):
    found = services.ranked(queries_slot(slot))
    seen = rules.digest(found.ranking, found.weights)
    attest(second, level=5)
    with pytest.raises(Conflict, match="changed since"):
        services.book(slot.id, best.id, S.PROPOSED, by=PMO, base_url=BASE, seen=seen)
    assert decided() == []
    found = services.ranked(queries_slot(slot))
    seen = rules.digest(found.ranking, found.weights)
    first = found.ranking.candidates[0].person_id
    services.book(slot.id, first, S.PROPOSED, by=PMO, base_url=BASE, seen=seen)
    assert len(decided()) == 1


def queries_slot(slot: RoleSlot) -> RoleSlot:
    from app.projects import queries as projects

    db.session.rollback()
    return projects.slot_for(PMO, slot.id)


def test_what_is_refused_leaves_no_decision(slot, best, second):
    book(second, slot, S.CONFIRMED)
    with pytest.raises(Conflict, match="filled"):
        services.book(slot.id, best.id, S.PROPOSED, by=PMO, base_url=BASE)
    with pytest.raises(NotAllowed):
        services.book(slot.id, best.id, S.PROPOSED, by=actor_of(best), base_url=BASE)
    assert decided() == []


def test_a_decision_stands_as_it_was_made(slot, best):
    services.book(slot.id, best.id, S.PROPOSED, by=PMO, base_url=BASE)
    for change in ("update", "delete"):
        with (
            pytest.raises(RuntimeError, match="stands as it was made"),
            db.transaction() as session,
        ):
            kept = session.scalars(select(Decision)).one()
            if change == "update":
                kept.reason = "something else"
            else:
                session.delete(kept)
    assert decided()[0].reason == ""


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE decision SET reason = 'something else'",
        "DELETE FROM decision",
        "UPDATE must_override SET reason = 'something else'",
        "DELETE FROM must_override",
    ],
)
def test_the_database_itself_lets_nobody_rewrite_what_was_decided(slot, short, change):
    asker, other = pmo("Petra Osei"), pmo("Paul Adeyemi")
    asked = services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE)
    services.grant(asked.id, note="", by=other, base_url=BASE)
    with pytest.raises(IntegrityError, match="stands as it was"), db.transaction() as session:
        session.connection().exec_driver_sql(change)
    assert decided()[0].reason == WHY
    assert queries.override(asked.id).reason == WHY


def test_the_database_itself_lets_nobody_decide_what_concerns_them(slot, short):
    asker, other = pmo("Petra Osei"), pmo("Paul Adeyemi")
    asked = services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE)
    with pytest.raises(IntegrityError, match="nobody agrees"), db.transaction():
        row = queries.override(asked.id, lock=True)
        row.state, row.second_at = OverrideState.GRANTED, row.asked_at
        row.second_id = short.id
    concerned = {"person_id": other.person_id, "asked_by_id": other.person_id}
    kept = {"slot_id": slot.id, "rules": {}, "broken": [], "reason": WHY}
    with pytest.raises(IntegrityError, match="nobody asks"), db.transaction() as session:
        session.add(Override(asked_by_name="Paul", asked_at=asked.asked_at, **concerned, **kept))


# --- Weights and the shortlist -------------------------------------------------------------


def test_weights_of_a_role_stand_for_everybody_and_go_into_the_decision(slot, best, second):
    numbers = {part.value: number for part, number in PRESETS[Preset.MASTERY].items()}
    services.set_weights(slot.id, numbers, by=PMO)
    services.set_weights(slot.id, {"margin": 7}, by=PMO)
    assert queries.weights_of(slot.id)[PartName.MARGIN] == 7
    services.book(slot.id, best.id, S.PROPOSED, by=PMO, base_url=BASE)
    assert decided()[0].weights["margin"] == 7
    trail = select(AuditEntry.details).where(AuditEntry.verb == "role.weigh")
    told = [row["weights"]["margin"] for row in db.session.scalars(trail.order_by(AuditEntry.id))]
    assert told == [20, 7]


@pytest.mark.parametrize("numbers", [{}, {"wants": 0}, {"wants": 101}, {"looks": 10}])
def test_weights_that_mean_nothing_are_refused(slot, numbers):
    with pytest.raises(Invalid):
        services.set_weights(slot.id, numbers, by=PMO)
    assert queries.weights_of(slot.id) == BALANCED


def test_the_shortlist_holds_each_once_and_forgets_nobody(slot, best, second):
    assert services.shortlist(slot.id, best.id, by=PMO)
    assert not services.shortlist(slot.id, best.id, by=PMO)
    services.shortlist(slot.id, second.id, by=PMO)
    services.take_off(slot.id, best.id, by=PMO)
    services.take_off(slot.id, best.id, by=PMO)
    assert [one.person.name for one in queries.shortlist(slot.id)] == ["Second Placed"]
    assert services.shortlist(slot.id, best.id, by=PMO)
    assert [one.person_id for one in queries.shortlist(slot.id)] == [second.id, best.id]


# --- Overrides -----------------------------------------------------------------------------


def test_a_must_is_passed_over_by_two_members_with_a_reason(slot, short, best, outbox):
    asker, other = pmo("Petra Osei"), pmo("Paul Adeyemi")
    with pytest.raises(Invalid):
        services.ask_override(slot.id, short.id, reason=" ", by=asker, base_url=BASE)
    asked = services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE)
    assert asked.broken == ["Risk management 2, needs 3"]
    with pytest.raises(Conflict, match="waiting"):
        services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE)
    with pytest.raises(NotQualified):
        bookings.propose(slot.id, short.id, by=asker)
    with pytest.raises(NotAllowed, match="second member"):
        services.grant(asked.id, note="", by=asker, base_url=BASE)
    assert states_of(slot) == []
    services.grant(asked.id, note="Agreed with the sponsor.", by=other, base_url=BASE)
    assert states_of(slot) == [S.PROPOSED]
    (kept,) = decided()
    assert (kept.choice, kept.place, kept.override_id) == (Choice.OVERRIDE, None, asked.id)
    assert (kept.reason, kept.by_name) == (WHY, "Petra Osei")
    (booking,) = bookings.queries.live_bookings([slot.id])
    bookings.confirm(
        bookings.request(booking.id, by=asker, base_url=BASE).id, by=asker, base_url=BASE
    )
    assert states_of(slot) == [S.CONFIRMED]
    with pytest.raises(Conflict, match="decided"):
        services.refuse(asked.id, note="No", by=other, base_url=BASE)
    letters = [(mail["To"], mail["Subject"]) for mail in sent(outbox)]
    assert (person_email(other), "An override waits for a second member") in letters
    assert (person_email(asker), "Override granted") in letters
    assert (person_email(asker), "An override waits for a second member") not in letters


def sent(outbox: Path) -> list[EmailMessage]:
    jobs.run_due()
    policy = email.policy.default
    return [
        email.message_from_bytes(letter.read_bytes(), policy=policy)  # type: ignore[arg-type]
        for letter in sorted(outbox.glob("*.eml"))
    ]


def person_email(actor) -> str:
    return db.session.get_one(Person, actor.person_id).email


def test_an_override_passes_over_what_was_asked_and_nothing_more(slot, short):
    asker, other = pmo("Petra Osei"), pmo("Paul Adeyemi")
    asked = services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE)
    elsewhere = make_slot(make_project("ERP-2"), allocation=80)
    booking = book(short, elsewhere, S.CONFIRMED)
    with pytest.raises(Conflict, match="Meanwhile more is missing"):
        services.grant(asked.id, note="", by=other, base_url=BASE)
    db.session.rollback()
    assert queries.override(asked.id).state is OverrideState.WAITING
    bookings.release(booking.id, by=PMO, base_url=BASE)
    services.grant(asked.id, note="", by=other, base_url=BASE)
    book(short, elsewhere, S.CONFIRMED)
    (live,) = bookings.queries.live_bookings([slot.id])
    with pytest.raises(bookings.Overbooked):
        bookings.request(live.id, by=PMO, base_url=BASE)


def test_who_agrees_signs_what_was_asked_and_not_what_it_became(slot, short):
    asker, other = pmo("Petra Osei"), pmo("Paul Adeyemi")
    asked = services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE)
    withdraw(short, 2)
    with pytest.raises(Conflict, match=r"Risk management 0, needs 3.*can be asked for again"):
        services.grant(asked.id, note="", by=other, base_url=BASE)
    attest(short, level=3)
    with pytest.raises(Conflict, match="meet everything"):
        services.grant(asked.id, note="", by=other, base_url=BASE)
    db.session.rollback()
    assert queries.override(asked.id).state is OverrideState.WAITING
    assert states_of(slot) == []


def test_what_is_further_off_than_was_agreed_to_stops_the_booking(slot, short):
    asker, other = pmo("Petra Osei"), pmo("Paul Adeyemi")
    asked = services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE)
    services.grant(asked.id, note="", by=other, base_url=BASE)
    (live,) = bookings.queries.live_bookings([slot.id])
    withdraw(short, 2)
    with pytest.raises(NotQualified, match="Risk management 0, needs 3"):
        bookings.request(live.id, by=PMO, base_url=BASE)


def test_what_is_missing_later_is_a_question_of_its_own_and_both_stand(slot, short):
    asker, other = pmo("Petra Osei"), pmo("Paul Adeyemi")
    first = services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE)
    services.grant(first.id, note="", by=other, base_url=BASE)
    book(short, make_slot(make_project("ERP-2"), allocation=80), S.CONFIRMED)
    later = services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE)
    assert all(key.startswith("capacity:") for key in later.rules)
    services.grant(later.id, note="", by=other, base_url=BASE)
    (live,) = bookings.queries.live_bookings([slot.id])
    bookings.confirm(bookings.request(live.id, by=PMO, base_url=BASE).id, by=PMO, base_url=BASE)
    assert states_of(slot) == [S.CONFIRMED]


def test_nobody_asks_or_agrees_for_themselves(slot, outbox):
    concerned, asker, other = pmo("Pia Self"), pmo("Petra Osei"), pmo("Paul Adeyemi")
    with pytest.raises(NotAllowed, match="Another member"):
        services.ask_override(slot.id, concerned.person_id, reason=WHY, by=concerned, base_url=BASE)
    asked = services.ask_override(slot.id, concerned.person_id, reason=WHY, by=asker, base_url=BASE)
    for act in (services.grant, services.refuse):
        with pytest.raises(NotAllowed, match="Another member"):
            act(asked.id, note="Gladly", by=concerned, base_url=BASE)
    assert states_of(slot) == []
    waiting = {mail["To"] for mail in sent(outbox)}
    assert waiting == {person_email(other)}
    services.grant(asked.id, note="", by=other, base_url=BASE)
    assert states_of(slot) == [S.PROPOSED]


def test_two_members_who_decide_at_once_decide_once(app, slot, short):
    asker, yes, no = pmo("Petra Osei"), pmo("Paul Adeyemi"), pmo("Pia Nowak")
    asked = services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE).id
    db.session.remove()
    refused = at_once(
        app,
        lambda: services.grant(asked, note="Yes", by=yes, base_url=BASE),
        lambda: services.refuse(asked, note="No", by=no, base_url=BASE),
    )
    assert [str(one) for one in refused] == ["This override is decided already."]
    granted = queries.override(asked).state is OverrideState.GRANTED
    assert states_of(slot) == ([S.PROPOSED] if granted else [])
    assert len(decided()) == granted


def test_over_booking_is_recorded_as_an_override_never_silent(slot, best):
    asker, other = pmo("Petra Osei"), pmo("Paul Adeyemi")
    book(best, make_slot(make_project("ERP-2"), allocation=60), S.CONFIRMED)
    with pytest.raises(bookings.Overbooked):
        services.book(slot.id, best.id, S.REQUESTED, by=asker, base_url=BASE)
    asked = services.ask_override(slot.id, best.id, reason=WHY, by=asker, base_url=BASE)
    assert all(key.startswith("capacity:2031-W") for key in asked.rules)
    services.grant(asked.id, note="", by=other, base_url=BASE)
    (live,) = bookings.queries.live_bookings([slot.id])
    bookings.request(live.id, by=asker, base_url=BASE)
    bookings.confirm(live.id, by=asker, base_url=BASE)
    assert states_of(slot) == [S.CONFIRMED]
    assert decided()[0].choice is Choice.OVERRIDE


def test_a_refused_override_books_nobody_and_says_why(slot, short, outbox):
    asker, other = pmo("Petra Osei"), pmo("Paul Adeyemi")
    asked = services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE)
    with pytest.raises(Invalid):
        services.refuse(asked.id, note="", by=other, base_url=BASE)
    services.refuse(asked.id, note="Not without level 3.", by=other, base_url=BASE)
    assert states_of(slot) == []
    with pytest.raises(NotQualified):
        bookings.propose(slot.id, short.id, by=asker)
    services.ask_override(slot.id, short.id, reason="Once more.", by=asker, base_url=BASE)
    assert [one.state for one in queries.overrides_of_slot(slot.id)] == [
        OverrideState.WAITING,
        OverrideState.REFUSED,
    ]
    assert "Not without level 3." in "".join(mail.get_content() for mail in sent(outbox))


def test_there_is_no_override_for_who_qualifies_or_is_not_employed(slot, best):
    gone = make_person("Gone Soon", employed_to=date(2031, 4, 1))
    asker = pmo("Petra Osei")
    for person, words in ((best, "nothing to pass over"), (gone, "not employed")):
        with pytest.raises(Conflict, match=words):
            services.ask_override(slot.id, person.id, reason=WHY, by=asker, base_url=BASE)
    with pytest.raises(NotAllowed):
        services.ask_override(slot.id, gone.id, reason=WHY, by=actor_of(best), base_url=BASE)
    assert db.session.scalar(select(func.count()).select_from(Override)) == 0


def test_the_database_itself_wants_two_people(slot, short):
    asker = pmo("Petra Osei")
    asked = services.ask_override(slot.id, short.id, reason=WHY, by=asker, base_url=BASE)
    with pytest.raises(IntegrityError), db.transaction():
        row = queries.override(asked.id, lock=True)
        row.state, row.second_id, row.second_at = (
            OverrideState.GRANTED,
            asker.person_id,
            row.asked_at,
        )


# --- Pure ----------------------------------------------------------------------------------


def test_keys_say_exactly_what_is_passed_over():
    full = NoCapacity(0.5, ("2031-W10", "2031-W11"), 20, 60)
    never = NeverHeld(1.0, Need(Kind.CERTIFICATION, "prince2-practitioner"))
    weeks = ["capacity:2031-W10", "capacity:2031-W11"]
    assert list(rules.broken([never, full])) == ["certification:prince2-practitioner", *weeks]
    assert rules.uncovered([never, full], rules.passed_over([weeks[:1]])) == (never, full)
    assert rules.uncovered([full], rules.passed_over([weeks])) == ()
    longer = replace(full, weeks=("2031-W10", "2031-W12"))
    assert rules.uncovered([longer], rules.broken([full])) == (longer,)


def test_an_override_passes_over_what_is_as_far_off_and_nothing_further():
    need = Need(Kind.COMPETENCY, "risk-management", 3)
    two, none = LevelShort(1 / 3, need, 2), LevelShort(1.0, need, 0)
    lapses = LevelLapses(0.5, need, date(2031, 3, 4))
    assert rules.uncovered([two], rules.broken([two])) == ()
    assert rules.uncovered([none], rules.broken([two])) == (none,)
    assert rules.uncovered([two], rules.broken([none])) == ()
    assert rules.uncovered([two], rules.broken([lapses])) == (two,)
    assert rules.uncovered([lapses], rules.broken([two])) == ()
    together = rules.passed_over([rules.broken([two]), rules.broken([none])])
    assert rules.uncovered([none], together) == ()


def test_overrides_of_which_only_the_rules_were_kept_go_on():
    need = Need(Kind.COMPETENCY, "risk-management", 3)
    kept = rules.passed_over([["competency:risk-management:3"]])
    assert rules.uncovered([LevelShort(1.0, need, 0)], kept) == ()


def test_first_is_the_best_of_those_still_to_be_had():
    listed = [Candidate(number, 90 - number, ()) for number in (7, 8, 9)]
    assert rules.choice(listed, 7, ()) == (Choice.FIRST, 1)
    assert rules.choice(listed, 9, ()) == (Choice.DEPARTURE, 3)
    assert rules.choice(listed, 9, {7}) == (Choice.DEPARTURE, 3)
    assert rules.choice(listed, 9, {7, 8}) == (Choice.FIRST, 3)
    assert rules.choice(listed, 1, ()) == (Choice.OVERRIDE, None)


def test_the_ledger_keeps_everybody_above_whoever_was_chosen():
    listed = [Candidate(number, 0, ()) for number in range(1000, 1600)]
    assert list(rules.kept(listed, None)) == list(range(1, 21))
    assert list(rules.kept(listed, 3)) == list(range(1, 21))
    assert list(rules.kept(listed, 37)) == list(range(1, 38))
    assert list(rules.kept(listed, 600)) == [*range(1, 501), 600]
    assert rules.kept(listed, 600)[600].person_id == 1599
    assert list(rules.kept(listed[:2], 2)) == [1, 2]


def test_a_caller_that_cannot_ask_leaves_word_that_no_reason_was_given(slot, best, second):
    services.book(
        slot.id, second.id, S.PROPOSED, by=PMO, base_url=BASE, unexplained="No reason was given."
    )
    assert decided()[0].reason == "No reason was given."
