"""Quizzes, attempts, reviews and marking as people meet them, and what their pages never say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.assessment import services
from app.assessment.models import AttemptState
from app.assessment.services import Save
from app.authoring.document import Criterion, Feedback, Navigation, OnTimeout, QuizMode, Review
from app.core.policy import Actor, Role
from tests.assessment.questions import EXACT, essay, graded_by_machine, multiple, order, single
from tests.assessment.quizzes import (
    COURSE,
    NOW,
    QUIZ,
    answer_all,
    learner,
    many,
    publish_exam,
    row,
    sitting,
)
from tests.cast import PASSWORD
from tests.learning.courses import make_section
from tests.statements import counted
from tests.visitor import Page, Visitor

MINUTE = timedelta(minutes=1)
QUIZ_PAGE = f"/courses/{COURSE}/quizzes/{QUIZ}"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(app: Flask, clock: Any) -> Actor:
    return learner()


@pytest.fixture
def visitor(app: Flask, ada: Actor) -> Visitor:
    """Ada, logged in."""
    visitor = Visitor(app)
    visitor.log_in("ada@example.com", PASSWORD)
    return visitor


def begin(visitor: Visitor) -> int:
    visitor.open(QUIZ_PAGE)
    page = visitor.send(f"{QUIZ_PAGE}/attempts")
    assert page.status == 302, page.text
    return int(str(page.location).split("/")[-1])


def send_step(visitor: Visitor, attempt_id: int, go: str, **fields: Any) -> Page:
    return visitor.send(f"/attempts/{attempt_id}/answers", go=go, **fields)


# --- The quiz page -----------------------------------------------------------------------


def test_the_quiz_page_says_its_rules(visitor: Visitor):
    publish_exam(attempts=3, cooldown=86400, pass_mark=Decimal("0.6"))
    page = visitor.open(QUIZ_PAGE)
    for words in ("1 hour", "60% of the points", "3 left of 3", "24 hours", "the best one counts"):
        assert words in page.text, words
    assert page.soup.find("button", string=None) is not None


def test_the_quiz_page_asks_as_often_for_thirty_questions_as_for_one(visitor: Visitor):
    publish_exam(*many(1))
    visitor.open(QUIZ_PAGE)
    with counted() as few:
        visitor.open(QUIZ_PAGE)
    publish_exam(*many(30))
    visitor.open(QUIZ_PAGE)
    with counted() as more:
        visitor.open(QUIZ_PAGE)
    assert len(more) == len(few)


def test_starting_again_comes_back_to_the_open_attempt(visitor: Visitor):
    publish_exam()
    assert begin(visitor) == begin(visitor)
    assert "Go on with the attempt" in visitor.open(QUIZ_PAGE).text


def test_a_start_too_early_is_refused_with_the_time(visitor: Visitor, clock: Any):
    publish_exam(cooldown=86400)
    attempt_id = begin(visitor)
    visitor.send(f"/attempts/{attempt_id}/submission")
    page = visitor.send(f"{QUIZ_PAGE}/attempts")
    assert page.status == 409
    assert "The next attempt is possible from" in page.text


def test_a_quiz_that_is_not_there_is_not_found(visitor: Visitor):
    publish_exam()
    assert visitor.open(f"/courses/{COURSE}/quizzes/nothing").status == 404
    assert visitor.open("/courses/nothing/quizzes/exam").status == 404


# --- An open attempt ---------------------------------------------------------------------


def test_an_attempt_is_sat_from_start_to_review_without_script(visitor: Visitor, ada: Actor):
    publish_exam()
    attempt_id = begin(visitor)
    page = visitor.open(f"/attempts/{attempt_id}")
    assert len(page.soup.select("article.question")) == 8

    fields: dict[str, Any] = {"a1": "a", "a2": "t", "a3": ["a", "b"], "a6": "10,000"}
    fields |= {"a4[l1]": "r1", "a4[l2]": "r2", "a7": "Business case"}
    fields |= {f"a5[i{place}]": str(place) for place in range(1, 5)}
    fields |= {"a8[b1]": "cause", "a8[b2]": "x", "a8[b3]": "0,1", "f6": "1", "part": "1"}
    saved = send_step(visitor, attempt_id, "finish", **fields)

    assert saved.location == f"/attempts/{attempt_id}/summary"
    assert "Every question has an answer" in visitor.open(saved.location).text
    assert [slot.flagged for slot in sitting(ada, attempt_id).attempt.slots].count(True) == 1
    handed_in = visitor.send(f"/attempts/{attempt_id}/submission")
    review = visitor.open(str(handed_in.location))
    assert "Passed You reached 100%; 60% were needed." in review.text
    assert visitor.send(f"/attempts/{attempt_id}/submission").status == 302


def test_what_is_saved_stands_in_the_controls(visitor: Visitor, ada: Actor):
    publish_exam()
    attempt_id = begin(visitor)
    answer_all(ada, attempt_id, EXACT)
    soup = visitor.open(f"/attempts/{attempt_id}").soup
    assert [box["value"] for box in soup.select("[name=a3][checked]")] == ["a", "b"]
    assert soup.select_one("[name=a6]")["value"] == "10,000"
    chosen = [one["value"] for one in soup.select("[name^='a4['] option[selected]")]
    assert chosen == ["r1", "r2"]
    places = {
        one["name"]: one.select_one("[selected]")["value"]
        for one in soup.select("select[name^='a5[']")
    }
    assert places == {"a5[i1]": "1", "a5[i2]": "2", "a5[i3]": "3", "a5[i4]": "4"}


def test_items_left_in_the_order_shown_are_no_answer(visitor: Visitor, ada: Actor):
    publish_exam(order())
    attempt_id = begin(visitor)
    shown = sitting(ada, attempt_id).slot(1).order
    fields = {f"a1[{item}]": str(place) for place, item in enumerate(shown, 1)}
    send_step(visitor, attempt_id, "stay", part="1", **fields)
    assert sitting(ada, attempt_id).slot(1).answer is None


def test_two_items_in_one_place_are_refused_and_the_rest_is_kept(visitor: Visitor, ada: Actor):
    publish_exam(order(), single())
    attempt_id = begin(visitor)
    places = {f"a1[i{number}]": "1" for number in range(1, 5)}
    page = send_step(visitor, attempt_id, "next", part="1", a2="a", **places)
    assert page.status == 422
    assert "Question 1: Give each item a place of its own." in page.text
    assert sitting(ada, attempt_id).slot(2).answer == "a"


def test_an_older_window_does_not_overwrite(visitor: Visitor, ada: Actor):
    publish_exam(single())
    attempt_id = begin(visitor)
    services.save(attempt_id, 1, Save("c", 9), by=ada, now=NOW)
    page = send_step(visitor, attempt_id, "stay", part="1", a1="a", n1="3")
    assert page.status == 422
    assert "perhaps from another window" in page.text
    assert sitting(ada, attempt_id).slot(1).answer == "c"


@pytest.mark.parametrize("navigation", [Navigation.SECTIONS, Navigation.SEQUENTIAL])
def test_one_way_means_one_way_for_reading_too(visitor: Visitor, navigation: Navigation):
    first, second = many(2)
    sections = (make_section(first, title="First"), make_section(second, title="Second"))
    publish_exam(*sections, navigation=navigation)
    attempt_id = begin(visitor)

    def shown(part: int) -> list[str]:
        soup = visitor.open(f"/attempts/{attempt_id}?part={part}").soup
        return [str(article["id"]) for article in soup.select("article.question")]

    assert shown(1) == shown(2) == ["q1"]
    send_step(visitor, attempt_id, "next", part="1", a1="a")
    assert shown(1) == shown(2) == ["q2"]
    late = send_step(visitor, attempt_id, "stay", part="1", a1="b")
    assert late.status == 302
    assert shown(1) == ["q2"]


def test_where_one_may_walk_freely_each_part_has_its_page_and_scenario(visitor: Visitor):
    first, second = many(2)
    publish_exam(
        make_section(first),
        make_section(second, title="Depot", scenario_html="<p>The lease ends.</p>"),
    )
    attempt_id = begin(visitor)
    assert "The lease ends." not in visitor.open(f"/attempts/{attempt_id}").text
    page = visitor.open(f"/attempts/{attempt_id}?part=2")
    assert "The lease ends." in page.text
    assert "Part 2 of 2" in page.text
    assert send_step(visitor, attempt_id, "previous", part="2").location.endswith("part=1")


def test_the_attempt_page_asks_as_often_for_thirty_questions_as_for_one(visitor: Visitor):
    counts = []
    for number, count in enumerate((1, 30)):
        publish_exam(*many(count))
        attempt_id = begin(visitor)
        visitor.open(f"/attempts/{attempt_id}")
        with counted() as sent:
            visitor.open(f"/attempts/{attempt_id}")
        counts.append(len(sent))
        visitor.send(f"/attempts/{attempt_id}/submission")
        with counted() as sent:
            visitor.open(f"/attempts/{attempt_id}/review")
        counts.append(len(sent))
        assert number < 2
    assert counts[:2] == counts[2:]


def test_after_the_deadline_the_attempt_shows_its_result(visitor: Visitor, clock: Any):
    publish_exam(single())
    attempt_id = begin(visitor)
    clock.move_to(NOW + 61 * MINUTE)
    page = visitor.open(f"/attempts/{attempt_id}")
    assert page.location == f"/attempts/{attempt_id}/review"
    assert row(attempt_id).state is AttemptState.GRADED


def test_in_the_grace_one_is_led_to_handing_in(visitor: Visitor, clock: Any):
    publish_exam(single(), on_timeout=OnTimeout.GRACE, grace=600)
    attempt_id = begin(visitor)
    clock.move_to(NOW + 61 * MINUTE)
    page = visitor.open(f"/attempts/{attempt_id}")
    assert page.location == f"/attempts/{attempt_id}/summary"
    assert "The time for answers is over." in visitor.open(page.location).text
    clock.move_to(NOW + 71 * MINUTE)
    page = visitor.open(f"/attempts/{attempt_id}/review")
    assert "not handed in within its time" in page.text


# --- What no page says -------------------------------------------------------------------

SECRETS = ("Secret", "business case", "0.02", "weight", "correct")


@pytest.mark.parametrize("navigation", list(Navigation))
def test_an_open_attempt_holds_no_key(visitor: Visitor, ada: Actor, navigation: Navigation):
    publish_exam(*graded_by_machine(), essay(), navigation=navigation)
    attempt_id = begin(visitor)
    answers = {"owner": "b", "upside": "f"} if navigation is Navigation.FREE else {}
    answer_all(ada, attempt_id, answers)
    for address in (
        QUIZ_PAGE,
        f"/attempts/{attempt_id}",
        f"/attempts/{attempt_id}/summary",
        f"/api/v1/attempts/{attempt_id}",
    ):
        text = visitor.client.get(address).get_data(as_text=True).casefold()
        for secret in SECRETS:
            assert secret.casefold() not in text, (address, secret)
    assert visitor.open(f"/attempts/{attempt_id}/review").status == 302


def test_hints_are_for_practice(visitor: Visitor):
    publish_exam(single(), mode=QuizMode.PRACTICE)
    assert "Secret hint." in visitor.open(f"/attempts/{begin(visitor)}").text


def reviewed(visitor: Visitor, ada: Actor, feedback: Feedback, answer: str) -> str:
    publish_exam(single(), feedback=feedback)
    attempt_id = begin(visitor)
    answer_all(ada, attempt_id, {"owner": answer})
    visitor.send(f"/attempts/{attempt_id}/submission")
    return visitor.open(f"/attempts/{attempt_id}/review").text


@pytest.mark.parametrize(
    ("feedback", "answer", "keys"),
    [
        (Feedback.IMMEDIATE, "b", True),
        (Feedback.AFTER_SUBMIT, "b", True),
        (Feedback.AFTER_PASS, "b", False),
        (Feedback.AFTER_PASS, "a", True),
        (Feedback.NEVER, "a", False),
    ],
)
def test_the_review_shows_what_the_quiz_allows(
    visitor: Visitor, ada: Actor, feedback: Feedback, answer: str, keys: bool
):
    text = reviewed(visitor, ada, feedback, answer)
    assert ("Secret why." in text) == keys
    assert ("Passed" in text) == (answer == "a")
    api = visitor.client.get("/api/v1/attempts/1").get_json()
    assert any("why_html" in one for one in api.get("answers", [])) == keys


def test_keys_hide_while_another_attempt_is_open(visitor: Visitor, ada: Actor):
    assert "Secret why." in reviewed(visitor, ada, Feedback.AFTER_SUBMIT, "b")
    first = row(1).id
    begin(visitor)
    text = visitor.open(f"/attempts/{first}/review").text
    assert "Secret" not in text
    assert "while you have another attempt at this quiz open" in text


def test_a_wrong_answer_links_to_the_heading_it_reviews(visitor: Visitor, ada: Actor):
    publish_exam(replace(single(), review=Review("first", "owner")))
    attempt_id = begin(visitor)
    visitor.send(f"/attempts/{attempt_id}/submission")
    page = visitor.open(f"/attempts/{attempt_id}/review")
    link = page.soup.select_one(".explanation-review a")
    assert link is not None
    assert (link["href"], link.text) == (
        f"/courses/{COURSE}/first#owner",
        "Read again: Owning a risk",
    )


def test_the_review_draws_every_type_with_its_key(visitor: Visitor, ada: Actor):
    publish_exam(*graded_by_machine(), essay())
    attempt_id = begin(visitor)
    wrong = {"owner": "b", "upside": "f", "responses": ["a", "c"], "roles": {"l1": "r3"}}
    wrong |= {"procedure": ["i2", "i1", "i3", "i4"], "emv": "7", "case": "plan", "draft": "Since"}
    answer_all(ada, attempt_id, {**wrong, "statement": {"b1": "cause", "b2": "y"}})
    visitor.send(f"/attempts/{attempt_id}/submission")
    text = visitor.open(f"/attempts/{attempt_id}/review").text
    for words in (
        "An answer waits for a marker",
        "would be right",
        "Item l1 → Item r1",
        "not in place",
        "10,000 ± 1 %",
        "business case or the business case",
        "Blank 3 → 0.1 ± 0.02",
        "Points: 0.33 of 1",
    ):
        assert words in text, words


@pytest.mark.parametrize("address", ["", "/review", "/summary"])
def test_an_attempt_of_somebody_else_is_not_there(app: Flask, visitor: Visitor, address: str):
    publish_exam()
    attempt_id = begin(visitor)
    learner("Root Admin", Role.ADMIN)
    other = Visitor(app)
    other.log_in("root@example.com", PASSWORD)
    assert other.open(f"/attempts/{attempt_id}{address}").status == 404
    assert other.send(f"/attempts/{attempt_id}/submission").status == 404


# --- Marking -----------------------------------------------------------------------------


def test_a_mentor_marks_without_a_name_and_the_learner_reads_it(
    app: Flask, visitor: Visitor, ada: Actor
):
    publish_exam(essay(), multiple())
    attempt_id = begin(visitor)
    answer_all(ada, attempt_id, {"draft": "Because the lease ends", "responses": ["a", "b"]})
    visitor.send(f"/attempts/{attempt_id}/submission")
    learner("Mia Mentor", Role.MENTOR)
    mia = Visitor(app)
    mia.log_in("mia@example.com", PASSWORD)

    listing = mia.open("/marking")
    address = str(listing.soup.select_one("main table a")["href"])
    page = mia.open(address)
    assert "Because the lease ends" in page.text
    assert "Secret rubric." in page.text
    assert "Ada" not in page.text + listing.text
    assert mia.send(address, **{"points-0": "9"}).status == 422
    assert (
        mia.send(address, **{"points-0": "4", "comment": "Name an owner."}).location == "/marking"
    )

    review = visitor.open(f"/attempts/{attempt_id}/review")
    assert "Name an owner." in review.text
    assert "You reached 83.3%" in review.text
    assert "Mia" not in review.text


def test_points_stand_by_criterion_in_the_form_and_in_the_review(
    app: Flask, visitor: Visitor, ada: Actor
):
    criteria = (Criterion("cause and effect", Decimal(3)), Criterion("one owner", Decimal(1)))
    publish_exam(essay(points=Decimal(4), criteria=criteria))
    attempt_id = begin(visitor)
    answer_all(ada, attempt_id, {"draft": "Because the lease ends"})
    visitor.send(f"/attempts/{attempt_id}/submission")
    learner("Mia Mentor", Role.MENTOR)
    mia = Visitor(app)
    mia.log_in("mia@example.com", PASSWORD)
    address = str(mia.open("/marking").soup.select_one("main table a")["href"])

    refused = mia.send(address, **{"points-0": "2", "points-1": "2"})
    assert refused.status == 422
    assert refused.soup.find("input", {"name": "points-1"})["aria-invalid"] == "true"
    mia.send(address, **{"points-0": "2", "points-1": "1"})
    review = visitor.open(f"/attempts/{attempt_id}/review")
    terms = {one.get_text(): one.find_next("dd").get_text() for one in review.soup.select("dt")}
    assert terms["cause and effect"] == "Points: 2 of 3"
    assert terms["one owner"] == "Points: 1 of 1"


def test_learners_do_not_mark(visitor: Visitor):
    assert visitor.open("/marking").status == 403


def test_before_the_pass_a_checkpoint_tells_how_it_went_and_keeps_its_keys(
    visitor: Visitor, ada: Actor
):
    publish_exam(single(), multiple(), mode=QuizMode.CHECKPOINT, feedback=Feedback.AFTER_PASS)
    attempt_id = begin(visitor)
    answer_all(ada, attempt_id, {"owner": "b", "responses": ["a", "c"]})
    visitor.send(f"/attempts/{attempt_id}/submission")
    page = visitor.open(f"/attempts/{attempt_id}/review")
    questions = page.soup.select(".question")

    assert [one.select_one(".verdict").get_text(strip=True) for one in questions] == [
        "Not right"
    ] * 2
    assert "Points: 0 of 1" in questions[0].get_text()
    assert "Secret feedback." in questions[0].get_text()
    assert page.soup.select(".option-missed") == []
    for hidden in ("Secret why.", "Secret comfort.", "would be right"):
        assert hidden not in page.text
