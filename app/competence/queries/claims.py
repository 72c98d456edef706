"""What people can be said to do: their evidence, folded by the book of rules."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    String,
    Text,
    bindparam,
    cast,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from app.authoring.frameworks import Link, Policy, Relation
from app.authoring.numbers import parse_duration
from app.competence.models import (
    Competency,
    CrosswalkLink,
    Evidence,
    EvidenceWithdrawal,
    FrameworkTerms,
)
from app.competence.rules import Book, Claim, Counting, EvidenceKind, Piece, fold
from app.core import db
from app.core.values import Period


def claims_on(person_ids: Collection[int] | None, day: date) -> dict[int, dict[str, Claim]]:
    """What each person can be said to do on `day`, by person and competency."""
    return claims_throughout(person_ids, Period(day, day))


def claims_throughout(
    person_ids: Collection[int] | None, period: Period
) -> dict[int, dict[str, Claim]]:
    """What each person can be said to do on every day of `period`; None means everybody."""
    rules = book()
    return {
        person_id: fold(by_code, period, rules)
        for person_id, by_code in pieces_of(person_ids).items()
    }


# --- The book --------------------------------------------------------------------------------


def book() -> Book:
    """How evidence counts, in every framework and between them; one statement."""
    counting: dict[str, Counting] = {}
    links: list[Link] = []
    for kind, code, other, levels in db.session.execute(_BOOK):
        if kind in _POLICIES:
            counting[code] = Counting(Policy(kind), parse_duration(other) if other else None)
        else:
            meant = tuple(sorted((int(own), to) for own, to in json.loads(levels).items()))
            links.append(Link(code, other, Relation(kind), meant))
    return Book.of(counting, links)


_POLICIES = frozenset(policy.value for policy in Policy)
_BOOK: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(
        cast(FrameworkTerms.policy, String).label("kind"),
        Competency.code,
        FrameworkTerms.half_life.label("other"),
        cast(null(), Text).label("levels"),
    )
    .join(Competency, Competency.framework_code == FrameworkTerms.framework_code)
    .where(or_(FrameworkTerms.policy != Policy.BEST, FrameworkTerms.half_life.is_not(None))),
    select(
        cast(CrosswalkLink.relation, String),
        CrosswalkLink.source_code,
        CrosswalkLink.target_code,
        cast(CrosswalkLink.levels, Text),
    ),
).order_by("kind", "code", "other")


# --- Pieces ----------------------------------------------------------------------------------


def pieces_of(
    person_ids: Collection[int] | None, codes: Collection[str] | None = None
) -> dict[int, dict[str, list[Piece]]]:
    """The evidence of people that was not withdrawn, by person and competency.

    Args:
        person_ids: None means everybody.
        codes: None means every competency.
    """
    query = _PIECES
    if person_ids is not None:
        query = query.where(Evidence.person_id.in_(bindparam("person_ids", expanding=True)))
    if codes is not None:
        query = query.where(Evidence.competency_code.in_(bindparam("codes", expanding=True)))
    values = {"person_ids": list(person_ids or ()), "codes": list(codes or ())}
    found: dict[int, dict[str, list[Piece]]] = defaultdict(lambda: defaultdict(list))
    for number, person_id, code, kind, level, first, last, title in db.rows(query, values):
        piece = Piece(number, code, kind, level, first, last, title)
        found[person_id][code].append(piece)
    return found


_PIECES = select(
    Evidence.id,
    Evidence.person_id,
    Evidence.competency_code,
    Evidence.kind,
    Evidence.level,
    Evidence.valid_from,
    Evidence.valid_to,
    Evidence.title,
).where(Evidence.id.not_in(select(EvidenceWithdrawal.evidence_id)))


Counted = tuple[int, str, int, date, date | None, str]
"""Whose evidence, of what, its level, its first and last day, and its kind."""


def counted_pieces(
    codes: Collection[str], period: Period, person_ids: Collection[int] | None = None
) -> Iterator[Counted]:
    """Whatever may count for these competencies within a period, person by person.

    The best of it counts: policies, fading and crosswalks are in it already.

    Args:
        person_ids: None means everybody who is active or not.
    """
    if not (wanted := set(codes)):
        return
    rules = book()
    query = select(*_COUNTED).where(*counting_in(rules.sources(wanted), period))
    if person_ids is not None:
        query = query.where(db.one_of(Evidence.person_id, person_ids))
    special = rules.sources(wanted & rules.special)
    apart: dict[int, dict[str, list[Piece]]] = defaultdict(lambda: defaultdict(list))
    for number, owner, code, level, first, last, kind in db.rows(query):
        if code in special:
            piece = Piece(number, code, EvidenceKind(kind), level, first, last, "")
            apart[owner][code].append(piece)
        else:
            yield owner, code, level, first, last, kind
    for owner, by_code in apart.items():
        for code, pieces in rules.counted(by_code).items():
            if code in wanted:
                for one in pieces:
                    yield owner, code, one.level, one.first, one.last, one.kind


_COUNTED = (
    Evidence.id,
    Evidence.person_id,
    Evidence.competency_code,
    Evidence.level,
    Evidence.valid_from,
    Evidence.valid_to,
    type_coerce(Evidence.kind, String),  # the word itself: there are tens of thousands of rows
)


def counting_in(codes: Collection[str], period: Period) -> tuple[ColumnElement[bool], ...]:
    """Which evidence of competencies counts on some day of a period, as far as its row tells."""
    return (
        Evidence.competency_code.in_(codes),
        Evidence.kind != EvidenceKind.SELF_RATED,
        Evidence.valid_from <= period.last,
        or_(Evidence.valid_to.is_(None), Evidence.valid_to >= period.first),
        Evidence.id.not_in(select(EvidenceWithdrawal.evidence_id)),
    )
