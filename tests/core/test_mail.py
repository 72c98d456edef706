"""Letters reach the outbox, and only after the act that wrote them is kept."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask

from app.core import db, jobs, mail


def test_a_letter_is_sent_after_its_act(app: Flask, outbox: Path):
    with db.transaction():
        mail.enqueue("ada@example.com", "Grüße aus dem PMO", "Ein Brief.\n")
    jobs.run_due()

    (path,) = outbox.glob("*.eml")
    letter = message_from_bytes(path.read_bytes(), policy=default)
    assert letter["To"] == "ada@example.com"
    assert letter["Subject"] == "Grüße aus dem PMO"
    assert letter.get_content() == "Ein Brief.\n"


def test_a_line_break_in_a_subject_adds_no_header(app: Flask, outbox: Path):
    with db.transaction():
        mail.enqueue("ada@example.com", "Hello\r\nBcc: eve@example.com", "Text.")
    jobs.run_due()

    (path,) = outbox.glob("*.eml")
    letter = message_from_bytes(path.read_bytes(), policy=default)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Hello Bcc: eve@example.com"


def test_an_unknown_way_to_send_is_refused_at_the_start():
    with pytest.raises(ValueError, match="MAIL_URL"):
        mail.sender("pigeon://coop", "cadre@example.com")
