"""Settings come from the environment, and production refuses what is unsafe."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import BadSetting, read_settings


def test_nothing_has_to_be_set_in_development(tmp_path: Path):
    settings = read_settings({"CADRE_DATA": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/cadre.db"
    assert not settings.production


@pytest.mark.parametrize("secret", [{}, {"CADRE_SECRET": "short"}])
def test_production_refuses_a_default_or_short_secret(secret: dict[str, str]):
    with pytest.raises(BadSetting, match="CADRE_SECRET"):
        read_settings({"CADRE_ENV": "production", **secret})


def test_production_starts_with_a_secret_of_its_own():
    assert read_settings({"CADRE_ENV": "production", "CADRE_SECRET": "x" * 48}).production


def test_an_unknown_environment_is_named():
    with pytest.raises(BadSetting, match="CADRE_ENV: 'live'"):
        read_settings({"CADRE_ENV": "live"})


def test_an_address_of_postgres_without_driver_gets_one():
    settings = read_settings({"DATABASE_URL": "postgres://cadre@db/cadre"})
    assert settings.database_url == "postgresql+psycopg://cadre@db/cadre"
