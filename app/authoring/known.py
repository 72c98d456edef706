"""What a course may refer to outside itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Known:
    """Codes and ids that exist. None means that they are not known, and then nothing is checked.

    Attributes:
        competencies: codes of the framework.
        courses: each course and the courses it asks for before it; the one that is compiled may
            stand among them, what its own file says counts.
        certifications: codes of the catalogue.
        attempted: types of questions as `quiz/question` where somebody has already answered.
        ceilings: the highest level that an exam shows, of competencies that have such a limit.
    """

    competencies: frozenset[str] | None = None
    courses: Mapping[str, tuple[str, ...]] | None = None
    certifications: frozenset[str] | None = None
    attempted: Mapping[str, str] = field(default_factory=dict)
    ceilings: Mapping[str, int] = field(default_factory=dict)
