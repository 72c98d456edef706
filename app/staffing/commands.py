"""`staffing solve`: the portfolio matcher on a problem file, without a database."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.staffing.rules.portfolio import solve
from app.staffing.rules.portfolio.answer import answer
from app.staffing.rules.portfolio.document import read
from app.staffing.rules.portfolio.faults import BadProblem
from app.staffing.rules.portfolio.pairing import match
from app.staffing.rules.portfolio.training import unlock

MOST_BYTES = 256 * 1024 * 1024
SHOWN_FAULTS = 20
MOST_UNLOCK = 20.0
"""Seconds in which training is looked for, unless the file allows less."""


@click.group("staffing")
def staffing() -> None:
    """Staffing: plan a portfolio."""


@staffing.command("solve")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--unlock", "with_unlock", is_flag=True, help="Add training that fills empty roles.")
@click.pass_context
def solve_file(
    context: click.Context, file: Path, output: Path | None, *, with_unlock: bool
) -> None:
    """Find the best plan for the problem in FILE and print it as JSON.

    Exits with 2, and says what to mend, if the file is no problem.
    """
    started = time.monotonic()
    try:
        if file.stat().st_size > MOST_BYTES:
            raise BadProblem([("file", "is larger than 256 MiB")])
        document = read(file.read_bytes())
    except BadProblem as bad:
        _show(file, bad)
        context.exit(2)
    matched = match(document)
    plan = solve(matched.portfolio, document.order, time_limit=document.time_limit)
    found = answer(document, matched, plan)
    if with_unlock:
        found["unlock"] = unlock(document, matched, plan, min(MOST_UNLOCK, document.time_limit))
    found["seconds"] = round(time.monotonic() - started, 3)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    if output is None:
        click.echo(text)
    else:
        output.write_text(f"{text}\n", encoding="utf-8")


def _show(file: Path, bad: BadProblem) -> None:
    for place, fault in bad.faults[:SHOWN_FAULTS]:
        click.secho(f"{file}: {place}: {fault}", fg="red", err=True)
    if (more := len(bad.faults) - SHOWN_FAULTS) > 0:
        click.echo(ngettext("and %(num)s fault more", "and %(num)s faults more", more), err=True)
    click.echo(_("Nothing was solved."), err=True)
