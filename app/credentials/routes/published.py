"""What verifiers elsewhere read: the keys, the status of certificates, the contexts."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.credentials import queries
from app.credentials.routes.blueprint import NOT_INDEXED, bp, issuer
from app.credentials.signing import contexts
from app.web import limits
from app.web.access import public

_OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300", **NOT_INDEXED}
_MOST_A_MINUTE = 120


@bp.get("/.well-known/did.json")
@public
def did() -> ResponseReturnValue:
    """The did:web document: every key that ever signed here."""
    return _answer(issuer().did_document(), "application/json")


@bp.get("/credentials/status/<int:number>")
@public
def status_list(number: int) -> ResponseReturnValue:
    """A Bitstring Status List, as a signed credential."""
    limits.count("status", request.remote_addr, _MOST_A_MINUTE)
    if number >= queries.status_lists():
        raise NotVisible(_("There is no such list."))
    document = issuer().status_list(number, list(queries.revoked_in_list(number)))
    return _answer(document, "application/vc")


@bp.get("/credentials/contexts/<name>")
@public
def context(name: str) -> ResponseReturnValue:
    """A JSON-LD context as it was used to sign."""
    data = contexts.published(name)
    if data is None:
        raise NotVisible(_("There is no such context."))
    return Response(data, content_type="application/ld+json", headers=_OPEN)


def _answer(document: dict[str, Any], content_type: str) -> Response:
    text = json.dumps(document, ensure_ascii=False)
    return Response(text, content_type=content_type, headers=_OPEN)
