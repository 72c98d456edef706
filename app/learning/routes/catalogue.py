"""The catalogue of courses, and search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.authoring.document import Level, Visibility
from app.core.fulltext import Hit
from app.core.i18n import lazy_gettext as _
from app.learning import queries
from app.learning.models import Course
from app.learning.routes import standing
from app.learning.routes.blueprint import bp
from app.staffing.training import queries as training
from app.web.access import current_actor, signed_in
from app.web.forms import given

PAGE = 24
LEVELS = {
    Level.FOUNDATION: _("Foundation"),
    Level.PRACTITIONER: _("Practitioner"),
    Level.EXPERT: _("Expert"),
}
VISIBILITIES = {
    Visibility.DRAFT: _("Draft"),
    Visibility.PUBLISHED: _("Published"),
    Visibility.RETIRED: _("Retired"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A course in the catalogue, with the reader's progress if they are enrolled."""

    course: Course
    level: str
    standing: standing.Course | None
    due: date | None
    """The day by which the reader is to pass it."""

    @property
    def draft(self) -> bool:
        return self.course.visibility is Visibility.DRAFT


@dataclass(frozen=True, slots=True)
class Found:
    """A course or lesson that was found."""

    title: Markup
    snippet: Markup
    url: str
    course_title: str | None
    """Of a lesson: the course it stands in."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was asked of the catalogue. Unknown words ask for nothing."""

    text: str
    level: Level | None
    tag: str
    page: int

    @property
    def given(self) -> bool:
        return bool(self.text or self.level or self.tag)

    def address(self, page: int) -> str:
        """The same question for another page."""
        level = self.level.value if self.level else None
        return url_for(
            ".catalogue", q=self.text or None, level=level, tag=self.tag or None, page=page
        )


@bp.get("/courses")
@signed_in
def catalogue() -> ResponseReturnValue:
    """Every course one may take, to look through and to search."""
    actor = current_actor()
    choices = _choices()
    everything = queries.catalogue(actor)
    hits = queries.search(actor, choices.text) if choices.text else []
    shown = _chosen(everything, choices, hits)
    first = (choices.page - 1) * PAGE
    mine = {course.id: course for course in standing.stand_in_all(actor)}
    due = training.due_days(given(actor.person_id))
    page = shown[first : first + PAGE]
    return render_template(
        "learning/catalogue.html",
        choices=choices,
        cards=[
            Card(one, str(LEVELS[one.level]), mine.get(one.id), due.get(one.id)) for one in page
        ],
        found=_found([hit for hit in hits if hit.key], everything),
        levels=[(level.value, name) for level, name in LEVELS.items()],
        tags=[(tag, tag) for tag in sorted({tag for one in everything for tag in one.tags})],
        previous_url=choices.address(choices.page - 1) if choices.page > 1 else None,
        next_url=choices.address(choices.page + 1) if len(shown) > first + PAGE else None,
    )


def _choices() -> Choices:
    level = request.args.get("level", "")
    page = request.args.get("page", "1")
    return Choices(
        text=request.args.get("q", "").strip()[:200],
        level=Level(level) if level in set(Level) else None,
        tag=request.args.get("tag", "").strip()[:100],
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _chosen(courses: Sequence[Course], choices: Choices, hits: Sequence[Hit]) -> list[Course]:
    """The courses that were asked for: by rank if words were given, else by title."""
    if choices.text:
        rank = {hit.scope: place for place, hit in reversed(list(enumerate(hits)))}
        courses = sorted((one for one in courses if one.id in rank), key=lambda one: rank[one.id])
    return [
        course
        for course in courses
        if choices.level in (None, course.level) and choices.tag in ("", *course.tags)
    ]


@bp.get("/search")
@signed_in
def search() -> ResponseReturnValue:
    """Courses and lessons that hold some words."""
    actor = current_actor()
    text = request.args.get("q", "").strip()[:200]
    hits = queries.search(actor, text, limit=50) if text else []
    found = _found(hits, queries.courses(actor, {hit.scope for hit in hits}))
    return render_template("learning/search.html", text=text, found=found)


def _found(hits: Sequence[Hit], courses: Sequence[Course]) -> list[Found]:
    titles = {course.id: course.title for course in courses}
    return [
        Found(
            title=hit.title,
            snippet=hit.snippet,
            url=_address(hit),
            course_title=titles[hit.scope] if hit.key else None,
        )
        for hit in hits
        if hit.scope in titles
    ]


def _address(hit: Hit) -> str:
    if not hit.key:
        return url_for(".course", course_id=hit.scope)
    return url_for(".lesson", course_id=hit.scope, lesson_id=hit.key)
