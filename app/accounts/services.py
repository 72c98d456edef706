"""Acts on accounts: log in, invite, reset, change, grant, deactivate."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from sqlalchemy import delete, select

from app.accounts import queries
from app.accounts.models import (
    AccountLink,
    ApiToken,
    FailedLogin,
    LinkPurpose,
    Person,
    PersonRole,
    SpokenLanguage,
)
from app.accounts.rules import (
    ACCOUNT_LIMIT,
    ADDRESS_LIMIT,
    INVITATION_LIVES,
    MOST_RESETS_AN_HOUR,
    RESET_LIVES,
    Limit,
    Standing,
    goes_in_a_circle,
    leaves_an_admin,
    seconds_to_wait,
)
from app.core import audit, clock, db, mail
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible, Refusal, TooOften
from app.core.i18n import gettext, speaking
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.core.values import Money

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex())
"""Checked when the address is unknown, so that the answer takes as long."""


class WrongPassword(Refusal):
    """Address and password do not belong together; which of them is wrong is not told."""

    status = 401


@dataclass(frozen=True, slots=True)
class Profile:
    """What the PMO knows of a person. `rate` is what an hour costs."""

    name: str
    title: str | None = None
    unit: str | None = None
    location: str | None = None
    capacity: int = 100
    rate: Money | None = None
    employed_from: date | None = None
    employed_to: date | None = None
    spoken: frozenset[str] = frozenset()
    line_manager: str | None = None
    """The e-mail address of who may answer for their time beside themselves."""


# --- Logging in ------------------------------------------------------------------------------


def log_in(email: str, password: str, *, address: str) -> queries.Account:
    """Check a password and note the login.

    Args:
        address: where the request comes from, for throttling.

    Raises:
        TooOften: too many wrong passwords for the account or from the address.
        WrongPassword: the pair does not fit, or the account is not active.
    """
    email = email.strip().lower()
    keys = {f"account:{email}"[:300]: ACCOUNT_LIMIT, f"address:{address}"[:300]: ADDRESS_LIMIT}
    _refuse_too_often(keys, clock.now())
    person = queries.person_by_email(email)
    right = _verify(person.password_hash if person else None, password)
    if person is None or not right or not person.active:
        _note_failure(keys)
        raise WrongPassword(_("Address and password do not match. Check both and try again."))
    return _note_login(person, password, f"account:{email}"[:300])


def _refuse_too_often(keys: dict[str, Limit], now: datetime) -> None:
    waits = [
        seconds_to_wait(queries.failures(key, lim.most), lim, now) for key, lim in keys.items()
    ]
    if wait := max(waits):
        raise TooOften(
            _(
                "Too many wrong passwords. Wait %(minutes)s minutes, or set a new password.",
                minutes=-(-wait // 60),
            ),
            retry_after=wait,
        )


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except Argon2Error:
        return False


def _note_failure(keys: Collection[str]) -> None:
    now = clock.now()
    with db.transaction() as session:
        session.add_all([FailedLogin(key=key, at=now) for key in keys])
        session.execute(delete(FailedLogin).where(FailedLogin.at < now - timedelta(days=1)))


def _note_login(person: Person, password: str, key: str) -> queries.Account:
    actor = Actor(person.id, frozenset(row.role for row in person.roles), person.name)
    rehash = _hasher.check_needs_rehash(person.password_hash or "")
    with audit.act(actor, "account.login", f"person:{person.id}") as session:
        session.execute(delete(FailedLogin).where(FailedLogin.key == key))
        if rehash:
            person.password_hash = _hasher.hash(password)
    return queries.Account(actor, person.epoch, person.language)


# --- Links by mail ---------------------------------------------------------------------------


def invite(
    email: str, profile: Profile, roles: Collection[Role], *, by: Actor, base_url: str
) -> Person:
    """Add a person and send them a link to set their password.

    Raises:
        Conflict: the address belongs to somebody already.
    """
    with db.transaction():
        person = add_person(email, profile, roles, by=by)
        _send_link(person, LinkPurpose.INVITATION, INVITATION_LIVES, base_url)
    return person


def invite_again(person_id: int, *, by: Actor, base_url: str) -> None:
    """Send another invitation to somebody who has not set a password yet."""
    with audit.act(by, "account.invite", f"person:{person_id}"):
        person = queries.person(person_id, lock=True)
        if person.password_hash:
            raise Conflict(_("This person has a password already."))
        _send_link(person, LinkPurpose.INVITATION, INVITATION_LIVES, base_url)


def add_person(
    email: str, profile: Profile, roles: Collection[Role], *, by: Actor, password: str | None = None
) -> Person:
    """Add a person with roles; without a password they cannot log in yet."""
    email = email.strip().lower()
    with db.transaction() as session:
        if queries.person_by_email(email):
            raise Conflict(_("There is a person with this address already."), field="email")
        person = Person(email=email, name=profile.name, created_at=clock.now())
        person.password_hash = _hasher.hash(password) if password else None
        session.add(person)
        session.flush()
        _apply(person, profile)
        for role in roles:
            session.add(PersonRole(person_id=person.id, role=role, granted_at=clock.now()))
        target = f"person:{person.id}"
        audit.record(by, "account.create", target, roles=sorted(roles), email=email)
    return person


def ask_for_reset(email: str, *, base_url: str) -> None:
    """Send a link for a new password, if the address is known. Never tells whether it is."""
    now = clock.now()
    with db.transaction():
        person = queries.person_by_email(email)
        if person is None or not person.active:
            return
        made = queries.links_made_since(person.id, LinkPurpose.RESET, now - timedelta(hours=1))
        if made < MOST_RESETS_AN_HOUR:
            _send_link(person, LinkPurpose.RESET, RESET_LIVES, base_url)


def set_password(token: str, password: str) -> Person:
    """Set a password through a link; the link is used up and every session ends.

    Raises:
        NotVisible: the link is unknown, used or too old.
    """
    now = clock.now()
    with db.transaction() as session:
        link = queries.link(_hash(token), now, lock=True)
        link.used_at = now
        person = queries.person(link.person_id, lock=True)
        _change_password(person, password)
        session.execute(delete(FailedLogin).where(FailedLogin.key == f"account:{person.email}"))
        actor = Actor(person.id, name=person.name)
        audit.record(actor, "account.password", f"person:{person.id}", through=link.purpose)
    return person


def check_link(token: str) -> None:
    """Raise NotVisible unless the link can still be used."""
    queries.link(_hash(token), clock.now())


def _send_link(person: Person, purpose: LinkPurpose, lives: timedelta, base_url: str) -> None:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(
        AccountLink(
            person_id=person.id,
            purpose=purpose,
            token_hash=_hash(token),
            made_at=now,
            expires_at=now + lives,
        )
    )
    with speaking(person.language):
        subject, text = _letter(person.name, purpose, f"{base_url}/password/{token}")
    mail.enqueue(person.email, subject, text)


def _letter(name: str, purpose: LinkPurpose, address: str) -> tuple[str, str]:
    if purpose is LinkPurpose.INVITATION:
        subject = gettext("Your access to Cadre")
        text = gettext(
            "Hello %(name)s,\n\nyou have been invited to Cadre, where your PMO teaches its method"
            " and staffs its projects. Set your password here within seven days:\n\n%(address)s\n",
            name=name,
            address=address,
        )
    else:
        subject = gettext("A new password for Cadre")
        text = gettext(
            "Hello %(name)s,\n\nset a new password here within two hours:\n\n%(address)s\n\n"
            "If you did not ask for it, ignore this letter: nothing has changed.\n",
            name=name,
            address=address,
        )
    return subject, text


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


# --- One's own account -----------------------------------------------------------------------


def change_password(current: str, new: str, *, by: Actor) -> int:
    """Change one's own password and end every other session.

    Returns:
        The new epoch, with which this session goes on.
    """
    with audit.act(by, "account.password", f"person:{by.person_id}", through="account"):
        person = queries.person(_own_id(by), lock=True)
        if not _verify(person.password_hash, current):
            raise WrongPassword(_("That is not your current password."), field="current")
        _change_password(person, new)
    return person.epoch


def choose_language(language: str, *, by: Actor) -> None:
    """Read Cadre and its letters in `language` from now on."""
    with db.transaction():
        queries.person(_own_id(by), lock=True).language = language


def end_sessions(person_id: int, *, by: Actor) -> int:
    """Log a person out everywhere; returns the new epoch."""
    if not by.is_(person_id) and not by.has(Role.ADMIN):
        raise NotAllowed(_("Only an administrator may log somebody else out."))
    with audit.act(by, "account.end_sessions", f"person:{person_id}"):
        person = queries.person(person_id, lock=True)
        person.epoch += 1
    return person.epoch


def _change_password(person: Person, password: str) -> None:
    person.password_hash = _hasher.hash(password)
    person.epoch += 1


def _own_id(by: Actor) -> int:
    assert by.person_id is not None
    return by.person_id


# --- What an admin does ----------------------------------------------------------------------


def change_person(
    person_id: int, profile: Profile, roles: Collection[Role], active: bool, *, by: Actor
) -> None:
    """Change what is known of a person, their roles, and whether they may log in.

    Raises:
        Conflict: nobody would be left to administer, or they would manage themselves.
        Invalid: nobody has the line manager's address.
    """
    with db.transaction() as session:
        admins = select(PersonRole.person_id).where(PersonRole.role == Role.ADMIN)
        ids = {person_id, *session.scalars(admins)}
        for one in sorted(ids):  # two admins who demote each other take turns
            queries.person(one, lock=True)
        person = queries.person(person_id)
        before = Standing(person.active, frozenset(row.role for row in person.roles))
        after = Standing(active, frozenset(roles))
        if not leaves_an_admin(before, after, queries.other_admins(person_id)):
            raise Conflict(_("Somebody has to administer. Make another person admin first."))
        _apply(person, profile)
        _set_roles(person, before.roles, after.roles, by=by)
        _set_active(person, active, by=by)


def _set_roles(
    person: Person, before: frozenset[Role], after: frozenset[Role], *, by: Actor
) -> None:
    if before == after:
        return
    held = delete(PersonRole).where(PersonRole.person_id == person.id)
    db.session.execute(held.where(PersonRole.role.in_(before - after)))
    for role in sorted(after - before):
        db.insert_once(PersonRole, person_id=person.id, role=role, granted_at=clock.now())
    audit.record(
        by,
        "account.roles",
        f"person:{person.id}",
        granted=sorted(after - before),
        taken=sorted(before - after),
    )


def _set_active(person: Person, active: bool, *, by: Actor) -> None:
    if person.active == active:
        return
    person.active = active
    person.epoch += 1
    verb = "account.activate" if active else "account.deactivate"
    audit.record(by, verb, f"person:{person.id}")


def _apply(person: Person, profile: Profile) -> None:
    person.name = profile.name
    person.title = profile.title
    person.unit = profile.unit
    person.location = profile.location
    person.capacity = profile.capacity
    person.rate_minor = profile.rate.minor if profile.rate else None
    person.rate_currency = profile.rate.currency if profile.rate else None
    person.employed_from = profile.employed_from
    person.employed_to = profile.employed_to
    person.line_manager_id = _line_manager_id(person.id, profile.line_manager)
    db.session.execute(delete(SpokenLanguage).where(SpokenLanguage.person_id == person.id))
    for code in sorted(profile.spoken):
        db.insert_once(SpokenLanguage, person_id=person.id, code=code)


def _line_manager_id(person_id: int, email: str | None) -> int | None:
    if not email:
        return None
    manager = queries.person_by_email(email)
    if manager is None or not manager.active:
        raise Invalid(_("Nobody active has this address. Check it."), field="line_manager")
    if goes_in_a_circle(person_id, manager.id, queries.line_managers()):
        raise Conflict(
            _("They would come to be their own line manager. Choose somebody else."),
            field="line_manager",
        )
    return manager.id


# --- API tokens ------------------------------------------------------------------------------


def make_token(person_id: int, name: str, *, by: Actor) -> str:
    """Make an API token; it is shown once, only its hash is kept."""
    if not by.is_(person_id) and not by.has(Role.ADMIN):
        raise NotAllowed(_("Tokens are made by their owner."))
    token = f"cadre_{secrets.token_urlsafe(32)}"
    with audit.act(by, "token.make", f"person:{person_id}", name=name) as session:
        queries.person(person_id)
        row = ApiToken(person_id=person_id, token_hash=_hash(token), name=name, made_at=clock.now())
        session.add(row)
    return token


def revoke_token(token_id: int, *, by: Actor) -> None:
    """Take one of one's own API tokens out of force."""
    with audit.act(by, "token.revoke", f"token:{token_id}") as session:
        query = select(ApiToken).where(ApiToken.id == token_id, ApiToken.person_id == by.person_id)
        if (row := session.scalar(query.with_for_update())) is None:
            raise NotVisible(_("There is no such token."))
        row.revoked_at = row.revoked_at or clock.now()


def account_of_token(token: str) -> queries.Account | None:
    """The account that a bearer token acts for."""
    return queries.account_of_token(_hash(token), clock.now())
