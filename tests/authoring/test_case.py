"""Frameworks as CASE packages: what goes out comes back, and what is strange is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from app.authoring.framework_commands import frameworks
from app.authoring.frameworks import (
    Criterion,
    Element,
    ElementGroup,
    Framework,
    Link,
    Policy,
    Relation,
    compile_framework,
)
from app.authoring.frameworks.case_reading import Unreadable, read_case
from app.authoring.frameworks.case_writing import to_case
from app.authoring.frameworks.identifiers import of_element
from app.authoring.frameworks.printer import to_yaml
from app.authoring.shelf import COURSES, FRAMEWORKS
from app.core.files import read_folder
from app.core.values import Duration, Unit

AT = "2026-11-23T12:00:00+00:00"


def package(framework: Framework, *links: Link, **elsewhere: str) -> bytes:
    return json.dumps(to_case(framework, AT, links, elsewhere)).encode()


def without_identifiers(framework: Framework) -> str:
    lines = to_yaml(framework).splitlines()
    return "\n".join(line for line in lines if "identifier:" not in line)


# --- There and back -------------------------------------------------------------------------------

_TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
_CODES = st.lists(
    st.from_regex(r"[a-z][a-z0-9]{2,12}", fullmatch=True), min_size=4, max_size=8, unique=True
)
_CRITERIA = st.builds(
    lambda title, points: Criterion("crit", title, "", points, points // 2),
    _TEXTS,
    st.integers(1, 6),
)


@st.composite
def _frameworks(draw: st.DrawFn) -> Framework:
    code, group, whole, part = draw(_CODES)[:4]
    names = tuple(draw(st.lists(_TEXTS, min_size=2, max_size=5, unique=True)))

    def element(own: str, part_of: str | None = None) -> Element:
        levels = tuple(f"{draw(_TEXTS)} {n}" for n in range(len(names)))
        rubric = tuple(draw(st.lists(_CRITERIA, max_size=1)))
        return Element(own, draw(_TEXTS), draw(_TEXTS), levels, part_of, rubric)

    return Framework(
        code=code,
        version=draw(_TEXTS),
        title=draw(_TEXTS),
        language="de",
        levels=names,
        groups=(ElementGroup(group, draw(_TEXTS), (element(whole), element(part, whole))),),
        policy=draw(st.sampled_from(Policy)),
        half_life=draw(st.none() | st.just(Duration(2, Unit.YEARS))),
        four_eyes=draw(st.booleans()),
        ceiling=draw(st.none() | st.integers(1, len(names))),
        rubric=tuple(draw(st.lists(_CRITERIA, max_size=1))),
        publisher=draw(st.just("") | _TEXTS),
    )


@settings(max_examples=25)
@given(_frameworks())
def test_what_goes_out_comes_back(framework: Framework):
    back = read_case(package(framework))

    assert back.notes == ()
    assert without_identifiers(back.framework) == without_identifiers(framework)


@settings(max_examples=25)
@given(_frameworks())
def test_what_is_printed_compiles_to_the_same(framework: Framework):
    found = compile_framework({"one.yml": to_yaml(framework).encode()})
    assert [str(one) for one in found.diagnostics if "error" in str(one)] == []
    assert found.frameworks == (framework,)


def test_the_frameworks_of_the_platform_go_out_and_come_back():
    found = compile_framework(read_folder(COURSES / FRAMEWORKS))
    ids = {one.code: of_element(each, one) for each in found.frameworks for one in each.elements}
    codes = {identifier: code for code, identifier in ids.items()}

    for framework in found.frameworks:
        links = [one for one in found.crosswalks or () if one.source in framework.codes]
        back = read_case(package(framework, *links, **ids), codes)
        assert back.links == tuple(links)
        assert back.notes == ()
        assert without_identifiers(back.framework) == without_identifiers(framework)


def test_the_package_is_what_the_standard_asks_for():
    found = compile_framework(read_folder(COURSES / FRAMEWORKS)).frameworks[-1]
    made = to_case(found, AT)

    assert made["CFDocument"]["caseVersion"] == "1.1"
    assert {"identifier", "uri", "creator", "title", "lastChangeDateTime", "CFPackageURI"} <= set(
        made["CFDocument"]
    )
    items = {one["identifier"] for one in made["CFItems"]}
    assert len(items) == len(made["CFItems"]) == len(found.elements) + len(found.groups)
    for one in made["CFItems"]:
        assert {"fullStatement", "uri", "lastChangeDateTime"} <= set(one)
    ends = {one["originNodeURI"]["identifier"] for one in made["CFAssociations"]}
    assert ends == items
    assert made == to_case(found, AT)


# --- From elsewhere -------------------------------------------------------------------------------


def foreign(**changes: Any) -> bytes:
    """A small package as another system writes it: no codes, no levels, a level too many."""
    link = {"originNodeURI": {"identifier": "i2"}, "destinationNodeURI": {"identifier": "i1"}}
    made: dict[str, Any] = {
        "CFDocument": {"identifier": "d", "title": "Möglichkeiten & mehr", "creator": "Somebody"},
        "CFItems": [
            {"identifier": "i1", "fullStatement": "Strand"},
            {"identifier": "i2", "fullStatement": "Can plan", "humanCodingScheme": "A.1"},
            {"identifier": "i3", "fullStatement": "Can plan"},
        ],
        "CFAssociations": [
            {"associationType": "isChildOf", **link},
            {"associationType": "precedes", **link},
        ],
    }
    return json.dumps({**made, **changes}).encode()


def test_a_package_from_elsewhere_gets_codes_groups_and_levels():
    imported = read_case(foreign())

    framework = imported.framework
    assert (framework.code, framework.publisher) == ("moglichkeiten-mehr", "Somebody")
    shape = [(group.code, [one.code for one in group.elements]) for group in framework.groups]
    assert shape == [("strand", ["a-1"]), ("general", ["can-plan"])]
    assert framework.elements[0].levels[2] == "Competent"
    assert len(imported.notes) == 3
    assert compile_framework({"it.yml": to_yaml(framework).encode()}).frameworks == (framework,)


def test_half_a_character_is_no_reason_to_fail():
    imported = read_case(foreign().replace(b"Strand", b"Str\\ud800and"))
    assert imported.framework.groups[0].title == "Str?and"


def test_what_leads_round_in_a_circle_is_left_out_and_told():
    round_ = [
        {
            "associationType": "isChildOf",
            "originNodeURI": {"identifier": one},
            "destinationNodeURI": {"identifier": other},
        }
        for one, other in (("i1", "i2"), ("i2", "i1"))
    ]
    imported = read_case(foreign(CFAssociations=round_))
    assert [one.code for one in imported.framework.elements] == ["can-plan"]
    assert any("2 items" in note for note in imported.notes)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b"{" * 5,
        b"[" * 100_000,
        b'{"CFDocument": {"title": 3}, "CFItems": []}',
        b'{"CFDocument": {"title": "x"}, "CFItems": []}',
    ],
)
def test_what_is_no_package_is_refused_with_a_sentence(data: bytes):
    with pytest.raises(Unreadable):
        read_case(data)


@settings(max_examples=40)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["identifier", "extensions", "cadre", "CFItemURI", "levels"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_stands_in_the_rubrics_is_read_or_refused(value: Any):
    try:
        imported = read_case(foreign(CFRubrics=[{"extensions": value, "CFRubricCriteria": value}]))
    except Unreadable:
        return
    assert compile_framework({"it.yml": to_yaml(imported.framework).encode()}).frameworks


# --- Commands -------------------------------------------------------------------------------------


def test_commands_export_import_and_check(tmp_path: Path):
    out, back = tmp_path / "out.json", tmp_path / "new" / "agile-core.yml"
    run = CliRunner().invoke

    source = str(COURSES / FRAMEWORKS / "agile-core.yml")
    assert run(frameworks, ["export", source, "-o", str(out)]).exit_code == 0
    done = run(frameworks, ["import", str(out), "--to", str(back)])
    assert done.exit_code == 0, done.output
    assert "3 elements" in done.output and "2 associations" in done.output
    again = run(frameworks, ["import", str(out), "--to", str(back)])
    assert again.exit_code == 1 and "--force" in again.output
    assert run(frameworks, ["check", str(back.parent)]).exit_code == 0
    back.write_text(back.read_text().replace("policy: latest", "policy: best-of-all"))
    checked = run(frameworks, ["check", str(back.parent), "--json"])
    assert checked.exit_code == 1
    assert [one["code"] for one in json.loads(checked.output)] == ["bad-value"]


def test_a_link_to_a_framework_that_lies_there_becomes_a_line_for_crosswalks(tmp_path: Path):
    folder = COURSES / FRAMEWORKS
    (tmp_path / "pm-core.yml").write_bytes((folder / "pm-core.yml").read_bytes())
    out = tmp_path / "out.json"
    run = CliRunner().invoke

    run(frameworks, ["export", str(folder / "agile-core.yml"), "-o", str(out)])
    done = run(frameworks, ["import", str(out), "--to", str(tmp_path / "agile.yml")])
    line = (
        "{from: iterative-delivery, to: agile-delivery, relation: same, levels: {1: 1, 2: 3, 3: 4}}"
    )
    assert line in done.output
    assert Relation.NARROWER in done.output
