"""Pages of competence: profiles, people, evidence, frameworks, gaps and the way to close them."""

from flask import Blueprint

bp = Blueprint("competence", __name__, template_folder="../templates")

from app.competence.routes import (  # noqa: E402  (views need `bp`)
    coverage,
    elements,
    evidence,
    frameworks,
    gap,
    people,
    profile,
)

__all__ = ["bp", "coverage", "elements", "evidence", "frameworks", "gap", "people", "profile"]
