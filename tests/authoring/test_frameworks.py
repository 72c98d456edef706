"""Frameworks of competencies and the catalogue of certifications."""

from __future__ import annotations

from app.authoring.frameworks import (
    Criterion,
    Link,
    Policy,
    Relation,
    RoleProfile,
    compile_framework,
    dump_framework,
    load_framework,
)
from app.authoring.shelf import COURSES, FRAMEWORKS
from app.core.files import read_folder
from app.core.values import Duration, Unit

FRAMEWORK = """framework: small
version: "1"
title: Small
language: en
levels: {1: Aware, 2: Practised, 3: Competent, 4: Proficient, 5: Expert}
groups:
  - code: method
    title: Method
    elements:
      - code: risk
        title: Risk
        description: Of risks.
        levels: {1: a, 2: b, 3: c, 4: d, 5: e}
"""
CATALOGUE = """certifications:
  - {code: one, title: One, issuer: Somebody, valid_for: 3 years, description: It., url: "https://example.org"}
  - {code: two, title: Two, issuer: Somebody}
"""


def found(**files: str) -> list[str]:
    result = compile_framework({f"{name}.yml": text.encode() for name, text in files.items()})
    return [" ".join(str(one).split(" ")[:3]) for one in result.diagnostics]


def test_a_framework_and_a_catalogue():
    result = compile_framework(
        {"small.yml": FRAMEWORK.encode(), "certifications.yml": CATALOGUE.encode()}
    )

    assert result.diagnostics == ()
    framework = result.frameworks[0]
    assert (framework.code, framework.version, framework.levels[2]) == ("small", "1", "Competent")
    assert framework.groups[0].elements[0].levels == ("a", "b", "c", "d", "e")
    assert result.competency_codes == {"risk"}
    one, two = result.certifications
    assert (one.valid_for, one.url) == (Duration(3, Unit.YEARS), "https://example.org")
    assert (two.valid_for, two.url, two.description) == (None, None, "")
    assert result.certification_codes == {"one", "two"}
    assert load_framework(dump_framework(framework)) == framework


def test_what_is_wrong_is_found_where_it_stands():
    assert found(small=FRAMEWORK.replace("title: Risk", "titel: Risk")) == [
        "small.yml:10:9: error missing-key",
        "small.yml:11:9: error unknown-key",
    ]
    assert found(small=FRAMEWORK.replace(", 5: e", "")) == ["small.yml:13:17: error missing-key"]
    assert found(small=FRAMEWORK.replace("5: e", "6: e")) == ["small.yml:13:45: error bad-value"]
    twice = FRAMEWORK + FRAMEWORK[FRAMEWORK.index("      - code: risk") :]
    assert found(small=twice) == ["small.yml:14:15: error duplicate-id"]
    assert found(certifications=CATALOGUE.replace("3 years", "long")) == [
        "certifications.yml:2:58: error bad-value"
    ]
    assert found(certifications=CATALOGUE.replace("two,", "one,")) == [
        "certifications.yml:3:12: error duplicate-id"
    ]
    assert found(small="- a\n") == ["small.yml:1:1: error front-matter"]


def test_a_file_with_an_error_gives_nothing_and_the_others_stand():
    result = compile_framework({"a.yml": b"\xff", "b.yml": FRAMEWORK.encode(), "c.txt": b""})

    assert [framework.code for framework in result.frameworks] == ["small"]
    assert [str(one.code) for one in result.diagnostics] == ["not-utf8"]


def test_the_frameworks_of_the_platform_compile():
    result = compile_framework(read_folder(COURSES / FRAMEWORKS))

    assert result.diagnostics == ()
    assert {"risk-management", "business-case"} <= result.competency_codes
    assert "prince2-practitioner" in result.certification_codes


# --- How evidence counts, parts, crosswalks and profiles ------------------------------------------

OTHER = """framework: other
version: "1"
title: Other
policy: latest
half_life: 2 years
four_eyes: true
ceiling: 2
rubric: [{code: real, title: Real, points: 3, needed: 2}]
levels: {1: Low, 2: Middle, 3: High}
groups:
  - code: one
    title: One
    elements:
      - {code: hazard, title: Hazard, description: It., levels: {1: a, 2: b, 3: c}}
      - {code: threat, title: Threat, description: It., part_of: hazard, levels: {1: a, 2: b, 3: c}}
"""
CROSSWALKS = """crosswalks:
  - {from: hazard, to: risk, relation: same, levels: {1: 1, 2: 3, 3: 5}}
"""
PROFILES = """profiles:
  - {code: manager, title: Manager, needs: {risk: 4, hazard: 3}}
"""


def test_a_framework_says_how_its_evidence_counts():
    result = compile_framework({"other.yml": OTHER.encode()})

    assert result.diagnostics == ()
    (framework,) = result.frameworks
    assert (framework.policy, framework.half_life) == (Policy.LATEST, Duration(2, Unit.YEARS))
    assert (framework.four_eyes, framework.ceiling) == (True, 2)
    assert framework.rubric == (Criterion("real", "Real", "", 3, 2),)
    assert [one.part_of for one in framework.elements] == [None, "hazard"]
    assert load_framework(dump_framework(framework)) == framework


def test_crosswalks_and_profiles():
    files = {"a": FRAMEWORK, "b": OTHER, "crosswalks": CROSSWALKS, "profiles": PROFILES}
    result = compile_framework({f"{name}.yml": text.encode() for name, text in files.items()})

    assert result.diagnostics == ()
    link = Link("hazard", "risk", Relation.SAME, ((1, 1), (2, 3), (3, 5)))
    assert result.crosswalks == (link,)
    assert result.profiles == (RoleProfile("manager", "Manager", "", (("risk", 4), ("hazard", 3))),)
    assert result.ceilings == {"hazard": 2, "threat": 2}


def test_what_is_wrong_with_the_terms_of_a_framework():
    def wrong(before: str, after: str) -> list[str]:
        return found(other=OTHER.replace(before, after))

    assert wrong("latest", "newest") == ["other.yml:4:9: error bad-value"]
    assert wrong("2 years", "2 h") == ["other.yml:5:12: error bad-value"]
    assert wrong("ceiling: 2", "ceiling: 4") == ["other.yml:7:10: error bad-value"]
    assert wrong("needed: 2", "needed: 4") == ["other.yml:8:55: error bad-value"]
    assert wrong("part_of: hazard", "part_of: hazzard") == [
        "other.yml:15:66: error unknown-competency"
    ]
    assert wrong("part_of: hazard", "part_of: threat") == ["other.yml:15:66: error cycle"]
    assert wrong("levels: {1: Low, 2: Middle, 3: High}", "levels: {1: Low, 3: High}") == [
        "other.yml:9:9: error missing-key",
        "other.yml:14:75: error bad-value",
        "other.yml:15:92: error bad-value",
    ]


def test_no_code_stands_in_two_frameworks():
    assert found(a=FRAMEWORK, b=OTHER.replace("code: hazard", "code: risk")) == [
        "b.yml:14:16: error duplicate-id",
        "b.yml:15:66: error unknown-competency",
    ]
    assert found(a=FRAMEWORK, b=FRAMEWORK.replace("code: risk", "code: other")) == [
        "b.yml:1:12: error duplicate-id"
    ]


def test_what_is_wrong_with_crosswalks_and_profiles():
    def crosswalk(before: str, after: str) -> list[str]:
        return found(a=FRAMEWORK, b=OTHER, crosswalks=CROSSWALKS.replace(before, after))

    assert crosswalk("to: risk", "to: rusk") == ["crosswalks.yml:2:24: error unknown-competency"]
    same_framework = crosswalk("to: risk", "to: threat")
    assert same_framework[0] == "crosswalks.yml:2:5: error bad-value"
    assert crosswalk("same", "alike") == ["crosswalks.yml:2:40: error bad-value"]
    assert crosswalk(", levels: {1: 1, 2: 3, 3: 5}", "") == [
        "crosswalks.yml:2:5: error missing-key"
    ]
    twice = CROSSWALKS + CROSSWALKS.splitlines()[1].replace("hazard, to: risk", "risk, to: hazard")
    assert found(a=FRAMEWORK, b=OTHER, crosswalks=twice)[0].endswith("error duplicate-id")
    assert found(a=FRAMEWORK, b=OTHER, profiles=PROFILES.replace("hazard: 3", "hazard: 4")) == [
        "profiles.yml:2:62: error bad-value"
    ]
    assert found(a=FRAMEWORK, b=OTHER, profiles=PROFILES.replace("risk: 4", "rusk: 4")) == [
        "profiles.yml:2:51: error unknown-competency"
    ]


def test_a_framework_that_cannot_be_read_is_the_only_thing_reported():
    result = compile_framework(
        {"a.yml": b"\xff", "b.yml": OTHER.encode(), "crosswalks.yml": CROSSWALKS.encode()}
    )
    assert [str(one.code) for one in result.diagnostics] == ["not-utf8"]
