"""One's own matches with reasons, wishes and objections; the PMO's answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import day
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.projects.models import RoleSlot
from app.staffing.deciding.models import Decision
from app.staffing.own import queries, services
from app.staffing.own.forms import AnswerForm, ObjectionForm, StayOutForm, WishForm
from app.staffing.own.queries import Match
from app.staffing.rules.matcher.advice import repair_texts
from app.staffing.rules.matcher.eligibility import RateUnknown, Reason, TooExpensive
from app.staffing.rules.matcher.explain import (
    Titles,
    part_text,
    part_title,
    points_text,
    reason_text,
)
from app.staffing.rules.matcher.problem import Wish
from app.staffing.rules.matcher.repair import Courses, repairs
from app.staffing.rules.matcher.score import parts
from app.staffing.shares import smaller_shares
from app.staffing.training.lessons import Lessons, lessons_for
from app.web.access import current_actor, requires, signed_in
from app.web.charts import Bar, bar
from app.web.forms import given

bp = Blueprint("own", __name__, template_folder="templates")
PAGE = 30
"""Roles of one page."""


@dataclass(frozen=True, slots=True)
class ShownPart:
    bar: Bar
    text: str


@dataclass(frozen=True, slots=True)
class ShownReason:
    text: str
    repair: str | None
    tone: str


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """An open role as it fits the reader: parts of the score, or reasons."""

    slot: RoleSlot
    shares: str
    """Days on which it takes less; empty if there are none."""
    parts: list[ShownPart]
    reasons: list[ShownReason]
    courses: dict[str, str]
    wish: Wish | None


@dataclass(frozen=True, slots=True)
class ShownDecided:
    """A role that somebody else has, and how the reader was matched with it."""

    slot: RoleSlot
    when: str
    text: str


@bp.get("/matches")
@signed_in
def mine() -> ResponseReturnValue:
    """Which open roles fit the reader, and why others do not."""
    return _mine_page()


def _mine_page(form: ObjectionForm | None = None, objected: int | None = None) -> str:
    person_id = given(current_actor().person_id)
    found = queries.matches_of(person_id)
    page = _page()
    everything = [*found.fitting, *found.near, *found.further]
    here = everything[(page - 1) * PAGE : page * PAGE]
    wishes = queries.wishes_of(person_id)
    lessons = lessons_for(((one.person, one.reasons) for one in here), clock.today())
    shown = {one.row.id: _shown(one, lessons, wishes) for one in here}

    def of(matches: Sequence[Match]) -> list[ShownMatch]:
        return [shown[one.row.id] for one in matches if one.row.id in shown]

    return render_template(
        "own/mine.html",
        page=page,
        fitting=of(found.fitting),
        near=of(found.near),
        further=of(found.further),
        pages=_pages(page, len(everything)),
        decided=[_decided(one, person_id) for one in _lately(person_id)] if page == 1 else [],
        out=queries.stays_out(person_id),
        me=person_id,
        objections=queries.objections_of(person_id),
        form=form,
        objected=objected,
        longest=services.LONGEST,
    )


def _lately(person_id: int) -> Sequence[Decision]:
    return queries.lately_decided(person_id, clock.now() - services.CONTESTED_FOR)


def _decided(decision: Decision, person_id: int) -> ShownDecided:
    """As the list was then. Places and scores compare people, and so are not told."""
    text = (
        _("You qualified, too.")
        if person_id in decision.pool
        else _("You did not qualify as things were then.")
    )
    return ShownDecided(decision.slot, day(decision.at.date()), text)


def _page() -> int:
    return min(max(1, request.args.get("page", 1, type=int)), 100_000)


def _pages(page: int, total: int) -> tuple[str | None, str | None, str]:
    """Addresses of the pages before and after, and where we are."""
    first, last = (page - 1) * PAGE + 1, min(page * PAGE, total)
    return (
        url_for(".mine", page=page - 1) if page > 1 else None,
        url_for(".mine", page=page + 1) if last < total else None,
        _("%(first)s to %(last)s of %(total)s", first=first, last=last, total=total),
    )


def _shown(match: Match, lessons: Lessons, wishes: dict[int, Wish]) -> ShownMatch:
    made = repairs(match.reasons, match.person, match.slot, lessons.mend)
    titles = replace(lessons.titles, fees={})  # what courses cost is for the PMO to weigh
    texts = repair_texts(made, titles)
    return ShownMatch(
        slot=match.row,
        shares=smaller_shares(match.row),
        parts=_parts(match, titles) if not match.reasons else [],
        reasons=[
            ShownReason(
                _own_reason(one, titles),
                None if _about_money(one) else text,
                "warn" if isinstance(mend, Courses) and mend.in_time else "bad",
            )
            for one, mend, text in zip(match.reasons, made, texts, strict=True)
        ],
        courses=lessons.named(made),
        wish=wishes.get(match.row.id),
    )


def _parts(match: Match, titles: Titles) -> list[ShownPart]:
    """What is read from themselves alone; what compares people is not shown."""
    return [
        ShownPart(
            bar(part_title(part.name), part.points, part.most, points_text(part)),
            part_text(part, match.slot, titles),
        )
        for part in parts(match.person, match.slot)
    ]


def _own_reason(reason: Reason, titles: Titles) -> str:
    if _about_money(reason):
        return _("Your rate is not known, or higher than the role allows.")
    return reason_text(reason, titles)


def _about_money(reason: Reason) -> bool:
    """The highest rate of a role is for the PMO and the project manager to know."""
    return isinstance(reason, TooExpensive | RateUnknown)


@bp.post("/matches/<int:slot_id>/wish")
@signed_in
def wish(slot_id: int) -> ResponseReturnValue:
    """Say what one would like."""
    queries.open_role(slot_id)
    form = WishForm()
    if not form.validate():
        flash(_("Choose one of the three."), "bad")
        return _mine_page(), 422
    services.wish(slot_id, Wish(form.wish.data) if form.wish.data else None, by=current_actor())
    flash(_("Noted. The PMO sees it in the list of the role."), "good")
    return redirect(url_for(".mine", page=_page(), _anchor=f"role-{slot_id}"))


@bp.post("/matches/plans")
@signed_in
def plans() -> ResponseReturnValue:
    """Stay out of plans, or come back."""
    form = StayOutForm()
    if not form.validate():
        return _mine_page(), 422
    out = form.out.data == "1"
    services.stay_out(out, by=current_actor())
    flash(_("Plans leave you out.") if out else _("Plans may name you again."), "good")
    return redirect(url_for(".mine"))


@bp.post("/matches/<int:slot_id>/objections")
@signed_in
def object_to(slot_id: int) -> ResponseReturnValue:
    """Say why a match is wrong."""
    queries.contestable_role(slot_id, clock.now() - services.CONTESTED_FOR)
    form = ObjectionForm()
    if not form.validate():
        return _mine_page(form, slot_id), 422
    try:
        services.object_to(
            slot_id, form.message.data or "", by=current_actor(), base_url=_base_url()
        )
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _mine_page(form, slot_id), refusal.status
    flash(_("Sent to the PMO. You get a letter with the answer."), "good")
    return redirect(url_for(".mine", _anchor="objections"))


# --- The PMO -------------------------------------------------------------------------------


@bp.get("/staffing/objections")
@requires(Role.PMO)
def objections() -> ResponseReturnValue:
    """Objections that wait for an answer."""
    return _objections_page()


@bp.post("/staffing/objections/<int:objection_id>")
@requires(Role.PMO)
def answer(objection_id: int) -> ResponseReturnValue:
    """Answer one."""
    queries.objection(objection_id)
    form = AnswerForm()
    if not form.validate():
        return _objections_page(form, objection_id), 422
    try:
        services.answer(
            objection_id, form.answer.data or "", by=current_actor(), base_url=_base_url()
        )
    except Refusal as refusal:
        form.refuse(refusal.field or "answer", refusal)
        return _objections_page(form, objection_id), refusal.status
    flash(_("Answered. They get a letter."), "good")
    return redirect(url_for(".objections"))


def _objections_page(form: AnswerForm | None = None, answered: int | None = None) -> str:
    return render_template(
        "own/objections.html",
        waiting=queries.unanswered(),
        form=form,
        answered=answered,
        longest=services.LONGEST,
    )


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)
