"""Settings, read from the environment here and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_SECRET = "only-for-development-never-for-a-server"
ROOT = Path(__file__).resolve().parent


class BadSetting(ValueError):
    """A variable of the environment cannot be used; the sentence names it and the mend."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs. `docs/operating.md` says what each variable does."""

    env: str
    secret_key: str
    data: Path
    database_url: str
    jobs_url: str
    mail_url: str
    mail_from: str
    base_url: str
    organisation: str
    time_zone: str
    courses: Path
    log_level: str
    keys: Path
    keys_passphrase: str | None

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of `environ`.

    Raises:
        BadSetting: a value is missing or cannot be used.
    """
    data = Path(environ.get("CADRE_DATA") or ROOT / "instance").resolve()
    port = environ.get("PORT", "8000")
    settings = Settings(
        env=_one_of(environ, "CADRE_ENV", ("development", "test", "production")),
        secret_key=environ.get("CADRE_SECRET", DEFAULT_SECRET),
        data=data,
        database_url=_database_url(environ.get("DATABASE_URL") or f"sqlite:///{data}/cadre.db"),
        jobs_url=environ.get("JOBS_URL") or f"sqlite:///{data}/jobs.db",
        mail_url=environ.get("MAIL_URL") or f"file://{data}/outbox",
        mail_from=environ.get("MAIL_FROM", "Cadre <cadre@localhost>"),
        base_url=environ.get("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        organisation=environ.get("CADRE_ORGANISATION", "Project Management Office"),
        time_zone=environ.get("CADRE_TIME_ZONE", "Europe/Berlin"),
        courses=Path(environ.get("CADRE_COURSES") or ROOT / "courses").resolve(),
        log_level=environ.get("LOG_LEVEL", "INFO"),
        keys=Path(environ.get("CADRE_KEYS") or data / "keys").resolve(),
        keys_passphrase=environ.get("CADRE_KEYS_PASSPHRASE") or None,
    )
    if settings.production and _is_weak(settings.secret_key):
        raise BadSetting(
            "CADRE_SECRET: production needs a secret of its own, 32 characters or more."
            ' Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return settings


def _is_weak(secret: str) -> bool:
    return len(secret) < 32 or secret == DEFAULT_SECRET


def _one_of(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environ.get(name, choices[0])
    if value not in choices:
        raise BadSetting(f"{name}: {value!r} is not one of {', '.join(choices)}.")
    return value


def _database_url(url: str) -> str:
    # What hosting services hand out names no driver.
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
