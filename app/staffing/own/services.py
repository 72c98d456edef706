"""Acts of people on what staffing says of them, and the answers of the PMO."""

from __future__ import annotations

from datetime import timedelta

from app.accounts import queries as accounts
from app.core import audit, clock, db, mail
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.i18n import gettext, speaking
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.projects.announcements import RoleDivided
from app.staffing.own import queries
from app.staffing.own.models import Objection, PlanOptOut, RoleWish
from app.staffing.rules.matcher.problem import Wish

LONGEST = 2000
CONTESTED_FOR = timedelta(days=30)
"""So long after somebody was chosen others may still object to how they were matched."""


def wish(slot_id: int, said: Wish | None, *, by: Actor) -> None:
    """Say of an open role that one would gladly do it, or rather not; None takes it back."""
    person_id = _somebody(by)
    with audit.act(by, "wish.say", f"role:{slot_id}", wish=said) as session:
        queries.open_role(slot_id)
        accounts.person(person_id, lock=True)
        row = session.get(RoleWish, (person_id, slot_id))
        if said is None:
            if row is not None:
                session.delete(row)
            return
        row = row or RoleWish(person_id=person_id, slot_id=slot_id)
        row.wish, row.at = said, clock.now()
        session.add(row)


def carry_over(divided: RoleDivided) -> None:
    """What people said of a role, they said of both parts of it."""
    for said in queries.wishes_for(divided.slot_id):
        db.session.add(
            RoleWish(person_id=said.person_id, slot_id=divided.rest_id, wish=said.wish, at=said.at)
        )


def stay_out(out: bool, *, by: Actor) -> None:
    """Stay out of plans that a program makes, or come back into them."""
    person_id = _somebody(by)
    with audit.act(by, "plans.leave" if out else "plans.join", f"person:{person_id}") as session:
        accounts.person(person_id, lock=True)
        row = session.get(PlanOptOut, person_id)
        if out and row is None:
            session.add(PlanOptOut(person_id=person_id, since=clock.now()))
        if not out and row is not None:
            session.delete(row)


def object_to(slot_id: int, message: str, *, by: Actor, base_url: str) -> Objection:
    """Say why one's match with a role is wrong; the PMO is told and answers.

    Raises:
        Invalid: nothing is said.
    """
    person_id = _somebody(by)
    if not message.strip():
        raise Invalid(_("Say what is wrong, so that the PMO can look at it."), field="message")
    with audit.act(by, "match.object", f"role:{slot_id}") as session:
        role = queries.contestable_role(slot_id, clock.now() - CONTESTED_FOR)
        said = Objection(
            person_id=person_id, slot_id=slot_id, message=message.strip()[:LONGEST], at=clock.now()
        )
        session.add(said)
        session.flush()
        for member in accounts.pmo_members():
            with speaking(member.language):
                text = gettext(
                    "%(name)s objects to how they are matched with “%(role)s” on “%(project)s”:"
                    "\n\n%(message)s\n\nAnswer: %(address)s\n",
                    name=by.name,
                    role=role.title,
                    project=role.project.title,
                    message=said.message,
                    address=f"{base_url}/staffing/objections",
                )
                mail.enqueue(member.email, gettext("An objection to a match"), text)
    return said


def answer(objection_id: int, text: str, *, by: Actor, base_url: str) -> None:
    """Answer an objection, for the PMO; the person is told.

    Raises:
        Conflict: it is answered already, or it is one's own.
    """
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO answers objections."))
    if not text.strip():
        raise Invalid(_("Write what you found, and what was changed."), field="answer")
    with audit.act(by, "match.answer", f"objection:{objection_id}"):
        found = queries.objection(objection_id, lock=True)
        if found.answer is not None:
            raise Conflict(_("This objection is answered already."))
        if by.is_(found.person_id):
            raise Conflict(_("Somebody else of the PMO answers your own objection."))
        found.answer, found.answered_at = text.strip()[:LONGEST], clock.now()
        found.answered_by_id, found.answered_by_name = by.person_id, by.name
        with speaking(found.person.language):
            letter = gettext(
                "Hello %(name)s,\n\n%(by)s answers your objection about “%(role)s”:\n\n%(answer)s"
                "\n\n%(address)s\n",
                name=found.person.name,
                by=by.name,
                role=found.slot.title,
                answer=found.answer,
                address=f"{base_url}/matches",
            )
            mail.enqueue(found.person.email, gettext("Your objection is answered"), letter)


def _somebody(by: Actor) -> int:
    if by.person_id is None:
        raise NotAllowed(_("Only a person can say this."))
    return by.person_id
