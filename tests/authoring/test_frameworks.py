"""Frameworks of competencies and the catalogue of certifications."""

from __future__ import annotations

from app.authoring.frameworks import compile_framework, dump_framework, load_framework
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
