"""People from the terminal."""

from __future__ import annotations

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask.cli import with_appcontext

from app.accounts import queries, services
from app.core.errors import Refusal
from app.core.policy import SYSTEM, Role


@click.group("users")
def cli() -> None:
    """People and their access."""


@cli.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    default=["learner"],
)
@with_appcontext
def create(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Add a person and mail them a link to set their password."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
        person = services.invite(
            address,
            services.Profile(name=name),
            [Role(role) for role in roles],
            by=SYSTEM,
            base_url=current_app.config["SETTINGS"].base_url,
        )
    except (EmailNotValidError, Refusal) as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{person.email}: created as {', '.join(roles)}; an invitation is on its way.")


@cli.command("token")
@click.argument("email")
@click.option("--name", default="command line", show_default=True)
@with_appcontext
def token(email: str, name: str) -> None:
    """Make an API token for a person and print it: it is shown only now."""
    if (person := queries.person_by_email(email)) is None:
        raise click.ClickException(f"There is no person with the address {email}.")
    click.echo(services.make_token(person.id, name, by=SYSTEM))
