"""`courses publish`: from the folder of courses to what learners read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.assessment import queries as assessment
from app.authoring import document
from app.authoring.commands import Checked, from_here, show, twins
from app.authoring.commands import cli as cli
from app.authoring.compiler import COURSE
from app.authoring.confined import compile_confined
from app.authoring.diagnostics import Code, Diagnostic, Place, has_errors
from app.authoring.known import Known
from app.authoring.shelf import (
    FRAMEWORKS,
    announced_in,
    course_folders,
    frameworks_beside,
    known_beside,
)
from app.competence import services as competence
from app.core.errors import NotVisible, Refusal
from app.core.files import read_folder
from app.core.i18n import enumeration, lazy_gettext, ngettext
from app.core.i18n import gettext as _
from app.core.policy import SYSTEM
from app.learning import queries, services
from app.learning.rules.changes import Difference, questions_of
from app.learning.services import Outcome, Published


@cli.command("publish")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.pass_context
@with_appcontext
def publish(context: click.Context, paths: tuple[Path, ...]) -> None:
    """Compile the courses in PATHS (by default all) and serve them from now on.

    A course with an error is left as it was, the others are published; then it exits with 1.
    """
    if not _publish_all(paths or (current_app.config["SETTINGS"].courses,)):
        context.exit(1)


def _publish_all(paths: tuple[Path, ...]) -> bool:
    """Whether everything could be published."""
    frameworks = [_publish_frameworks(path) for path in paths if (path / FRAMEWORKS).is_dir()]
    folders = [folder for path in paths for folder in course_folders(path)]
    if not folders:
        raise click.ClickException(_("There is no course.md, neither here nor one folder down."))
    clashing = twins(folders)
    if clashing.diagnostics:
        show([clashing])
        return False
    published = [_publish_course(folder) for folder in folders]
    return all(frameworks) and all(published)


def _publish_frameworks(path: Path) -> bool:
    folder = path / FRAMEWORKS
    found = frameworks_beside(path)
    _report(from_here(folder, read_folder(folder), found.diagnostics))
    for framework in found.frameworks:
        if competence.publish_framework(framework, by=SYSTEM):
            click.echo(_("%(framework)s: framework published.", framework=framework.code))
    if competence.publish_certifications(found.certifications, by=SYSTEM):
        click.echo(_("Catalogue of certifications published."))
    if found.crosswalks is not None and competence.publish_crosswalks(found.crosswalks, by=SYSTEM):
        click.echo(_("Crosswalks published."))
    if found.profiles is not None and competence.publish_profiles(found.profiles, by=SYSTEM):
        click.echo(_("Role profiles published."))
    return not has_errors(found.diagnostics)


def _publish_course(folder: Path) -> bool:
    try:
        files = read_folder(folder)
    except Refusal as refusal:
        found = Diagnostic(Place(COURSE), Code.TOO_LARGE, str(refusal))
        _report(from_here(folder, {}, [found]))
        return False
    compiled = compile_confined(files, _known(folder))
    _report(from_here(folder, files, compiled.diagnostics))
    if compiled.course is None:
        name = folder.resolve().name
        click.secho(_("%(course)s: not published, see above.", course=name), fg="red")
        return False
    published = services.publish(compiled.course, _media(compiled.course, files), by=SYSTEM)
    click.echo(_in_words(published))
    for line in _in_detail(compiled.course, published):
        click.echo(f"  {line}")
    return True


def _media(course: document.Course, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {file.sha256: files[file.path] for file in course.media}


def _known(folder: Path) -> Known:
    """What the course may refer to, and which questions may not change their type any more."""
    known = known_beside(folder)
    announced = announced_in(folder)
    attempted = _attempted(announced.id) if announced else {}
    return replace(known, attempted=attempted)


def _attempted(course_id: str) -> dict[str, str]:
    try:
        course = queries.document(queries.course_for(SYSTEM, course_id).revision)
    except NotVisible:
        return {}
    answered = assessment.attempted_questions(course_id)
    return {
        asked.key: asked.question.type for asked in questions_of(course) if asked.key in answered
    }


# --- Telling ---------------------------------------------------------------------------------


def _report(checked: Checked) -> None:
    if checked.diagnostics:
        show([checked])


def _in_words(published: Published) -> str:
    name = f"{published.course_id} {published.version}"
    if published.outcome is Outcome.UNCHANGED:
        return _("%(course)s: unchanged.", course=name)
    what = [*_lessons(published.lessons), *_questions(published.questions)]
    if published.outcome is Outcome.NEW:
        words = enumeration(what)
        return _("%(course)s: published for the first time, %(what)s.", course=name, what=words)
    if not what:
        return _("%(course)s: updated; lessons and questions are the same.", course=name)
    return _("%(course)s: updated, %(what)s.", course=name, what=enumeration(what))


def _in_detail(course: document.Course, published: Published) -> Iterator[str]:
    """What changed by lesson and question, and what is asked of whom, where a version says so."""
    if course.changes is None or published.outcome is not Outcome.UPDATED:
        return
    effect, since = course.changes.effect, course.changes.since
    yield str(_EFFECTS[effect]) % {"version": since}
    for what in (published.lessons, published.questions):
        yield from (_("new: %(name)s", name=name) for name in what.new)
        yield from (_("changed: %(name)s", name=name) for name in what.updated)
        yield from (_("gone: %(name)s", name=name) for name in what.removed)


_EFFECTS = {
    document.Effect.MINOR: lazy_gettext("who finished version %(version)s stays done"),
    document.Effect.DELTA: lazy_gettext("who finished version %(version)s learns what changed"),
    document.Effect.REDO: lazy_gettext("who finished version %(version)s renews it"),
}


def _lessons(difference: Difference) -> Iterator[str]:
    if count := len(difference.new):
        yield ngettext("%(num)s new lesson", "%(num)s new lessons", count)
    if count := len(difference.updated):
        yield ngettext("%(num)s changed lesson", "%(num)s changed lessons", count)
    if count := len(difference.removed):
        yield ngettext("%(num)s lesson gone", "%(num)s lessons gone", count)


def _questions(difference: Difference) -> Iterator[str]:
    if count := len(difference.new):
        yield ngettext("%(num)s new question", "%(num)s new questions", count)
    if count := len(difference.updated):
        yield ngettext("%(num)s changed question", "%(num)s changed questions", count)
    if count := len(difference.removed):
        yield ngettext("%(num)s question gone", "%(num)s questions gone", count)
