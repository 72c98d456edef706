"""Pages of learning: the catalogue and search, a course, a lesson."""

from app.learning.routes import catalogue, courses, lessons, updates
from app.learning.routes.blueprint import bp

__all__ = ["bp", "catalogue", "courses", "lessons", "updates"]
