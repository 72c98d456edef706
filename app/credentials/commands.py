"""Keys and verification from a terminal."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.core import audit, clock
from app.core.policy import SYSTEM
from app.credentials import services
from app.credentials.issuer import Issuer
from app.credentials.signing.keys import Key
from app.credentials.verification import MOST_BYTES, Answer, Verifier


@click.group("keys")
def keys() -> None:
    """Keys that sign certificates."""


@keys.command("create")
@with_appcontext
def create() -> None:
    """Make a key. It signs from now on; a demo key is retired."""
    issuer = _issuer()
    with audit.act(SYSTEM, "key.create", "keys"):
        made = issuer.ring.create()
    _tell(made)


@keys.command("rotate")
@with_appcontext
def rotate() -> None:
    """Make a key in place of the one that signs; what that signed still verifies."""
    issuer = _issuer()
    with audit.act(SYSTEM, "key.rotate", "keys"):
        made = issuer.ring.rotate()
    _tell(made)


def _tell(made: Key) -> None:
    click.echo(f"{made.id} signs from now on. Back up its file: {made.path}")
    if waiting := services.ask_for_missing_drawings():
        click.echo(f"{waiting} certificates that had no PDF are drawn now.")


@keys.command("list")
@with_appcontext
def list_keys() -> None:
    """Every key, the one that signs first."""
    found = _issuer().ring.all()
    for number, key in enumerate(found):
        state = "signs" if number == 0 and key.retired_at is None else "verifies only"
        kind = ", demo: proves nothing" if key.demo else ""
        click.echo(f"{key.id}  {key.made_at:%Y-%m-%d}  {state}{kind}  {key.public}")
    if not found:
        click.echo("No key yet. Make one with: ./cadre keys create")


@click.group("certificates")
def certificates() -> None:
    """Certificates."""


@certificates.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def verify(file: Path) -> None:
    """Say whether FILE (PDF, credential or badge) is ours, untouched and in force.

    Reaches nothing but the keys and the database of this installation. Exits with 1 if it is not.
    """
    issuer = _issuer()
    with file.open("rb") as source:
        data = source.read(MOST_BYTES + 1)
    found = Verifier(issuer.base_url, issuer.ring).examine(data, clock.today())
    click.echo(f"{found.answer}: {_SENTENCES[found.answer]}")
    if (one := found.certificate) is not None:
        until = one.valid_to.isoformat() if one.valid_to else "without end"
        click.echo(f"{one.name_on_it}, {one.title}, {one.issued_on} to {until}, {one.serial}")
    if found.demo:
        click.echo("Signed with a demo key, which proves nothing.")
    if found.answer is not Answer.IN_FORCE:
        raise click.exceptions.Exit(1)


_SENTENCES = {
    Answer.IN_FORCE: "issued here, untouched, and in force today",
    Answer.EXPIRED: "issued here and untouched, and no longer in force",
    Answer.SUPERSEDED: "issued here and untouched; a newer one has taken its place",
    Answer.REVOKED: "issued here and untouched; it was revoked",
    Answer.EDITED: "issued here, and changed since",
    Answer.FORGED: "says that it comes from here, and no key of ours signed it",
    Answer.UNKNOWN: "no certificate that was issued here",
}


def _issuer() -> Issuer:
    issuer: Issuer = current_app.config["ISSUER"]
    return issuer
