"""Certifications of others, as somebody holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.competence.certifications.rules import USUAL, HoldingState, Standing, Terms, state_on


@dataclass(frozen=True, slots=True)
class HeldCertification:
    """A certification somebody holds, from the day it was issued to the last day it is good for."""

    id: int
    code: str
    title: str
    issuer: str
    number: str
    first: date
    last: date | None
    terms: Terms = USUAL
    renewed: bool = False
    """Whether a newer one of the same kind holds longer."""

    def holds_on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def state_on(self, day: date) -> HoldingState:
        """Its state, by what its issuer says about renewal and grace."""
        standing = Standing.of(self.terms, self.first, self.last, renewed=self.renewed)
        return state_on(standing, day)
