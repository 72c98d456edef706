"""The catalogue of certifications: how each is renewed, and what a file may not say."""

from __future__ import annotations

from decimal import Decimal

from app.authoring.diagnostics import Code
from app.authoring.frameworks import CertificationRenewal, Frameworks, compile_framework
from app.core.values import Duration, Unit

HEAD = "certifications:\n  - {code: other, title: Other, issuer: Some, valid_for: 3 years}\n"


def compiled(text: str) -> Frameworks:
    return compile_framework({"certifications.yml": (HEAD + text).encode()})


def entry(renewal: str, valid_for: str = "valid_for: 3 years, ") -> str:
    return f"  - {{code: one, title: One, issuer: Some, {valid_for}renewal: {renewal}}}\n"


def test_a_type_says_how_it_is_renewed():
    renewal = (
        "{renew_from: 12 months, grace: 30 days, counts_from: expiry, same_exam: false,"
        " suite: [other], points_a_year: 20}"
    )
    found = compiled(entry(renewal))

    assert found.diagnostics == ()
    assert found.certifications[1].renewal == CertificationRenewal(
        renew_from=Duration(12, Unit.MONTHS),
        grace=Duration(30, Unit.DAYS),
        counts_from="expiry",
        same_exam=False,
        suite=("other",),
        points_a_year=Decimal(20),
    )
    assert found.certifications[0].renewal == CertificationRenewal()


def test_a_suite_names_certifications_of_the_file():
    (problem,) = compiled(entry("{suite: [othr]}")).diagnostics
    assert problem.code is Code.UNKNOWN_CERTIFICATION
    assert "Did you mean “other”?" in problem.message


def test_what_never_lapses_has_no_renewal():
    (problem,) = compiled(entry("{grace: 30 days}", valid_for="")).diagnostics
    assert problem.code is Code.BAD_VALUE


def test_an_unknown_rhythm_is_refused():
    (problem,) = compiled(entry("{counts_from: whenever}")).diagnostics
    assert problem.code is Code.BAD_VALUE
