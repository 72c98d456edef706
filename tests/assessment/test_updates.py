"""A new version asks its holders for what changed alone; what they finished stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Person
from app.assessment import queries, services
from app.assessment.models import Attempt, AttemptSlot
from app.authoring.document import Changes, Course, Effect, Module, Review
from app.competence.models import Evidence
from app.core import db, jobs
from app.core.policy import Actor, Role
from app.credentials.models import Certificate
from app.learning import services as learning
from app.learning.models import CourseCompletion, Revision
from app.learning.updates.rules import Remaining
from tests.cast import PASSWORD, actor_of, make_person
from tests.competence import frameworks
from tests.credentials.test_services import TERMS
from tests.learning.courses import (
    make_course,
    make_lesson,
    make_quiz,
    make_section,
    make_single,
    publish,
)
from tests.statements import counted
from tests.visitor import Visitor

NOW = datetime(2027, 1, 31, 10, tzinfo=UTC)
FIRST, SECOND = make_lesson("first"), make_lesson("second")
QUESTIONS = tuple(
    replace(make_single(f"q{n}"), review=Review("first" if n < 13 else "second", None))
    for n in range(1, 16)
)
EXAM = make_quiz("exam", sections=(make_section(*QUESTIONS),), attempts=1)
RIGHT = next(one.id for one in QUESTIONS[0].options if one.correct)


@pytest.fixture(autouse=True)
def in_january():
    with time_machine.travel(NOW, tick=False):
        yield


def course(version: str = "1", changes: Changes | None = None, **overrides: Any) -> Course:
    values: dict[str, Any] = {
        "lessons": (FIRST, SECOND),
        "quizzes": (EXAM,),
        "modules": (Module(None, ("first", "second", "exam")),),
        "certificate": TERMS,
    }
    return make_course(version=version, changes=changes, **{**values, **overrides})


def changed(lesson_id: str = "first", version: str = "2") -> Any:
    return make_lesson(lesson_id, content_hash=f"{lesson_id} as of {version}")


def second_version(effect: Effect = Effect.DELTA, quiz: str | None = "exam") -> Course:
    return course("2", Changes("1", effect, quiz), lessons=(changed(), SECOND))


@pytest.fixture
def ada(app: Flask) -> Person:
    frameworks.publish()
    publish(course())
    return make_person("Ada Lovelace")


def read(lesson_id: str, actor: Actor) -> None:
    learning.complete_lesson("risk", lesson_id, by=actor)


def sit(actor: Actor, *, right: bool = True, quiz_id: str = "exam") -> list[str]:
    """Sit a quiz and hand it in; the questions that were asked."""
    now = datetime.now(UTC)
    attempt_id = services.start("risk", quiz_id, by=actor, now=now)
    slots: Sequence[AttemptSlot] = queries.sitting_for(actor, attempt_id).attempt.slots
    for slot in slots:
        wrong = next(one for one in slot.order if one != RIGHT)
        save = services.Save(RIGHT if right else wrong, 1)
        services.save(attempt_id, slot.number, save, by=actor, now=now)
    services.submit(attempt_id, by=actor, now=now)
    return [slot.question_id for slot in slots]


def finish(person: Person) -> Actor:
    """Finish the course as it is served."""
    actor = actor_of(person)
    read("first", actor)
    read("second", actor)
    sit(actor)
    return actor


def completions() -> list[tuple[int, str]]:
    """Who finished which version."""
    query = select(CourseCompletion.person_id, Revision.version).join(
        Revision, Revision.id == CourseCompletion.revision_id
    )
    return [tuple(row) for row in db.session.execute(query.order_by(CourseCompletion.id))]


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_finishing_is_written_down_once_whatever_comes_last(ada: Person):
    actor = actor_of(ada)
    read("first", actor)
    sit(actor)
    assert completions() == []
    read("second", actor)
    read("second", actor)
    assert completions() == [(ada.id, "1")]

    bob = make_person("Bob Byron")
    finish(bob)
    assert completions() == [(ada.id, "1"), (bob.id, "1")]


def test_a_minor_version_leaves_everybody_done(ada: Person):
    finish(ada)
    publish(second_version(Effect.MINOR, None))
    assert queries.behind() == []
    assert completions() == [(ada.id, "1")]


def test_a_delta_asks_for_the_changed_lesson_and_a_short_quiz_and_nothing_earned_is_lost(
    ada: Person,
):
    actor = finish(ada)
    before = (count(Certificate), count(Evidence))
    publish(second_version())
    (behind,) = queries.behind()
    assert behind.left == Remaining(("first",), ("exam",))

    asked = sit(actor)
    assert len(asked) == 10
    assert set(asked) <= {f"q{n}" for n in range(1, 13)}
    assert queries.behind()[0].left == Remaining(("first",), ())
    read("first", actor)

    assert queries.behind() == []
    assert completions() == [(ada.id, "1"), (ada.id, "2")]
    assert (count(Certificate), count(Evidence)) == before
    best = queries.best_results(ada.id, "risk")["risk", "exam"]
    assert best.passed and best.best == 1


def test_a_short_quiz_failed_changes_nothing_and_may_be_sat_again_within_its_own_limit(
    ada: Person,
):
    actor = finish(ada)
    publish(second_version())
    sit(actor, right=False)
    assert queries.behind()[0].left.quizzes == ("exam",)
    assert queries.best_results(ada.id, "risk")["risk", "exam"].best == 1
    with pytest.raises(services.NoAttemptLeft):  # the exam allows one attempt for each time asked
        sit(actor)


def test_whoever_had_not_finished_sits_the_whole_quiz(ada: Person):
    actor = actor_of(ada)
    read("first", actor)
    publish(second_version())
    assert len(sit(actor)) == 15
    assert queries.behind() == []
    assert not db.session.scalars(select(Attempt)).one().short


def test_a_redo_asks_for_the_whole_exam_and_renews_the_certificate_early(ada: Person):
    actor = finish(ada)
    publish(second_version(Effect.REDO, None))
    assert queries.behind()[0].left == Remaining(("first",), ("exam",))
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        assert len(sit(actor)) == 15
        read("first", actor)

    old, new = db.session.scalars(select(Certificate).order_by(Certificate.id)).all()
    assert (old.issued_on, old.valid_to) == (date(2027, 1, 31), date(2029, 1, 31))
    assert (new.supersedes_id, new.issued_on) == (old.id, date(2027, 3, 2))
    assert completions() == [(ada.id, "1"), (ada.id, "2")]


def test_who_finished_before_it_was_kept_is_written_down_when_a_version_follows(ada: Person):
    finish(ada)
    make_person("Bob Byron")
    with db.transaction() as session:
        session.execute(CourseCompletion.__table__.delete())
    publish(second_version())
    assert completions() == [(ada.id, "1")]
    assert [one.finisher.name for one in queries.behind()] == ["Ada Lovelace"]


def test_people_who_left_and_drafts_are_not_behind(ada: Person):
    finish(ada)
    publish(second_version())
    with db.transaction() as session:
        session.get(Person, ada.id).active = False
    assert queries.behind() == []


def test_those_behind_are_told_once_by_mail(ada: Person, outbox: Path):
    finish(ada)
    make_person("Bob Byron")
    publish(second_version())
    jobs.run_due()
    publish(replace(second_version(), summary="Reworded."))
    jobs.run_due()

    (letter,) = [text for one in outbox.glob("*.eml") if "changed" in (text := one.read_text())]
    assert "To: ada@example.com" in letter
    assert "Subject: Risk in practice has changed" in letter
    assert "You finished version 1, and that stands." in letter
    assert "/courses/risk" in letter


def test_nobody_is_told_of_a_minor_version(ada: Person, outbox: Path):
    finish(ada)
    publish(second_version(Effect.MINOR, None))
    jobs.run_due()
    assert not [one for one in outbox.glob("*.eml") if "changed" in one.read_text()]


# --- Pages ----------------------------------------------------------------------------------------


def logged_in(app: Flask, address: str) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(address, PASSWORD)
    return visitor


def test_a_holder_finds_what_changed_and_is_led_through_it(app: Flask, ada: Person):
    actor = finish(ada)
    publish(second_version())
    own = logged_in(app, "ada@example.com")

    page = own.open("/courses/risk")
    assert "You finished version 1, and that stands." in page.text
    (button,) = [one for one in page.soup.find_all("a") if one.text == "Learn what changed"]
    assert button["href"] == "/courses/risk/first"
    assert "(a short quiz about what changed)" in page.text
    assert "only what changed is asked for" in own.open("/").text
    assert "A short quiz about what changed" in own.open("/courses/risk/quizzes/exam").text
    assert "Questions 10" in own.open("/courses/risk/quizzes/exam").text

    own.open("/courses/risk/first")
    assert own.send("/courses/risk/first/completion").status == 302
    sit(actor)
    page = own.open("/courses/risk")
    assert "You finished version 1" not in page.text
    assert "You have done everything this course asks." in page.text


def test_after_a_minor_version_the_course_is_still_finished(app: Flask, ada: Person):
    finish(ada)
    publish(second_version(Effect.MINOR, None))
    text = logged_in(app, "ada@example.com").open("/courses/risk").text
    assert "You have done everything this course asks." in text
    assert "Changed since" not in text


def test_the_pmo_sees_who_is_behind_and_what_each_version_changed(app: Flask, ada: Person):
    finish(ada)
    make_person("Petra Osei", Role.PMO)
    pmo = logged_in(app, "petra@example.com")
    assert "Behind a new version" not in pmo.open("/").text
    assert "Nobody is behind" in pmo.open("/updates").text

    publish(second_version())
    assert "Behind a new version" in pmo.open("/").text
    row = pmo.open("/updates").soup.find("tbody").get_text(" ", strip=True)
    assert "Ada Lovelace" in row and "Exam, short" in row and "version 1, 31 Jan 2027" in row
    page = pmo.open("/courses/risk/changes")
    assert "Who finished learns what changed" in page.text
    assert "What counts as a risk (first)" in page.soup.find(id="v2").text
    assert "The first version." in page.soup.find(id="v1").text


def test_questions_that_changed_are_listed_too(app: Flask, ada: Person):
    other = replace(QUESTIONS[0], content_hash="reworded", stem_text="Which of these is a risk?")
    exam = replace(EXAM, sections=(make_section(other, *QUESTIONS[2:]),))
    publish(course("2", Changes("1", Effect.MINOR, None), quizzes=(exam,)))
    make_person("Henrik Vogel", Role.AUTHOR)
    page = logged_in(app, "henrik@example.com").open("/courses/risk/changes")
    text = page.soup.find(id="v2").get_text(" ", strip=True)
    assert "Which of these is a risk? exam/q1 Changed" in text
    assert "exam/q2 Gone" in text


@pytest.mark.parametrize("address", ["/updates", "/courses/risk/changes", "/"])
def test_the_number_of_statements_does_not_grow_with_the_people(
    app: Flask, ada: Person, address: str
):
    finish(ada)
    people = [make_person(f"Person{n} Other") for n in range(3)]
    make_person("Petra Osei", Role.PMO)
    publish(second_version())
    pmo = logged_in(app, "petra@example.com")

    def statements() -> int:
        with counted() as sent:
            assert pmo.open(address).status == 200
        return len(sent)

    statements()
    few = statements()
    with db.transaction() as session:
        first = session.scalars(select(CourseCompletion)).one()
        for person in people:
            session.add(
                CourseCompletion(
                    person_id=person.id,
                    course_id="risk",
                    revision_id=first.revision_id,
                    completed_at=first.completed_at,
                )
            )
    assert len(queries.behind()) == 4
    assert statements() == few
