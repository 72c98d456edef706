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

__all__ = [
    "PLAIN",
    "SOON",
    "Book",
    "Bridge",
    "Claim",
    "Counting",
    "EvidenceKind",
    "HeldCertification",
    "Piece",
    "bridges",
    "claim_on",
    "claim_throughout",
    "effective",
    "first_day_below",
    "first_gap",
    "fold",
]
