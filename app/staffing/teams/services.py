"""Acts of the PMO on what a project needs of its team."""

from __future__ import annotations

from dataclasses import dataclass

from app.accounts import queries as accounts
from app.core import audit
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.projects import queries as projects
from app.staffing.rules.team import TeamRule
from app.staffing.teams import queries
from app.staffing.teams.models import TeamNeedRow

MOST = 30
"""Needs of one project."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A need as entered; people by their e-mail address."""

    rule: TeamRule
    amount: int | None = None
    code: str | None = None
    level: int | None = None
    people: tuple[str, str] | None = None
    slot_id: int | None = None


def add_need(code: str, entered: Entered, *, by: Actor) -> TeamNeedRow:
    """Say what a project needs of its team.

    Raises:
        Invalid: an unknown demand, person or role, or the same person twice.
        Conflict: the project needs the same already, or has too many needs.
    """
    _pmo_only(by)
    target = f"project:{code}"
    with audit.act(by, "team_need.add", target, rule=entered.rule, what=_what(entered)) as session:
        project = projects.project_for(by, code, lock=True)
        first, second = _pair(entered.people)
        _check(entered, {slot.id for slot in project.slots})
        row = TeamNeedRow(
            project_id=project.id,
            rule=entered.rule,
            amount=entered.amount,
            code=entered.code,
            level=entered.level,
            first_id=first,
            second_id=second,
            slot_id=entered.slot_id,
        )
        there = [queries.as_need(one) for one in queries.rows_of(project.id)]
        if queries.as_need(row) in there:
            raise Conflict(_("The project needs this already."))
        if len(there) >= MOST:
            raise Conflict(_("These are as many needs as a project can have. Remove one first."))
        session.add(row)
    return row


def _pmo_only(by: Actor) -> None:
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO says what a team needs."))


def _what(entered: Entered) -> str:
    """The need in one line, for the audit trail."""
    said = (entered.amount, entered.code, entered.level, entered.people, entered.slot_id)
    return " ".join(str(one) for one in said if one is not None)


def _pair(people: tuple[str, str] | None) -> tuple[int | None, int | None]:
    if people is None:
        return None, None
    found = [accounts.person_by_email(email) for email in people]
    for person, field in zip(found, ("first", "second"), strict=True):
        if person is None or not person.active:
            raise Invalid(_("Nobody active has this address. Check it."), field=field)
    first, second = sorted(person.id for person in found if person)
    if first == second:
        raise Invalid(_("This is the same person. Choose two."), field="second")
    return first, second


def _check(entered: Entered, slot_ids: set[int]) -> None:
    if entered.code is not None:
        codes = {entered.code}
        competencies, certifications = (codes, set[str]()) if entered.level else (set[str](), codes)
        if projects.unknown_codes(competencies, certifications):
            message = _("There is no such competency or certification. Choose one from the list.")
            raise Invalid(message, field="what")
    if entered.slot_id is not None and entered.slot_id not in slot_ids:
        raise Invalid(_("There is no such role. Choose one from the list."), field="slot")


def remove_need(code: str, need_id: int, *, by: Actor) -> None:
    """Take back what a project needed of its team."""
    _pmo_only(by)
    with audit.act(by, "team_need.remove", f"project:{code}", need=need_id) as session:
        project = projects.project_for(by, code, lock=True)
        row = session.get(TeamNeedRow, need_id)
        if row is None or row.project_id != project.id:
            raise NotVisible(_("There is no such need."))
        session.delete(row)
