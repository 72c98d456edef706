"""Our questions through other systems' formats and back: what the format can say is the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from click.testing import CliRunner

from app.assessment.commands import questions as group
from app.authoring.compiler import compile_course
from app.authoring.document import Question, Section
from app.authoring.interchange import gift, moodle_xml, qti
from app.authoring.interchange.imported import Imported
from app.authoring.interchange.qti_writing import to_qti
from app.authoring.interchange.writing import Exported, to_gift, to_moodle_xml
from tests.authoring.courses import KNOWN, example
from tests.authoring.interchange.test_import import compiled, text_of

FORMATS: dict[str, tuple[Callable[..., Exported], Callable[[bytes], Imported]]] = {
    "moodle-xml": (to_moodle_xml, moodle_xml.read),
    "gift": (to_gift, gift.read),
    "qti": (to_qti, qti.read),
}


@pytest.fixture(scope="module")
def ours() -> dict[str, Question]:
    """Every question of the example course: all nine types."""
    course = compile_course(example(), KNOWN).course
    assert course is not None
    found = {
        one.id: one
        for quiz in course.quizzes
        for section in quiz.sections
        for one in section.questions
    }
    assert len({one.type for one in found.values()}) >= 8
    return found


def meaning(question: Question) -> Any:
    """What makes an answer right, in words rather than in ids."""
    match question.type:
        case "single" | "multiple":
            return [(text_of(one.html), one.correct) for one in question.options]
        case "truefalse":
            return [one.correct for one in question.options]
        case "match":
            left = {one.id: one.text for one in question.left}
            right = {one.id: one.text for one in question.right}
            pairs = [(left[a], right[b]) for a, b in question.key]
            return pairs, sorted(right.values())
        case "order":
            return [one.text for one in question.items]
        case "number":
            return question.key.value, _off(question.key)
        case "text":
            return question.key.variants
        case "cloze":
            return [
                (one.kind, getattr(one.key, "variants", None) or getattr(one.key, "value", None))
                for one in question.blanks
                if one.kind != "choice"
            ]
    return None


def _off(key: Any) -> Any:
    return abs(key.value) * key.percent / 100 if key.percent else (key.tolerance or 0)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_the_format_can_say_comes_back_the_same(kind: str, ours: dict[str, Question]):
    write, read = FORMATS[kind]
    section = Section("Everything", None, None, tuple(ours.values()), None, False)
    exported = write([section])
    back = compiled(read(exported.data))

    lost = set(ours) - set(back)
    assert all(any(note.question == one for note in exported.notes) for one in lost)
    assert lost <= ({"procedure", "statement"} if kind == "gift" else set())
    for key, question in back.items():
        assert question.type == ours[key].type, key
        assert meaning(question) == meaning(ours[key]), key
        assert text_of(question.why_html or "") == text_of(ours[key].why_html or ""), key
        if question.type != "cloze":
            assert text_of(question.stem_html) == text_of(ours[key].stem_html), key


def test_moodle_xml_is_xml_with_a_category_for_each_section(ours: dict[str, Question]):
    section = Section("Risk/Basics", None, None, tuple(ours.values()), None, False)
    root = fromstring(to_moodle_xml([section]).data)

    assert root.tag == "quiz"
    assert root.findtext("question/category/text") == "$course$/top/Risk//Basics"
    assert len(root.findall("question")) == len(ours) + 1


def test_the_commands_from_a_quiz_to_a_file_and_to_a_bank(tmp_path: Path):
    run = CliRunner()
    file = tmp_path / "exam.xml"
    done = run.invoke(
        group, ["export", "risk-essentials/final-exam", "--format", "moodle-xml", "-o", str(file)]
    )
    assert done.exit_code == 0, done.output
    assert "40 questions in" in done.output

    to = tmp_path / "banks" / "exam.bank.md"
    arguments = ["import", str(file), "--format", "moodle-xml", "--to", str(to)]
    done = run.invoke(group, arguments)
    assert done.exit_code == 0, done.output
    assert "40 questions in" in done.output
    assert to.read_text().count("\n### ") == 40

    again = run.invoke(group, arguments)
    assert again.exit_code == 1
    assert "Add --force." in again.output
    assert run.invoke(group, [*arguments, "--force"]).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "nothing/exam", "--format", "gift"], "There is no course"),
        (["export", "risk-essentials/x", "--format", "gift"], "There is no quiz"),
    ],
)
def test_what_is_not_there_is_told(arguments: list[str], said: str, tmp_path: Path):
    done = CliRunner().invoke(group, [*arguments, "-o", str(tmp_path / "x")])
    assert done.exit_code == 1
    assert said in done.output


def test_a_broken_file_is_refused_and_nothing_is_written(tmp_path: Path):
    file, to = tmp_path / "x.xml", tmp_path / "x.bank.md"
    file.write_bytes(b"<quiz>")
    done = CliRunner().invoke(
        group, ["import", str(file), "--format", "moodle-xml", "--to", str(to)]
    )
    assert done.exit_code == 1
    assert "well-formed" in done.output
    assert not to.exists()
