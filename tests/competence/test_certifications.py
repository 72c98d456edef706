"""Certifications are renewed as new rows, verified by the PMO, proved by files, fed by points."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Person
from app.competence import queries as competence
from app.competence import services as acts
from app.competence.certifications import queries, services
from app.competence.certifications.models import CpdEntry, HoldingVerification, Proof
from app.competence.certifications.rules import HoldingState, Way
from app.competence.certifications.services import Activity, Renewal, Upload
from app.competence.models import CertificationType, Holding
from app.core import db
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible, Refusal, TooLarge
from app.core.policy import Role
from tests.cast import actor_of, make_person
from tests.competence.certifications import hold, publish
from tests.statements import counted

DUE = date(2027, 3, 1)
GRACE = date(2027, 4, 15)
PDF = Upload("card.pdf", "application/pdf", b"%PDF-1.7")


@pytest.fixture
def ada(app: Flask) -> Person:
    publish()
    return make_person("Ada Lovelace")


def standing(person: Person) -> list[tuple[date, date | None]]:
    """From when to when each of their certifications holds, newest first."""
    found = queries.holdings_of(person.id)
    return [(one.holding.issued_on, one.holding.expires_on) for one in found]


# --- Renewal --------------------------------------------------------------------------------------


def test_a_renewal_is_a_new_row_and_the_old_one_stays_as_it_was(ada: Person):
    old = hold(ada)
    exam = Renewal(Way.EXAM, number="N-2", completed_on=date(2027, 2, 20))
    new = services.renew(old, exam, by=actor_of(ada), today=DUE)

    assert standing(ada) == [
        (date(2027, 2, 20), date(2030, 2, 20)),
        (date(2024, 3, 31), date(2027, 3, 31)),
    ]
    before, after = queries.holding_for(actor_of(ada), old), queries.holding_for(actor_of(ada), new)
    assert before.state_on(DUE) is HoldingState.RENEWED
    assert (after.way, after.renews_id, after.holding.number) == (Way.EXAM, old, "N-2")
    assert after.state_on(DUE) is HoldingState.VALID
    assert [one.renewed for one in competence.holdings_of([ada.id])[ada.id]] == [False, True]
    assert "holding.renew" in db.session.scalars(select(AuditEntry.verb)).all()


def test_what_the_new_certificate_says_goes_before_the_rule(ada: Person):
    renewal = Renewal(Way.EXAM, completed_on=DUE, expires_on=date(2031, 1, 1))
    services.renew(hold(ada), renewal, by=actor_of(ada), today=DUE)
    assert standing(ada)[0] == (DUE, date(2031, 1, 1))


@pytest.mark.parametrize(
    ("renewal", "said"),
    [
        (Renewal(Way.EXAM), "Say when it was passed."),
        (Renewal(Way.EXAM, completed_on=DUE + timedelta(1)), "This day is still to come."),
        (Renewal(Way.EXAM, completed_on=date(2024, 3, 31)), "It was passed before"),
        (Renewal(Way.EXAM, completed_on=DUE, expires_on=date(2027, 3, 31)), "holds longer"),
        (Renewal(Way.POINTS), "cannot be renewed in this way"),
        (Renewal(Way.SUITE), "cannot be renewed in this way"),
    ],
)
def test_a_renewal_that_cannot_be_is_refused(ada: Person, renewal: Renewal, said: str):
    old = hold(ada)
    with pytest.raises(Refusal, match=said):
        services.renew(old, renewal, by=actor_of(ada), today=DUE)
    assert len(standing(ada)) == 1


def test_points_renew_from_the_old_last_day_once_there_are_enough(ada: Person):
    old, me = hold(ada, "by-points"), actor_of(ada)
    services.add_points(Activity("Talk", date(2025, 5, 1), Decimal(59)), by=me, today=DUE)
    with pytest.raises(Invalid, match="Points are still missing"):
        services.renew(old, Renewal(Way.POINTS), by=me, today=DUE)

    for_it = Activity("Course", date(2026, 5, 1), Decimal(1), "by-points")
    services.add_points(for_it, by=me, today=DUE)
    services.renew(old, Renewal(Way.POINTS), by=me, today=GRACE)
    assert standing(ada)[0] == (GRACE, date(2030, 3, 31))


def test_points_for_another_certification_and_withdrawn_ones_do_not_count(ada: Person):
    held, me = hold(ada, "by-points"), actor_of(ada)
    other = Activity("Other", date(2025, 5, 1), Decimal(60), "exam-only")
    services.add_points(other, by=me, today=DUE)
    mistake = Activity("Twice", date(2025, 5, 1), Decimal(60))
    entry = services.add_points(mistake, by=me, today=DUE)
    services.withdraw_points(entry, "Entered twice", by=me)

    balance = queries.balance_of(queries.holding_for(me, held), queries.points_of(ada.id))
    assert balance is not None and balance.earned == 0
    with pytest.raises(Conflict):
        services.withdraw_points(entry, "Again", by=me)
    assert [one.withdrawn_reason for one in queries.points_of(ada.id)] == ["Entered twice", None]


def test_another_of_the_suite_renews_in_the_fixed_rhythm(ada: Person):
    old, me = hold(ada, "suite-one"), actor_of(ada)
    too_old = hold(ada, "suite-two", issued_on=date(2024, 1, 1), expires_on=date(2027, 1, 1))
    with pytest.raises(Invalid, match="Choose the certification of the suite"):
        services.renew(old, Renewal(Way.SUITE, by_holding_id=too_old), by=me, today=DUE)

    other = hold(ada, "suite-two", issued_on=date(2026, 9, 1), expires_on=date(2029, 9, 1))
    new = services.renew(old, Renewal(Way.SUITE, by_holding_id=other), by=me, today=DUE)
    assert queries.holding_for(me, new).holding.issued_on == date(2026, 9, 1)
    assert queries.holding_for(me, new).holding.expires_on == date(2030, 3, 31)


def test_once_renewed_it_is_not_renewed_again_unless_the_renewal_was_withdrawn(ada: Person):
    old, me = hold(ada), actor_of(ada)
    renewal = Renewal(Way.EXAM, completed_on=DUE)
    new = services.renew(old, renewal, by=me, today=DUE)
    with pytest.raises(Conflict):
        services.renew(old, renewal, by=me, today=DUE)

    acts.withdraw_holding(new, "Wrong person", by=me)
    assert queries.holding_for(me, old).state_on(DUE) is HoldingState.DUE
    services.renew(old, renewal, by=me, today=DUE)
    assert len(standing(ada)) == 3


def test_after_grace_it_takes_the_exam_and_the_time_runs_anew(ada: Person):
    old, me = hold(ada, "by-points"), actor_of(ada)
    late = date(2027, 5, 1)
    assert queries.holding_for(me, old).state_on(late) is HoldingState.EXPIRED
    with pytest.raises(Conflict):
        services.renew(old, Renewal(Way.POINTS), by=me, today=late)
    services.renew(old, Renewal(Way.EXAM, completed_on=late), by=me, today=late)
    assert standing(ada)[0] == (late, date(2030, 5, 1))


def test_the_same_renewal_sent_many_times_at_once_is_one(ada: Person):
    old, me = hold(ada), actor_of(ada)

    def send(_n: int) -> bool:
        try:
            services.renew(old, Renewal(Way.EXAM, completed_on=DUE), by=me, today=DUE)
        except Conflict:
            return False
        finally:
            db.session.remove()
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(send, range(8)))
    assert sum(done) == 1
    assert len(standing(ada)) == 2


def test_owner_and_pmo_renew_a_mentor_reads_and_a_stranger_sees_nothing(ada: Person):
    old = hold(ada)
    renewal = Renewal(Way.EXAM, completed_on=DUE)
    mentor = actor_of(make_person("Ruth Okonkwo", Role.MENTOR), Role.MENTOR)
    stranger = actor_of(make_person("Eve Stranger"))

    assert queries.holding_for(mentor, old).person == "Ada Lovelace"
    for actor in (mentor, stranger):
        with pytest.raises(NotVisible):
            services.renew(old, renewal, by=actor, today=DUE)
    with pytest.raises(NotVisible):
        queries.holding_for(stranger, old)
    pmo = actor_of(make_person("Petra Osei", Role.PMO), Role.PMO)
    services.renew(old, renewal, by=pmo, today=DUE)


# --- Verification and proof -----------------------------------------------------------------------


def test_the_pmo_verifies_once_and_never_its_own(ada: Person):
    held = hold(ada)
    petra = make_person("Petra Osei", Role.PMO)
    pmo = actor_of(petra, Role.PMO)
    services.verify(held, "Seen in the register", by=pmo)
    services.verify(held, "Seen again", by=pmo)

    found = queries.holding_for(pmo, held)
    assert (found.verified_by, found.verified_how) == ("Petra Osei", "Seen in the register")
    assert db.session.scalar(select(func.count()).select_from(HoldingVerification)) == 1
    with pytest.raises(NotAllowed):
        services.verify(held, "Me", by=actor_of(ada))
    with pytest.raises(NotAllowed):
        services.verify(hold(petra), "My own", by=pmo)


def test_what_was_withdrawn_is_not_verified(ada: Person):
    held = hold(ada)
    acts.withdraw_holding(held, "Typing", by=actor_of(ada))
    pmo = actor_of(make_person("Petra Osei", Role.PMO), Role.PMO)
    with pytest.raises(Conflict):
        services.verify(held, "Seen", by=pmo)


def test_proof_is_kept_as_it_came_and_found_by_those_who_may(ada: Person):
    held, me = hold(ada), actor_of(ada)
    services.prove_holding(held, PDF, by=me)
    (proof,) = queries.proofs_of([held])["holding", held]

    assert (proof.name, proof.size) == ("card.pdf", 8)
    assert queries.proof_for(me, proof.id).data == b"%PDF-1.7"
    pmo = actor_of(make_person("Petra Osei", Role.PMO), Role.PMO)
    assert queries.proof_for(pmo, proof.id).sha256 == proof.sha256
    mentor = actor_of(make_person("Ruth Okonkwo", Role.MENTOR), Role.MENTOR)
    for other in (mentor, actor_of(make_person("Eve Stranger"))):
        with pytest.raises(NotVisible):
            queries.proof_for(other, proof.id)


def test_too_large_empty_and_too_many_files_are_refused(ada: Person):
    held, me = hold(ada), actor_of(ada)
    with pytest.raises(TooLarge):
        services.prove_holding(held, Upload("a", "b", b"x" * (3 * 1024 * 1024 + 1)), by=me)
    with pytest.raises(Invalid):
        services.prove_holding(held, Upload("a", "b", b""), by=me)
    for _n in range(10):
        services.prove_holding(held, PDF, by=me)
    with pytest.raises(Invalid, match="ten files"):
        services.prove_holding(held, PDF, by=me)
    assert db.session.scalar(select(func.count()).select_from(Proof)) == 10


def test_points_cannot_be_earned_tomorrow_nor_for_what_does_not_exist(ada: Person):
    me = actor_of(ada)
    with pytest.raises(Invalid, match="still to come"):
        services.add_points(Activity("Talk", DUE + timedelta(1), Decimal(1)), by=me, today=DUE)
    with pytest.raises(Invalid, match="no such certification"):
        services.add_points(Activity("Talk", DUE, Decimal(1), "nothing"), by=me, today=DUE)
    assert db.session.scalar(select(func.count()).select_from(CpdEntry)) == 0


def test_a_log_is_its_owners_alone_to_change(ada: Person):
    entry = services.add_points(Activity("Talk", DUE, Decimal(1)), by=actor_of(ada), today=DUE)
    pmo = actor_of(make_person("Petra Osei", Role.PMO), Role.PMO)
    with pytest.raises(NotVisible):
        services.withdraw_points(entry, "Mine now", by=pmo)
    with pytest.raises(NotVisible):
        services.prove_points(entry, PDF, by=pmo)


# --- Everybody's ----------------------------------------------------------------------------------


def test_what_stands_is_listed_the_first_to_lapse_first(ada: Person):
    bob = make_person("Bob Byron")
    gone = make_person("Gone Away", active=False)
    hold(ada, "for-good", expires_on=None)
    hold(ada, expires_on=date(2027, 6, 1))
    hold(bob, "by-points", expires_on=date(2027, 1, 1))
    hold(gone)
    acts.withdraw_holding(hold(bob), "Typing", by=actor_of(bob))

    found = queries.entries()
    assert [(one.person, one.code) for one in found] == [
        ("Bob Byron", "by-points"),
        ("Ada Lovelace", "exam-only"),
        ("Ada Lovelace", "for-good"),
    ]
    assert [one.code for one in queries.entries(bob.id)] == ["by-points"]
    assert [one.code for one in queries.entries(until=date(2027, 1, 1))] == ["by-points"]


def test_reading_takes_as_many_statements_for_many_as_for_one(ada: Person):
    hold(ada)
    person_id = ada.id
    with counted() as few:
        queries.holdings_of(person_id), queries.entries()
    for n in range(5):
        hold(ada, "by-points", number=f"N{n}", expires_on=date(2028, 1, n + 1))
    with counted() as many:
        queries.holdings_of(person_id), queries.entries()
    assert len(many) == len(few)


def test_publishing_the_catalogue_again_keeps_holdings_and_changes_terms(ada: Person):
    hold(ada)
    publish()
    kind = db.session.get(CertificationType, "by-points")
    assert kind is not None and queries.terms(kind).points_a_year == 20
    assert db.session.scalar(select(func.count()).select_from(Holding)) == 1
