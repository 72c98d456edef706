"""The problem file and `staffing solve`: what is read, what is refused and with which place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from app.staffing.commands import staffing
from app.staffing.rules.portfolio.document import read
from app.staffing.rules.portfolio.faults import BadProblem
from tests.staffing.problems import document, problem, role, somebody

BASICS = {
    "id": "basics",
    "hours": 8,
    "awards": [{"competency": "risk-management", "level": 3, "valid_for": "24 months"}],
}


def lasting(how_long: str) -> dict[str, Any]:
    return {**BASICS, "awards": [{**BASICS["awards"][0], "valid_for": how_long}]}


FIXED = {
    "person": "p1",
    "role": "r0",
    "start": "2027-01-01",
    "end": "2027-01-02",
    "allocation": 1,
}
RISK = {"competency": "risk-management", "level": 3}
BOTH = {**RISK, "certification": "x"}
NO_VALUE = {"attribute": "x", "any": []}
APART = {"project": "P-1", "rule": "apart"}


@pytest.mark.parametrize(
    ("values", "place", "fault"),
    [
        ({"version": 2}, "version", "1"),
        ({"poeple": []}, "poeple", "did you mean “people”?"),
        ({"people": [somebody("p1", capacity=-1)]}, "people[0].capacity", "greater than"),
        ({"people": [somebody("p1"), somebody("p1")]}, "people", "stands 2 times"),
        ({"roles": [role("r1", end="2027-01-01")]}, "roles[0].end", "lies before 2027-02-01"),
        ({"roles": [role("r1", start="soon")]}, "roles[0].start", "date"),
        ({"roles": [role("r1", must=[{"skill": "x"}])]}, "roles[0].must[0].competency", "missing"),
        ({"values": {"p1/r9": 1}}, "values.p1/r9", "person/role"),
        ({"values": {"p1/r1": -1}}, "values.p1/r1", "greater than"),
        ({"stages": ["fame"]}, "stages[0]", "filled"),
        ({"stages": ["score", "score"]}, "stages", "twice"),
        ({"time_limit": 0}, "time_limit", "greater than 0"),
        ({"fixed": [{**FIXED, "person": "x"}]}, "fixed[0].person", "no person"),
        ({"courses": [{**BASICS, "requires": ["d"]}]}, "courses[0].requires", "no course"),
        ({"courses": [lasting("long")]}, "courses[0].awards[0].valid_for", "24 months"),
        ({"version": True}, "version", "integer"),
        ({"stages": []}, "stages", "empty"),
        ({"budgets": {"P-1": float("nan")}}, "budgets.P-1", "finite"),
        ({"people": [somebody("p1", study_hours=169)]}, "people[0].study_hours", "168"),
        ({"roles": [role("r1", must=[BOTH])]}, "roles[0].must[0].level", "unknown"),
        ({"roles": [role("r1", must=[NO_VALUE])]}, "roles[0].must[0].any", "empty"),
        ({"teams": [{**APART, "people": ["p1", "p1"]}]}, "teams[0].people", "twice"),
        ({"teams": [{**APART, "people": ["p1"]}]}, "teams[0].people[1]", "missing"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(values: dict[str, Any], place: str, fault: str):
    with pytest.raises(BadProblem) as refused:
        document(**values)
    found = dict(refused.value.faults)
    assert place in found
    assert fault in found[place]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"version": NaN}']
)
def test_what_is_no_problem_at_all_is_refused(data: bytes):
    with pytest.raises(BadProblem):
        read(data)


@pytest.mark.parametrize(
    ("once", "twice", "place"),
    [
        ('"version": 1', '"version": 1, "version": 1', "version"),
        ('"project": "P-1"', '"project": "P-1", "project": "P-2"', "roles[0].project"),
        ('"level": 3, "from"', '"level": 3, "level": 5, "from"', "people[0].claims[0].level"),
    ],
)
def test_of_a_key_that_stands_twice_nobody_knows_what_is_meant(once: str, twice: str, place: str):
    text = json.dumps(problem()).replace(once, twice, 1)
    with pytest.raises(BadProblem) as refused:
        read(text.encode())
    assert refused.value.faults == [(place, "stands more than once")]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_what_is_not_utf_8_is_told_so(encoding: str):
    with pytest.raises(BadProblem, match="is not UTF-8"):
        read(json.dumps(problem(people=[somebody("ö")]), ensure_ascii=False).encode(encoding))


NOVICE = somebody("p1", 2, study_hours=3)


@pytest.mark.parametrize(
    "values",
    [
        {"people": []},
        {"roles": []},
        {"people": [], "roles": [], "courses": []},
        {"roles": [role("r1", want=[{"competency": "x", "level": 3, "weight": 0}])]},
        {"roles": [role("r1", want=[{"competency": "x", "level": 0}])]},
        {"roles": [role("r1", start="0001-01-01")], "people": [NOVICE], "courses": [BASICS]},
        {"roles": [role("r1", end="9999-12-31")], "people": [somebody("p1", rate=1e12)]},
        {"people": [{**NOVICE, "study_hours": 1e-300}], "courses": [BASICS]},
        {"people": [NOVICE], "courses": [{**BASICS, "hours": 1e12}]},
        {"people": [NOVICE], "courses": [lasting("9000 years")]},
        {"people": [NOVICE], "courses": [lasting("999999 days")]},
        {"people": [somebody("p1", capacity=1e12)], "roles": [role("r1", allocation=1e12)]},
        {"roles": [role("r1", allocation=1e-300, priority=1e12)]},
        {"people": [somebody("p1", capacity=50)], "allocations": {"p1/r1": 50}},
        {"budgets": {"nowhere": 0}},
        {"time_limit": 1e-9},
    ],
)  # fmt: skip
def test_whatever_is_extreme_and_legal_is_answered(values: dict[str, Any], tmp_path: Path):
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(problem(**values)))
    done = CliRunner().invoke(staffing, ["solve", str(file), "--unlock"])
    assert (done.exception, done.exit_code) == (None, 0)
    found = json.loads(done.stdout)
    assert found["status"] == "optimal"
    assert all(part >= 0 for one in found["assignments"] for part in one["parts"].values())


@settings(max_examples=50)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_any_json_is_read_or_refused(value: Any):
    with pytest.raises(BadProblem):
        read(json.dumps(value).encode())


def test_the_command_prints_json_alone_and_refuses_with_2(tmp_path: Path):
    file, result = tmp_path / "problem.json", tmp_path / "result.json"
    file.write_text(json.dumps(problem()))
    printed = CliRunner().invoke(staffing, ["solve", str(file)])
    written = CliRunner().invoke(staffing, ["solve", str(file), "--unlock", "-o", str(result)])

    assert json.loads(printed.stdout)["status"] == "optimal"
    assert written.exit_code == 0
    assert json.loads(result.read_text())["unlock"] == []
    file.write_text(json.dumps(problem(version=3)))
    refused = CliRunner().invoke(staffing, ["solve", str(file)])
    assert refused.exit_code == 2
    assert "version" in refused.stderr
    assert refused.stdout == ""
