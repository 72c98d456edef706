"""Mail: written with the act that causes it, sent by a job; in development into a folder."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from app.core import jobs

KIND = "mail.send"


def enqueue(to: str, subject: str, text: str, *, key: str | None = None) -> None:
    """Send plain text to one address once the open transaction is kept; once for a `key`."""
    jobs.enqueue(KIND, {"to": to, "subject": subject, "text": text}, key=key)


def sender(url: str, from_address: str) -> jobs.Handler:
    """The handler of mail jobs for `url`: `file:///folder` or `smtp[s]://user:password@host:port`."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(parts.path)
        return lambda payload: _to_folder(folder, _message(payload, from_address))
    if parts.scheme in ("smtp", "smtps"):
        return lambda payload: _to_server(url, _message(payload, from_address))
    raise ValueError(f"MAIL_URL: no way to send by {parts.scheme!r}; use file, smtp or smtps")


def _message(payload: dict[str, Any], from_address: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = from_address
    message["To"] = payload["to"]
    message["Subject"] = " ".join(payload["subject"].split())
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="cadre.invalid")
    message.set_content(payload["text"])
    return message


def _to_folder(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = str(message["Message-ID"]).strip("<>").split("@")[0]
    (folder / f"{name}.eml").write_bytes(message.as_bytes())


def _to_server(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    client = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with client(
        parts.hostname or "localhost", parts.port or (465 if secure else 25), timeout=20
    ) as smtp:
        if not secure and smtp.has_extn("starttls"):
            smtp.starttls()
        if parts.username:
            smtp.login(unquote(parts.username), unquote(parts.password or ""))
        smtp.send_message(message)
