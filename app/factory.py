"""Puts the application together: a table of contents."""

from __future__ import annotations

import gc

from flask import Flask
from flask_wtf import CSRFProtect

from app.accounts.commands import cli as users
from app.accounts.routes import bp as accounts
from app.admin.commands import demo, prepare
from app.admin.routes import bp as admin
from app.api.routes import bp as api
from app.assessment import services as attempts
from app.assessment.announcements import AttemptGraded, PassWithdrawn
from app.assessment.commands import questions
from app.assessment.routes import bp as assessment
from app.assessment.services import finishing
from app.authoring.framework_commands import frameworks
from app.competence.certifications.routes import bp as certifications
from app.competence.judging.routes import bp as judging
from app.competence.routes import bp as competence
from app.core import db, jobs, logs, mail
from app.core.events import hear
from app.core.i18n import lazy_gettext as _
from app.core.queue import open_queue, wake_through
from app.credentials import services as certificates
from app.credentials.batches import services as batches
from app.credentials.commands import certificates as certificate_commands
from app.credentials.commands import keys
from app.credentials.issuer import Issuer
from app.credentials.jobs import batch_worker, drawer
from app.credentials.routes import bp as credentials
from app.credentials.signing.keys import KeyRing
from app.insight.routes import bp as insight
from app.learning.announcements import (
    CheckAnswered,
    LessonCompleted,
    RevisionReplaced,
    RevisionServed,
)
from app.learning.commands import cli as courses
from app.learning.routes import bp as learning
from app.practice import services as practising
from app.practice.routes import bp as practice
from app.preview.commands import preview
from app.projects.announcements import ProjectEnded, RoleChanged, RoleClosed, RoleDivided
from app.projects.dividing.routes import bp as dividing
from app.projects.routes import bp as projects
from app.renewals import services as renewing
from app.renewals.routes import bp as renewals
from app.staffing import services as staffing_services
from app.staffing.calendars.routes import bp as calendars
from app.staffing.commands import staffing as staffing_commands
from app.staffing.deciding import services as deciding_services
from app.staffing.deciding.routes import bp as deciding
from app.staffing.desk.routes import bp as desk
from app.staffing.fairness.routes import bp as fairness
from app.staffing.feeds.routes import bp as feeds
from app.staffing.outlook.routes import bp as outlook
from app.staffing.own import services as own_services
from app.staffing.own.routes import bp as own
from app.staffing.planning import questions as plan_questions
from app.staffing.planning import services as planning
from app.staffing.records.routes import bp as records
from app.staffing.routes import bp as staffing
from app.staffing.teams.routes import bp as teams
from app.staffing.training import looking
from app.staffing.training import services as training_services
from app.staffing.training.routes import bp as training
from app.staffing.watch import services as watching
from app.staffing.watch.routes import bp as watch
from app.web import access, addresses, errors, headers, pages
from app.web.application import Application
from app.web.commands import COMMANDS
from app.web.health import bp as health
from app.web.pages import Destination
from config import Settings, read_settings

BLUEPRINTS = (
    health,
    accounts,
    insight,
    learning,
    assessment,
    competence,
    certifications,
    judging,
    credentials,
    practice,
    projects,
    dividing,
    staffing,
    deciding,
    own,
    desk,
    calendars,
    outlook,
    fairness,
    feeds,
    watch,
    records,
    teams,
    training,
    renewals,
    admin,
    api,
)

NAVIGATION = (
    Destination(_("Home"), "insight.home", "house", "/"),
    Destination(_("Courses"), "learning.catalogue", "book-open", "/courses"),
    Destination(_("Competencies"), "competence.mine", "radar", "/competencies"),
    Destination(_("Certificates"), "credentials.mine", "award", "/certificates"),
    Destination(_("Projects"), "projects.register", "folder-kanban", "/projects"),
    Destination(_("Staffing"), "staffing.portfolio", "calendar-range", "/staffing"),
    Destination(_("People"), "competence.people", "users", "/people"),
    Destination(_("Admin"), "admin.overview", "settings", "/admin"),
)

csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """The application for `settings`, by default those of the environment."""
    settings = settings or read_settings()
    app = Application(__name__, static_folder="web/static", template_folder="web/templates")
    _configure(app, settings)
    _open_database(settings)
    app.config["ISSUER"] = issuer = _issuer(settings)
    _wire_jobs(settings, issuer)
    _wire_announcements()
    _register(app)
    return app


def settle() -> None:
    """Have what stands now looked through for garbage no more, and what comes less often.

    For a process that serves: a page makes many objects at once of which few are garbage, and one
    that reads ten thousand people took twice as long.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _configure(app: Flask, settings: Settings) -> None:
    logs.configure(json=settings.production, level=settings.log_level)
    app.testing = settings.env == "test"
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        TIME_ZONE=settings.time_zone,
        ORGANISATION=settings.organisation,
        MAX_CONTENT_LENGTH=4 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
        SESSION_COOKIE_NAME="cadre",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # the default ends after an hour: in the middle of an exam
        WTF_I18N_ENABLED=False,  # our forms bring WTForms' own catalogues
    )


def _open_database(settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    db.connect(settings.database_url)


def _issuer(settings: Settings) -> Issuer:
    ring = KeyRing(
        settings.keys,
        settings.keys_passphrase,
        settings.organisation,
        demo_allowed=not settings.production,
    )
    return Issuer(settings.base_url, settings.organisation, settings.courses, ring)


def _wire_jobs(settings: Settings, issuer: Issuer) -> None:
    jobs.handle(mail.KIND, mail.sender(settings.mail_url, settings.mail_from))
    jobs.handle(certificates.DRAW, drawer(issuer))
    jobs.handle(batches.WORK, batch_worker(issuer))
    jobs.handle(planning.WORK, planning.work_out)
    jobs.handle(plan_questions.WORK, plan_questions.answer)
    jobs.handle(looking.WORK, looking.work_out)
    jobs.each_minute(planning.give_up)
    jobs.each_minute(attempts.close_overdue)
    jobs.handle(renewing.TELL, renewing.teller(settings.base_url))
    jobs.each_minute(renewing.reminder_round(settings.base_url))
    jobs.each_minute(watching.rounds(settings.base_url))
    jobs.each_minute(staffing_services.expiring(settings.base_url))
    if settings.env != "test":
        wake_through(open_queue(settings.jobs_url))


def _wire_announcements() -> None:
    """Who acts on which announcement: `hear(Announcement, hearer)`, hearers stand above."""
    hear(AttemptGraded, certificates.issue_for_pass)
    hear(PassWithdrawn, certificates.revoke_for_withdrawal)
    hear(AttemptGraded, finishing.note_attempt)
    hear(AttemptGraded, practising.collect_later)
    hear(CheckAnswered, practising.collect_later)
    hear(LessonCompleted, finishing.note_lesson)
    hear(RevisionReplaced, finishing.settle)
    hear(RevisionServed, renewing.tell_later)
    hear(RoleChanged, staffing_services.keep_booked_roles)
    hear(RoleDivided, deciding_services.carry_over)
    hear(RoleDivided, own_services.carry_over)
    hear(RoleClosed, staffing_services.end_requests)
    hear(ProjectEnded, staffing_services.end_requests_of_project)
    hear(RoleChanged, training_services.move_days)
    hear(RoleClosed, training_services.end_for_role)
    hear(ProjectEnded, training_services.end_for_project)


def _register(app: Flask) -> None:
    addresses.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    courses.add_command(preview)
    commands = (
        prepare,
        users,
        courses,
        questions,
        frameworks,
        staffing_commands,
        keys,
        certificate_commands,
        demo,
    )
    for command in (*COMMANDS, *commands):
        app.cli.add_command(command)
    csrf.init_app(app)
    csrf.exempt(api)  # checks its own: a bearer token needs none, a session does
    errors.install(app)
    headers.install(app)
    pages.install(app, NAVIGATION)
    access.install(app)
    app.teardown_appcontext(lambda _error: db.close())
