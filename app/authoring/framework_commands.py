"""`frameworks check`, `import` and `export`. They need no database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from app.authoring.commands import from_here, show
from app.authoring.diagnostics import has_errors, to_json
from app.authoring.frameworks import Framework, compile_framework
from app.authoring.frameworks.case_reading import Imported, Unreadable, read_case
from app.authoring.frameworks.case_writing import to_case
from app.authoring.frameworks.identifiers import of_element
from app.authoring.frameworks.printer import crosswalk_lines, to_yaml
from app.authoring.shelf import COURSES, FRAMEWORKS
from app.core.files import read_folder
from app.core.i18n import gettext as _
from app.core.i18n import ngettext

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_NEW = click.Path(path_type=Path, dir_okay=False)


@click.group("frameworks")
def frameworks() -> None:
    """Frameworks of competencies: check, import, export."""


@frameworks.command("check")
@click.argument("folder", type=_FOLDER, default=COURSES / FRAMEWORKS)
@click.option("--json", "as_json", is_flag=True, help="Print the diagnostics as JSON.")
@click.pass_context
def check(context: click.Context, folder: Path, as_json: bool) -> None:
    """Compile the files of FOLDER and print what is wrong with them; exits with 1 on an error."""
    files = read_folder(folder)
    checked = from_here(folder, files, compile_framework(files).diagnostics)
    if as_json:
        click.echo(to_json(checked.diagnostics))
    else:
        show([checked])
    if has_errors(checked.diagnostics):
        context.exit(1)


@frameworks.command("import")
@click.argument("file", type=_FILE)
@click.option("--to", type=_NEW, required=True, help="The file to write: NAME.yml.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def import_framework(file: Path, to: Path, force: bool) -> None:
    """Turn FILE, a CASE 1.1 package in JSON, into a framework; links become crosswalk lines."""
    if to.suffix not in (".yml", ".yaml"):
        raise click.BadParameter(_("The name of a framework ends with .yml."), param_hint="--to")
    if to.exists() and not force:
        raise click.ClickException(_("%(path)s is there already. Add --force.", path=to))
    try:
        imported = read_case(file.read_bytes(), _identifiers(to.parent, but=to))
    except Unreadable as fault:
        raise click.ClickException(f"{file}: {fault}") from fault
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(to_yaml(imported.framework), encoding="utf-8")
    _tell(imported, to)


@frameworks.command("export")
@click.argument("file", type=_FILE)
@click.option("-o", "to", type=_NEW, required=True, help="The file to write: NAME.json.")
@click.pass_context
def export_framework(context: click.Context, file: Path, to: Path) -> None:
    """Write FILE, a framework, as a CASE 1.1 package in JSON, with the crosswalks beside it."""
    files = read_folder(file.parent)
    found = compile_framework(files)
    own = compile_framework({file.name: file.read_bytes()})
    if not own.frameworks:
        show([from_here(file.parent, files, own.diagnostics)])
        context.exit(1)
    framework = own.frameworks[0]
    links = [
        one
        for one in found.crosswalks or ()
        if one.source in framework.codes or one.target in framework.codes
    ]
    changed = datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")
    package = to_case(framework, changed, links, _by_code(found.frameworks))
    to.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(_counted(framework, to))


def _identifiers(folder: Path, *, but: Path) -> dict[str, str]:
    """Codes by identifier, of the frameworks that lie in a folder."""
    if not folder.is_dir():
        return {}
    files = {path: data for path, data in read_folder(folder).items() if path != but.name}
    found = _by_code(compile_framework(files).frameworks)
    return {identifier: code for code, identifier in found.items()}


def _by_code(compiled: tuple[Framework, ...]) -> dict[str, str]:
    return {one.code: of_element(each, one) for each in compiled for one in each.elements}


def _tell(imported: Imported, to: Path) -> None:
    click.echo(_counted(imported.framework, to))
    if imported.links:
        click.echo(_("Add these lines to crosswalks.yml:"))
        for line in crosswalk_lines(imported.links):
            click.echo(line)
    for note in imported.notes:
        click.echo(note, err=True)


def _counted(framework: Framework, to: Path) -> str:
    count = len(framework.elements)
    return ngettext("%(num)s element in %(path)s.", "%(num)s elements in %(path)s.", count, path=to)
