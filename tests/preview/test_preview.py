"""The preview of a course: what the files say now, with keys, and what is wrong with them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.assessment import services
from app.assessment.rules.statistics import ItemFigures
from app.preview.application import create_preview
from app.preview.commands import figures
from tests.assessment.questions import single
from tests.assessment.quizzes import COURSE, NOW, QUIZ, answer_all, learner, publish_exam, start

ROOT = Path(__file__).parents[2]
LESSON = "01-foundations/01-what-is-risk.md"


def no_figures(_course: str, _quiz: str) -> dict[str, ItemFigures]:
    return {}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "risk-essentials"
    shutil.copytree(ROOT / "courses" / "risk-essentials", place)
    shutil.copytree(ROOT / "courses" / "frameworks", tmp_path / "frameworks")
    return place


@pytest.fixture
def client(folder: Path) -> FlaskClient:
    return create_preview(folder, no_figures, time_zone="Europe/Berlin").test_client()


def test_every_lesson_and_quiz_of_a_course_is_shown(client: FlaskClient):
    page = client.get("/", follow_redirects=True)
    addresses = [
        part.split('"')[0] for part in page.text.split('href="')[1:] if part.startswith("/courses/")
    ]
    assert len(set(addresses)) > 10
    for address in set(addresses):
        assert client.get(address).status_code == 200, address


def test_a_quiz_shows_every_key_and_what_learners_are_told(client: FlaskClient):
    page = client.get("/courses/risk-essentials/quizzes/final-exam").text

    assert "option-right" in page
    assert "banks/" in page
    assert "no answer" not in page.lower()


def test_a_change_is_seen_and_shown(folder: Path, client: FlaskClient):
    page = client.get("/", follow_redirects=True).text
    look = page.split('data-preview="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(look).json == {"changed": False}
    course = folder / "course.md"
    course.write_text(course.read_text().replace("# ", "# Changed: ", 1))

    assert client.get(look).json == {"changed": True}
    assert "Changed: " in client.get("/", follow_redirects=True).text


def test_an_error_stands_on_the_page_above_what_compiled_last(folder: Path, client: FlaskClient):
    client.get("/")
    course = folder / "course.md"
    course.write_text(course.read_text().replace("version:", "versoin:", 1))
    page = client.get("/courses/risk-essentials").text

    assert "course.md:" in page
    assert "versoin" in page
    assert "as it compiled last" in page
    course.write_text(course.read_text().replace("versoin:", "version:", 1))
    assert "as it compiled last" not in client.get("/courses/risk-essentials").text


def test_a_course_that_never_compiled_says_what_to_mend(folder: Path, client: FlaskClient):
    (folder / "course.md").write_text("nothing")
    page = client.get("/")

    assert page.status_code == 200
    assert "course.md:1:1" in page.text
    assert client.get("/courses/risk-essentials").status_code == 404


def test_pictures_are_served_and_nothing_else_of_the_folder(folder: Path, client: FlaskClient):
    course = client.get("/", follow_redirects=True)
    assert course.status_code == 200
    unknown = "0" * 64
    assert client.get(f"/courses/risk-essentials/media/{unknown}/x.png").status_code == 404
    assert client.get("/courses/risk-essentials/media/../course.md").status_code == 404


def test_figures_of_the_database_stand_beside_the_question(app: Flask):
    publish_exam(single())
    for number in range(5):
        one = learner(f"Learner{number} Test")
        attempt_id = start(one)
        answer_all(one, attempt_id, {"owner": "a" if number else "b"})
        services.submit(attempt_id, by=one, now=NOW)

    found = figures(COURSE, QUIZ)
    assert found["owner"].people == 5
    assert figures(COURSE, "no-such-quiz") == {}
    assert figures("no-such-course", QUIZ) == {}
