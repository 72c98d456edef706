"""Every diagnostic: found where it stands, every one of them, and told on in the author's guide."""

# ruff: noqa: E501 (a table is read along its lines)

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.authoring.compiler import compile_course
from app.authoring.diagnostics import (
    WARNINGS,
    Code,
    Diagnostic,
    Place,
    Severity,
    to_json,
    with_caret,
)
from app.authoring.frameworks import compile_framework
from app.authoring.known import Known
from tests.authoring.courses import (
    BANK,
    COURSE,
    EXAM,
    KNOWN,
    LESSON,
    LESSON_TEXT,
    QUESTION,
    QUIZ_MATTER,
    changed,
    codes,
    compiled,
    example,
    lines,
    small,
    with_question,
)
from tests.authoring.test_frameworks import FRAMEWORK

GUIDE = Path(__file__).parents[2] / "docs" / "authoring.md"

CHANGES = [
    # One thing changed in the example: path, what stood there, what stands there; what is said.
    ("course.md", "language: en", "langauge: en", "course.md:4:1: error unknown-key"),
    ("course.md", 'version: "2026.1"', "version: 2026.1", "course.md:3:10: error bad-value"),
    ("course.md", 'version: "2026.1"\n', "", "course.md:2:1: error missing-key"),
    ("course.md", "level: foundation", "level: basic", "course.md:5:8: error bad-value"),
    ("course.md", "level: 3", "level: 7", "course.md:13:42: error bad-value"),
    ("course.md", "min_score: 60%", "min_score: 60", "course.md:13:78: error bad-value"),
    ("course.md", "valid_for: 24 months}", "valid_for: soon}", "course.md:13:94: error bad-value"),
    ("course.md", "tags: [risk", "tags: &t [risk", "course.md:9:7: error front-matter"),
    ("course.md", "tags: [risk, method]", "tags: !!str a", "course.md:9:7: error front-matter"),
    ("course.md", "tags: [risk", "id: x\ntags: [risk", "course.md:9:1: error front-matter"),
    ("course.md", "tags: [risk, method]", "tags: [risk", "course.md:10:18: error front-matter"),
    ("course.md", "tags: [risk, method]", f"tags: {'[' * 9}{']' * 9}", "course.md:9:14: error front-matter"),
    ("course.md", "competency: risk-management", "competency: risk-mangement", "course.md:13:18: error unknown-competency"),
    ("course.md", "evidence: final-exam", "evidence: exam", "course.md:13:55: error unknown-quiz"),
    ("course.md", "requires: final-exam", "requires: exam", "course.md:17:13: error unknown-quiz"),
    ("course.md", "renewal: final-exam", "renewal: exam", "course.md:21:12: error unknown-quiz"),
    ("course.md", "prerequisites: []", "prerequisites: [{course: nowhere}]", "course.md:11:26: error unknown-course"),
    ("course.md", "prerequisites: []", "prerequisites: [{certification: pmp}]", "course.md:11:33: error unknown-certification"),
    ("course.md", "prerequisites: []", "prerequisites: [{competency: x-y, level: 2}]", "course.md:11:30: error unknown-competency"),
    ("course.md", "prerequisites: []", "prerequisites: [{competency: x-y}]", "course.md:11:17: error bad-value"),
    ("course.md", "prerequisites: []", "prerequisites: [{course: risk-essentials}]", "course.md:11:16: error cycle"),
    ("course.md", "# Risk management essentials\n", "", "course.md:23:1: error title"),
    ("course.md", "## Exam", "# Exam", "course.md:30:1: error title"),
    ("course.md", "(final-exam.quiz.md)", "(exam.quiz.md)", "course.md:31:4: error dead-link"),
    ("course.md", "(final-exam.quiz.md)", "(banks/risk.bank.md)", "course.md:31:4: error dead-link"),
    ("course.md", "(final-exam.quiz.md)", "(../other/final.quiz.md)", "course.md:31:4: error bad-path"),
    (LESSON, "A **risk**", "A [risk](gone.md)", f"{LESSON}:9:10: error dead-link"),
    (LESSON, "A **risk**", "A [risk](#gone)", f"{LESSON}:9:10: error dead-link"),
    (LESSON, "A **risk**", "A [risk](01-what-is-risk.md#gone)", f"{LESSON}:9:10: error dead-link"),
    (LESSON, "A **risk**", "A [risk](javascript:alert)", f"{LESSON}:9:10: error dead-link"),
    (LESSON, "A **risk**", "A [risk](../../x.md)", f"{LESSON}:9:10: error bad-path"),
    (LESSON, "A **risk**", "A ![risk](risk.png)", f"{LESSON}:9:11: error dead-link"),
    (LESSON, "A **risk**", "A [risk](../banks/risk.bank.md)", f"{LESSON}:9:10: error dead-link"),
    (LESSON, "A **risk**", "A $\\frac$ **risk**", f"{LESSON}:9:4: error formula"),
    (LESSON, "- [x] An issue", "- [ ] An issue", f"{LESSON}:26:1: error no-key"),
    (LESSON, "## Owning a risk", "#### Owning a risk", f"{LESSON}:20:1: warning skipped-level"),
    (LESSON, "objectives: [Tell a risk from an issue, Write a risk as cause event and effect]\n", "", f"{LESSON}:1:1: warning no-objectives"),
    (LESSON, "competencies: [risk-management]", "competencies: [riks]", f"{LESSON}:5:16: error unknown-competency"),
    (EXAM, "mode: exam", "mode: test", f"{EXAM}:3:7: error bad-value"),
    (EXAM, "cooldown: 24 h", "cooldown: 2 months", f"{EXAM}:7:11: error bad-value"),
    (EXAM, "on_timeout: submit", "on_timeout: grace", f"{EXAM}:2:1: error bad-value"),
    (EXAM, "shuffle: [questions, options]", "shuffle: [answers]", f"{EXAM}:11:11: error bad-value"),
    (EXAM, "draw: 2", "draw: 4", f"{EXAM}:17:59: error draw"),
    (EXAM, "draw: 2", "draw: two", f"{EXAM}:17:59: error bad-attribute"),
    (EXAM, "#concepts", "#ideas", f"{EXAM}:17:24: error dead-link"),
    (EXAM, "banks/risk.bank.md#", "banks/rsk.bank.md#", f"{EXAM}:17:24: error dead-link"),
    (EXAM, "id: lease-owner", "id: upside", f"{EXAM}:48:10: error duplicate-id"),
    (EXAM, "id: lease-owner", "id: k1", f"{EXAM}:1:1: error duplicate-id"),
    (EXAM, "id: lease-owner", "id: Lease", f"{EXAM}:25:6: error bad-attribute"),
    (EXAM, "id: lease-owner; compe", "id: lease-owner; kompe", f"{EXAM}:25:23: error unknown-key"),
    (EXAM, "id: lease-owner;", "lease-owner;", f"{EXAM}:25:6: error bad-attribute"),
    (EXAM, "competency: risk-management; review", "competency: risks; review", f"{EXAM}:25:35: error unknown-competency"),
    (EXAM, "#owning-a-risk", "#owning", f"{EXAM}:25:60: error dead-review"),
    (EXAM, "review: 01-foundations/01", "review: 01-foundations/02", f"{EXAM}:25:60: error dead-review"),
    (EXAM, "- [x] The named risk owner", "- [ ] The named risk owner", f"{EXAM}:24:1: error no-key"),
    (EXAM, "- [ ] The PMO", "- [ ] The named risk owner", f"{EXAM}:31:1: error bad-option"),
    (EXAM, "- [ ] The PMO", "- The PMO", f"{EXAM}:31:1: error bad-option"),
    (EXAM, "- [ ] The PMO", "- [ ]", f"{EXAM}:31:1: error bad-option"),
    (EXAM, "- [ ] The PMO", "- [ ] The PMO <!-- credit: half -->", f"{EXAM}:31:15: error bad-attribute"),
    (EXAM, "> **Hint**", "Something else.\n\n> **Hint**", f"{EXAM}:33:1: error stray-text"),
    (EXAM, "> **Hint**", "> **Hin**", f"{EXAM}:33:1: error bad-feedback"),
    (EXAM, "> **Hint**", "> **Rubric**", f"{EXAM}:33:1: error bad-feedback"),
    (EXAM, "credit: net", "credit: lcs", f"{EXAM}:38:57: error bad-attribute"),
    (EXAM, "Which TWO", "Which THREE", f"{EXAM}:37:5: warning choose-count"),
    (EXAM, "type: match", "type: macht", f"{EXAM}:56:46: error bad-attribute"),
    (EXAM, "|  | Canteen rota |", "|  | Benefits |", f"{EXAM}:62:1: error bad-option"),
    (EXAM, "|  | Canteen rota |", "| Cook | |", f"{EXAM}:62:1: error bad-option"),
    (EXAM, "|  | Canteen rota |", "| Cook | a | b |", f"{EXAM}:62:1: error bad-option"),
    (EXAM, "1. Identify\n2. Assess\n3. Plan\n4. Implement\n", "", f"{EXAM}:66:1: error no-key"),
    (EXAM, "10000 +- 1%", "0 +- 1%", f"{EXAM}:79:1: error bad-number"),
    (EXAM, "10000 +- 1%", "[3, 2]", f"{EXAM}:79:1: error bad-number"),
    (EXAM, "business case | the business case", "/case(/", f"{EXAM}:86:1: error bad-expression"),
    (EXAM, "business case | the business case", "", f"{EXAM}:86:1: error no-key"),
    (EXAM, "[[= 0.1 +- 0.02]]", "[[= a]]", f"{EXAM}:94:62: error bad-number"),
    (EXAM, "[[(reduce) | exploit | share]]", "[[(reduce) | (share)]]", f"{EXAM}:94:4: error bad-blank"),
    (EXAM, "[[cause]]", "[a [[cause]]](https://example.org)", f"{EXAM}:90:1: error bad-blank"),
    (EXAM, "Because of the [[cause]]", "Because of [[/(/]]", f"{EXAM}:93:12: error bad-expression"),
    (BANK, "id: k2; competency: risk-management -->\n\n- [ ]", "id: k2; type: single -->\n\n- [x]", f"{BANK}:14:1: error bad-key"),
    (BANK, "> **Why** Once it has happened it is no longer uncertain.\n", "", f"{BANK}:5:1: warning no-why"),
    (BANK, "; competency: risk-management -->", " -->", f"{BANK}:5:1: warning no-competency"),
    (EXAM, "**Rubric** 2 cause;", "**Rubric** 3 cause;", f"{EXAM}:103:1: warning rubric-sum"),
    (BANK, "id: k2", "id: k1", f"{BANK}:15:10: error duplicate-id"),
    (BANK, "- [ ] an assumption", "- [ ] all of the above", f"{BANK}:10:1: warning all-of-the-above"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "said"), CHANGES)
def test_one_mistake_is_found_where_it_stands(path, old, new, said):
    found = lines(compile_course(changed(path, old, new), KNOWN))

    assert said in found


@pytest.mark.parametrize(("path", "old", "new", "said"), CHANGES)
def test_with_an_error_there_is_no_course_and_with_warnings_there_is(path, old, new, said):
    result = compile_course(changed(path, old, new), KNOWN)

    errors = [found for found in result.diagnostics if found.severity is Severity.ERROR]
    assert (result.course is None) == bool(errors)


def test_every_mistake_is_reported_rather_than_the_first():
    files = changed("course.md", "language: en", "langauge: en")
    exam = files[EXAM].decode().replace("draw: 2", "draw: 9").replace("[x] Avoid", "[x] Reduce")
    files[EXAM] = exam.replace("credit: lcs", "credit: net").encode()

    found = lines(compile_course(files, KNOWN))

    assert found == [
        "course.md:4:1: error unknown-key",
        f"{EXAM}:17:59: error draw",
        f"{EXAM}:41:1: error bad-option",
        f"{EXAM}:67:63: error bad-attribute",
    ]


def test_an_unknown_key_names_the_nearest_known_one():
    result = compile_course(changed("course.md", "language: en", "langauge: en"), KNOWN)

    assert "Did you mean “language”?" in result.diagnostics[0].message


# --- Files --------------------------------------------------------------------------------------


def test_a_folder_without_a_course():
    assert codes({"lesson.md": b"# A"}) == ["no-course"]


def test_a_file_that_is_not_utf_8():
    files = example() | {LESSON: example()[LESSON] + b"caf\xe9\n"}

    assert f"{LESSON}:34:4: error not-utf8" in lines(compile_course(files, KNOWN))


def test_a_text_over_two_mebibytes():
    files = example() | {LESSON: b"a" * (2 * 1024 * 1024 + 1)}

    assert "too-large" in codes(files)


def test_a_path_that_leaves_the_folder():
    assert "bad-path" in codes(example() | {"../other.md": b"# A"})
    assert "bad-path" in codes(example() | {"/etc/passwd.png": b""})


def test_media_of_a_kind_that_cannot_be_shown_and_pictures_that_run():
    files = small(lesson=LESSON_TEXT + "\n![A](a.svg) [B](b.exe)\n")
    files |= {"a.svg": b"<svg onload='x()'/>", "b.exe": b""}

    assert codes(files) == ["unsafe-media", "unlinked-file", "media-type"]


def test_front_matter_over_sixteen_kibibytes_or_missing_or_open():
    assert codes(small(quiz="# Quiz\n" + QUESTION))[0] == "front-matter"
    assert "front-matter" in codes(small(quiz=QUIZ_MATTER.replace("\n---\n#", "\n#") + QUESTION))
    long = "tags: [" + "a, " * 8192 + "b]\n"
    assert "front-matter" in codes(
        small(course=COURSE.replace("id: small\n", f"id: small\n{long}"))
    )


def test_a_file_that_nothing_links_to():
    files = example() | {"notes.md": b"# Notes", "media/old.png": b""}

    result = compile_course(files, KNOWN)

    assert lines(result) == [
        "media/old.png:1:1: warning unlinked-file",
        "notes.md:1:1: warning unlinked-file",
    ]
    assert result.course is not None


def test_a_course_without_pages_and_a_quiz_without_questions():
    assert "no-outline" in codes(small(course=COURSE.partition("1. [")[0]))
    assert "no-questions" in codes(small(quiz=QUIZ_MATTER))


def test_two_pages_of_one_id():
    assert "duplicate-id" in codes(small(lesson=LESSON_TEXT.replace("id: lesson", "id: quiz")))


def test_a_question_inside_html_that_is_open():
    lesson = LESSON_TEXT + "\n<div>\n\n### Q: Right?\n\n- [x] Yes\n- [ ] No\n\n</div>\n"

    assert "bad-body" in codes(small(lesson=lesson))


# --- What others know ---------------------------------------------------------------------------


def test_prerequisites_that_run_in_a_circle_over_other_courses():
    files = changed("course.md", "prerequisites: []", "prerequisites: [{course: a-b}]")
    known = replace(KNOWN, courses={"a-b": ("c-d",), "c-d": ("risk-essentials",)})

    result = compile_course(files, known)

    assert lines(result) == ["course.md:11:16: error cycle"]
    assert "risk-essentials → a-b → c-d → risk-essentials" in result.diagnostics[0].message


def test_a_type_that_changed_while_answers_exist():
    known = replace(
        KNOWN, attempted={"final-exam/lease-owner": "multiple", "final-exam/k1": "single"}
    )

    assert lines(compile_course(example(), known)) == [f"{EXAM}:24:1: error type-changed"]


def test_a_preset_that_there_is_not():
    files = changed(EXAM, "mode: exam", "mode: exam\npreset: closed-book-61")

    assert lines(compile_course(files, KNOWN)) == [f"{EXAM}:1:1: warning unknown-preset"]


def test_an_award_above_what_an_exam_shows():
    known = replace(KNOWN, ceilings={"risk-management": 1})

    (found,) = lines(compile_course(example(), known))
    assert found.endswith("error bad-value")
    assert lines(compile_course(example(), replace(known, ceilings={"risk-management": 3}))) == []


def test_two_levels_of_an_element_that_say_the_same():
    alike = FRAMEWORK.replace("3: c", "3: B ")
    (found,) = compile_framework({"small.yml": alike.encode()}).diagnostics

    assert str(found).startswith("small.yml:13:33: warning same-levels")


def test_what_is_not_known_is_not_checked():
    files = changed("course.md", "prerequisites: []", "prerequisites: [{course: nowhere}]")

    assert codes(files, Known()) == []


# --- Item writing -------------------------------------------------------------------------------


def _choices(keys: list[int], options: list[str] | None = None) -> str:
    texts = options or ["aaa", "bbb", "ccc"]
    made = ""
    for number, key in enumerate(keys):
        boxes = "".join(
            f"- [{'x' if place == key else ' '}] {text}\n" for place, text in enumerate(texts, 1)
        )
        made += f"\n### Number {number}?\n<!-- competency: risk-management -->\n\n{boxes}\n> **Why** So.\n"
    return made


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([2, 2, 2, 1], ["key-position"]),
        ([2, 2, 1, 3], []),
        ([2, 2, 2], []),
        ([1, 1, 1, 1, 1], ["key-position"]),
        ([1, 2, 3, 1, 2, 3], []),
    ],
)
def test_one_position_with_more_than_half_of_the_keys(keys, said):
    assert codes(small(quiz=QUIZ_MATTER + _choices(keys))) == said


def test_the_key_that_is_always_the_longest():
    quiz = "".join(
        _choices(
            [key], [("long" if place == key else "s") + str(place) for place in (1, 2, 3)]
        ).replace("Number 0", f"Number {key}{n}")
        for n, key in enumerate([1, 2, 3, 1])
    )

    assert codes(small(quiz=QUIZ_MATTER + quiz)) == ["longest-key"]


@pytest.mark.parametrize(
    ("stem", "said"),
    [
        ("Choose two", ["choose-count"]),
        ("Select the 3 best", ["choose-count"]),
        ("Which one is right?", []),
        ("Wählen Sie zwei", ["choose-count"]),
        ("Which 3-point estimate is right?", []),
    ],
)
def test_a_count_that_disagrees_with_the_keys(stem, said):
    text = QUESTION.replace("What is right?", stem)

    assert codes(with_question(text)) == said


def test_all_of_the_above_matters_only_where_options_are_shuffled():
    text = QUESTION.replace("That", "None of the above")
    shuffled = QUIZ_MATTER.replace("mode: practice", "mode: practice\nshuffle: [options]")

    assert codes(small(quiz=QUIZ_MATTER + text)) == []
    assert codes(small(quiz=shuffled + text)) == ["all-of-the-above"]
    fixed = text.replace("competency:", "shuffle: false; competency:")
    assert codes(small(quiz=shuffled + fixed)) == []


def test_a_picture_without_alternative_text():
    files = small(lesson=LESSON_TEXT + "\nSee ![](a.png)\n")
    files["a.png"] = b""

    assert lines(compile_course(files, KNOWN)) == ["lesson.md:11:5: warning no-alt"]


def test_an_essay_is_explained_by_its_rubric():
    essay = "### Write\n<!-- type: essay; competency: risk-management -->\n\n"

    assert codes(with_question(essay + "> **Rubric** 1 point.\n")) == []
    assert codes(with_question(essay)) == ["no-why"]


# --- How they are told --------------------------------------------------------------------------


def test_a_diagnostic_is_one_line_and_the_same_in_json():
    found = Diagnostic(Place("a.md", 3, 5, 4), Code.DEAD_LINK, "It leads nowhere.")

    assert str(found) == "a.md:3:5: error dead-link It leads nowhere."
    told = json.loads(to_json([found]))
    assert told == [
        {
            "path": "a.md",
            "line": 3,
            "column": 5,
            "width": 4,
            "severity": "error",
            "code": "dead-link",
            "message": "It leads nowhere.",
        }
    ]
    assert Diagnostic.from_json(told[0]) == found


def test_a_caret_stands_under_the_text():
    found = Diagnostic(Place("a.md", 2, 5, 4), Code.DEAD_LINK, "No.")

    shown = with_caret(found, {"a.md": b"one\nthe link\there\n"})

    assert shown.split("\n")[1:] == ["    the link here", "        ^~~~"]


def test_a_caret_finds_its_place_in_a_line_of_any_length():
    found = Diagnostic(Place("a.md", 1, 501, 3), Code.DEAD_LINK, "No.")

    _head, text, caret = with_caret(found, {"a.md": b"." * 500 + b"bad" + b"." * 500}).split("\n")

    assert text[caret.index("^") :].startswith("bad")
    assert len(text) <= 104


def test_every_code_is_explained_in_the_guide_and_no_other():
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (error|warning) \|", GUIDE.read_text(), re.MULTILINE)

    told = dict(rows)
    assert told == {code.value: "warning" if code in WARNINGS else "error" for code in Code}


def test_every_code_but_the_limit_is_shown_by_a_test_of_this_file():
    shown = {said.rpartition(" ")[2] for *_change, said in CHANGES}
    text = Path(__file__).read_text()

    missing = [
        code
        for code in Code
        if code not in shown and not re.search(rf'"{code}"|(error|warning) {code}"', text)
    ]

    assert missing == [Code.LIMIT]


def test_a_section_of_a_bank_that_nothing_draws_from():
    files = example()
    files[BANK] += b"\n## more\n" + QUESTION.encode()

    assert lines(compile_course(files, KNOWN)) == [f"{BANK}:32:1: warning unused-bank"]


def test_compiled_helper_says_what_is_wrong():
    with pytest.raises(AssertionError, match="no-course"):
        compiled({})
