"""`courses publish`: from a folder to what learners read, course by course."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app.assessment import services as attempts
from app.authoring.shelf import COURSES
from app.competence import queries as competence
from app.core import clock, db
from app.core.policy import SYSTEM
from app.learning import queries, services
from app.learning.models import Course
from tests.cast import actor_of, make_person

COURSE = """---
id: {id}
version: "1"
level: foundation
visibility: published
summary: A course.
authors: [PMO]
tags: [risk]
estimated_minutes: 5
---
# Course {id}

Welcome.

## Only module
1. [Lesson](lesson.md)
"""
LESSON = """---
id: lesson
estimated_minutes: 5
objectives: [Know it]
competencies: [risk-management]
---
# Lesson

{text}

![A map](media/map.png)

### Q: Is this so?
<!-- id: so; competency: risk-management -->

- [ ] No
- [x] Yes

> **Why** It is so.
"""


def write_course(folder: Path, course_id: str, text: str = "Some text.") -> Path:
    place = folder / course_id
    (place / "media").mkdir(parents=True, exist_ok=True)
    (place / "course.md").write_text(COURSE.format(id=course_id))
    (place / "lesson.md").write_text(LESSON.format(text=text))
    (place / "media" / "map.png").write_bytes(b"\x89PNG")
    return place


def run(app: Flask, *paths: Path):
    runner = app.test_cli_runner()
    result = runner.invoke(args=["courses", "publish", *map(str, paths)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_publish_says_what_changed(app: Flask, tmp_path: Path):
    write_course(tmp_path, "risk-one")

    first = run(app, tmp_path)
    second = run(app, tmp_path)
    write_course(tmp_path, "risk-one", "Another text.")
    third = run(app, tmp_path)

    assert first.exit_code == 0, first.output
    assert "risk-one 1: published for the first time, 1 new lesson and 1 new" in first.output
    assert "risk-one 1: unchanged." in second.output
    assert "risk-one 1: updated, 1 changed lesson." in third.output


def test_publish_serves_pictures_and_lessons(app: Flask, tmp_path: Path):
    write_course(tmp_path, "risk-one")
    run(app, tmp_path)

    course = queries.document(queries.course_for(SYSTEM, "risk-one").revision)
    [picture] = course.media

    assert queries.media_for(SYSTEM, "risk-one", picture.sha256).data == b"\x89PNG"
    assert f"/courses/risk-one/media/{picture.sha256}/map.png" in course.lessons[0].blocks[0].html


def test_a_broken_course_keeps_its_last_good_revision_and_stops_no_other(
    app: Flask, tmp_path: Path
):
    bad = write_course(tmp_path, "risk-bad")
    write_course(tmp_path, "risk-good")
    run(app, tmp_path)
    (bad / "lesson.md").write_text(LESSON.format(text="[gone](gone.md)"))
    write_course(tmp_path, "risk-good", "Another text.")

    result = run(app, tmp_path)

    assert result.exit_code == 1
    assert "dead-link" in result.output
    assert "risk-bad: not published" in result.output
    assert "risk-good 1: updated" in result.output
    served = queries.document(queries.course_for(SYSTEM, "risk-bad").revision)
    assert "Some text." in served.lessons[0].text


def test_two_folders_with_one_id_are_refused(app: Flask, tmp_path: Path):
    write_course(tmp_path, "risk-one")
    (tmp_path / "risk-one").rename(tmp_path / "other")
    write_course(tmp_path, "risk-one")

    result = run(app, tmp_path)

    assert result.exit_code == 1
    assert db.session.scalars(select(Course)).all() == []


def test_publish_leaves_courses_alone_that_are_not_in_the_folder(app: Flask, tmp_path: Path):
    write_course(tmp_path, "risk-one")
    run(app, tmp_path)
    run(app, write_course(tmp_path / "elsewhere", "risk-two"))

    assert db.session.scalars(select(Course.id).order_by(Course.id)).all() == [
        "risk-one",
        "risk-two",
    ]


def test_a_folder_without_courses_is_told(app: Flask, tmp_path: Path):
    result = run(app, tmp_path)

    assert result.exit_code == 1
    assert "There is no course.md" in result.output


QUIZ = """---
id: exam
mode: exam
---
# Exam

### What is written down?
<!-- id: what; competency: risk-management{more} -->

{answer}

> **Why** It is so.
"""


def test_a_question_that_somebody_was_asked_keeps_its_type(app: Flask, tmp_path: Path):
    place = write_course(tmp_path, "risk-one")
    with (place / "course.md").open("a") as file:
        file.write("2. [Exam](exam.quiz.md)\n")
    (place / "exam.quiz.md").write_text(QUIZ.format(more="", answer="= a risk"))
    assert run(app, tmp_path).exit_code == 0
    learner = actor_of(make_person())
    attempts.start("risk-one", "exam", by=learner, now=clock.now())
    (place / "exam.quiz.md").write_text(QUIZ.format(more="", answer="= 5"))

    result = run(app, tmp_path)

    assert result.exit_code == 1
    assert "type-changed" in result.output


def test_frameworks_are_published_with_the_courses(app: Flask, tmp_path: Path):
    write_course(tmp_path, "risk-one")
    shutil.copytree(COURSES / "frameworks", tmp_path / "frameworks")

    first, second = run(app, tmp_path), run(app, tmp_path)

    assert "pm-core: framework published." in first.output
    assert "Catalogue of certifications published." in first.output
    assert competence.competency_titles(["risk-management"]) != {}
    assert second.output.split() == "risk-one 1: unchanged.".split()


def test_a_published_course_can_be_learned(app: Flask, tmp_path: Path):
    write_course(tmp_path, "risk-one")
    run(app, tmp_path)
    learner = actor_of(make_person())

    assert services.complete_lesson("risk-one", "lesson", by=learner) is True
