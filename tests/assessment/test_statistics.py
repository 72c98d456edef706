"""Statistics of quizzes: against a worked table, by property, and as staff meet them."""

from __future__ import annotations

import statistics as library
from dataclasses import replace
from math import sqrt

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.assessment import queries, services
from app.assessment.commands import report
from app.assessment.rules import Remedy, moments, statistics
from app.assessment.rules.guessing import random_guess
from app.assessment.rules.statistics import FEWEST, Flag, Item, Occasion, Sat
from app.assessment.services import Order
from app.authoring.document import QuizMode
from app.core.policy import SYSTEM, Role
from tests.assessment.questions import match, multiple, option, single
from tests.assessment.quizzes import (
    COURSE,
    NOW,
    QUIZ,
    answer_all,
    learner,
    many,
    publish_exam,
    start,
)
from tests.cast import PASSWORD, make_person
from tests.learning.courses import make_course, make_exam, make_quiz, make_section, publish
from tests.statements import counted
from tests.visitor import Visitor

# --- A worked table -------------------------------------------------------------------------------

TABLE = [
    # q1  q2  q3   of 1, 2 and 1 points
    (1.0, 2.0, 1.0),
    (1.0, 2.0, 0.0),
    (1.0, 1.0, 0.0),
    (0.0, 1.0, 1.0),
    (1.0, 0.0, 0.0),
    (0.0, 0.0, 1.0),
]
MOST = (1.0, 2.0, 1.0)
IDS = ("q1", "q2", "q3")


def sat_from(table: list[tuple[float, ...]]) -> list[Sat]:
    return [
        Sat(tuple(Item(one, mark, most) for one, mark, most in zip(IDS, row, MOST, strict=True)))
        for row in table
    ]


def column(number: int) -> list[float]:
    return [row[number] for row in TABLE]


TOTALS = [sum(row) for row in TABLE]


def test_the_test_as_worked_out_by_hand():
    """Totals 4, 3, 2, 2, 1, 1 of 4: each figure computed here from its definition."""
    found = statistics.of_test(sat_from(TABLE))
    assert found is not None
    shares = [total / 4 for total in TOTALS]
    variance = library.variance(TOTALS)
    alpha = 3 / 2 * (1 - sum(library.variance(column(n)) for n in range(3)) / variance)

    assert found.people == 6
    assert found.mean == pytest.approx(13 / 24)
    assert found.median == pytest.approx(0.5)
    assert found.deviation == pytest.approx(library.stdev(shares))
    assert found.consistency == pytest.approx(alpha)
    assert found.error_ratio == pytest.approx(sqrt(1 - alpha))
    assert found.standard_error == pytest.approx(sqrt(1 - alpha) * library.stdev(shares))


def test_the_shape_of_the_curve_by_k_statistics():
    """Σd² = 41/6, Σd³ = 32/9, Σd⁴ = 1115/72 for the totals about their mean 13/6."""
    totals = [float(total) for total in TOTALS]
    m2, m3, m4 = 41 / 36, 32 / 54, 1115 / 432
    k2 = 6 / 5 * m2
    k3 = 36 / 20 * m3
    k4 = 36 * (7 * m4 - 15 * m2**2) / 60

    assert moments.skewness(totals) == pytest.approx(k3 / k2**1.5)
    assert moments.kurtosis(totals) == pytest.approx(k4 / k2**2)
    assert moments.skewness([1.0, 1.0, 1.0]) is None


@pytest.mark.parametrize("number", range(3))
def test_a_question_as_worked_out_by_hand(number: int):
    questions = {one: replace(single(), id=one) for one in IDS}
    found = statistics.of_items(sat_from(TABLE), questions)[number]
    marks = column(number)
    rests = [total - mark for total, mark in zip(TOTALS, marks, strict=True)]
    cov = library.covariance(marks, rests)
    roots = [sqrt(max(library.covariance(column(n), TOTALS), 0)) for n in range(3)]

    assert found.facility == pytest.approx(library.fmean(marks) / MOST[number])
    assert found.deviation == pytest.approx(library.stdev(marks) / MOST[number])
    assert found.discrimination == pytest.approx(library.correlation(marks, rests))
    assert found.efficiency == pytest.approx(cov / library.covariance(sorted(marks), sorted(rests)))
    assert found.intended_weight == pytest.approx(MOST[number] / 4)
    assert (found.effective_weight or 0) == pytest.approx(roots[number] / sum(roots))


def test_the_third_question_is_flagged_because_the_weaker_answered_it():
    questions = {one: replace(single(), id=one) for one in IDS}
    third = statistics.of_items(sat_from(TABLE), questions)[2]
    assert third.discrimination is not None
    assert third.discrimination < 0
    assert statistics.flags(third)[0] is Flag.NEGATIVE
    assert not third.firm


def test_options_tell_who_chose_them():
    chosen = ["a", "a", "a", "b", "b", "c"]
    totals = [5.0, 4.0, 4.0, 2.0, 1.0, 3.0]
    sat = [
        Sat(
            (
                Item("owner", float(option == "a"), 1.0, frozenset([option])),
                Item("rest", total, 6.0),
            )
        )
        for option, total in zip(chosen, totals, strict=True)
    ]
    (figures,) = statistics.of_items(sat, {"owner": single()})
    by_id = {one.id: one for one in figures.options}

    assert [by_id[key].share for key in "abc"] == pytest.approx([1 / 2, 1 / 3, 1 / 6])
    for key in "abc":
        indicator = [float(option == key) for option in chosen]
        assert by_id[key].point_biserial == pytest.approx(library.correlation(indicator, totals))
    assert figures.guess == pytest.approx(1 / 3)


def test_nothing_is_told_of_few_people_and_no_consistency_of_tests_of_two_lengths():
    assert statistics.of_test(sat_from(TABLE)[: FEWEST - 1]) is None
    assert statistics.of_items(sat_from(TABLE)[: FEWEST - 1], {"q1": single("q1")}) == []
    unlike = [*sat_from(TABLE)[:5], Sat((Item("q9", 1.0, 1.0), Item("q1", 0.0, 1.0)))]
    found = statistics.of_test(unlike)
    assert found is not None
    assert found.consistency is None


DRAWS = [
    # everybody is asked q1 and one of x, y, z twice, whichever
    (1.0, ("x", 1.0), ("y", 1.0)),
    (1.0, ("y", 1.0), ("z", 0.0)),
    (0.0, ("z", 1.0), ("x", 0.0)),
    (1.0, ("x", 0.0), ("z", 1.0)),
    (0.0, ("y", 0.0), ("x", 0.0)),
]


def sat_with_draws() -> list[Sat]:
    return [
        Sat((Item("q1", first, 1.0), *(Item(one, mark, 1.0, drawn_from=1) for one, mark in drawn)))
        for first, *drawn in DRAWS
    ]


def test_what_is_drawn_weighs_by_place_and_not_by_question():
    places = [
        [row[0] for row in DRAWS],
        [row[1][1] for row in DRAWS],
        [row[2][1] for row in DRAWS],
    ]
    totals = [sum(marks) for marks in zip(*places, strict=True)]
    roots = [sqrt(library.covariance(marks, totals)) for marks in places]
    parts = sum(library.variance(marks) for marks in places)
    drawn = [two + three for two, three in zip(*places[1:], strict=True)]

    (draw,) = statistics.of_draws(sat_with_draws())
    test = statistics.of_test(sat_with_draws())
    (first,) = statistics.of_items(sat_with_draws(), {"q1": single("q1")})
    assert draw.people == 5
    assert draw.drawn == 2
    assert draw.facility == pytest.approx(5 / 10)
    assert draw.discrimination == pytest.approx(library.correlation(drawn, places[0]))
    assert draw.intended_weight == pytest.approx(2 / 3)
    assert draw.effective_weight == pytest.approx(sum(roots[1:]) / sum(roots))
    assert first.effective_weight == pytest.approx(roots[0] / sum(roots))
    assert test is not None
    assert test.consistency == pytest.approx(3 / 2 * (1 - parts / library.variance(totals)))


def test_a_drawn_question_is_told_over_those_who_met_it():
    sat = [*sat_with_draws(), *sat_with_draws()]
    found = {
        one.question_id: one
        for one in statistics.of_items(sat, {one: single(one) for one in ("x", "y", "z")})
    }
    assert {one.people for one in found.values()} == {6, 8}
    assert found["y"].facility == pytest.approx(2 / 3)
    assert found["y"].effective_weight is None


def test_a_pilot_question_weighs_nothing_and_is_told_against_the_whole_score():
    sat = [
        Sat((Item("q1", float(n), 4.0), Item("pilot", n % 2, 1.0, scored=False))) for n in range(5)
    ]
    one, pilot = statistics.of_items(sat, {"q1": single("q1"), "pilot": single("pilot")})
    assert one.intended_weight == 1
    assert pilot.intended_weight is None
    assert pilot.effective_weight is None
    expected = library.correlation([n % 2 for n in range(5)], range(5))
    assert pilot.discrimination == pytest.approx(expected)


def test_marks_alike_but_for_the_noise_of_adding_discriminate_nothing():
    sat = [Sat((Item("q1", mark, 1.0), Item("q2", 1.0, 1.0))) for mark in (0.3, 0.1 + 0.2) * 3]
    found = statistics.of_items(sat, {"q1": single("q1")})[0]
    assert found.discrimination is None
    assert Flag.NEGATIVE not in statistics.flags(found)


@pytest.mark.parametrize(
    ("question", "chance"),
    [
        (single(), 1 / 3),
        (single(options=(option("a", True), option("b", weight="0.5"), option("c"))), 1.5 / 3),
        (multiple(), None),
        (match(credit="each"), 1 / 3),
        (match(credit="all"), (1 / 3) ** 2),
    ],
)
def test_what_blind_guessing_earns(question, chance):
    assert random_guess(question) == (None if chance is None else pytest.approx(chance))


# --- By property ----------------------------------------------------------------------------------

ROWS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.5, 1.0]),
        st.sampled_from([0.0, 1.0, 2.0]),
        st.sampled_from([0.0, 1.0]),
    ),
    min_size=5,
    max_size=25,
)


@given(ROWS, st.randoms())
def test_the_order_of_people_does_not_matter(rows, random):
    questions = {one: replace(single(), id=one) for one in IDS}
    shuffled = random.sample(rows, len(rows))
    one, two = (statistics.of_items(sat_from(found), questions) for found in (rows, shuffled))
    for first, second in zip(one, two, strict=True):
        assert first.facility == pytest.approx(second.facility)
        assert first.discrimination == pytest.approx(second.discrimination, abs=1e-9)


@given(ROWS)
def test_figures_lie_in_their_ranges(rows):
    questions = {one: replace(single(), id=one) for one in IDS}
    test = statistics.of_test(sat_from(rows))
    assert test is not None
    assert 0 <= test.mean <= 1
    assert test.consistency is None or test.consistency <= 1 + 1e-9
    for item in statistics.of_items(sat_from(rows), questions):
        assert 0 <= item.facility <= 1
        assert item.discrimination is None or -1 <= item.discrimination <= 1
        assert item.efficiency is None or -1 <= item.efficiency <= 1


# --- As staff meet them ---------------------------------------------------------------------------

PAGE = f"/courses/{COURSE}/quizzes/{QUIZ}/statistics"


def sit(people: int) -> None:
    """So many people, of whom the first half answers rightly."""
    for number in range(people):
        by = learner(f"Person{number} Other")
        attempt_id = start(by)
        key = "a" if number < people / 2 else "b"
        answers = {f"single-{n}": key for n in range(3)}
        answers["single-2"] = "b" if key == "a" else "a"
        answer_all(by, attempt_id, answers)
        services.submit(attempt_id, by=by, now=NOW)


@pytest.fixture
def author(app: Flask) -> Visitor:
    make_person("Henrik Vogel", Role.AUTHOR)
    visitor = Visitor(app)
    visitor.log_in("henrik@example.com", PASSWORD)
    return visitor


def test_the_page_shows_figures_at_the_source_and_nobodys_answers(author: Visitor):
    publish_exam(*many(3))
    sit(4)
    assert "Figures appear from 5 on." in author.open(PAGE).text
    sit_more = learner("Zoe Last")
    attempt_id = start(sit_more)
    services.submit(attempt_id, by=sit_more, now=NOW)
    page = author.open(PAGE)

    assert "Still uncertain" in page.text
    assert (
        "the weaker answered it better" in page.text or "the weaker answer it better" in page.text
    )
    assert "exam.quiz.md:" in page.text
    assert "Zoe" not in page.text


def test_the_page_over_all_quizzes(author: Visitor):
    publish_exam(*many(3))
    address = f"/courses/{COURSE}/question-statistics"
    assert "Figures appear once 5 people" in author.open(address).text
    sit(6)
    page = author.open(address)
    assert len(page.soup.select("tbody tr")) == 3


def test_only_first_attempts_count(app: Flask):
    publish_exam(*many(1), attempts=None, cooldown=None)
    ada = learner()
    for key in "ba":
        attempt_id = start(ada)
        answer_all(ada, attempt_id, {"single-0": key})
        services.submit(attempt_id, by=ada, now=NOW)

    (sat,) = queries.first_attempts(COURSE, QUIZ)
    assert sat.total == 0


def test_what_somebody_practised_stays_theirs(author: Visitor):
    """Also where the quiz was practice once and is an exam now."""
    publish_exam(*many(3), mode=QuizMode.PRACTICE, cooldown=None)
    sit(6)
    assert author.open(PAGE).status == 404
    publish_exam(*many(3))

    assert queries.first_attempts(COURSE, QUIZ) == []
    assert queries.occasions(COURSE) == []
    assert "0 people have finished" in author.open(PAGE).text


def test_over_all_quizzes_each_person_counts_once(app: Flask):
    asked = many(1)
    publish_exam(*asked)
    sit(5)
    again = replace(make_exam("second"), sections=(make_section(*asked),))
    first = make_exam(QUIZ, sections=(make_section(*asked),))
    publish(make_course(COURSE, quizzes=(make_quiz("checkpoint"), first, again)))
    for name in ("Zoe Last", "Zara Last"):
        by = learner(name)
        services.submit(services.start(COURSE, "second", by=by, now=NOW), by=by, now=NOW)
        services.submit(start(by), by=by, now=NOW)

    course, questions = queries.course_with_questions(COURSE)
    # Two alone sat the other quiz first: what they answered could be read off.
    assert statistics.over_quizzes(queries.occasions(COURSE), questions) == []
    for number in range(3):
        by = learner(f"Last{number} Person")
        attempt_id = services.start(COURSE, "second", by=by, now=NOW)
        services.submit(attempt_id, by=by, now=NOW)
    (found,) = statistics.over_quizzes(queries.occasions(COURSE), questions)
    assert (found.people, found.facility) == (10, pytest.approx(3 / 10))
    assert (found.intended_weight, found.effective_weight) == (None, None)
    assert course.id == COURSE


def test_over_all_quizzes_marks_are_compared_as_shares():
    """Worked by hand: the same people in a short quiz and others in one of ten times the points."""
    short = [(1.0, 1.0), (1.0, 0.5), (0.0, 0.5), (0.0, 0.0), (1.0, 0.5)]
    long = [(10.0, 10.0), (0.0, 5.0), (0.0, 0.0), (10.0, 5.0), (10.0, 10.0)]
    occasions = [
        Occasion(person, quiz, Sat((Item("owner", mark, scale), Item("other", rest, scale))))
        for quiz, scale, marks in (("short", 1.0, short), ("long", 10.0, long))
        for person, (mark, rest) in enumerate(marks, 1 if quiz == "short" else 11)
    ]
    (found,) = statistics.over_quizzes(occasions, {"owner": single()})

    marks = [mark for mark, _rest in short] + [mark / 10 for mark, _rest in long]
    rests = [rest for _mark, rest in short] + [rest / 10 for _mark, rest in long]
    assert found.facility == pytest.approx(library.fmean(marks))
    assert found.discrimination == pytest.approx(library.correlation(marks, rests))


def test_a_quiz_that_draws_tells_what_its_draws_weigh(author: Visitor):
    section = make_section(*many(4), draw=2, domain="Assessment")
    publish_exam(make_section(replace(single(), id="fixed")), section)
    sit(6)
    page = author.open(PAGE)

    assert "Assessment: 2 questions drawn" in page.text
    assert all(one.placed()[0][0] == "fixed" for one in queries.first_attempts(COURSE, QUIZ))


def test_a_question_that_a_regrade_took_out_is_not_told(app: Flask):
    publish_exam(*many(2))
    sit(5)
    order = Order(COURSE, QUIZ, "single-1", Remedy.IGNORE_QUESTION, None)
    services.regrade(order, "It had two right answers.", by=SYSTEM, now=NOW)

    asked = {item.question_id for one in queries.first_attempts(COURSE, QUIZ) for item in one.items}
    assert asked == {"single-0"}


def test_the_report_names_path_line_and_what_looks_wrong(app: Flask):
    publish_exam(*many(3))
    sit(6)
    result = app.test_cli_runner().invoke(report, [f"{COURSE}/{QUIZ}"])

    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert "6 people" in lines[0]
    assert lines[1].startswith(f"courses/{COURSE}/")
    assert "single-2: people 6" in lines[1]
    assert "the weaker answer it better" in lines[1]


def test_the_report_says_what_is_missing(app: Flask):
    publish_exam(*many(1))
    run = app.test_cli_runner().invoke
    assert "Figures appear from 5 on." in run(report, [f"{COURSE}/{QUIZ}"]).output
    assert "COURSE/QUIZ" in run(report, [COURSE]).output
    unknown = run(report, [f"{COURSE}/nothing"])
    assert unknown.exit_code == 1
    assert "There is no such quiz in this course." in unknown.output


def test_the_page_costs_the_same_for_many(author: Visitor):
    publish_exam(*many(3))
    sit(5)

    def statements() -> int:
        with counted() as sent:
            assert author.open(PAGE).status == 200
        return len(sent)

    few = statements()
    for number in range(5):
        by = learner(f"More{number} Other")
        services.submit(start(by), by=by, now=NOW)
    assert statements() == few
