"""The catalogue, a course, a lesson, search and media, as learners meet them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.authoring.document import (
    CheckBlock,
    CoursePrerequisite,
    HtmlBlock,
    LessonCompletion,
    Level,
    Module,
    Visibility,
)
from app.core import db
from app.core.policy import Role
from app.learning import services
from app.learning.models import CheckAnswer, Enrolment
from tests.cast import PASSWORD, actor_of, make_person
from tests.learning.courses import (
    make_checked_lesson,
    make_cloze,
    make_course,
    make_lesson,
    make_match,
    make_media,
    make_multiple,
    make_order,
    make_text,
    publish,
)
from tests.statements import counted
from tests.visitor import Visitor


@pytest.fixture
def learner(visitor: Visitor):
    person = make_person()
    visitor.log_in(person.email, PASSWORD)
    return person


def as_(app: Flask, name: str, *roles: Role) -> Visitor:
    person = make_person(name, *roles)
    visitor = Visitor(app)
    visitor.log_in(person.email, PASSWORD)
    return visitor


# --- Catalogue and search --------------------------------------------------------------------


def test_an_empty_catalogue_says_so(visitor: Visitor, learner):
    assert "No course has been published yet" in visitor.open("/courses").text


def test_the_catalogue_shows_courses_with_progress(visitor: Visitor, learner):
    publish(make_course())
    services.complete_lesson("risk", "first", by=actor_of(learner))

    page = visitor.open("/courses")

    assert "Risk in practice" in page.text
    assert "1 of 4 done" in page.text
    assert page.soup.find("a", href="/courses/risk") is not None


def test_the_catalogue_is_narrowed_by_level_and_topic(visitor: Visitor, learner):
    publish(make_course())
    publish(make_course("costs", title="Costs", tags=("money",), level=Level.EXPERT))

    assert "Costs" not in visitor.open("/courses?level=foundation").soup.find("main").text
    by_topic = visitor.open("/courses?tag=money").soup.find("main").text
    assert "Costs" in by_topic
    assert "Risk in practice" not in by_topic
    assert "Nothing matches" in visitor.open("/courses?tag=money&level=foundation").text
    assert visitor.open("/courses?level=x&page=-1&tag=%01").status == 200


def test_the_catalogue_has_pages(visitor: Visitor, learner):
    for n in range(25):
        publish(make_course(f"course-{n:02}", title=f"Course {n:02}"))

    first = visitor.open("/courses")
    assert "Course 24" not in first.text
    second = visitor.open(first.soup.find("a", rel="next")["href"])
    assert "Course 24" in second.text
    assert visitor.open("/courses?page=" + "9" * 5000).status == 200


def test_the_catalogue_sends_the_same_statements_for_one_course_and_for_thirty(
    visitor: Visitor, learner
):
    publish(make_course())
    services.enrol("risk", by=actor_of(learner))
    visitor.open("/courses")
    with counted() as one:
        visitor.open("/courses")
    for n in range(29):
        publish(make_course(f"course-{n}", title=f"Course {n}"))
        services.complete_lesson(f"course-{n}", "first", by=actor_of(learner))
    visitor.open("/courses")
    with counted() as thirty:
        visitor.open("/courses")

    assert len(thirty) == len(one)
    with counted() as searched:
        visitor.open("/courses?q=risk")
    assert len(searched) == len(one) + 1


def test_search_finds_courses_and_lessons_and_marks_the_words(visitor: Visitor, learner):
    publish(make_course())

    page = visitor.open("/search?q=uncertain event")

    assert "What counts as a risk (first)" in page.text
    assert [mark.text for mark in page.soup.find_all("mark")] == ["uncertain", "event", "event"]
    assert page.soup.find("a", href="/courses/risk/first") is not None
    assert "Nothing holds these words" in visitor.open("/search?q=zebra").text
    assert "Search looks into" in visitor.open("/search").text


@pytest.mark.parametrize("text", ['"', "*", "a AND", "<script>alert(1)</script>", "' OR 1", "%00"])
def test_search_takes_any_text(visitor: Visitor, learner, text: str):
    publish(make_course())

    for address in ("/search", "/courses"):
        page = visitor.open(address, query_string={"q": text})
        assert page.status == 200
        assert "<script>alert" not in page.response.text


def test_search_does_not_betray_drafts(app: Flask, visitor: Visitor, learner):
    publish(make_course(visibility=Visibility.DRAFT))

    assert "uncertain event" not in visitor.open("/search?q=uncertain").text.replace(
        "uncertain event?", ""
    )
    assert visitor.open("/courses/risk").status == 404
    assert visitor.open("/courses/risk/first").status == 404
    author = as_(app, "Aud", Role.AUTHOR)
    assert "Draft" in author.open("/courses").text
    assert "Only authors see this course" in author.open("/courses/risk").text


# --- A course --------------------------------------------------------------------------------


def test_the_course_page_shows_outline_and_worth(visitor: Visitor, learner):
    publish(make_course(prerequisites=(CoursePrerequisite("costs"),)))
    publish(make_course("costs", title="Costs"))

    page = visitor.open("/courses/risk")

    assert "Foundations" in page.text
    assert "12 min" in page.text
    assert "8 questions in 1 h" in page.text
    assert "risk-management" in page.text
    assert "Final exam at 60%, holds for 24 months" in page.text
    assert "Costs Not yet" in page.text
    assert page.soup.find("a", href="/courses/risk/quizzes/exam") is not None
    assert page.soup.find("a", href="/courses/risk/first") is not None


def test_a_course_that_is_not_there_is_404(visitor: Visitor, learner):
    assert visitor.open("/courses/none").status == 404
    publish(make_course())
    assert visitor.open("/courses/risk/none").status == 404


def test_enrolling_leads_to_the_first_lesson(visitor: Visitor, learner):
    publish(make_course())
    page = visitor.open("/courses/risk")
    assert "Enrol" in page.text

    answer = visitor.send("/courses/risk/enrolment")

    assert (answer.status, answer.location) == (302, "/courses/risk/first")
    assert "Begin" in visitor.open("/courses/risk").text


def test_resuming_leads_to_where_one_was(visitor: Visitor, learner):
    publish(make_course())
    visitor.open("/courses/risk")
    visitor.send("/courses/risk/enrolment")
    visitor.open("/courses/risk/first")

    assert visitor.send("/courses/risk/first/place", anchor="owner").status == 204

    page = visitor.open("/courses/risk")
    assert "Resume where you were" in page.text
    assert page.soup.find("a", href="/courses/risk/first#owner") is not None


def test_retired_stays_open_for_those_in_it(app: Flask, visitor: Visitor, learner):
    publish(make_course())
    services.enrol("risk", by=actor_of(learner))
    publish(make_course(visibility=Visibility.RETIRED))

    assert "No longer offered" in visitor.open("/courses/risk").text
    assert visitor.open("/courses/risk/first").status == 200
    assert as_(app, "Otto").open("/courses/risk").status == 404


def test_pages_want_a_login(visitor: Visitor):
    publish(make_course())

    for address in ("/courses", "/courses/risk", "/courses/risk/first", "/search"):
        assert visitor.open(address).location == f"/login?next={address}"


# --- A lesson --------------------------------------------------------------------------------


def test_a_lesson_shows_text_objectives_contents_and_the_way_on(visitor: Visitor, learner):
    publish(make_course())

    page = visitor.open("/courses/risk/first")

    assert "A risk is an uncertain event." in page.text
    assert "Tell a risk from an issue" in page.text
    assert page.soup.select_one('.contents a[href="#owner"]').text == "Owning a risk"
    assert page.soup.select_one('a[rel="next"]')["href"] == "/courses/risk/second"
    assert page.soup.select_one('a[rel="prev"]') is None
    second = visitor.open("/courses/risk/second")
    assert second.soup.select_one('a[rel="next"]')["href"] == "/courses/risk/quizzes/checkpoint"


def test_a_lesson_takes_four_statements(visitor: Visitor, learner):
    publish(make_course())
    for lesson in ("first", "second"):
        visitor.open(f"/courses/risk/{lesson}")
        with counted() as statements:
            visitor.open(f"/courses/risk/{lesson}")
        assert len(statements) <= 4, statements


def test_opening_pages_changes_nothing(visitor: Visitor, learner):
    publish(make_course())
    with counted() as statements:
        for address in ("/courses", "/courses/risk", "/courses/risk/first", "/courses/risk/second"):
            visitor.open(address)

    assert [sql for sql in statements if not sql.startswith("SELECT")] == []


def test_marking_as_read_goes_on(visitor: Visitor, learner):
    publish(make_course())
    visitor.open("/courses/risk/first")

    answer = visitor.send("/courses/risk/first/completion")

    assert answer.location == "/courses/risk/second"
    page = visitor.open("/courses/risk/first")
    assert "You have read this lesson." in page.text
    assert "1 of 4 done" in page.text


def test_a_lesson_that_changed_says_so(visitor: Visitor, learner):
    publish(make_course())
    visitor.open("/courses/risk/first")
    visitor.send("/courses/risk/first/completion")
    changed = make_lesson("first", blocks=(HtmlBlock("html", "<p>Anew.</p>"),))
    publish(make_course(lessons=(changed, make_checked_lesson())))

    page = visitor.open("/courses/risk/first")
    assert "Changed since you finished it" in page.text
    assert "12 min, changed since you read it" in visitor.open("/courses/risk").text

    visitor.send("/courses/risk/first/completion")
    assert "Changed since" not in visitor.open("/courses/risk/first").text


def test_a_lesson_with_checks_cannot_just_be_marked(visitor: Visitor, learner):
    publish(make_course())
    page = visitor.open("/courses/risk/second")

    assert "2 questions of this lesson are still to be answered" in page.text
    assert visitor.send("/courses/risk/second/completion").status == 409


# --- Checks ----------------------------------------------------------------------------------


def test_an_unanswered_check_holds_no_key(visitor: Visitor, learner):
    questions = (make_multiple("m"), make_match("k"), make_order("o"), make_text("t"))
    checks = tuple(CheckBlock("check", one) for one in (*questions, make_cloze("c")))
    publish(
        make_course(
            lessons=(make_checked_lesson("first"), make_lesson("second", blocks=checks)),
            modules=(Module(None, ("first", "second", "checkpoint", "exam")),),
        )
    )

    first = visitor.open("/courses/risk/first").response.text
    for secret in ("It has happened already", "Threats have not happened", "10000", "10,000"):
        assert secret not in first
    second = "".join(map(str, visitor.open("/courses/risk/second").soup.select(".question")))
    for secret in ("register", "owner", " selected>uncertain", " checked", "Multiply"):
        assert secret not in second


def test_a_wrong_answer_is_told_what_is_wrong_and_can_be_tried_again(visitor: Visitor, learner):
    publish(make_course())
    visitor.open("/courses/risk/second")

    page = visitor.send("/courses/risk/second/checks/flooded", answer="o1")

    assert page.status == 200
    assert "Not right" in page.text
    assert "Threats have not happened yet." in page.text
    assert "Try again" in page.text
    assert "would be right" not in page.text
    again = visitor.send("/courses/risk/second/checks/flooded", answer="o2")
    assert "It has happened already." in again.text
    assert again.soup.select_one("#check-flooded form") is None


def test_the_last_right_answer_finishes_the_lesson(visitor: Visitor, learner):
    publish(make_course())
    visitor.open("/courses/risk/second")
    visitor.send("/courses/risk/second/checks/flooded", answer="o2")
    page = visitor.send("/courses/risk/second/checks/exposure", answer="10 000")

    assert "Every question of this lesson is answered." in page.text
    assert "1 of 4 done" in page.text


def test_an_answer_that_is_none_is_refused(visitor: Visitor, learner):
    publish(make_course())
    visitor.open("/courses/risk/second")

    for fields in ({}, {"answer": ""}, {"answer": "o99"}):
        page = visitor.send("/courses/risk/second/checks/flooded", **fields)
        assert page.status == 422
        assert page.soup.select_one('[role="alert"]').text
    assert visitor.send("/courses/risk/second/checks/none", answer="o1").status == 404
    assert db.session.scalar(select(func.count()).select_from(CheckAnswer)) == 0


def test_a_script_gets_the_check_alone(visitor: Visitor, learner):
    publish(make_course())
    token = visitor.open("/courses/risk/second").token()

    answer = visitor.client.post(
        "/courses/risk/second/checks/flooded",
        data={"csrf_token": token, "answer": "o2"},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "data-check" in answer.text
    assert "data-after" in answer.text


def test_checks_are_optional_in_a_lesson_done_by_reading(visitor: Visitor, learner):
    lesson = replace(make_checked_lesson("first"), completion=LessonCompletion.READ)
    publish(make_course(lessons=(lesson, make_lesson("second"))))
    visitor.open("/courses/risk/first")

    assert visitor.send("/courses/risk/first/completion").location == "/courses/risk/second"


def test_finishing_everything_is_said(visitor: Visitor, learner):
    only = (Module(None, ("first",)),)
    publish(
        make_course(
            lessons=(make_lesson("first"),), quizzes=(), modules=only, awards=(), certificate=None
        )
    )
    visitor.open("/courses/risk/first")

    assert visitor.send("/courses/risk/first/completion").location == "/courses/risk"
    assert "you have finished this course" in visitor.open("/courses/risk").text
    assert db.session.scalars(select(Enrolment)).one().last_lesson_id == "first"


# --- Media -----------------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def test_media_are_served_to_those_who_see_the_course(app: Flask, visitor: Visitor, learner):
    picture = make_media("map.svg", SVG, "image/svg+xml")
    sheet = make_media("list.csv", b"a,b", "text/csv")
    publish(
        make_course(media=(picture, sheet), visibility=Visibility.DRAFT),
        {picture.sha256: SVG, sheet.sha256: b"a,b"},
    )
    address = f"/courses/risk/media/{picture.sha256}/map.svg"
    assert visitor.open(address).status == 404

    author = as_(app, "Aud", Role.AUTHOR).client
    answer = author.get(address)
    assert answer.data == SVG
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    again = author.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    download = author.get(f"/courses/risk/media/{sheet.sha256}/li%22st%0d%0a.csv")
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert "\n" not in download.headers["Content-Disposition"]


def test_media_of_another_course_are_not_there(visitor: Visitor, learner):
    picture = make_media("map.png", b"picture")
    publish(make_course(media=(picture,)), {picture.sha256: b"picture"})
    publish(make_course("costs"))

    assert visitor.open(f"/courses/risk/media/{picture.sha256}/map.png").status == 200
    assert visitor.open(f"/courses/costs/media/{picture.sha256}/map.png").status == 404
    assert visitor.open(f"/courses/risk/media/{'0' * 64}/map.png").status == 404


def test_media_of_an_earlier_revision_stay(visitor: Visitor, learner):
    picture = make_media("map.png", b"picture")
    publish(make_course(media=(picture,)), {picture.sha256: b"picture"})
    publish(make_course(title="Without"))

    assert visitor.open(f"/courses/risk/media/{picture.sha256}/map.png").status == 200
