"""`courses check` and `courses new`: what an author does at a terminal. They need no database."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from app.authoring.compiler import COURSE
from app.authoring.confined import compile_confined
from app.authoring.diagnostics import (
    Code,
    Diagnostic,
    Place,
    Severity,
    has_errors,
    to_json,
    with_caret,
)
from app.authoring.scaffold import NotMade, make_course
from app.authoring.shelf import (
    COURSES,
    FRAMEWORKS,
    announced_in,
    course_folders,
    frameworks_beside,
    known_beside,
)
from app.core.errors import Refusal
from app.core.files import read_folder
from app.core.i18n import gettext as _
from app.core.i18n import ngettext


@click.group("courses")
def cli() -> None:
    """Courses: check, make, publish."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one folder; paths of diagnostics lead from where the author stands."""

    files: Mapping[str, bytes]
    diagnostics: tuple[Diagnostic, ...]


@cli.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the diagnostics as JSON.")
@click.pass_context
def check(context: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """Compile the courses in PATHS (by default all) and print what is wrong with them.

    Exits with 1 if there is an error; a warning alone lets a course pass.
    """
    checked = [one for path in paths or (COURSES,) for one in _check_path(path)]
    found = [diagnostic for one in checked for diagnostic in one.diagnostics]
    if as_json:
        click.echo(to_json(found))
    else:
        show(checked)
    if has_errors(found):
        context.exit(1)


@cli.command("new")
@click.argument("course_id", metavar="ID")
@click.option(
    "--in",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=COURSES,
    help="The folder of courses to make it in.",
)
def new(course_id: str, folder: Path) -> None:
    """Make the folder of a new course: a small one that compiles, to write over."""
    codes = frameworks_beside(folder / course_id).competency_codes
    try:
        made = make_course(course_id, folder, codes)
    except NotMade as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(_("Made %(path)s. Look at course.md first.", path=_shown(made)))


def _check_path(path: Path) -> list[Checked]:
    folders = course_folders(path)
    checked = [_check_course(folder) for folder in folders]
    if (path / FRAMEWORKS).is_dir():
        checked.append(_check_frameworks(path / FRAMEWORKS))
    if not checked:
        message = _("There is no course.md, neither here nor one folder down.")
        found = Diagnostic(Place(_shown(path / COURSE)), Code.NO_COURSE, message)
        checked.append(Checked({}, (found,)))
    return [*checked, twins(folders)]


def _check_course(folder: Path) -> Checked:
    try:
        files = read_folder(folder)
    except Refusal as refusal:
        return from_here(folder, {}, [Diagnostic(Place(COURSE), Code.TOO_LARGE, str(refusal))])
    return from_here(folder, files, compile_confined(files, known_beside(folder)).diagnostics)


def _check_frameworks(folder: Path) -> Checked:
    return from_here(folder, read_folder(folder), frameworks_beside(folder.parent).diagnostics)


def twins(folders: Sequence[Path]) -> Checked:
    """Courses of one id: only one of them could be published."""
    seen: dict[str, Path] = {}
    found: list[Diagnostic] = []
    for folder in folders:
        course = announced_in(folder)
        if course is not None and seen.setdefault(course.id, folder) != folder:
            other = _shown(seen[course.id])
            message = _("The id “%(id)s” stands in %(path)s as well.", id=course.id, path=other)
            place = Place(_shown(folder / COURSE))
            found.append(Diagnostic(place, Code.DUPLICATE_ID, message))
    return Checked({}, tuple(found))


def from_here(
    folder: Path, files: Mapping[str, bytes], diagnostics: Sequence[Diagnostic]
) -> Checked:
    """Paths as the author would type them, so that a terminal can open them."""
    base = Path(_shown(folder))
    moved = [
        replace(found, place=replace(found.place, path=(base / found.place.path).as_posix()))
        for found in diagnostics
    ]
    paths = {found.place.path for found in diagnostics}
    shown = {(base / path).as_posix(): files[path] for path in paths if path in files}
    return Checked(shown, tuple(moved))


def _shown(path: Path) -> str:
    """A path as one would type it here."""
    relative = os.path.relpath(path)
    return str(path.resolve()) if relative.startswith("..") else relative


def show(checked: Sequence[Checked]) -> None:
    """Print what was found, each with the line it stands in, and how much it was."""
    counts = {Severity.ERROR: 0, Severity.WARNING: 0}
    for one in checked:
        for found in one.diagnostics:
            counts[found.severity] += 1
            colour = "red" if found.severity is Severity.ERROR else "yellow"
            head, _newline, excerpt = with_caret(found, one.files).partition("\n")
            click.secho(head, fg=colour)
            if excerpt:
                click.echo(excerpt)
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    if errors or warnings:
        parts = [
            ngettext("%(num)s error", "%(num)s errors", errors),
            ngettext("%(num)s warning", "%(num)s warnings", warnings),
        ]
        click.echo(", ".join(parts), err=True)
    else:
        click.echo(_("Nothing to report."), err=True)
