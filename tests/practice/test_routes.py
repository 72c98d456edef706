"""Practising and readiness as a learner sees them; nobody else sees any of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

import app as application
from app.authoring.document import Feedback, Review
from app.core import clock
from app.core.policy import Actor, Role
from app.practice import queries
from app.practice.rules import ENOUGH
from tests.cast import PASSWORD, actor_of, make_person
from tests.learning.courses import make_course, make_exam, make_number, make_section
from tests.practice.cards import LATER, RIGHT, TODAY, WRONG, cards, course, history, meet, sit
from tests.statements import counted
from tests.visitor import Page, Visitor


@pytest.fixture
def ada(visitor: Visitor) -> Actor:
    person = make_person()
    visitor.log_in(person.email, PASSWORD)
    return actor_of(person)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Everything that was met is due."""
    monkeypatch.setattr(clock, "now", lambda: LATER)
    return LATER


def meet_some_time_ago(ada: Actor) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: TODAY)
        meet(ada, {"flooded": "o2"})


def fields(page: Page) -> dict[str, str]:
    """What the form of the question sends along."""
    form = page.soup.select_one("[data-practice] form")
    assert form is not None
    return {
        field["name"]: field["value"]
        for field in form.select("input[type=hidden]")
        if field["name"] != "csrf_token"
    }


def address(page: Page) -> str:
    form = page.soup.select_one("[data-practice] form")
    assert form is not None
    return str(form["action"])


# --- Practising ------------------------------------------------------------------------------


def test_without_anything_met_the_page_says_what_to_do(visitor: Visitor, ada: Actor):
    page = visitor.open("/practice")
    assert "Nothing to practise yet" in page.text
    assert page.soup.select_one("main a[href='/courses']") is not None


def test_a_question_is_asked_answered_explained_and_gone(
    visitor: Visitor, ada: Actor, later: datetime
):
    course()
    meet_some_time_ago(ada)
    page = visitor.open("/practice")
    assert "1 question left" in page.text
    assert "The server room is flooded" in page.text

    answered = visitor.send(address(page), **fields(page), answer="o2")
    assert answered.status == 200
    assert "It has happened already." in answered.text
    assert answered.soup.select_one("a[href^='/courses/risk/first']") is not None
    assert "Finish" in answered.text
    done = visitor.open("/practice")
    assert "Done for today" in done.text
    assert "You have answered 1 question today." in done.text


def test_a_wrong_answer_may_be_tried_once_more_then_it_is_explained(
    visitor: Visitor, ada: Actor, later: datetime
):
    course()
    meet_some_time_ago(ada)
    page = visitor.open("/practice")
    before = [one["value"] for one in page.soup.select(".options input")]

    again = visitor.send(address(page), **fields(page), answer="o1")
    assert "One more try" in again.text
    assert "It has happened already." not in again.text
    assert "would be right" not in again.text
    assert [one["value"] for one in again.soup.select(".options input")] == before

    wrong = visitor.send(address(again), **fields(again), answer="o3")
    assert "would be right" in wrong.text
    assert "It has happened already." in wrong.text
    assert "It comes back on" in wrong.text
    assert [one.get("value") for one in wrong.soup.select(".options input")] == before


def test_sending_the_same_form_again_is_told_the_same(
    visitor: Visitor, ada: Actor, later: datetime
):
    course()
    meet_some_time_ago(ada)
    page = visitor.open("/practice")
    sent = fields(page)
    first = visitor.send(address(page), **sent, answer="o1")
    second = visitor.send(address(page), **sent, answer="o1")

    assert "One more try" in first.text
    assert "One more try" in second.text
    assert len(history("flooded")) == 2


def test_hints_come_one_by_one_and_what_was_chosen_stays(
    visitor: Visitor, ada: Actor, later: datetime
):
    course()
    meet_some_time_ago(ada)
    page = visitor.open("/practice")
    assert "Has it happened?" not in page.text
    button = page.soup.select_one("[data-practice-hint]")
    assert button is not None

    hinted = visitor.send(str(button["formaction"]), **fields(page), answer="o3")
    assert "Has it happened?" in hinted.text
    assert hinted.soup.select_one("[data-practice-hint]") is None
    chosen = hinted.soup.select_one(".options input[checked]")
    assert chosen is not None
    assert chosen["value"] == "o3"


def test_nothing_entered_is_refused_where_one_looks(visitor: Visitor, ada: Actor, later: datetime):
    course()
    meet_some_time_ago(ada)
    page = visitor.open("/practice")
    refused = visitor.send(address(page), **fields(page))
    assert refused.status == 422
    assert "Choose or enter an answer first." in refused.text


def test_a_form_without_its_key_is_refused(visitor: Visitor, ada: Actor, later: datetime):
    course()
    meet_some_time_ago(ada)
    page = visitor.open("/practice")
    assert visitor.send(address(page), answer="o2").status == 400
    assert visitor.send(address(page), answer="o2", request_key="x" * 65).status == 400


def test_only_what_i_got_wrong(visitor: Visitor, ada: Actor):
    course()
    meet(ada, {"flooded": "o2", "exposure": "1"})
    page = visitor.open("/practice?only=wrong")
    assert "20 % of 50,000" in page.text
    answered = visitor.send(address(page), **fields(page), answer="10000")
    assert "Right at once" in answered.text
    next_one = answered.soup.select_one("[data-practice-next]")
    assert next_one is not None
    assert "Nothing wrong" in visitor.open(str(next_one["href"])).text


def test_the_home_page_counts_what_comes_back_today(
    visitor: Visitor, ada: Actor, monkeypatch: pytest.MonkeyPatch
):
    course()
    meet(ada, RIGHT)
    assert "No question comes back today." in visitor.open("/").text
    monkeypatch.setattr(clock, "now", lambda: LATER)
    page = visitor.open("/")
    assert "2 questions you have met come back today." in page.text
    assert page.soup.select_one("a[href='/practice']") is not None


def test_pages_send_the_same_statements_for_few_cards_and_for_many(
    visitor: Visitor, ada: Actor, monkeypatch: pytest.MonkeyPatch
):
    course()
    meet(ada, {"flooded": "o2", "exposure": "1"})
    monkeypatch.setattr(clock, "now", lambda: LATER)
    few = [statements(visitor, where) for where in PAGES]
    for number in range(12):
        course(id=f"course-{number}")
        meet(ada, WRONG, f"course-{number}")
        sit(ada, "checkpoint", {"c1": "o2"}, LATER, f"course-{number}")
    many = [statements(visitor, where) for where in PAGES]

    assert many == few


PAGES = ("/practice", "/practice?only=wrong", "/courses/risk/readiness")


def statements(visitor: Visitor, where: str) -> int:
    visitor.open(where)
    with counted() as sent:
        visitor.open(where)
    return len(sent)


# --- Readiness -------------------------------------------------------------------------------


def ready_course(count: int = ENOUGH) -> None:
    """An exam on two domains, and a practice quiz of the same questions."""
    asked = tuple(
        replace(
            make_number(f"n{number}"),
            content_hash=f"{number:064}",
            domain="plan" if number % 2 else "identify",
            review=Review("second", None),
        )
        for number in range(count)
    )
    exam = make_exam(sections=(make_section(*asked),), feedback=Feedback.AFTER_SUBMIT)
    course(quizzes=(replace(make_course().quizzes[0]), exam))


def test_too_few_answers_say_nothing(visitor: Visitor, ada: Actor):
    ready_course()
    meet(ada, {"flooded": "o2"})
    page = visitor.open("/courses/risk/readiness")
    assert "Not enough answers yet" in page.text
    assert f"1 of {ENOUGH}" in page.text
    assert "Chance of passing" not in page.text


def test_readiness_says_how_likely_one_passes_and_what_mends_it(visitor: Visitor, ada: Actor):
    ready_course()
    right = {f"n{number}": "10000" for number in range(0, ENOUGH, 2)}
    sit(ada, "exam", right, TODAY)
    page = visitor.open("/courses/risk/readiness")

    assert "Chance of passing now" in page.text
    assert "between" in page.text
    assert "What holds you down plan Spotting risks" in page.text
    assert page.soup.select_one("main a[href='/courses/risk/second']") is not None


def test_a_course_without_an_exam_says_so(visitor: Visitor, ada: Actor):
    course(quizzes=(make_course().quizzes[0],))
    assert "no exam" in visitor.open("/courses/risk/readiness").text


def test_the_course_leads_to_readiness(visitor: Visitor, ada: Actor):
    course()
    meet(ada, {"flooded": "o2"})
    page = visitor.open("/courses/risk")
    assert page.soup.select_one("a[href='/courses/risk/readiness']") is not None


# --- For the learner alone -------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_no_role_opens_what_somebody_else_practises(app: Flask, role: Role):
    owner = actor_of(make_person("Grace Hopper"))
    ready_course()
    meet(owner, WRONG)
    sit(owner, "exam", {}, TODAY)
    card_id = cards()["flooded"].id
    person = make_person("Ada Lovelace", role)
    other = Visitor(app)
    other.log_in(person.email, PASSWORD)

    assert "Nothing to practise yet" in other.open("/practice?only=wrong").text
    assert "Not enough answers yet" in other.open("/courses/risk/readiness").text
    sent = {"request_key": "key", "answer": "o2"}
    assert other.send(f"/practice/{card_id}/answers", **sent).status == 404
    assert other.send(f"/practice/{card_id}/hints").status == 404
    assert queries.queue(owner, LATER + timedelta(days=1)) != []


SOURCES = Path(application.__file__).parent
MAY_READ = {"practice", "insight"}
"""Features whose code may name practice: its own, and the home page, which is each person's own."""


def test_nothing_of_staff_api_or_matching_reads_practice():
    readers = set()
    for path in SOURCES.glob("*/**/*.py"):
        feature = path.relative_to(SOURCES).parts[0]
        if feature not in MAY_READ and any(map(_is_practice, _imported(path))):
            readers.add(str(path))
    assert readers == set()


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_practice(module: str) -> bool:
    return module == "app.practice" or module.startswith("app.practice.")


def test_no_other_code_names_the_tables_of_practice():
    tables = ("practice_card", "practice_answer")
    named = [
        str(path)
        for path in SOURCES.glob("*/**/*.py")
        if path.relative_to(SOURCES).parts[0] != "practice"
        and any(table in path.read_text() for table in tables)
    ]
    assert named == []
