"""The book of rules by which evidence is folded: of every framework, and between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from app.authoring.frameworks import Link
from app.competence.rules.claims import Claim, EvidenceKind, Piece, claim_throughout
from app.competence.rules.counting import Counting, effective
from app.competence.rules.crosswalks import Bridge, bridges
from app.core.values import Period

Pieces = Mapping[str, Collection[Piece]]
"""Evidence of one person, by competency."""


@dataclass(frozen=True, slots=True)
class Book:
    """What says how evidence counts.

    Attributes:
        counting: of competencies whose framework says something; the others are plain.
        bridges: what answers for a competency besides its own evidence.
    """

    counting: Mapping[str, Counting] = field(default_factory=dict)
    bridges: Mapping[str, tuple[Bridge, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, counting: Mapping[str, Counting], links: Iterable[Link]) -> Book:
        return cls({k: one for k, one in counting.items() if not one.plain}, bridges(links))

    @property
    def special(self) -> frozenset[str]:
        """Competencies in which evidence does not simply count as it stands."""
        return frozenset(self.counting) | frozenset(self.bridges)

    def sources(self, codes: Collection[str]) -> set[str]:
        """The competencies whose evidence is needed to answer for `codes`."""
        across = {bridge.source for code in codes for bridge in self.bridges.get(code, ())}
        return across | set(codes)

    def counted(self, pieces: Pieces) -> dict[str, list[Piece]]:
        """The same evidence as pieces of which the best counts, in each competency they reach."""
        reached = {target for target, ways in self.bridges.items() if _any_in(pieces, ways)}
        return {code: self._counted(code, pieces) for code in dict.fromkeys([*pieces, *reached])}

    def _counted(self, code: str, pieces: Pieces) -> list[Piece]:
        own = list(pieces.get(code, ()))
        for bridge in self.bridges.get(code, ()):
            own.extend(_across(pieces.get(bridge.source, ()), bridge))
        counting = self.counting.get(code)
        return own if counting is None else effective(own, counting)


PLAIN = Book()


def fold(pieces: Pieces, period: Period, book: Book = PLAIN) -> dict[str, Claim]:
    """The claim in each competency of which there is evidence, throughout `period`."""
    counted = book.counted(pieces) if book.special else pieces
    return {code: claim_throughout(code, of_code, period) for code, of_code in counted.items()}


def _any_in(pieces: Pieces, ways: Iterable[Bridge]) -> bool:
    return any(bridge.source in pieces for bridge in ways)


def _across(pieces: Iterable[Piece], bridge: Bridge) -> list[Piece]:
    return [
        replace(piece, competency=bridge.target, level=level, via=bridge.path[:-1])
        for piece in pieces
        if piece.kind is not EvidenceKind.SELF_RATED and (level := bridge.levels[piece.level])
    ]
