"""What projects tell those who stand above them."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.policy import Actor
from app.core.values import Period


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """A role has these dates and this allocation now."""

    slot_id: int
    period: Period
    allocation: int
    by: Actor
    reshared: bool = False
    """Whether the days with a smaller share are others than before."""


@dataclass(frozen=True, slots=True)
class RoleDivided:
    """What a role asked for is asked for by two: itself, and another for the rest."""

    slot_id: int
    rest_id: int
    by: Actor


@dataclass(frozen=True, slots=True)
class RoleClosed:
    """A role is no longer to be filled."""

    slot_id: int
    by: Actor


@dataclass(frozen=True, slots=True)
class ProjectEnded:
    """A project was closed or cancelled, with all its roles."""

    project_id: int
    by: Actor
