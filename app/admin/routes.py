"""Administration: people and roles, the audit trail, jobs, the components of the pages."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts import services as account_services
from app.accounts.forms import ROLE_NAMES
from app.admin import queries
from app.admin.forms import InvitationForm, PersonForm
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.jobs import JobState
from app.core.policy import Role
from app.web.access import current_actor, requires
from app.web.forms import given
from app.web.gallery import examples

bp = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")


@bp.get("")
@requires(Role.ADMIN)
def overview() -> ResponseReturnValue:
    """What an administrator looks after, and whether it is well."""
    by_state = queries.jobs_by_state()
    return render_template(
        "admin/overview.html",
        people=queries.active_people(),
        waiting=by_state.get(JobState.QUEUED, 0) + by_state.get(JobState.RUNNING, 0),
        failed=by_state.get(JobState.FAILED, 0),
        trail=queries.trail("", None).entries[:10],
    )


@bp.get("/people")
@requires(Role.ADMIN)
def people() -> ResponseReturnValue:
    """Everybody who has an account."""
    text = request.args.get("q", "")[:100]
    role = _role(request.args.get("role", ""))
    page = max(1, request.args.get("page", 1, type=int))
    found = accounts.people_page(text, role, page=page)
    last = -(-found.total // 50)
    return render_template(
        "admin/people.html",
        found=found,
        q=text,
        role=role or "",
        role_choices=[("", _("Every role")), *((r.value, str(n)) for r, n in ROLE_NAMES.items())],
        role_names=ROLE_NAMES,
        previous_url=_people_url(text, role, page - 1) if page > 1 else None,
        next_url=_people_url(text, role, page + 1) if page < last else None,
    )


def _people_url(text: str, role: Role | None, page: int) -> str:
    return url_for(".people", q=text or None, role=role, page=page)


def _role(word: str) -> Role | None:
    return Role(word) if word in set(Role) else None


@bp.get("/people/new")
@requires(Role.ADMIN)
def invitation() -> ResponseReturnValue:
    """Invite somebody."""
    return render_template(
        "admin/person.html", form=InvitationForm(data={"roles": [Role.LEARNER]}), subject=None
    )


@bp.post("/people/new")
@requires(Role.ADMIN)
def invite() -> ResponseReturnValue:
    """Add them and send the letter."""
    form = InvitationForm()
    if form.validate():
        try:
            person = account_services.invite(
                given(form.email.data),
                form.profile(),
                form.roles.data or [],
                by=current_actor(),
                base_url=current_app.config["SETTINGS"].base_url,
            )
        except (Conflict, Invalid) as refusal:
            form.refuse(refusal.field, refusal)
        else:
            flash(_("%(name)s is invited by mail.", name=person.name), "good")
            return redirect(url_for(".people"))
    return render_template("admin/person.html", form=form, subject=None), 422


@bp.get("/people/<int:person_id>")
@requires(Role.ADMIN)
def person(person_id: int) -> ResponseReturnValue:
    """One person, to be changed."""
    subject = accounts.person(person_id)
    above = subject.line_manager_id
    form = PersonForm.of(subject, accounts.person(above) if above else None)
    return render_template("admin/person.html", form=form, subject=subject)


@bp.post("/people/<int:person_id>")
@requires(Role.ADMIN)
def change_person(person_id: int) -> ResponseReturnValue:
    """Change what is known, the roles, and whether they may log in."""
    form = PersonForm()
    if form.validate():
        try:
            account_services.change_person(
                person_id,
                form.profile(),
                form.roles.data or [],
                bool(form.active.data),
                by=current_actor(),
            )
        except (Conflict, Invalid) as refusal:
            form.refuse(refusal.field or "roles", refusal)
        else:
            flash(_("Saved."), "good")
            return redirect(url_for(".person", person_id=person_id))
    subject = accounts.person(person_id)
    return render_template("admin/person.html", form=form, subject=subject), 422


@bp.post("/people/<int:person_id>/invitation")
@requires(Role.ADMIN)
def invite_again(person_id: int) -> ResponseReturnValue:
    """Send the invitation once more."""
    base_url = current_app.config["SETTINGS"].base_url
    account_services.invite_again(person_id, by=current_actor(), base_url=base_url)
    flash(_("Another invitation is on its way."), "good")
    return redirect(url_for(".person", person_id=person_id))


@bp.post("/people/<int:person_id>/sessions/end")
@requires(Role.ADMIN)
def end_sessions(person_id: int) -> ResponseReturnValue:
    """Log them out everywhere."""
    account_services.end_sessions(person_id, by=current_actor())
    flash(_("They are logged out everywhere."), "good")
    return redirect(url_for(".person", person_id=person_id))


@bp.get("/audit")
@requires(Role.ADMIN)
def audit() -> ResponseReturnValue:
    """Who did what, newest first."""
    text = request.args.get("q", "")[:100]
    trail = queries.trail(text, request.args.get("before", type=int))
    older = url_for(".audit", q=text or None, before=trail.older) if trail.older else None
    return render_template("admin/audit.html", trail=trail, q=text, older=older)


@bp.get("/jobs")
@requires(Role.ADMIN)
def jobs() -> ResponseReturnValue:
    """Work in the background: what waits, what failed."""
    return render_template("admin/jobs.html", jobs=queries.jobs())


@bp.get("/components")
@requires(Role.ADMIN)
def components() -> ResponseReturnValue:
    """Every component that pages are made of."""
    return render_template("components/gallery.html", examples=examples())
