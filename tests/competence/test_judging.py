"""Assessment by people: asking, four eyes, decisions with reasons, appeals, and who sees what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Person
from app.competence import queries as competence
from app.competence import services as acts
from app.competence.judging import queries, services
from app.competence.judging.models import AssessmentRequest, Attachment
from app.competence.judging.rules import RequestState, Turn, mark, may_follow
from app.competence.judging.services import Upload
from app.core import db, jobs
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible, Refusal, TooLarge
from app.core.policy import Actor, Role
from tests.cast import PASSWORD, actor_of, make_person
from tests.competence.frameworks import publish_two
from tests.statements import counted
from tests.visitor import Visitor

TODAY = date(2026, 1, 5)  # the day on which the tests' people are made
FULL = {"real": 2, "level": 4}
FILE = Upload("plan.html", b"<script>alert(1)</script>")
_keys = iter(range(1, 10_000))


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-01-05 09:00", tick=False):
        yield


@pytest.fixture
def ada(app: Flask) -> Person:
    publish_two()
    return make_person("Ada Lovelace")


def mentor(name: str = "Ruth Okonkwo") -> Actor:
    return actor_of(make_person(name, Role.MENTOR), Role.MENTOR)


def ask(person: Person, code: str = "hazard", level: int = 4, *files: Upload, key: str = "") -> int:
    key = key or f"{next(_keys):032x}"
    work = "The register of the north"
    return services.ask(code, level, work, files, by=actor_of(person), request_key=key)


def decide(
    request_id: int, by: Actor, level: int = 4, points: dict[str, int] = FULL
) -> RequestState:
    services.take(request_id, by=by)
    marks = {**FULL, **points}
    return services.decide(
        request_id, level, marks, "Seen it", by=by, today=TODAY, base_url="http://cadre.test"
    )


def claim(person: Person, day: date = TODAY, code: str = "hazard") -> int:
    found = competence.claims_on([person.id], day).get(person.id, {}).get(code)
    return found.level if found else 0


# --- The way through ------------------------------------------------------------------------------


def test_an_awarded_level_is_evidence_for_three_years(ada: Person, outbox: Path):
    by = mentor()
    request_id = ask(ada, "hazard", 4, FILE)
    assert [one.id for one in queries.waiting_for(by, 10)] == [request_id]
    assert decide(request_id, by) is RequestState.AWARDED

    assert (claim(ada), claim(ada, date(2029, 1, 5)), claim(ada, date(2029, 1, 6))) == (4, 4, 0)
    assert claim(ada, TODAY - timedelta(1)) == 0
    found = queries.request_for(actor_of(ada), request_id)
    assert [(one.turn, one.level, one.points) for one in found.decisions] == [(Turn.FIRST, 4, FULL)]
    assert queries.waiting_for(by, 10) == []
    jobs.run_due()
    letters = [one.read_text() for one in outbox.glob("*.eml")]
    assert any("a level is awarded" in one and "To: ada@" in one for one in letters)
    verbs = set(db.session.scalars(select(AuditEntry.verb)))
    assert {"assessment.ask", "assessment.take", "assessment.decide", "evidence.record"} <= verbs


def test_a_refusal_says_why_and_may_be_appealed_against_once(ada: Person):
    request_id = ask(ada)
    first = mentor()
    assert decide(request_id, first, level=0) is RequestState.REFUSED
    assert claim(ada) == 0

    late = TODAY + timedelta(31)
    with pytest.raises(Conflict):
        services.appeal(request_id, "Look again", by=actor_of(ada), today=late)
    services.appeal(request_id, "Look again", by=actor_of(ada), today=TODAY + timedelta(30))
    with pytest.raises(NotAllowed):
        services.take(request_id, by=first)
    assert decide(request_id, mentor("Noor Haddad"), level=3) is RequestState.AWARDED
    assert claim(ada) == 3


def test_a_second_refusal_is_final(ada: Person):
    request_id = ask(ada)
    decide(request_id, mentor(), level=0)
    services.appeal(request_id, "Look again", by=actor_of(ada), today=TODAY)
    assert decide(request_id, mentor("Noor Haddad"), level=0) is RequestState.REFUSED
    with pytest.raises(Conflict):
        services.appeal(request_id, "And again", by=actor_of(ada), today=TODAY)


def test_where_four_eyes_are_asked_for_the_more_careful_one_counts(app: Flask):
    publish_two(four_eyes=True)
    ada, first, second = make_person("Ada Lovelace"), mentor(), mentor("Noor Haddad")
    request_id = ask(ada, level=5)
    assert decide(request_id, first, level=5) is RequestState.SECOND_REVIEW
    assert claim(ada) == 0
    assert queries.waiting_for(first, 10) == []
    with pytest.raises(NotAllowed):
        services.take(request_id, by=first)

    assert decide(request_id, second, level=4) is RequestState.AWARDED
    assert claim(ada) == 4
    (piece,) = competence.evidence_of(ada.id)
    assert piece.title == "Work assessed by Ruth Okonkwo and Noor Haddad"


def test_one_of_two_who_refuses_refuses(app: Flask):
    publish_two(four_eyes=True)
    ada = make_person("Ada Lovelace")
    request_id = ask(ada)
    decide(request_id, mentor())
    assert decide(request_id, mentor("Noor Haddad"), level=0) is RequestState.REFUSED
    assert claim(ada) == 0


def test_mentors_get_a_letter_when_the_list_is_no_longer_empty(ada: Person, outbox: Path):
    mentor()
    make_person("Mina Mentor", Role.MENTOR)
    ask(ada)
    ask(ada, "threat")
    ask(make_person("Grace Hopper"))
    jobs.run_due()
    to = sorted(one.read_text().split("To: ")[1].split("\n")[0] for one in outbox.glob("*.eml"))
    assert to == ["mina@example.com", "ruth@example.com"]


# --- Refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "points", "said"),
    [
        (5, {}, "No more than what was asked for"),
        (4, {"real": 3}, "within its range"),
        (4, {"real": -1}, "within its range"),
        (4, {"level": 2}, "Too few points for a level: The level"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_and_changes_nothing(
    ada: Person, level: int, points: dict[str, int], said: str
):
    by, request_id = mentor(), ask(ada)
    with pytest.raises(Invalid, match=said):
        decide(request_id, by, level=level, points=points)
    assert queries.request_for(by, request_id).state is RequestState.IN_REVIEW
    assert queries.request_for(by, request_id).decisions == []


def test_nobody_assesses_themselves_and_only_mentors_do(ada: Person):
    request_id = ask(ada)
    for who in (
        actor_of(ada, Role.MENTOR),
        actor_of(make_person("Petra Osei", Role.PMO), Role.PMO),
    ):
        with pytest.raises(NotAllowed):
            services.take(request_id, by=who)
    with pytest.raises(NotVisible):
        queries.request_for(actor_of(make_person("Eve Stranger")), request_id)
    with pytest.raises(NotVisible):
        services.withdraw(request_id, by=mentor())


def test_what_somebody_has_in_hand_is_not_for_others_until_given_back(ada: Person):
    request_id, first, second = ask(ada), mentor(), mentor("Noor Haddad")
    services.take(request_id, by=first)
    with pytest.raises(Conflict):
        services.take(request_id, by=second)
    with pytest.raises(Conflict):
        services.give_back(request_id, by=second)
    services.give_back(request_id, by=first)
    services.take(request_id, by=second)
    services.withdraw(request_id, by=actor_of(ada))
    with pytest.raises(Conflict):
        decide(request_id, second)


def test_one_request_at_a_time_for_a_competency_and_a_form_sent_twice_is_one(ada: Person):
    request_id = ask(ada, key="a" * 32)
    assert ask(ada, key="a" * 32) == request_id
    with pytest.raises(Conflict):
        ask(ada)
    ask(ada, "threat")


def test_two_assessors_at_the_same_moment_are_one(ada: Person):
    request_id, both = ask(ada), [mentor(), mentor("Noor Haddad")]

    def take(by: Actor) -> bool:
        try:
            services.take(request_id, by=by)
        except Refusal:
            return False
        finally:
            db.session.remove()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, both)) == [False, True]


@pytest.mark.parametrize(
    ("files", "refusal"),
    [
        ([Upload("a", b"")], Invalid),
        ([Upload("a", b"x" * (3 * 1024 * 1024 + 1))], TooLarge),
        ([FILE] * 6, Invalid),
    ],
)
def test_files_that_are_not_kept(ada: Person, files: list[Upload], refusal: type[Refusal]):
    with pytest.raises(refusal):
        ask(ada, "hazard", 4, *files)
    assert db.session.scalar(select(func.count()).select_from(AssessmentRequest)) == 0


def test_a_word_alone_and_an_exam_end_at_the_ceiling(ada: Person):
    by = mentor()
    with pytest.raises(Invalid, match="level 3 at most"):
        acts.judge(ada.id, "hazard", 4, None, "Seen", by=by, since=TODAY, request_key="b" * 32)
    acts.judge(ada.id, "hazard", 3, None, "Seen", by=by, since=TODAY, request_key="c" * 32)
    assert claim(ada) == 3


def test_states_lead_only_where_they_may():
    ended = (RequestState.AWARDED, RequestState.WITHDRAWN)
    assert not any(may_follow(state, other) for state in ended for other in RequestState)
    assert not may_follow(RequestState.ASKED, RequestState.AWARDED)
    assert mark((), {"strange": 1}).points == {}


# --- Pages ----------------------------------------------------------------------------------------


@pytest.fixture
def learner(app: Flask, ada: Person) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(ada.email, PASSWORD)
    return visitor


def assessor(app: Flask, name: str = "Ruth Okonkwo") -> Visitor:
    person = make_person(name, Role.MENTOR)
    visitor = Visitor(app)
    visitor.log_in(person.email, PASSWORD)
    return visitor


def test_from_asking_to_the_decision_in_the_browser(app: Flask, ada: Person, learner: Visitor):
    page = learner.open("/competencies/assessments/new?competency=hazard&level=4")
    assert page.soup.select_one("#competency option[selected]")["value"] == "hazard"
    key = page.soup.select_one("[name=request_key]")["value"]
    sent = learner.send(
        "/competencies/assessments",
        competency="hazard",
        level="4",
        work="The register of the north\n\nwith <b>care</b>",
        request_key=key,
        files=(BytesIO(FILE.data), "../../plan.html"),
    )
    assert sent.status == 302
    address = str(sent.location)
    page = learner.open(address)
    assert "with <b>care</b>" in page.text and "Waits for an assessor" in page.text

    ruth = assessor(app)
    assert "Ada Lovelace" in ruth.open("/competencies/assessments").text
    ruth.open(address)
    assert ruth.send(f"{address}/assessor").status == 302
    ruth.open(address)
    fields = {"level": "4", "reason": "Real work", "points_real": "2", "points_level": "2"}
    refused = ruth.send(f"{address}/decision", **fields)
    assert refused.status == 422 and "Too few points for a level" in refused.text
    fields["points_level"] = "4"
    assert ruth.send(f"{address}/decision", **fields).status == 302

    page = learner.open(address)
    assert "Awarded" in page.text and "Real work" in page.text and "4 of 4" in page.text


def test_a_file_is_a_download_whatever_it_is_and_not_for_strangers(
    app: Flask, ada: Person, learner: Visitor, visitor: Visitor
):
    ask(ada, "hazard", 4, FILE)
    file_id = db.session.scalars(select(Attachment.id)).one()
    answer = learner.open(f"/competencies/attachments/{file_id}").response

    assert answer.data == FILE.data
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    eve = make_person("Eve Stranger")
    visitor.log_in(eve.email, PASSWORD)
    assert visitor.open(f"/competencies/attachments/{file_id}").status == 404
    assert visitor.open(f"/competencies/assessments/{1}").status == 404


def test_the_second_assessor_does_not_read_the_first(app: Flask, visitor: Visitor):
    publish_two(four_eyes=True)
    ada = make_person("Ada Lovelace")
    request_id = ask(ada)
    services.take(request_id, by=(first := mentor()))
    services.decide(request_id, 4, FULL, "Quite splendid", by=first, today=TODAY, base_url="")
    noor = assessor(app, "Noor Haddad")
    address = f"/competencies/assessments/{request_id}"

    assert "Quite splendid" not in noor.open(address).text
    noor.send(f"{address}/assessor")
    assert "Quite splendid" not in noor.open(address).text
    visitor.log_in(ada.email, PASSWORD)
    assert "Quite splendid" not in visitor.open(address).text


def test_as_many_statements_for_three_requests_as_for_one(app: Flask, ada: Person):
    ruth = assessor(app)
    numbers = []
    for name in ("", "Grace Hopper", "Alan Turing"):
        ask(make_person(name) if name else ada)
        with counted() as statements:
            ruth.open("/competencies/assessments")
        numbers.append(len(statements))
    assert numbers[0] == numbers[-1]
