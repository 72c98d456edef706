"""What tests of certificates share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.web import limits


@pytest.fixture(autouse=True)
def unhurried() -> Iterator[None]:
    """Nobody was counted before."""
    limits.forget()
    yield
    limits.forget()
