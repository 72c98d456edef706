"""Publishing, enrolling, reading and answering."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.authoring.document import HtmlBlock, Visibility
from app.core import db, fulltext
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.policy import SYSTEM
from app.learning import queries, services
from app.learning.models import (
    CheckAnswer,
    Course,
    CourseAward,
    Enrolment,
    LessonCompletion,
    MediaFile,
    Revision,
)
from app.learning.services import Outcome
from tests.cast import actor_of, make_person
from tests.learning.courses import (
    make_checked_lesson,
    make_course,
    make_lesson,
    make_media,
    publish,
)

pytestmark = pytest.mark.usefixtures("app")


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# --- Publishing ------------------------------------------------------------------------------


def test_publish_serves_a_new_course():
    published = services.publish(make_course(), {}, by=SYSTEM)

    assert published.outcome is Outcome.NEW
    assert published.lessons.new == ("first", "second")
    assert "second/flooded" in published.questions.new
    row = db.session.scalars(select(Course)).one()
    assert (row.title, row.tags, row.estimated_minutes) == (
        "Risk in practice",
        ["risk", "method"],
        60,
    )
    assert queries.served(row) == make_course()
    award = db.session.scalars(select(CourseAward)).one()
    assert (award.competency_code, award.level) == ("risk-management", 3)


def test_publish_again_changes_nothing_and_says_so():
    first = services.publish(make_course(), {}, by=SYSTEM)
    second = services.publish(make_course(), {}, by=SYSTEM)

    assert second.outcome is Outcome.UNCHANGED
    assert second.revision_id == first.revision_id
    assert second.lessons.unchanged == ("first", "second")
    assert second.questions.updated == ()
    assert count(Revision) == 1


def test_publish_a_change_adds_a_revision_and_names_what_changed():
    publish(make_course())
    changed = make_lesson("first", blocks=(HtmlBlock("html", "<p>Anew.</p>"),), text="Anew.")
    third = make_lesson("third")
    after = make_course(lessons=(changed, third), version="2")
    after = replace(after, modules=(replace(after.modules[0], items=("first", "third")),))

    published = services.publish(after, {}, by=SYSTEM)

    assert published.outcome is Outcome.UPDATED
    assert published.lessons.new == ("third",)
    assert published.lessons.updated == ("first",)
    assert published.lessons.removed == ("second",)
    assert published.questions.removed == ("second/flooded", "second/exposure")
    assert count(Revision) == 2
    assert [hit.key for hit in fulltext.search("anew", scopes=("risk",))] == ["first"]
    assert fulltext.search("closely", scopes=("risk",)) == []


def test_publish_an_earlier_content_again_points_back_to_its_revision():
    first = services.publish(make_course(), {}, by=SYSTEM)
    services.publish(make_course(title="Another"), {}, by=SYSTEM)
    back = services.publish(make_course(), {}, by=SYSTEM)

    assert back.outcome is Outcome.UPDATED
    assert back.revision_id == first.revision_id
    assert count(Revision) == 2


def test_publish_is_all_or_nothing():
    publish(make_course())
    picture = make_media("map.png", b"picture")

    with pytest.raises(Invalid):
        services.publish(make_course(title="New", media=(picture,)), {}, by=SYSTEM)
    with pytest.raises(Invalid):
        services.publish(
            make_course(title="New", media=(picture,)), {picture.sha256: b"forged"}, by=SYSTEM
        )

    row = db.session.scalars(select(Course)).one()
    assert row.title == "Risk in practice"
    assert count(Revision) == 1
    assert count(MediaFile) == 0


def test_two_who_publish_a_new_course_at_once_take_turns():
    def publish_once(n: int) -> Outcome:
        try:
            return services.publish(make_course(title=f"Title {n}"), {}, by=SYSTEM).outcome
        finally:
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(publish_once, range(4)))

    assert len(outcomes) == 4
    assert count(Course) == 1
    assert count(Revision) == 4
    assert len(fulltext.search("title", scopes=("risk",))) == 1


def test_publish_keeps_the_bytes_of_a_file_once():
    picture = make_media("map.png", b"picture")
    publish(make_course(media=(picture,)), {picture.sha256: b"picture"})
    publish(make_course("costs", media=(picture,)))

    kept = db.session.scalars(select(MediaFile)).one()
    assert (kept.sha256, kept.content_type, kept.data) == (picture.sha256, "image/png", b"picture")


# --- Who sees what ---------------------------------------------------------------------------


def test_a_draft_is_for_authors():
    publish(make_course(visibility=Visibility.DRAFT))
    learner = actor_of(make_person("Lea"))

    with pytest.raises(NotVisible):
        services.enrol("risk", by=learner)
    assert queries.course_for(SYSTEM, "risk").id == "risk"


def test_a_retired_course_stays_open_to_those_in_it_and_takes_nobody_new():
    publish(make_course())
    inside, outside = actor_of(make_person("Ida")), actor_of(make_person("Otto"))
    services.enrol("risk", by=inside)
    publish(make_course(visibility=Visibility.RETIRED))

    assert queries.course_for(inside, "risk").id == "risk"
    with pytest.raises(NotVisible):
        queries.course_for(outside, "risk")
    assert queries.catalogue(inside) == []


def test_an_author_does_not_enrol_in_a_retired_course(app: Flask):
    publish(make_course(visibility=Visibility.RETIRED))
    author = make_person("Aud")

    with pytest.raises(Conflict):
        services.enrol("risk", by=replace(SYSTEM, person_id=author.id))


# --- Learning --------------------------------------------------------------------------------


def test_enrolling_twice_is_once():
    publish(make_course())
    learner = actor_of(make_person())

    services.enrol("risk", by=learner)
    services.enrol("risk", by=learner)

    assert count(Enrolment) == 1


def test_reading_completes_a_lesson_once_and_enrols():
    publish(make_course())
    learner = actor_of(make_person())

    assert services.complete_lesson("risk", "first", by=learner) is True
    assert services.complete_lesson("risk", "first", by=learner) is False
    assert count(LessonCompletion) == 1
    assert count(Enrolment) == 1


def test_completion_belongs_to_the_lesson_as_it_stood():
    publish(make_course())
    learner = actor_of(make_person())
    services.complete_lesson("risk", "first", by=learner)
    changed = make_lesson("first", blocks=(HtmlBlock("html", "<p>Anew.</p>"),))
    publish(make_course(lessons=(changed, make_checked_lesson())))

    assert services.complete_lesson("risk", "first", by=learner) is True
    assert len(queries.visit(learner, "risk").completed["first"]) == 2


def test_a_lesson_with_checks_is_done_when_all_are_right():
    publish(make_course())
    learner = actor_of(make_person())

    wrong = services.answer_check("risk", "second", "flooded", "o1", by=learner)
    right = services.answer_check("risk", "second", "flooded", "o2", by=learner)
    assert (wrong.credit, right.credit) == (0, 1)
    with pytest.raises(Conflict):
        services.complete_lesson("risk", "second", by=learner)

    services.answer_check("risk", "second", "exposure", "10,050", by=learner)

    assert queries.visit(learner, "risk").completed["second"]
    assert count(CheckAnswer) == 3


def test_a_wrong_answer_after_a_right_one_takes_nothing_away():
    publish(make_course())
    learner = actor_of(make_person())
    services.answer_check("risk", "second", "flooded", "o2", by=learner)
    services.answer_check("risk", "second", "flooded", "o1", by=learner)
    services.answer_check("risk", "second", "exposure", "10000", by=learner)

    assert queries.visit(learner, "risk").completed["second"]


def test_an_empty_answer_is_not_kept():
    publish(make_course())
    learner = actor_of(make_person())

    grade = services.answer_check("risk", "second", "exposure", "  ", by=learner)

    assert grade.answered is False
    assert count(CheckAnswer) == 0
    assert count(Enrolment) == 0


def test_a_question_of_an_exam_cannot_be_tried_as_a_check():
    publish(make_course())

    with pytest.raises(NotVisible):
        services.answer_check("risk", "second", "q-single", "o2", by=actor_of(make_person()))


def test_the_place_is_remembered_for_those_enrolled():
    publish(make_course())
    learner = actor_of(make_person())
    services.remember_place("risk", "first", "owner", by=learner)
    assert count(Enrolment) == 0
    services.enrol("risk", by=learner)

    services.remember_place("risk", "first", "owner", by=learner)
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert (enrolment.last_lesson_id, enrolment.last_anchor) == ("first", "owner")

    services.remember_place("risk", "second", "javascript:alert(1)", by=learner)
    enrolment = db.session.scalars(
        select(Enrolment).execution_options(populate_existing=True)
    ).one()
    assert (enrolment.last_lesson_id, enrolment.last_anchor) == ("second", None)
