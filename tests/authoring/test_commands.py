"""`courses check` and `courses new` at a terminal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.authoring.commands import cli
from app.authoring.shelf import known_beside
from tests.authoring.courses import EXAMPLE


@pytest.fixture
def shelf(tmp_path, monkeypatch) -> Path:
    """A folder of courses with one in it, and the author stands beside it."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLE, tmp_path / "courses" / "risk")
    return tmp_path / "courses"


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_check_says_that_there_is_nothing_to_say(shelf):
    result = run("check", "courses")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing to report." in result.stderr


def test_check_shows_each_diagnostic_with_a_caret_and_ends_with_one(shelf):
    exam = shelf / "risk" / "final-exam.quiz.md"
    exam.write_text(
        exam.read_text().replace("draw: 2", "draw: 9").replace("Which TWO", "Which ONE")
    )

    result = run("check", "courses")

    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("courses/risk/final-exam.quiz.md:17:59: error draw 9 questions")
    assert lines[2].strip() == "^~~~~~~"
    assert "1 error, 1 warning" in result.stderr


def test_a_warning_alone_lets_a_course_pass(shelf):
    (shelf / "risk" / "notes.md").write_text("# Notes")

    result = run("check", shelf / "risk")

    assert result.exit_code == 0
    assert "courses/risk/notes.md:1:1: warning unlinked-file" in result.stdout


def test_check_as_json(shelf):
    (shelf / "risk" / "notes.md").write_text("# Notes")

    told = json.loads(run("check", "--json", "courses").stdout)

    assert [(one["path"], one["severity"], one["code"]) for one in told] == [
        ("courses/risk/notes.md", "warning", "unlinked-file")
    ]


def test_check_of_a_folder_without_courses(tmp_path):
    result = run("check", tmp_path)

    assert result.exit_code == 1
    assert "error no-course" in result.stdout


def test_two_courses_of_one_id_and_neighbours_as_prerequisites(shelf):
    shutil.copytree(shelf / "risk", shelf / "risk-again")
    page = shelf / "risk" / "course.md"
    page.write_text(page.read_text().replace("id: risk-essentials", "id: other-course"))
    page = shelf / "risk-again" / "course.md"
    page.write_text(
        page.read_text().replace("prerequisites: []", "prerequisites: [{course: other-course}]")
    )

    assert run("check", "courses").exit_code == 0
    assert known_beside(shelf / "risk").courses["risk-essentials"] == ("other-course",)

    page.write_text(page.read_text().replace("id: risk-essentials", "id: other-course"))
    assert "error duplicate-id" in run("check", "courses").stdout


def test_frameworks_beside_the_courses_count_and_are_checked(shelf):
    (shelf / "frameworks").mkdir()
    (shelf / "frameworks" / "own.yml").write_text("framework: own\n")

    result = run("check", "courses")

    assert "courses/frameworks/own.yml:1:1: error missing-key" in result.stdout
    assert "error unknown-competency There is no competency “risk-management”." in result.stdout


def test_new_makes_a_course_that_compiles_without_a_diagnostic(shelf):
    made = run("new", "my-course", "--in", "courses")
    checked = run("check", "courses/my-course")

    assert made.exit_code == 0
    assert "courses/my-course" in made.stdout
    assert (checked.exit_code, checked.stdout) == (0, "")
    assert "id: my-course\n" in (shelf / "my-course" / "course.md").read_text()


@pytest.mark.parametrize("name", ["risk", "No Spaces", "../up"])
def test_new_refuses_a_name_that_is_taken_or_none(shelf, name):
    result = run("new", name, "--in", "courses")

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
