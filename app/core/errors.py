"""Refusals: what an act may answer instead of being done. Each carries a sentence for a person.

One place on the web side turns them into answers (`app.web.errors`); `status` is the HTTP status
that says the same.
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """An act was not done. `message` says what is wrong and how to mend it; `field` where."""

    status: ClassVar[int] = 409

    def __init__(self, message: object, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class Invalid(Refusal):
    """The input cannot be meant."""

    status = 422


class Conflict(Refusal):
    """The act does not fit what stands already."""

    status = 409


class NotVisible(Refusal):
    """There is no such thing, or not for this person: the two are told alike."""

    status = 404


class NotAllowed(Refusal):
    """Seen, but not theirs to do."""

    status = 403


class TooLarge(Refusal):
    status = 413


class TooOften(Refusal):
    """Again after `retry_after` seconds."""

    status = 429

    def __init__(self, message: object, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
