"""Whole courses: the example, its order, links, media, hashes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from decimal import Decimal

from app.authoring.compiler import compile_course
from app.authoring.document import (
    CheckBlock,
    ChoiceQuestion,
    ClozeQuestion,
    HtmlBlock,
    Module,
    Review,
    dump,
    load,
)
from app.core.values import Duration, Unit
from tests.authoring.courses import (
    BANK,
    COURSE,
    EXAM,
    KNOWN,
    LESSON,
    LESSON_TEXT,
    changed,
    codes,
    compiled,
    example,
    small,
)


def test_the_example_compiles_without_a_diagnostic():
    result = compile_course(example(), KNOWN)

    assert result.diagnostics == ()
    assert result.course is not None


def test_the_example_is_what_its_files_say():
    course = compiled(example())

    assert course.title == "Risk management essentials"
    assert course.modules == (
        Module("Foundations", ("what-is-risk",)),
        Module("Exam", ("final-exam",)),
    )
    assert course.awards[0].min_score == Decimal("0.6")
    assert course.awards[0].valid_for == Duration(24, Unit.MONTHS)
    assert course.certificate is not None
    assert course.certificate.requires == ("final-exam",)
    exam = course.quiz("final-exam")
    assert exam is not None
    assert (exam.time_limit, exam.cooldown, exam.attempts) == (3600, 86400, 3)
    assert [len(section.questions) for section in exam.sections] == [3, 9]
    assert (exam.sections[0].draw, exam.sections[0].avoid_seen) == (2, True)
    assert [question.type for question in exam.sections[1].questions] == [
        "single", "multiple", "truefalse", "match", "order", "number", "text", "cloze", "essay",
    ]  # fmt: skip


def test_a_document_goes_to_json_and_back_without_loss():
    course = compiled(example())

    assert load(dump(course)) == course
    assert dump(compiled(example())) == dump(course)


def test_the_landing_page_keeps_its_text_and_leaves_the_outline_to_the_platform():
    course = compiled(example())

    assert course.intro_html.startswith("<p>Every project lives with uncertainty.")
    assert "<li>" not in course.intro_html
    assert "Foundations" not in course.intro_html


def test_text_in_a_module_stays_on_the_landing_page():
    course = COURSE.replace("1. [Lesson]", "## One\n\nWhy this module.\n\n1. [Lesson]")

    intro = compiled(small(course=course)).intro_html

    assert "Why this module." in intro
    assert "One</h2>" in intro


def test_a_lesson_is_parted_where_its_questions_stand_and_footnotes_stay_whole():
    lesson = compiled(example()).lessons[0]

    kinds = [block.kind for block in lesson.blocks]
    assert kinds == ["html", "check", "html"]
    before, check, after = lesson.blocks
    assert isinstance(before, HtmlBlock)
    assert isinstance(check, CheckBlock)
    assert isinstance(after, HtmlBlock)
    assert 'href="#h-fn:1"' in before.html
    assert 'id="h-fn:1"' in after.html
    assert check.question.id == "flooded"
    assert "flooded" not in lesson.text
    assert [heading.anchor for heading in lesson.headings] == ["h-owning-a-risk"]


def test_text_after_a_question_belongs_to_the_lesson_again():
    lesson = LESSON_TEXT + (
        "\n### Q: Right?\n<!-- competency: risk-management -->\n\n- [x] Yes\n- [ ] No\n\n"
        "> **Why** So.\n\nAnd on it goes.\n\n## Next\n\nMore.\n"
    )

    blocks = compiled(small(lesson=lesson)).lessons[0].blocks

    assert [block.kind for block in blocks] == ["html", "check", "html"]
    assert isinstance(blocks[2], HtmlBlock)
    assert "And on it goes." in blocks[2].html
    assert 'id="h-next"' in blocks[2].html


def test_review_becomes_lesson_and_anchor():
    exam = compiled(example()).quizzes[0]

    assert exam.sections[1].questions[0].review == Review("what-is-risk", "h-owning-a-risk")


def test_links_between_pages_lead_to_addresses_of_the_platform():
    lesson = LESSON_TEXT + "\n[Q](quiz.quiz.md) [here](lesson.md#a-heading) [course](course.md)\n"

    html = "".join(
        block.html
        for block in compiled(small(lesson=lesson)).lessons[0].blocks
        if isinstance(block, HtmlBlock)
    )

    assert 'href="/courses/small/quizzes/quiz"' in html
    assert 'href="/courses/small/lesson#h-a-heading"' in html
    assert 'href="/courses/small"' in html


def test_media_are_addressed_by_what_they_hold():
    files = small(lesson=LESSON_TEXT + "\n![A plan](<media/a plan.png>)\n")
    files["media/a plan.png"] = b"picture"

    course = compiled(files)

    media = course.media[0]
    assert (media.path, media.content_type, media.size) == ("media/a plan.png", "image/png", 7)
    assert media.sha256 == hashlib.sha256(b"picture").hexdigest()
    block = course.lessons[0].blocks[0]
    assert isinstance(block, HtmlBlock)
    assert f'src="/courses/small/media/{media.sha256}/a%20plan.png"' in block.html


def test_a_question_takes_the_domain_of_its_section():
    exam = compiled(example()).quizzes[0]

    assert [section.questions[0].domain for section in exam.sections] == ["Concepts", "Application"]


def test_ids_of_options_tell_nothing_and_outlive_a_change_of_order():
    before = compiled(example())
    swapped = "- [x] The named risk owner\n    - Yes: one person, by name.\n"
    files = changed(EXAM, swapped, "")
    files[EXAM] = files[EXAM].replace(b"- [ ] The PMO\n", b"- [ ] The PMO\n" + swapped.encode())

    after = compiled(files)

    def ids(course):
        options = course.quizzes[0].sections[1].questions[0].options
        return {option.text: option.id for option in options}

    assert ids(before) == ids(after)


def test_no_key_stands_in_what_a_learner_may_see():
    exam = compiled(example()).quizzes[0]

    for section in exam.sections:
        for question in section.questions:
            shown = question.stem_html + question.stem_text
            if isinstance(question, ClozeQuestion):
                shown += "".join(question.pieces_html)
                assert "impact" not in shown
                assert "reduce" not in shown
                assert "0.1" not in shown
            assert "[x]" not in shown
            assert "Shared accountability" not in shown
            assert "<!--" not in shown


def test_right_items_to_match_do_not_stand_in_the_order_of_the_left_ones():
    match = compiled(example()).quizzes[0].sections[1].questions[3]

    assert [item.id for item in match.right] == sorted(item.id for item in match.right)


def test_hashes_change_with_what_is_said_and_with_nothing_else():
    before = compiled(example())
    moved = compiled(changed(LESSON, "# What counts", "\n\n\n# What counts"))
    said = compiled(changed(LESSON, "uncertain event that", "uncertain happening that"))

    assert moved.lessons[0].content_hash == before.lessons[0].content_hash
    assert said.lessons[0].content_hash != before.lessons[0].content_hash
    key = compiled(changed(EXAM, "- [ ] Exploit", "- [x] Exploit"))
    hashes = [
        {q.id: q.content_hash for q in course.quizzes[0].sections[1].questions}
        for course in (before, key)
    ]
    assert [name for name in hashes[0] if hashes[0][name] != hashes[1][name]] == [
        "threat-responses"
    ]


def test_a_bank_may_be_drawn_from_section_by_section_or_whole():
    files = changed(EXAM, "banks/risk.bank.md#concepts; draw: 2", "banks/risk.bank.md; draw: 3")

    assert len(compiled(files).quizzes[0].sections[0].questions) == 3


def test_true_and_false_are_never_shuffled():
    truefalse = compiled(example()).quizzes[0].sections[1].questions[2]

    assert isinstance(truefalse, ChoiceQuestion)
    assert (truefalse.type, truefalse.shuffle) == ("truefalse", False)


def test_minutes_are_counted_where_nobody_gave_them():
    lesson = LESSON_TEXT + "\n" + "word " * 1000

    course = compiled(small(lesson=lesson))

    assert course.lessons[0].estimated_minutes == 5
    assert course.estimated_minutes == 5


def test_a_file_of_every_kind_of_line_end_is_the_same_course():
    files = {path: data.replace(b"\n", b"\r\n") for path, data in example().items()}

    assert dump(compiled(files)) == dump(compiled(example()))


def test_the_example_compiles_in_less_than_three_tenths_of_a_second():
    compile_course(example(), KNOWN)

    start = time.perf_counter()
    compile_course(example(), KNOWN)

    assert time.perf_counter() - start < 0.3


def test_the_compiler_needs_neither_flask_nor_a_database():
    program = (
        "import sys; import app.authoring.commands, app.authoring.child;"
        "from app.authoring import compile_course;"
        "print([m for m in ('flask', 'sqlalchemy', 'werkzeug') if m in sys.modules])"
    )

    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "[]"


def test_an_unread_bank_is_a_warning_and_the_course_compiles():
    files = example()
    files["banks/other.bank.md"] = files[BANK]

    assert codes(files) == ["unused-bank"]
