"""`questions import` and `questions export`. They need no database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from app.authoring.compiler import compile_course
from app.authoring.document import Course, Quiz
from app.authoring.interchange import aiken, gift, moodle_xml, qti
from app.authoring.interchange.checking import sound
from app.authoring.interchange.imported import Imported, Note, Unreadable, bank
from app.authoring.interchange.pictures import MEDIA, Pictures
from app.authoring.interchange.qti_writing import to_qti
from app.authoring.interchange.writing import Exported, to_gift, to_moodle_xml
from app.authoring.known import Known
from app.authoring.shelf import COURSES, frameworks_beside, known_beside
from app.core.files import read_folder
from app.core.i18n import gettext as _
from app.core.i18n import ngettext

READERS: dict[str, Callable[[bytes], Imported]] = {
    "aiken": aiken.read,
    "gift": gift.read,
    "moodle-xml": moodle_xml.read,
    "qti": qti.read,
}
WRITERS: dict[str, Callable[[Quiz, Pictures], Exported]] = {
    "gift": lambda quiz, _pictures: to_gift(quiz.sections),
    "moodle-xml": lambda quiz, pictures: to_moodle_xml(quiz.sections, pictures),
    "qti": lambda quiz, pictures: to_qti(quiz.sections, pictures),
}


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "kind", type=click.Choice(sorted(READERS)), required=True)
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--force", is_flag=True, help="Overwrite a bank that is there.")
def import_questions(file: Path, kind: str, to: Path, force: bool) -> None:
    """Turn FILE into a bank of questions; pictures go into a folder beside it."""
    if not to.name.endswith(".bank.md"):
        raise click.BadParameter(_("The name of a bank ends with .bank.md."), param_hint="--to")
    if to.exists() and not force:
        raise click.ClickException(_("%(path)s is there already. Add --force.", path=to))
    try:
        imported = READERS[kind](file.read_bytes())
    except Unreadable as fault:
        raise click.ClickException(f"{file}: {fault}") from fault
    media = to.parent / MEDIA
    taken = [name for name in imported.media if (media / name).exists()]
    if taken and not force:
        raise click.ClickException(
            _("%(path)s is there already. Add --force.", path=media / taken[0])
        )
    sound(imported, file.stem, Known(competencies=frameworks_beside(to.parent).competency_codes))
    to.parent.mkdir(parents=True, exist_ok=True)
    text = bank(imported.taken, file.stem, imported.scenarios)
    to.write_text(text, encoding="utf-8")
    for name, data in imported.media.items():
        media.mkdir(exist_ok=True)
        (media / name).write_bytes(data)
    count = len(imported.taken)
    click.echo(
        ngettext("%(num)s question in %(path)s.", "%(num)s questions in %(path)s.", count, path=to)
    )
    _tell(imported.notes)
    _answer_for(imported.met - count)


@click.command("export")
@click.argument("address", metavar="COURSE/QUIZ")
@click.option("--format", "kind", type=click.Choice(sorted(WRITERS)), required=True)
@click.option("-o", "to", type=click.Path(path_type=Path, dir_okay=False), required=True)
def export_questions(address: str, kind: str, to: Path) -> None:
    """Write every question of a quiz, also those it draws from, to a file of another system."""
    course_id, _slash, quiz_id = address.partition("/")
    course, pictures = _course(course_id)
    quiz = course.quiz(quiz_id)
    if quiz is None:
        raise click.ClickException(_("There is no quiz “%(id)s” in this course.", id=quiz_id))
    exported = WRITERS[kind](quiz, pictures)
    to.write_bytes(exported.data)
    count = sum(len(section.questions) for section in quiz.sections) - exported.left_out
    click.echo(
        ngettext("%(num)s question in %(path)s.", "%(num)s questions in %(path)s.", count, path=to)
    )
    _tell(exported.notes)
    _answer_for(exported.left_out)


def _course(course_id: str) -> tuple[Course, Pictures]:
    folder = COURSES / course_id
    if not (folder / "course.md").is_file():
        raise click.ClickException(_("There is no course “%(id)s”.", id=course_id))
    files = read_folder(folder)
    compiled = compile_course(files, known_beside(folder)).course
    if compiled is None:
        raise click.ClickException(_("The course has errors: see courses check."))
    return compiled, Pictures({one.sha256: files[one.path] for one in compiled.media})


def _tell(notes: Sequence[Note]) -> None:
    """What did not survive, question by question."""
    click.echo(
        _("Competencies, domains and difficulties are ours alone and are never taken along.")
    )
    if not notes:
        click.echo(_("Everything survived."))
        return
    click.echo(_("What did not survive:"))
    for note in notes:
        click.echo(f"  {note.question}: {note.message}")


def _answer_for(missing: int) -> None:
    """Losses are told and no failure; questions that did not come along are one."""
    if missing:
        click.echo(
            ngettext("%(num)s question was left out.", "%(num)s questions were left out.", missing),
            err=True,
        )
        raise click.exceptions.Exit(1)
