"""The JSON API: one module for each resource, all on one blueprint."""

from app.api import (
    attempts,
    candidates,
    certificates,
    courses,
    openapi,
    people,
    projects,
    staffing,
    teams,
)
from app.api.blueprint import bp

__all__ = [
    "attempts",
    "bp",
    "candidates",
    "certificates",
    "courses",
    "openapi",
    "people",
    "projects",
    "staffing",
    "teams",
]
