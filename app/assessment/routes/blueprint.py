"""The blueprint of these pages."""

from flask import Blueprint

bp = Blueprint("assessment", __name__, template_folder="../templates")
