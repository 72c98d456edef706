"""Language of what people read: gettext catalogues, dates and numbers by locale.

The locale is a context variable, so that a page, a mail and a PDF are each written in the
language of the person who reads them, and code below the web can write a sentence too.
Catalogues are read from their `.po` files when first used: there is no compiled file to forget.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel import dates as _dates
from babel import lists as _lists
from babel import numbers as _numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, NullTranslations, Translations

LANGUAGES = ("en", "de")
_LOCALES = {"en": "en_GB"}
"""Whose dates and numbers a language is written with, where that is not its own default."""
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"

_language: ContextVar[str] = ContextVar("language", default="en")
_zone: ContextVar[str] = ContextVar("zone", default="UTC")


@contextmanager
def speaking(language: str, zone: str | None = None) -> Iterator[None]:
    """Write in `language` (an unknown one falls back to English) inside the block."""
    language_token = _language.set(language if language in LANGUAGES else "en")
    zone_token = _zone.set(zone) if zone else None
    try:
        yield
    finally:
        _language.reset(language_token)
        if zone_token:
            _zone.reset(zone_token)


def set_language(language: str, zone: str) -> None:
    """Set language and time zone for the rest of this context (one request)."""
    _language.set(language if language in LANGUAGES else "en")
    _zone.set(zone)


def language() -> str:
    """The language being written now."""
    return _language.get()


def locale() -> Locale:
    """The locale being written now."""
    return _locale(_language.get())


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, language))


def direction() -> str:
    """`ltr` or `rtl`."""
    return locale().text_direction


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def gettext(message: str, /, **values: object) -> str:
    """`message` in the language being written, with `%(name)s` filled from `values`."""
    text = _catalogue(_language.get()).ugettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, /, **values: object) -> str:
    """The form for `num`, which is also given to the text as `%(num)s`, written by locale."""
    text = _catalogue(_language.get()).ungettext(singular, plural, num)
    return text % {"num": number(num), **values}


def lazy_gettext(message: str, /, **values: object) -> str:
    """As `gettext`, but decided when read: for labels made at import and for refusals."""
    # It is no `str`, but stands wherever one is shown; libraries type their labels as such.
    return cast(str, LazyProxy(gettext, message, enable_cache=False, **values))


def day(value: date, style: str = "medium") -> str:
    """A day as people of this locale write it.

    Args:
        style: short, medium, long, full, or a pattern of Unicode's locale data.
    """
    return _dates.format_date(value, format=style, locale=locale())


def instant(value: datetime, style: str = "medium") -> str:
    """Date and time in the organisation's time zone; short is without seconds, and no more."""
    here = value.astimezone(ZoneInfo(_zone.get()))
    if style != "short":
        return _dates.format_datetime(here, format=style, tzinfo=here.tzinfo, locale=locale())
    time = _dates.format_time(here, format="short", tzinfo=here.tzinfo, locale=locale())
    joined = str(_dates.get_datetime_format("medium", locale=locale()))
    return joined.replace("{1}", day(here.date())).replace("{0}", time)


def zone() -> str:
    """The name of the organisation's time zone."""
    return _zone.get()


def time_of_day(value: datetime, style: str = "medium") -> str:
    return _dates.format_time(value, format=style, tzinfo=ZoneInfo(_zone.get()), locale=locale())


def clock_time(value: time) -> str:
    """A time of day of no particular zone, such as the beginning of somebody's working hours."""
    return _dates.format_time(value, format="short", locale=locale())


def number(value: float | Decimal, pattern: str | None = None) -> str:
    return _numbers.format_decimal(value, format=pattern, locale=locale())


def percent(share: float | Decimal, digits: str | None = None) -> str:
    """`share` is 0 to 1; `digits` is a pattern for the number, as `#,##0.#`.

    Where the sign stands, and whether a space before it, is the language's to say.
    """
    pattern = locale().percent_formats[None].pattern
    if digits is not None:
        pattern = pattern.replace("#,##0", digits)
    return _numbers.format_percent(share, format=pattern, locale=locale())


def money(minor: int, currency: str) -> str:
    """An amount given in the minor unit of `currency`."""
    digits = _numbers.get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    return _numbers.format_currency(amount, currency, locale=locale())


def enumeration(words: list[str]) -> str:
    """`a, b and c`."""
    return _lists.format_list(words, locale=locale())


def duration(minutes: int) -> str:
    """Reading or working time: `45 min`, `1 h 35 min`."""
    return _duration(_language.get(), minutes)


@lru_cache(maxsize=1024)
def _duration(_of: str, minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min", minutes=number(rest))
    if not rest:
        return gettext("%(hours)s h", hours=number(hours))
    return gettext("%(hours)s h %(minutes)s min", hours=number(hours), minutes=number(rest))
