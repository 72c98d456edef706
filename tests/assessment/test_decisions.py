"""Who passed and no longer does keeps what the pass earned, until the PMO decides."""

from __future__ import annotations

import pytest
from flask import Flask

from app.assessment import queries, services
from app.assessment.models import PassDecision, PassOutcome
from app.assessment.rules import Remedy
from app.competence import queries as competence
from app.core import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible
from app.core.policy import Actor, Role
from app.credentials import queries as certificates
from tests.assessment.quizzes import NOW, learner
from tests.assessment.test_regrading import AUTHOR, keyed, order, publish_with, sat
from tests.assessment.test_supervision import visit

PAGE = "/pass-decisions"


@pytest.fixture
def lost(app: Flask) -> int:
    """An attempt that passed, with evidence and certificate, and by the new key does not."""
    publish_with(keyed("a"))
    attempt_id = sat("Ada Lovelace", owner="a")
    publish_with(keyed("b"), version="2")
    services.regrade(order(Remedy.NEW_KEY), "The key was a slip", by=AUTHOR, now=NOW)
    return attempt_id


@pytest.fixture
def pmo(app: Flask) -> Actor:
    return learner("Petra Osei", Role.PMO)


def waiting() -> PassDecision:
    db.session.remove()
    (found,) = queries.decisions(page=1, size=20)
    db.session.remove()
    return found


def revoked(attempt_id: int) -> bool:
    db.session.remove()
    return certificates.of_attempts([attempt_id])[attempt_id].revocation is not None


def counting(attempt_id: int) -> int:
    source = f"attempt:{attempt_id}/"
    return len(competence.from_sources([source])[source])


def test_letting_it_stand_changes_nothing_but_the_list(lost: int, pmo: Actor):
    one = waiting()
    services.decide(one.id, withdraw=False, reason="The slip was ours", by=pmo, now=NOW)

    assert (revoked(lost), counting(lost)) == (False, 1)
    decided = waiting()
    assert (decided.outcome, decided.reason) == (PassOutcome.STANDS, "The slip was ours")
    assert queries.open_decisions_count() == 0


def test_withdrawing_takes_evidence_and_certificate_together_and_once(lost: int, pmo: Actor):
    one = waiting()
    services.decide(one.id, withdraw=True, reason="Not shown", by=pmo, now=NOW)

    assert (revoked(lost), counting(lost)) == (True, 0)
    with pytest.raises(Conflict):
        services.decide(one.id, withdraw=False, reason="Again", by=pmo, now=NOW)
    assert waiting().outcome is PassOutcome.WITHDRAWN


def test_a_judgement_that_gives_the_pass_back_needs_no_decision(lost: int, pmo: Actor):
    services.regrade(order(Remedy.FULL_MARKS), "Both are right", by=AUTHOR, now=NOW)

    assert waiting().outcome is PassOutcome.STANDS
    assert (revoked(lost), counting(lost)) == (False, 1)


def test_an_attempt_taken_back_that_had_passed_is_put_to_a_decision(app: Flask, pmo: Actor):
    publish_with(keyed("a"))
    attempt_id = sat("Ada Lovelace", owner="a")
    services.void(attempt_id, "Sat by somebody else", by=pmo, now=NOW)
    failed = sat("Ben Okri", owner="b")
    services.void(failed, "Disturbed", by=pmo, now=NOW)

    assert (waiting().attempt_id, waiting().regrade_id) == (attempt_id, None)
    assert (revoked(attempt_id), counting(attempt_id)) == (False, 0)


def test_who_may_not_decide_and_what_is_refused(lost: int, pmo: Actor):
    one = waiting()
    own = Actor(one.attempt.person_id, frozenset({Role.PMO}), "Ada Lovelace")
    for actor in (AUTHOR, own):
        with pytest.raises(NotAllowed):
            services.decide(one.id, withdraw=True, reason="Because", by=actor, now=NOW)
    with pytest.raises(Invalid):
        services.decide(one.id, withdraw=True, reason="  ", by=pmo, now=NOW)
    with pytest.raises(NotVisible):
        services.decide(one.id + 1, withdraw=True, reason="Because", by=pmo, now=NOW)

    assert waiting().outcome is PassOutcome.OPEN


def test_on_the_page(app: Flask, lost: int):
    visitor = visit(app, "Petra Osei", Role.PMO)
    page = visitor.open(PAGE)
    assert "The key was a slip" in page.text
    assert "risk-management, level 3" in page.text
    refused = visitor.send(f"{PAGE}/1", withdraw="yes", reason="")
    assert refused.status == 422
    assert visitor.send(f"{PAGE}/1", withdraw="yes", reason="Not shown").location == PAGE

    assert revoked(lost)
    assert "Not shown" in visitor.open(PAGE).text
    assert visitor.send(f"{PAGE}/1", withdraw="no", reason="Again").status == 409
    assert visitor.send(f"{PAGE}/99", withdraw="no", reason="Again").status == 404
