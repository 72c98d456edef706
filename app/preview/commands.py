"""`courses preview`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app.assessment import queries
from app.assessment.rules import statistics
from app.assessment.rules.statistics import ItemFigures
from app.authoring.compiler import COURSE
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.preview.application import create_preview


@click.command("preview")
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
@with_appcontext
def preview(path: Path, host: str, port: int) -> None:
    """Serve the course in PATH as it stands, with keys; the page follows as files change.

    It needs no database; where there is one, questions stand beside their statistics.
    """
    from waitress import serve  # slow to import, and only this command needs it

    if not (path / COURSE).is_file():
        raise click.ClickException(_("There is no %(file)s in %(path)s.", file=COURSE, path=path))
    app = create_preview(path, figures, time_zone=current_app.config["TIME_ZONE"])
    click.echo(_("Preview on %(address)s; Ctrl+C ends it.", address=f"http://{host}:{port}/"))
    serve(app, host=host, port=port, threads=4, ident="Cadre")


def figures(course_id: str, quiz_id: str) -> Mapping[str, ItemFigures]:
    """The statistics of a quiz as far as there is a database that has them."""
    if not db.exists():
        return {}
    try:
        _course, _quiz, by_id = queries.quiz_with_questions(course_id, quiz_id)
        sat = queries.first_attempts(course_id, quiz_id)
    except (NotVisible, SQLAlchemyError):  # never published, or a database of another version
        return {}
    finally:
        db.close()
    return {one.question_id: one for one in statistics.of_items(sat, by_id)}
