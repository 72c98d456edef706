"""`Idempotency-Key`: a call sent again under its key is answered as it was, and done once.

A call is taken on before it is done and kept once it succeeded. A refusal changed nothing, so its
key is free again. After a fault nobody knows whether the call was done: it is never done again.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from flask import Response, g, request
from sqlalchemy import delete, update

from app.api.models import KeptAnswer
from app.core import clock, db
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.web.access import current_actor

KEPT_FOR = timedelta(days=1)
LONGEST = 200


def begin() -> Response | None:
    """Take the call on; the kept answer if it was done before.

    Raises:
        Invalid: the key is none, or was used for another call.
        Conflict: the same call is at work just now, or broke off.
    """
    key, person_id = request.headers.get("Idempotency-Key"), current_actor().person_id
    if key is None or request.method != "POST" or person_id is None:
        return None
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        message = _("A key has 1 to %(most)s plain characters.", most=LONGEST)
        raise Invalid(message, field="Idempotency-Key")
    call = _call()
    if _taken_on(person_id, key, call):
        g.taken_on = (person_id, key)
        return None
    return _as_before(db.session.get(KeptAnswer, (person_id, key)), call)


def _call() -> str:
    told = (request.method.encode(), request.full_path.encode(), request.get_data())
    return sha256(b"\0".join(told)).hexdigest()


def _taken_on(person_id: int, key: str, call: str) -> bool:
    now = clock.now()
    over = KeptAnswer.taken_at < now - KEPT_FOR
    with db.transaction() as session:
        own = KeptAnswer.person_id == person_id
        session.execute(delete(KeptAnswer).where(own, over))
        return db.insert_once(KeptAnswer, person_id=person_id, key=key, call=call, taken_at=now)


def _as_before(kept: KeptAnswer | None, call: str) -> Response:
    if kept is not None and kept.call != call:
        message = _("This key was used for another call. Choose a new one.")
        raise Invalid(message, field="Idempotency-Key")
    if kept is None or kept.status is None:
        raise Conflict(
            _(
                "This call is at work, or broke off. Ask again in a moment; if this stays, look"
                " whether it was done before you choose a new key."
            )
        )
    response = Response(kept.body, kept.status, content_type="application/json")
    response.headers["Idempotency-Replayed"] = "true"
    if kept.location:
        response.headers["Location"] = kept.location
    return response


def end(response: Response) -> Response:
    """Keep the answer of a call that was done; let go of one that was not."""
    taken = g.pop("taken_on", None)
    if taken is None or response.status_code >= 500:
        return response
    person_id, key = taken
    mine = KeptAnswer.person_id == person_id, KeptAnswer.key == key
    with db.transaction() as session:
        if response.status_code < 400:
            values = {
                "status": response.status_code,
                "body": response.get_data(as_text=True),
                "location": response.headers.get("Location"),
            }
            session.execute(update(KeptAnswer).where(*mine).values(**values))
        else:
            session.execute(delete(KeptAnswer).where(*mine))
    return response
