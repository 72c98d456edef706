"""The page of a course, enrolling in it, and its pictures and documents."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.core.i18n import gettext as _
from app.learning import queries, services
from app.learning.routes import standing
from app.learning.routes.blueprint import bp
from app.learning.routes.catalogue import LEVELS, VISIBILITIES
from app.learning.routes.terms import awards_of, certificate_of, prerequisites_of
from app.web.access import current_actor, signed_in

SHOWN_IN_PLACE = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml")
PLAYED_IN_PLACE = ("audio/mpeg", "video/mp4")


@bp.get("/courses/<course_id>")
@signed_in
def course(course_id: str) -> ResponseReturnValue:
    """What a course is about, what it asks, what it is worth, and how far one has come."""
    actor = current_actor()
    course = standing.stand(actor, queries.visit(actor, course_id))
    return render_template(
        "learning/course.html",
        course=course,
        document=course.document,
        intro=Markup(course.document.intro_html),  # noqa: S704  (the compiler has sanitised it)
        modules=standing.entries(course),
        asked=standing.asked(course),
        level=str(LEVELS[course.document.level]),
        visibility=course.document.visibility,
        visibility_name=str(VISIBILITIES[course.document.visibility]),
        prerequisites=prerequisites_of(actor, course.document),
        awards=awards_of(course.document),
        certificate=certificate_of(course.document),
    )


@bp.post("/courses/<course_id>/enrolment")
@signed_in
def enrol(course_id: str) -> ResponseReturnValue:
    """Take the course, and begin."""
    actor = current_actor()
    services.enrol(course_id, by=actor)
    course = standing.stand(actor, queries.visit(actor, course_id))
    flash(_("You are enrolled. Your progress is kept from here on."), "good")
    return redirect(course.next_url or url_for(".course", course_id=course_id))


@bp.get("/courses/<course_id>/media/<sha256>/<name>")
@signed_in
def media(course_id: str, sha256: str, name: str) -> ResponseReturnValue:
    """A picture or document of a course, for whoever may see the course."""
    file = queries.media_for(current_actor(), course_id, sha256)
    response = Response(file.data, content_type=file.content_type)
    shown = file.content_type in (*SHOWN_IN_PLACE, *PLAYED_IN_PLACE)
    disposition = "inline" if shown else "attachment"
    encoded = quote(name, safe="")  # whatever the address says, it stays one header
    response.headers["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{encoded}"
    # An SVG opened by itself is a document: it may draw, and nothing else.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.set_etag(sha256)
    return response.make_conditional(request, accept_ranges=True, complete_length=len(file.data))
