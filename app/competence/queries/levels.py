"""The level of everybody in everything at once, for thousands of people.

The database folds what it can: the highest level that one piece carries through the whole period.
Only where pieces that cover a part of it could carry more together are they looked at one by one,
and likewise where a framework or a crosswalk says more than that the best counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)

from app.competence.models import Evidence, EvidenceWithdrawal
from app.competence.queries.claims import book
from app.competence.rules import Book, EvidenceKind, Piece, claim_throughout, fold
from app.core import db
from app.core.values import Period

Levels = dict[int, dict[str, int]]
"""By person and competency; what nobody has shown is not in it."""


def levels_throughout(period: Period) -> Levels:
    """The level of every person in every competency on every day of `period`.

    The same as that of `claims_throughout`, without what carries it.
    """
    rules = book()
    grouped = _grouped(period, rules)
    found = _carried_by_one(grouped)
    _raise_by_several(found, grouped, period)
    _add_special(found, period, rules)
    return found


def _grouped(period: Period, rules: Book) -> Subquery:
    """By person and competency: the highest level that one piece carries throughout, the highest
    on the first day, and the highest on the last. Several pieces together cannot carry more than
    the lower of these two."""
    begun, lasts = Evidence.valid_from <= period.first, _lasts_to(period)
    columns = (
        func.max(case((and_(begun, lasts), Evidence.level), else_=0)).label("throughout"),
        func.max(case((begun, Evidence.level), else_=0)).label("first"),
        func.max(case((lasts, Evidence.level), else_=0)).label("last"),
    )
    touching = Evidence.valid_from <= period.last, _lasts_from(period)
    query = select(Evidence.person_id, Evidence.competency_code.label("code"), *columns)
    query = query.where(*touching, *_counting(), *_but(rules.special))
    return query.group_by(Evidence.person_id, Evidence.competency_code).subquery()


def _carried_by_one(grouped: Subquery) -> Levels:
    """One row for each person, because making half a million of them takes longer than the fold."""
    pair = cast(grouped.c.throughout, String) + grouped.c.code
    query = select(grouped.c.person_id, func.aggregate_strings(pair, " "))
    query = query.where(grouped.c.throughout > 0).group_by(grouped.c.person_id)
    return {
        person_id: {one[1:]: _DIGITS[one[0]] for one in pairs.split(" ")}
        for person_id, pairs in db.rows(query, {})
    }


_DIGITS = {str(level): level for level in range(1, 6)}


def _raise_by_several(found: Levels, grouped: Subquery, period: Period) -> None:
    """Where pieces that cover a part of the period could carry more together."""
    of_group = Evidence.person_id == grouped.c.person_id, Evidence.competency_code == grouped.c.code
    query = (
        select(*_COLUMNS)
        .join(grouped, and_(*of_group))
        .where(grouped.c.first > grouped.c.throughout, grouped.c.last > grouped.c.throughout)
        .where(Evidence.valid_from <= period.last, _lasts_from(period), *_counting())
        .where(Evidence.level > grouped.c.throughout)
    )
    parts: dict[tuple[int, str], list[Piece]] = defaultdict(list)
    for piece, person_id in _pieces(query):
        parts[person_id, piece.competency].append(piece)
    for (person_id, code), pieces in parts.items():
        level = claim_throughout(code, pieces, period).level
        if level > found.get(person_id, {}).get(code, 0):
            found.setdefault(person_id, {})[code] = level


def _add_special(found: Levels, period: Period, rules: Book) -> None:
    if not rules.special:
        return
    sources = Evidence.competency_code.in_(rules.sources(rules.special))
    by_person: dict[int, dict[str, list[Piece]]] = defaultdict(lambda: defaultdict(list))
    for piece, person_id in _pieces(select(*_COLUMNS).where(sources, *_counting())):
        by_person[person_id][piece.competency].append(piece)
    for person_id, pieces in by_person.items():
        for code, claim in fold(pieces, period, rules).items():
            if claim.level and code in rules.special:
                found.setdefault(person_id, {})[code] = claim.level


# --- Conditions ------------------------------------------------------------------------------


def _lasts_to(period: Period) -> ColumnElement[bool]:
    return or_(Evidence.valid_to.is_(None), Evidence.valid_to >= period.last)


def _lasts_from(period: Period) -> ColumnElement[bool]:
    return or_(Evidence.valid_to.is_(None), Evidence.valid_to >= period.first)


def _counting() -> tuple[ColumnElement[bool], ...]:
    withdrawn = select(EvidenceWithdrawal.evidence_id)
    return Evidence.kind != EvidenceKind.SELF_RATED, Evidence.id.not_in(withdrawn)


def _but(codes: Iterable[str]) -> tuple[ColumnElement[bool], ...]:
    left_out = sorted(codes)
    return (Evidence.competency_code.not_in(left_out),) if left_out else ()


_COLUMNS = (
    Evidence.id,
    Evidence.person_id,
    Evidence.competency_code,
    Evidence.kind,
    Evidence.level,
    Evidence.valid_from,
    Evidence.valid_to,
)


def _pieces(query: Select[*tuple[Any, ...]]) -> Iterable[tuple[Piece, int]]:
    for number, person_id, code, kind, level, first, last in db.rows(query, {}):
        yield Piece(number, code, kind, level, first, last, ""), person_id
