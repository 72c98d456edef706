"""Acts on groups: supply them as a whole, or delete them as a whole."""

from __future__ import annotations

import csv
import io

from sqlalchemy import delete, func, select

from app.accounts.models import Person
from app.core import audit
from app.core.errors import Invalid, NotAllowed
from app.core.i18n import gettext
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.staffing.fairness.models import FairnessGroup

MOST_BYTES = 2_000_000
MOST_GROUPS = 30


def supply(data: bytes, *, by: Actor) -> int:
    """Replace all groups by those of a CSV file with the columns `email` and `group`.

    Returns:
        Of how many people the group is known now.

    Raises:
        Invalid: not such a file, somebody unknown or twice, or too many groups; nothing changes.
    """
    _admin_only(by)
    wanted = _read(data)
    with audit.act(by, "groups.supply", "fairness", people=len(wanted)) as session:
        query = select(func.lower(Person.email), Person.id)
        ids: dict[str, int] = dict(session.execute(query).all())
        for line, (email, _group) in wanted.items():
            if email not in ids:
                message = gettext(
                    "Line %(line)s: nobody has the address %(email)s.", line=line, email=email
                )
                raise Invalid(message, field="file")
        session.execute(delete(FairnessGroup))
        session.add_all(
            FairnessGroup(person_id=ids[email], name=group) for email, group in wanted.values()
        )
    return len(wanted)


def forget(*, by: Actor) -> None:
    """Delete all groups."""
    _admin_only(by)
    with audit.act(by, "groups.forget", "fairness") as session:
        session.execute(delete(FairnessGroup))


def _admin_only(by: Actor) -> None:
    if not by.has(Role.ADMIN):
        raise NotAllowed(_("Only an administrator supplies groups."))


def _read(data: bytes) -> dict[int, tuple[str, str]]:
    """Address and group by line number."""
    if len(data) > MOST_BYTES:
        raise Invalid(_("This file is too big: 2 MB at the most."), field="file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Invalid(_("This is no CSV file in UTF-8."), field="file") from wrong
    head = text.partition("\n")[0]
    comma = ";" if ";" in head and "," not in head else ","  # as spreadsheets write it in Europe
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    try:
        if not {"email", "group"} <= set(rows.fieldnames or ()):
            raise Invalid(
                _("The first line has to name the columns email and group."), field="file"
            )
        found = {}
        for row in rows:
            email, group = row["email"] or "", row["group"] or ""
            found[rows.line_num] = email.strip().lower(), group.strip()
    except csv.Error as wrong:
        message = gettext("Line %(line)s cannot be read as CSV.", line=rows.line_num + 1)
        raise Invalid(message, field="file") from wrong
    _check(found)
    return found


def _check(found: dict[int, tuple[str, str]]) -> None:
    seen: set[str] = set()
    for line, (email, group) in found.items():
        if not email or not group or len(group) > 60 or not (email + group).isprintable():
            message = gettext(
                "Line %(line)s: an address and a group of up to 60 letters are needed.", line=line
            )
            raise Invalid(message, field="file")
        if email in seen:
            message = gettext("Line %(line)s: %(email)s stands twice.", line=line, email=email)
            raise Invalid(message, field="file")
        seen.add(email)
    if len({group for _email, group in found.values()}) > MOST_GROUPS:
        raise Invalid(_("More than 30 groups: rates of so many say nothing."), field="file")
