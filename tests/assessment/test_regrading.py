"""A wrong key is found after the exam: who changes, who passes, what becomes of certificates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.assessment import queries, services
from app.assessment.models import PassOutcome
from app.assessment.rules import Judged, Remedy, judge
from app.assessment.services import Order
from app.authoring.document import CertificateTerms, ChoiceQuestion, Question
from app.authoring.grading import grade
from app.competence import queries as competence
from app.core import db
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible
from app.core.policy import Actor, Role
from app.credentials import queries as certificates
from tests.assessment.questions import essay, multiple, number, single
from tests.assessment.quizzes import (
    COURSE,
    NOW,
    QUIZ,
    answer_all,
    learner,
    make_competency,
    row,
    start,
)
from tests.cast import PASSWORD, make_person
from tests.learning.courses import make_course, make_exam, make_quiz, make_section, publish
from tests.visitor import Visitor

AUTHOR = Actor(None, frozenset({Role.AUTHOR}), "Henrik Vogel")
TERMS = CertificateTerms("Risk practitioner", (QUIZ,), None, None, None, None)


def keyed(key: str, id: str = "owner") -> ChoiceQuestion:
    """A single choice of a, b and c with this key."""
    question = single()
    options = tuple(replace(option, correct=option.id == key) for option in question.options)
    return replace(question, id=id, options=options, content_hash=f"{id}-{key}")


def publish_with(*asked: Question, version: str = "1") -> None:
    make_competency("risk-management")
    exam = make_exam(QUIZ, sections=(make_section(*asked),), attempts=None, cooldown=None)
    publish(
        make_course(
            COURSE, version=version, quizzes=(make_quiz("checkpoint"), exam), certificate=TERMS
        )
    )


def sat(name: str, **answers: object) -> int:
    """Somebody's graded attempt."""
    by = learner(name)
    attempt_id = start(by)
    answer_all(by, attempt_id, dict(answers))
    services.submit(attempt_id, by=by, now=NOW)
    db.session.remove()
    return attempt_id


def order(remedy: Remedy, option: str | None = None, question: str = "owner") -> Order:
    return Order(COURSE, QUIZ, question, remedy, option)


# --- The remedies, as rules -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remedy", "answer", "credit"),
    [
        (Remedy.FULL_MARKS, "c", 1),
        (Remedy.FULL_MARKS, None, 1),
        (Remedy.NEW_KEY, "a", 0),
        (Remedy.NEW_KEY, "b", 1),
        (Remedy.EITHER_KEY, "a", 1),
        (Remedy.EITHER_KEY, "b", 1),
        (Remedy.EITHER_KEY, "c", 0),
        (Remedy.IGNORE_OPTION, "b", 1),
        (Remedy.IGNORE_OPTION, "a", 1),
        (Remedy.IGNORE_OPTION, "c", 0),
    ],
)
def test_what_each_remedy_makes_of_an_answer(remedy: Remedy, answer: str | None, credit: int):
    judged = judge(remedy, answer, keyed("a"), keyed("b"), option="b")
    assert judged == Judged(Fraction(credit))


def test_an_ignored_question_counts_for_nobody():
    assert not judge(Remedy.IGNORE_QUESTION, "a", keyed("a"), keyed("b")).counts


ANSWERS = st.sampled_from([None, "a", "b", "c"])
KEYS = st.sampled_from("abc")


@given(ANSWERS, KEYS, KEYS)
def test_either_key_never_takes_away_and_full_marks_is_most(answer, old, new):
    before = grade(keyed(old), answer, language="en").credit
    either = judge(Remedy.EITHER_KEY, answer, keyed(old), keyed(new)).credit
    full = judge(Remedy.FULL_MARKS, answer, keyed(old), keyed(new)).credit
    by_new = judge(Remedy.NEW_KEY, answer, keyed(old), keyed(new)).credit
    assert before is not None
    assert either is not None
    assert before <= either <= (full or 0)
    assert either == max(before, by_new or 0)


@given(st.sets(st.sampled_from("abcd")), st.sampled_from("abcd"))
def test_leaving_an_option_out_gives_a_credit_in_range(answer: set[str], option: str):
    judged = judge(Remedy.IGNORE_OPTION, sorted(answer), multiple(), multiple(), option=option)
    assert judged.credit is not None
    assert 0 <= judged.credit <= 1


# --- A dry run ------------------------------------------------------------------------------------


def test_a_dry_run_says_who_would_pass_or_fail_and_changes_nothing(app: Flask):
    publish_with(keyed("a"))
    right, wrong = sat("Ada Lovelace", owner="a"), sat("Ben Okri", owner="b")
    publish_with(keyed("b"), version="2")

    changes = {one.attempt_id: one for one in services.dry_run(order(Remedy.NEW_KEY), by=AUTHOR)}

    assert changes[right].would_fail
    assert changes[wrong].would_pass
    assert (row(right).passed, row(wrong).passed) == (True, False)
    assert queries.regrades_of(COURSE, QUIZ, "owner") == []


def test_only_graded_attempts_that_were_asked_the_question_are_judged_anew(app: Flask):
    publish_with(keyed("a"), keyed("a", "other"))
    sat("Ada Lovelace", owner="a")
    start(learner("Ben Okri"))

    assert len(services.dry_run(order(Remedy.FULL_MARKS), by=AUTHOR)) == 1


# --- Carried out ----------------------------------------------------------------------------------


def test_who_passes_now_has_evidence_and_certificate_and_who_failed_keeps_theirs(app: Flask):
    publish_with(keyed("a"))
    right, wrong = sat("Ada Lovelace", owner="a"), sat("Ben Okri", owner="b")
    earned = certificates.of_attempts({right, wrong})
    assert set(earned) == {right}
    publish_with(keyed("b"), version="2")

    services.regrade(order(Remedy.NEW_KEY), "The key was a slip", by=AUTHOR, now=NOW)

    assert (row(right).passed, row(right).score) == (False, Decimal(0))
    assert (row(wrong).passed, row(wrong).score) == (True, Decimal(1))
    assert set(certificates.of_attempts({right, wrong})) == {right, wrong}
    claims = competence.claims_on(None, NOW.date())
    assert all("risk-management" in of_person for of_person in claims.values())
    assert len(claims) == 2
    waiting = queries.decisions(page=1, size=20)
    assert [(one.attempt_id, one.outcome) for one in waiting] == [(right, PassOutcome.OPEN)]


def test_every_change_has_an_audit_row_and_the_outcome_is_kept(app: Flask):
    publish_with(keyed("a"))
    attempts = [sat("Ada Lovelace", owner="a"), sat("Ben Okri", owner="b")]
    services.regrade(order(Remedy.FULL_MARKS), "Ambiguous", by=AUTHOR, now=NOW)

    (kept,) = queries.regrades_of(COURSE, QUIZ, "owner")
    outcomes = {one.attempt_id: (one.score_before, one.score_after) for one in kept.outcomes}
    assert outcomes == {attempts[0]: (1, 1), attempts[1]: (0, 1)}
    verbs = [one.verb for one in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert verbs.count("attempt.regrade") == 1
    assert verbs.count("question.regrade") == 1


def test_an_ignored_question_leaves_the_score_to_the_others(app: Flask):
    publish_with(keyed("a"), keyed("a", "other"))
    attempt_id = sat("Ada Lovelace", owner="b", other="a")
    assert row(attempt_id).score == Decimal("0.5")

    services.regrade(order(Remedy.IGNORE_QUESTION), "Off topic", by=AUTHOR, now=NOW)

    assert row(attempt_id).score == Decimal(1)


def test_a_second_regrade_of_another_question_keeps_the_first(app: Flask):
    publish_with(keyed("a"), keyed("a", "other"))
    attempt_id = sat("Ada Lovelace", owner="b", other="b")
    services.regrade(order(Remedy.FULL_MARKS), "One", by=AUTHOR, now=NOW)
    services.regrade(order(Remedy.FULL_MARKS, question="other"), "Two", by=AUTHOR, now=NOW)

    assert row(attempt_id).score == Decimal(1)


@pytest.mark.parametrize(
    ("asked", "remedy", "option"),
    [
        (essay, Remedy.NEW_KEY, None),
        (number, Remedy.IGNORE_OPTION, "a"),
        (single, Remedy.IGNORE_OPTION, None),
    ],
)
def test_a_remedy_that_does_not_fit_is_refused(
    app: Flask, asked: Callable[[], Question], remedy: Remedy, option: str | None
):
    question = asked()
    publish_with(question)
    with pytest.raises(Invalid):
        services.dry_run(order(remedy, option, question.id), by=AUTHOR)


def test_nothing_to_judge_and_nobody_allowed(app: Flask):
    publish_with(keyed("a"))
    with pytest.raises(Conflict):
        services.regrade(order(Remedy.FULL_MARKS), "Why not", by=AUTHOR, now=NOW)
    with pytest.raises(NotVisible):
        services.dry_run(order(Remedy.FULL_MARKS, question="nothing"), by=AUTHOR)
    with pytest.raises(NotAllowed):
        services.dry_run(
            order(Remedy.FULL_MARKS), by=Actor(1, frozenset({Role.MENTOR}), "Ruth Okonkwo")
        )


# --- On the page ----------------------------------------------------------------------------------

PAGE = f"/courses/{COURSE}/quizzes/{QUIZ}/questions/owner/regrading"


@pytest.fixture
def author(app: Flask) -> Visitor:
    make_person("Henrik Vogel", Role.AUTHOR)
    visitor = Visitor(app)
    visitor.log_in("henrik@example.com", PASSWORD)
    return visitor


def test_from_the_choice_over_the_preview_to_the_decision(author: Visitor):
    publish_with(keyed("a"))
    sat("Ada Lovelace", owner="a")
    sat("Ben Okri", owner="b")
    publish_with(keyed("b"), version="2")
    assert "What would change" not in author.open(PAGE).text

    preview = author.open(f"{PAGE}?remedy=new_key").text
    assert "2 graded attempts were asked this question." in preview
    assert "Nobody loses a certificate by this" in preview
    assert "Ben Okri" in preview

    refused = author.send(PAGE, remedy="new_key", reason="")
    assert refused.status == 422
    assert queries.regrades_of(COURSE, QUIZ, "owner") == []

    author.send(PAGE, remedy="new_key", reason="The key was a slip")
    done = author.open(PAGE).soup.find(id="done").get_text(" ", strip=True)
    assert "The key was a slip" in done
    assert "2 of 2 attempts with another score" in done
    assert "1 pass no longer holds" in done


def test_a_remedy_that_is_none_is_refused(author: Visitor):
    publish_with(keyed("a"))
    assert author.open(f"{PAGE}?remedy=everything").status == 422


# --- Reports --------------------------------------------------------------------------------------


@pytest.fixture
def ada(app: Flask) -> Visitor:
    publish_with(keyed("a"))
    sat("Ada Lovelace", owner="b")
    visitor = Visitor(app)
    visitor.log_in("ada@example.com", PASSWORD)
    return visitor


def test_a_report_reaches_the_author_with_its_context_and_comes_back(ada: Visitor, author: Visitor):
    ada.open("/attempts/1/review")
    ada.send("/attempts/1/questions/1/report", text="b is right as well")
    ada.send("/attempts/1/questions/1/report", text="Really")
    listed = author.open("/question-reports")
    assert "b is right as well" in listed.text
    assert "Ada Lovelace" not in listed.soup.main.get_text()

    refused = author.send("/question-reports/1", upheld="yes", answer="")
    assert refused.status == 422
    author.send("/question-reports/1", upheld="yes", answer="You are right; both count now.")
    review = ada.open("/attempts/1/review").text

    assert "You reported this question; you were right" in review
    assert "You are right; both count now." in review


def test_nobody_reports_for_somebody_else_or_without_a_word(app: Flask, ada: Visitor):
    make_person("Eve Stranger")
    eve = Visitor(app)
    eve.log_in("eve@example.com", PASSWORD)
    eve.open("/account")
    assert eve.send("/attempts/1/questions/1/report", text="Wrong").status == 404
    ada.open("/attempts/1/review")
    ada.send("/attempts/1/questions/1/report", text=" ")
    assert ada.send("/attempts/1/questions/9/report", text="Which?").status == 404
    assert queries.open_reports_count() == 0
