"""The JSON API: one module for each resource, all on one blueprint."""

from app.api import attempts, staffing
from app.api.blueprint import bp

__all__ = ["attempts", "bp", "staffing"]
