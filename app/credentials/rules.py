"""When a certificate is issued, what its number looks like, and what it is worth on a day."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.authoring.document import CertificateTerms

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it can be misread."""
_READ_AS = str.maketrans("ILO", "110")
_LENGTH = 28


class State(StrEnum):
    VALID = "valid"
    DUE = "due"
    IN_GRACE = "in_grace"
    """No longer in force, but it can still be renewed the short way."""
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides the state of a certificate."""

    issued_on: date
    valid_to: date | None
    due_from: date | None
    revoked: bool
    superseded: bool
    grace_to: date | None = None


def state_on(standing: Standing, day: date) -> State:
    """The state on a day. What was taken back stays so; what was renewed is told as such."""
    if standing.revoked:
        return State.REVOKED
    if standing.superseded:
        return State.SUPERSEDED
    if standing.valid_to is not None and day > standing.valid_to:
        in_grace = standing.grace_to is not None and day <= standing.grace_to
        return State.IN_GRACE if in_grace else State.EXPIRED
    if standing.due_from is not None and day >= standing.due_from:
        return State.DUE
    return State.VALID


def is_earned(terms: CertificateTerms, passed: Collection[str]) -> bool:
    """Whether every quiz that the certificate requires was passed."""
    return set(terms.requires) <= set(passed)


def may_issue(standing: Standing | None, day: date) -> bool:
    """Whether a pass on `day` earns a certificate beside the newest one that stands.

    One that is in force and not yet due is not issued again; one that was revoked, is due or has
    expired is followed by another.
    """
    return standing is None or state_on(standing, day) is not State.VALID


def renews(terms: CertificateTerms, quiz_id: str, standing: Standing | None, day: date) -> bool:
    """Whether a pass of this quiz alone renews the newest certificate that stands on `day`."""
    if standing is None or quiz_id != terms.renewal:
        return False
    return state_on(standing, day) in (State.DUE, State.IN_GRACE)


@dataclass(frozen=True, slots=True)
class Dates:
    """`valid_to` is the last day in force; it can be renewed from `due_from` to `grace_to`."""

    valid_to: date | None
    due_from: date | None
    grace_to: date | None = None


def dates(terms: CertificateTerms, issued_on: date) -> Dates:
    """How long a certificate issued on a day holds, and when it can be renewed."""
    if terms.valid_for is None:
        return Dates(None, None)
    valid_to = terms.valid_for.after(issued_on)
    grace_to = terms.grace.after(valid_to) if terms.grace else None
    if terms.renew_from is None:
        return Dates(valid_to, None, grace_to)
    return Dates(valid_to, max(issued_on, terms.renew_from.before(valid_to)), grace_to)


def new_serial() -> str:
    """A number that nobody can guess: 140 random bits in groups of four."""
    symbols = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(symbols[start : start + 4] for start in range(0, _LENGTH, 4))


def read_serial(text: str) -> str | None:
    """A number as people type it (spaces, small letters, O for 0), as it is kept; else None."""
    symbols = "".join(text.split()).replace("-", "").upper().translate(_READ_AS)
    if len(symbols) != _LENGTH or not set(symbols) <= set(_ALPHABET):
        return None
    return "-".join(symbols[start : start + 4] for start in range(0, _LENGTH, 4))
