"""The blueprint that the pages of certificates share, and who issues."""

from flask import Blueprint, current_app

from app.credentials.issuer import Issuer

bp = Blueprint("credentials", __name__, template_folder="../templates")

NOT_INDEXED = {"X-Robots-Tag": "noindex, nofollow"}


def issuer() -> Issuer:
    """Who issues on this installation."""
    found: Issuer = current_app.config["ISSUER"]
    return found
