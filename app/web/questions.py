"""What `components/answer.html` asks of a question: its HTML as markup, and its key in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup, escape

from app.authoring.document import (
    Blank,
    ChoiceBlank,
    ClozeQuestion,
    Item,
    MatchQuestion,
    NumberBlank,
    NumberKey,
    NumberQuestion,
    Option,
    OrderQuestion,
    Question,
    TextKey,
    TextQuestion,
)
from app.core.i18n import gettext as _
from app.core.i18n import number

Thing = TypeVar("Thing", Item, Option)

NUMBER = "#,##0.##########"


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A line of the right answer; `label` names the part it belongs to."""

    label: Markup | None
    html: Markup


@dataclass(frozen=True, slots=True)
class ShownItem:
    id: str
    html: Markup


def sanitised(html: str | None) -> Markup | None:
    """HTML of a compiled course, which the compiler has sanitised already."""
    return None if html is None else Markup(html)  # noqa: S704


def plain(html: str, most: int = 90) -> str:
    """HTML of a course as a line of text, for a drop-down or a list."""
    text = " ".join(Markup(html).striptags().split())  # noqa: S704
    return text if len(text) <= most else f"{text[: most - 1]}…"


def shown_items(items: Iterable[Item], order: Sequence[str]) -> list[ShownItem]:
    """Items in `order`, those it does not name behind them."""
    return [ShownItem(item.id, _html(item)) for item in _ranked(items, order)]


def shown_options(options: Iterable[Option], order: Sequence[str]) -> list[Option]:
    """Options in `order`, likewise."""
    return _ranked(options, order)


def choices(items: Iterable[Item], order: Sequence[str]) -> list[tuple[str, str]]:
    """Items as a drop-down in `order`: a drop-down shows plain text alone."""
    return [(item.id, item.text) for item in _ranked(items, order)]


def choices_by_name(items: Iterable[Item]) -> list[tuple[str, str]]:
    """Items as a drop-down by alphabet: as written, the right one often comes first."""
    return [(item.id, item.text) for item in sorted(items, key=lambda one: one.text.casefold())]


def html_of(items: Iterable[Item], item_id: str | None) -> Markup | None:
    """One of the items, or None."""
    return _by_id(items).get(item_id or "")


def _ranked(things: Iterable[Thing], order: Sequence[str]) -> list[Thing]:
    places = {key: place for place, key in enumerate(order)}
    return sorted(things, key=lambda thing: places.get(thing.id, len(places)))


def key_lines(question: Question) -> list[KeyLine]:
    """The right answer in words. Of a choice its options tell, of an essay its rubric."""
    if isinstance(question, MatchQuestion):
        left, right = _by_id(question.left), _by_id(question.right)
        return [KeyLine(left[one], right[other]) for one, other in question.key]
    if isinstance(question, OrderQuestion):
        return [KeyLine(None, _html(item)) for item in question.items]
    if isinstance(question, NumberQuestion):
        return [KeyLine(None, escape(_number(question.key)))]
    if isinstance(question, TextQuestion):
        return [KeyLine(None, escape(_text(question.key)))]
    if isinstance(question, ClozeQuestion):
        return [
            KeyLine(escape(_("Blank %(number)s", number=place)), _blank(blank))
            for place, blank in enumerate(question.blanks, 1)
        ]
    return []


def _by_id(items: Iterable[Item]) -> dict[str, Markup]:
    return {item.id: _html(item) for item in items}


def _html(item: Item) -> Markup:
    return Markup(item.html)  # noqa: S704


def _blank(blank: Blank) -> Markup:
    if isinstance(blank, ChoiceBlank):
        return _by_id(blank.options)[blank.key]
    return escape(_number(blank.key) if isinstance(blank, NumberBlank) else _text(blank.key))


def _number(key: NumberKey) -> str:
    if key.value is None:
        low, high = (None if n is None else number(n, NUMBER) for n in (key.minimum, key.maximum))
        return _("%(low)s to %(high)s", low=low or "−∞", high=high or "∞")
    value = number(key.value, NUMBER)
    if key.percent:
        return _("%(value)s ± %(percent)s %%", value=value, percent=number(key.percent, NUMBER))
    if key.tolerance:
        return _("%(value)s ± %(tolerance)s", value=value, tolerance=number(key.tolerance, NUMBER))
    return value


def _text(key: TextKey) -> str:
    if key.variants:
        return _(" or ").join(key.variants)
    return _("a text of the form %(expression)s", expression=key.expression)


FILTERS = {
    "choices": choices,
    "choices_by_name": choices_by_name,
    "html_of": html_of,
    "key_lines": key_lines,
    "plain": plain,
    "sanitised": sanitised,
    "shown_items": shown_items,
    "shown_options": shown_options,
}
