"""Pages of insight."""

from flask import Blueprint

bp = Blueprint("insight", __name__, template_folder="templates")
