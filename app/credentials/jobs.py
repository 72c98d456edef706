"""Drawing certificates: from the row to the signed PDF, in the background."""

from __future__ import annotations

from typing import Any

from app.core import pdf
from app.core.jobs import Handler
from app.credentials import queries, services
from app.credentials.batches import services as batches
from app.credentials.issuer import Issuer


class DrawingSwitchedOff(RuntimeError):
    """Pango is not installed on this machine; the job waits until it is."""


def drawer(issuer: Issuer) -> Handler:
    """The handler that draws a certificate once."""

    def draw(payload: dict[str, Any]) -> None:
        certificate = queries.certificate(payload["serial"])
        if certificate.drawing is not None:
            return
        if not pdf.available():
            raise DrawingSwitchedOff("Pango is missing")
        services.keep_drawing(certificate.serial, issuer.drawn(certificate))

    return draw


def batch_worker(issuer: Issuer) -> Handler:
    """The handler that works off a part of a batch."""

    def work(payload: dict[str, Any]) -> None:
        if not pdf.available():
            raise DrawingSwitchedOff("Pango is missing")
        batches.work(payload["batch"], issuer.drawn)

    return work
