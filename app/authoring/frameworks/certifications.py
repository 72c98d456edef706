"""The file that is the catalogue of certifications of others."""

from __future__ import annotations

from decimal import Decimal

from app.authoring import frontmatter
from app.authoring.diagnostics import Code
from app.authoring.frameworks.matter import CatalogueMatter, CertificationMatter, RenewalMatter
from app.authoring.frameworks.source import Reading
from app.authoring.frameworks.values import Certification, CertificationRenewal
from app.authoring.schema import nearest
from app.core.i18n import gettext as _


def catalogue(reading: Reading) -> tuple[Certification, ...] | None:
    """The certifications of the file."""
    matter = reading.matter(CatalogueMatter)
    if matter is None:
        return None
    listed = matter.certifications
    reading.refuse_twins(
        [(one.code, ("certifications", n, "code")) for n, one in enumerate(listed)]
    )
    _refuse_strangers(reading, listed)
    return tuple(
        Certification(
            code=one.code,
            title=one.title,
            issuer=one.issuer,
            valid_for=one.valid_for,
            description=one.description,
            url=one.url,
            renewal=_renewal(one.renewal),
        )
        for one in listed
    )


def _refuse_strangers(reading: Reading, listed: list[CertificationMatter]) -> None:
    """A suite names certifications of the same file, of which one lapses: else nothing renews."""
    known = {one.code for one in listed}
    for n, one in enumerate(listed):
        at: frontmatter.Path = ("certifications", n, "renewal")
        for m, code in enumerate(one.renewal.suite):
            if code not in known:
                message = _("There is no certification “%(code)s” in this file.", code=code)
                message += nearest(code, sorted(known))
                reading.refuse(Code.UNKNOWN_CERTIFICATION, (*at, "suite", m), message)
        if one.valid_for is None and "renewal" in one.model_fields_set:
            message = _("“%(code)s” never lapses: give “valid_for”, or no renewal.", code=one.code)
            reading.refuse(Code.BAD_VALUE, at, message)


def _renewal(matter: RenewalMatter) -> CertificationRenewal:
    points = matter.points_a_year
    return CertificationRenewal(
        renew_from=matter.renew_from,
        grace=matter.grace,
        counts_from=matter.counts_from,
        same_exam=matter.same_exam,
        suite=tuple(matter.suite),
        points_a_year=None if points is None else Decimal(points),
    )
