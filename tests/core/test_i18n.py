"""Dates, numbers and sentences in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.core import i18n


def test_a_day_and_a_number_are_written_by_locale():
    with i18n.speaking("en"):
        english = (i18n.day(date(2027, 5, 14)), i18n.number(Decimal("1234.5")))
    with i18n.speaking("de"):
        german = (i18n.day(date(2027, 5, 14)), i18n.number(Decimal("1234.5")))
    assert english == ("14 May 2027", "1,234.5")
    assert german == ("14.05.2027", "1.234,5")


def test_an_instant_is_told_in_the_zone_of_the_organisation():
    with i18n.speaking("de", "Europe/Berlin"):
        assert i18n.time_of_day(datetime(2027, 7, 1, 10, tzinfo=UTC), "short") == "12:00"
        assert i18n.instant(datetime(2027, 7, 1, 22, tzinfo=UTC), "short") == "02.07.2027, 00:00"
    with i18n.speaking("en", "Europe/London"):
        assert i18n.instant(datetime(2027, 7, 1, 22, tzinfo=UTC), "short") == "1 Jul 2027, 23:00"


def test_money_knows_the_minor_unit_of_its_currency():
    with i18n.speaking("en"):
        assert i18n.money(1250, "EUR") == "€12.50"
        assert i18n.money(1250, "JPY") == "JP¥1,250"


def test_an_unknown_language_is_english():
    with i18n.speaking("tlh"):
        assert i18n.language() == "en"


def test_a_label_made_at_import_is_read_in_the_language_of_the_reader():
    label = i18n.lazy_gettext("%(minutes)s min", minutes=5)
    with i18n.speaking("en"):
        assert str(label) == "5 min"


def test_minutes_become_hours():
    with i18n.speaking("en"):
        assert [i18n.duration(n) for n in (45, 60, 95)] == ["45 min", "1 h", "1 h 35 min"]


@pytest.mark.parametrize(
    ("language", "digits", "told"),
    [("en", None, "67%"), ("en", "#,##0.#", "66.7%"), ("de", "#,##0.#", "66,7\N{NO-BREAK SPACE}%")],
)
def test_a_percentage_as_the_language_writes_it(language: str, digits: str | None, told: str):
    with i18n.speaking(language):
        assert i18n.percent(2 / 3, digits) == told
