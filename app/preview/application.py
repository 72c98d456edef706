"""The preview as an application of its own: one course, no login, and no database needed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from flask import Flask

from app.assessment.rules.statistics import ItemFigures
from app.preview.routes import bp
from app.preview.workshop import Workshop
from app.web import access, addresses, errors, headers, pages
from app.web.application import Application

WEB = Path(pages.__file__).parent

Figures = Callable[[str, str], Mapping[str, ItemFigures]]
"""The statistics of the questions of a quiz, by course and quiz; nothing where there are none."""


def create_preview(folder: Path, figures: Figures, *, time_zone: str) -> Flask:
    """The preview of the course in `folder`."""
    app = Application(
        __name__, static_folder=str(WEB / "static"), template_folder=str(WEB / "templates")
    )
    app.config.update(
        SECRET_KEY=secrets.token_hex(),  # nobody logs in: it signs nothing that outlives this run
        TIME_ZONE=time_zone,
        ORGANISATION="",
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.extensions["workshop"] = Workshop(folder)
    app.extensions["figures"] = figures
    addresses.install(app)
    app.register_blueprint(bp)
    errors.install(app)
    headers.install(app)
    pages.install(app, ())
    access.install(app)
    return app
