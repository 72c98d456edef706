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
from app.assessment.rules import statistics
from app.assessment.rules.statistics import FEWEST, Flag, Item, Sat
from app.core.policy import Role
from tests.assessment.questions import single
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

    assert statistics.skewness(totals) == pytest.approx(k3 / k2**1.5)
    assert statistics.kurtosis(totals) == pytest.approx(k4 / k2**2)
    assert statistics.skewness([1.0, 1.0, 1.0]) is None


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


def test_nothing_is_told_of_few_people_and_no_consistency_of_draws():
    assert statistics.of_test(sat_from(TABLE)[: FEWEST - 1]) is None
    assert statistics.of_items(sat_from(TABLE)[: FEWEST - 1], {"q1": single("q1")}) == []
    drawn = [*sat_from(TABLE)[:5], Sat((Item("q9", 1.0, 1.0), Item("q1", 0.0, 1.0)))]
    found = statistics.of_test(drawn)
    assert found is not None
    assert found.consistency is None


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


def test_only_first_attempts_count(app: Flask):
    publish_exam(*many(1), attempts=None, cooldown=None)
    ada = learner()
    for key in "ba":
        attempt_id = start(ada)
        answer_all(ada, attempt_id, {"single-0": key})
        services.submit(attempt_id, by=ada, now=NOW)

    (sat,) = queries.first_attempts(COURSE, QUIZ)
    assert sat.total == 0


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
