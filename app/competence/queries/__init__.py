"""Reads of frameworks, evidence, claims and certifications, for any number of people at once."""

from app.competence.queries.claims import (
    book,
    claims_on,
    claims_throughout,
    counted_pieces,
    pieces_of,
)
from app.competence.queries.evidence import (
    SelfRating,
    check_evidence,
    evidence_id,
    evidence_of,
    from_sources,
    self_ratings,
    subject_for,
)
from app.competence.queries.frameworks import (
    ceilings,
    competencies,
    competency_titles,
    element,
    framework,
    frameworks,
    goals_of,
    links_of,
    profile,
    profiles,
    versions,
)
from app.competence.queries.holdings import (
    certification_type,
    certification_types,
    holdings_of,
    lapsing,
    renewed,
)
from app.competence.queries.levels import levels_throughout

__all__ = [
    "SelfRating",
    "book",
    "ceilings",
    "certification_type",
    "certification_types",
    "check_evidence",
    "claims_on",
    "claims_throughout",
    "competencies",
    "competency_titles",
    "counted_pieces",
    "element",
    "evidence_id",
    "evidence_of",
    "framework",
    "frameworks",
    "from_sources",
    "goals_of",
    "holdings_of",
    "lapsing",
    "levels_throughout",
    "links_of",
    "pieces_of",
    "profile",
    "profiles",
    "renewed",
    "self_ratings",
    "subject_for",
    "versions",
]
