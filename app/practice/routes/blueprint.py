"""The blueprint that the pages of practice stand on."""

from flask import Blueprint

bp = Blueprint("practice", __name__, template_folder="../templates")
