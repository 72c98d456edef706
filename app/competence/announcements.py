"""What competence tells those above it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EvidenceRecorded:
    """A new piece of evidence stands."""

    person_id: int
    competency_code: str
    level: int
