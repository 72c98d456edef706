"""Drawing certificates: from the row to the signed PDF, in the background."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.core import pdf
from app.core.jobs import Handler
from app.credentials import queries, services
from app.credentials.batches import services as batches
from app.credentials.issuer import Issuer
from app.credentials.models import Certificate
from app.credentials.services import Drawn


class DrawingSwitchedOff(RuntimeError):
    """Pango is not installed on this machine; the job waits until it is."""


def drawer(issuer: Issuer) -> Handler:
    """The handler that draws a certificate once."""

    def draw(payload: dict[str, Any]) -> None:
        certificate = queries.certificate(payload["serial"])
        if certificate.drawing is not None:
            return
        services.keep_drawing(certificate.serial, _drawn(issuer, certificate))

    return draw


def batch_worker(issuer: Issuer) -> Handler:
    """The handler that works off a part of a batch."""

    def work(payload: dict[str, Any]) -> None:
        batches.work(payload["batch"], partial(_drawn, issuer))

    return work


def _drawn(issuer: Issuer, certificate: Certificate) -> Drawn:
    if not pdf.available():
        raise DrawingSwitchedOff("Pango is missing")
    return issuer.drawn(certificate)
