"""The JSON API under /api/v1: one module per resource, all of them registered here."""

from flask import Blueprint

bp = Blueprint("api", __name__, url_prefix="/api/v1")
