"""The server's clock: asked at the edge only, handed on as an argument."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in UTC: a certificate lapses on the same day wherever it is read."""
    return now().date()
