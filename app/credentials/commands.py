"""Keys and verification from a terminal."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from app.core import audit
from app.core.policy import SYSTEM
from app.credentials import services
from app.credentials.issuer import Issuer
from app.credentials.signing.keys import Key


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


def _issuer() -> Issuer:
    issuer: Issuer = current_app.config["ISSUER"]
    return issuer
