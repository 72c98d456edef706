"""Starting an attempt: who may, the access code, and the paper that is drawn for it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import delete

from app.accounts import queries as accounts
from app.assessment import queries, rules
from app.assessment.models import Attempt, AttemptSlot, AttemptState
from app.assessment.rules import Drawn, Obstacle
from app.assessment.services.ending import close_due
from app.assessment.services.refusals import NoAttemptLeft, NotOpenNow, TooEarly, WrongCode
from app.authoring.answers import shown_order
from app.authoring.document import Quiz
from app.core import audit, db, i18n
from app.core.errors import NotAllowed, TooOften
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.learning import queries as learned
from app.learning import services as learning

MOST_GUESSES, GUESSING = 10, timedelta(minutes=10)
"""So many wrong codes within so long, and none is looked at any more."""
_GUESS = "quiz.wrong_code"


def start(
    course_id: str, quiz_id: str, *, by: Actor, now: datetime, access_code: str | None = None
) -> int:
    """Start an attempt, or go on with the one that is open.

    Args:
        access_code: asked of those who begin, where the quiz has one.

    Returns:
        The attempt's id.

    Raises:
        NotVisible: no such quiz for this person.
        NoAttemptLeft, TooEarly, NotOpenNow: no other attempt is allowed, or not now.
        WrongCode: the quiz has an access code, and this is not it.
        TooOften: somebody guesses at the code.
    """
    if by.person_id is None:
        raise NotAllowed(_("Only a person can sit a quiz."))
    try:
        return _started(by.person_id, course_id, quiz_id, access_code, by, now)
    except WrongCode:
        with audit.act(by, _GUESS, f"quiz:{course_id}/{quiz_id}"):
            pass  # kept, though the start itself was undone
        raise


def _started(
    person_id: int, course_id: str, quiz_id: str, access_code: str | None, by: Actor, now: datetime
) -> int:
    with db.transaction():
        accounts.person(person_id, lock=True)  # two starts of one person take turns
        learning.enrol(course_id, by=by)
        standing = queries.open_attempt(person_id, course_id, quiz_id)
        if standing is not None and close_due(standing, now):
            standing = queries.open_attempt(person_id, course_id, quiz_id)
        if standing is not None:
            return standing.id
        offer = queries.offer(by, course_id, quiz_id, now)
        _check_may_start(offer)
        _check_code(offer, access_code, by, now)
        attempt = _paper(person_id, offer, now)
        _begin(attempt, offer, now)
        db.session.flush()
        audit.record(by, "attempt.start", f"attempt:{attempt.id}")
        return attempt.id


def _check_may_start(offer: queries.Offer) -> None:
    if (hindrance := offer.hindrance) is None:
        return
    until = i18n.instant(hindrance.until) if hindrance.until else ""
    match hindrance.obstacle:
        case Obstacle.NONE_LEFT:
            raise NoAttemptLeft(_("Every attempt at this quiz was used."))
        case Obstacle.PAUSE:
            raise TooEarly(_("The next attempt is possible from %(instant)s.", instant=until))
        case Obstacle.NOT_OPEN:
            raise NotOpenNow(_("This quiz opens at %(instant)s.", instant=until))
        case Obstacle.CLOSED:
            raise NotOpenNow(_("This quiz is closed."))


def _check_code(offer: queries.Offer, given: str | None, by: Actor, now: datetime) -> None:
    wanted = offer.conditions.access_code
    if wanted is None:
        return
    target = f"quiz:{offer.course.id}/{offer.quiz.id}"
    if audit.count(by, _GUESS, target, since=now - GUESSING) >= MOST_GUESSES:
        seconds = int(GUESSING.total_seconds())
        raise TooOften(
            _("That was not the code too often. Ask whoever supervises, and try again later."),
            retry_after=seconds,
        )
    same = secrets.compare_digest(_folded(given or "").encode(), _folded(wanted).encode())
    if not same:
        raise WrongCode(_("That is not the access code of this quiz."), field="access_code")


def _folded(code: str) -> str:
    return "".join(code.split()).casefold()


# --- The paper -----------------------------------------------------------------------------


def prepare(course_id: str, quiz_id: str, *, by: Actor, now: datetime) -> int:
    """Draw a paper for everybody enrolled who may still sit the quiz, before it opens.

    Whoever begins finds it ready, however many begin at once; their clock starts then.

    Returns:
        How many were drawn; who has one or sits the quiz already needs none.
    """
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO decides about exams."))
    with audit.act(by, "quiz.prepare", f"quiz:{course_id}/{quiz_id}"):
        quiz = queries.any_quiz(course_id, quiz_id)
        revision_id = learned.any_course(course_id).revision.id
        without = queries.without_paper(course_id, quiz)
        seen = queries.times_seen_by(without, course_id)
        for person_id, last_number in without.items():
            attempt = Attempt(
                person_id=person_id,
                course_id=course_id,
                quiz_id=quiz_id,
                number=last_number + 1,
                state=AttemptState.CREATED,
                started_at=now,
            )
            _draw(attempt, quiz, revision_id, seen.get(person_id, {}))
    return len(without)


def _paper(person_id: int, offer: queries.Offer, now: datetime) -> Attempt:
    """The one drawn ahead; drawn anew if there is none, or the course was published since."""
    course_id, quiz_id = offer.course.id, offer.quiz.id
    attempt = queries.paper(person_id, course_id, quiz_id)
    same = attempt is not None and attempt.revision_id == offer.revision_id
    if attempt is not None and same and attempt.short == offer.short:
        return attempt
    if attempt is None:
        number = 1 + max((one.number for one in offer.attempts), default=0)
        attempt = Attempt(
            person_id=person_id,
            course_id=course_id,
            quiz_id=quiz_id,
            number=number,
            state=AttemptState.CREATED,
            started_at=now,
        )
    else:
        db.session.execute(delete(AttemptSlot).where(AttemptSlot.attempt_id == attempt.id))
    attempt.short = offer.short
    seen = queries.times_seen_by({person_id}, course_id).get(person_id, {})
    _draw(attempt, offer.quiz, offer.revision_id, seen)
    return attempt


def _draw(attempt: Attempt, quiz: Quiz, revision_id: int, seen: Mapping[str, int]) -> None:
    """Fix what is asked, in which order; the seed is kept, so that it can be shown to be fair."""
    attempt.seed, attempt.revision_id = secrets.token_hex(16), revision_id
    random = Random(attempt.seed)  # noqa: S311 - the seed itself is not to be guessed
    drawn = rules.draw(quiz, seen, random)
    slots = [_slot(number, one, quiz, random) for number, one in enumerate(drawn, 1)]
    db.session.add(attempt)
    db.session.flush()
    for slot in slots:
        slot.attempt_id = attempt.id
    db.session.add_all(slots)


def _begin(attempt: Attempt, offer: queries.Offer, now: datetime) -> None:
    conditions = offer.conditions
    times = rules.times(offer.quiz, now, conditions.window, conditions.allowance.time_factor)
    attempt.state = AttemptState.IN_PROGRESS
    attempt.started_at = attempt.last_seen_at = now
    attempt.deadline, attempt.closes_at = times.deadline, times.closes_at


def _slot(number: int, drawn: Drawn, quiz: Quiz, random: Random) -> AttemptSlot:
    question = drawn.question
    return AttemptSlot(
        number=number,
        section=drawn.section,
        question_id=question.id,
        question_hash=question.content_hash,
        order=shown_order(question, shuffle=quiz.shuffle_options, random=random),
        points=question.points,
        unscored=question.unscored,
    )
