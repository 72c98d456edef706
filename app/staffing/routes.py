"""Pages of staffing."""

from flask import Blueprint

bp = Blueprint("staffing", __name__, template_folder="templates")
