"""What the PMO would argue about: what evidence amounts to, and what is missing."""

from app.competence.rules.book import PLAIN, Book, fold
from app.competence.rules.claims import (
    SOON,
    Claim,
    EvidenceKind,
    Piece,
    claim_on,
    claim_throughout,
    first_day_below,
    first_gap,
)
from app.competence.rules.counting import Counting, effective
from app.competence.rules.crosswalks import Bridge, bridges
from app.competence.rules.held import HeldCertification
from app.competence.rules.route import (
    ASSESSMENT_MINUTES,
    Gap,
    Offer,
    Route,
    Step,
    StepKind,
    gaps,
    ready_after,
    shortest,
)

__all__ = [
    "ASSESSMENT_MINUTES",
    "PLAIN",
    "SOON",
    "Book",
    "Bridge",
    "Claim",
    "Counting",
    "EvidenceKind",
    "Gap",
    "HeldCertification",
    "Offer",
    "Piece",
    "Route",
    "Step",
    "StepKind",
    "bridges",
    "claim_on",
    "claim_throughout",
    "effective",
    "first_day_below",
    "first_gap",
    "fold",
    "gaps",
    "ready_after",
    "shortest",
]
