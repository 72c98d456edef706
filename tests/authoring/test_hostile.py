"""What nobody would write in good faith: the compiler neither crashes nor hangs."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.authoring.compiler import compile_course
from app.authoring.confined import Limits, compile_confined
from app.authoring.document import HtmlBlock, dump, load
from app.core import i18n
from tests.authoring.courses import (
    BANK,
    EXAM,
    KNOWN,
    LESSON,
    LESSON_TEXT,
    QUESTION,
    QUIZ_MATTER,
    compiled,
    example,
    small,
)

FRAGMENTS = [
    "---\n", "# ", "## ", "### ", "### Q: ", "- [x] ", "- [ ] ", "    - ", "= ", "[[", "]]", "(a)",
    " | ", "|---|\n", "| a | b |\n", "> **Why** ", "> **Hint** ", "> [!NOTE]\n", "<!-- ", " -->",
    "id: x; ", "type: match", "type: order", "type: cloze", "credit: 50%", "1. ", "```\n", "~~~\n",
    "$", "$$\n", "\\", "`", "[a](b.md)", "![](c.png)", "[^1]", "[^1]: ", "*[A]: b\n", "<div>",
    "</p>", "<script>", "++a++", "==", "^^", "~~", "=== \"T\"\n", "??? n\n", "{: #i }", "/(/",
    "+- 1%", "\n", "\n\n", " ", "\t", "a", "é", "\u202e", "\x00", "\ue000", "\ue0010\ue001",
    "&amp;", "&#x",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), max_size=40).map("".join)
PATHS = st.sampled_from(["course.md", LESSON, EXAM, BANK])


@settings(max_examples=250, derandomize=True)
@given(PATHS, TEXTS, st.booleans())
def test_no_text_makes_the_compiler_crash(path, text, whole):
    files = example()
    files[path] = text.encode() if whole else files[path] + b"\n" + text.encode()

    result = compile_course(files, KNOWN)

    if result.course is not None:
        assert load(dump(result.course)) == result.course


@settings(max_examples=100, derandomize=True)
@given(PATHS, st.binary(max_size=200), st.integers(0, 2000))
def test_no_bytes_make_the_compiler_crash(path, data, place):
    files = example()
    files[path] = files[path][:place] + data + files[path][place:]

    assert compile_course(files, KNOWN).diagnostics is not None


@pytest.mark.parametrize(
    "sign",
    ["[", "[[", "> ", "- ", "1. ", "`", "{", "a: [", "*[a]: b\n", "```\n", "<!--", "### a\n"],
)
def test_a_file_full_of_one_sign_ends_within_its_limits(sign):
    text = (sign * 65536)[:65536]
    files = small(lesson=LESSON_TEXT + text, quiz=QUIZ_MATTER + text)
    start = time.monotonic()

    result = compile_confined(files, KNOWN, Limits(processor=2, seconds=8))

    assert time.monotonic() - start < 10
    assert result.diagnostics or result.course


def test_front_matter_full_of_brackets_does_not_take_the_process_down():
    files = small(course=f"---\nid: {'[' * 40_000}\n---\n# A\n")

    assert "front-matter" in [found.code for found in compile_course(files, KNOWN).diagnostics]


# --- In a process of its own ----------------------------------------------------------------------


def test_a_confined_compiler_gives_the_same_course():
    files = example() | {"notes.md": b"# Nobody links here"}

    assert compile_confined(files, KNOWN) == compile_course(files, KNOWN)


def test_too_long_by_the_processor_and_by_the_clock_and_too_much_memory():
    slow = small(lesson=LESSON_TEXT + "[" * 20_000)

    for limits in (Limits(processor=1), Limits(seconds=1), Limits(memory=60)):
        result = compile_confined(slow, KNOWN, limits)

        assert result.course is None
        assert [str(found.code) for found in result.diagnostics] == ["limit"]


def test_diagnostics_come_in_the_language_of_whoever_asked():
    with i18n.speaking("de"):
        confined = compile_confined({}, KNOWN)
        here = compile_course({}, KNOWN)

    assert confined == here


def test_it_starts_from_many_threads_at_once():
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(compile_confined(example(), KNOWN)))
        for _ in range(3)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [result.diagnostics for result in results] == [(), (), ()]


# --- HTML that an author must not bring in --------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src='https://example.org/x.png' onerror=alert(1) alt=x>",
        "<a href='javascript:alert(1)'>x</a>",
        "<p data-hx-get='/x' hx-get='/x' style='color:red'>x</p>",
        "<form action='/x'><input name='csrf_token' type='text'></form>",
        "<iframe src='https://example.org'></iframe>",
        "<svg onload='alert(1)'></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<h1 id='main'>x</h1>",
    ],
)
def test_html_survives_only_as_far_as_it_is_harmless(html):
    result = compile_course(small(lesson=f"{LESSON_TEXT}\n{html}\n"), KNOWN)
    course = result.course or compiled(small(quiz=QUIZ_MATTER + QUESTION.replace("Because.", html)))

    shown = dump(course)
    for bad in ("alert(", "onerror", "javascript:", "hx-get", "style=", "<form", "<iframe", "<h1"):
        assert bad not in shown
    assert 'csrf_token\\"' not in shown.replace("h-csrf_token", "").replace("q-", "")
    assert all(isinstance(block, HtmlBlock) for block in course.lessons[0].blocks)
