"""What an answer may look like: from a form or from JSON, checked before it is kept or graded.

By type: single and truefalse an option's id; multiple a list of them; match right ids by left
ids; order a list of item ids; number, text and essay a string; cloze strings by blank ids.
None is no answer.
"""

from __future__ import annotations

from collections.abc import Collection
from random import Random
from typing import Any, Protocol

from app.authoring.document import (
    ChoiceBlank,
    ChoiceQuestion,
    ClozeQuestion,
    EssayQuestion,
    MatchQuestion,
    OrderQuestion,
    Question,
)
from app.core.errors import Invalid
from app.core.i18n import lazy_gettext as _

Answer = str | list[str] | dict[str, str]

MAX_TEXT = 1_000
MAX_ESSAY = 50_000


class UnreadableAnswer(Invalid):
    """The answer does not have the shape that its question asks for."""


class FormData(Protocol):
    """A form as sent: werkzeug's MultiDict is one."""

    def getlist(self, key: str, /) -> list[str]: ...


def shown_order(question: Question, *, shuffle: bool, random: Random) -> list[str]:
    """Ids of options, right-hand items or items in the order in which a learner gets them.

    Args:
        shuffle: whether the quiz shuffles options; a question of its own mind decides itself.
            Right-hand items and items to order are always shuffled: as written they are the key.
    """
    if isinstance(question, ChoiceQuestion):
        ids = [option.id for option in question.options]
        wanted = shuffle if question.shuffle is None else question.shuffle
        if wanted and question.type != "truefalse":
            random.shuffle(ids)
        return ids
    if isinstance(question, MatchQuestion):
        ids = [item.id for item in question.right]
        random.shuffle(ids)
        return ids
    if isinstance(question, OrderQuestion):
        return _disordered([item.id for item in question.items], random)
    return []


def _disordered(ids: list[str], random: Random) -> list[str]:
    shuffled = random.sample(ids, len(ids))
    return [*ids[1:], *ids[:1]] if shuffled == ids else shuffled


def readable(question: Question, answer: Any) -> Answer | None:
    """The answer in its plain form; None if it is empty.

    Raises:
        UnreadableAnswer: wrong type, an id that the question does not have, or too long.
    """
    if answer is None:
        return None
    if isinstance(question, ChoiceQuestion):
        return _choice(question, answer)
    if isinstance(question, MatchQuestion):
        return _match(question, answer)
    if isinstance(question, OrderQuestion):
        return _distinct(answer, {item.id for item in question.items}) or None
    if isinstance(question, ClozeQuestion):
        return _cloze(question, answer)
    return _text(answer, MAX_ESSAY if isinstance(question, EssayQuestion) else MAX_TEXT)


def _choice(question: ChoiceQuestion, answer: Any) -> Answer | None:
    ids = {option.id for option in question.options}
    if question.type == "multiple":
        return sorted(_distinct(answer, ids)) or None
    return _one_of(answer, ids)


def _one_of(answer: Any, ids: Collection[str]) -> str | None:
    if answer == "":
        return None
    if not isinstance(answer, str) or answer not in ids:
        raise UnreadableAnswer(_("The answer names something that this question does not have."))
    return answer


def _distinct(answer: Any, ids: Collection[str]) -> list[str]:
    if not isinstance(answer, list) or not all(isinstance(item, str) for item in answer):
        raise UnreadableAnswer(_("The answer to this question is a list."))
    if len(set(answer)) != len(answer) or not set(answer) <= set(ids):
        raise UnreadableAnswer(_("The answer names something twice, or that is not there."))
    return list(answer)


def _match(question: MatchQuestion, answer: Any) -> Answer | None:
    lefts = {item.id for item in question.left}
    rights = {item.id for item in question.right}
    pairs = _mapping(answer, lefts)
    found = {key: _one_of(value, rights) for key, value in pairs.items()}
    return {key: value for key, value in found.items() if value is not None} or None


def _mapping(answer: Any, keys: Collection[str]) -> dict[str, Any]:
    if not isinstance(answer, dict) or not set(answer) <= set(keys):
        raise UnreadableAnswer(_("The answer to this question gives one value for each part."))
    return {key: value for key, value in sorted(answer.items()) if value is not None}


def _cloze(question: ClozeQuestion, answer: Any) -> Answer | None:
    blanks = {blank.id: blank for blank in question.blanks}
    found = {}
    for key, value in _mapping(answer, blanks).items():
        blank = blanks[key]
        if isinstance(blank, ChoiceBlank):
            found[key] = _one_of(value, {option.id for option in blank.options})
        else:
            found[key] = _text(value, MAX_TEXT)
    return {key: value for key, value in found.items() if value is not None} or None


def _text(answer: Any, longest: int) -> str | None:
    if not isinstance(answer, str):
        raise UnreadableAnswer(_("The answer to this question is a text."))
    if len(answer) > longest:
        raise UnreadableAnswer(
            _("The answer is too long: %(longest)s characters are kept.", longest=longest)
        )
    if "\0" in answer or any("\ud800" <= letter <= "\udfff" for letter in answer):
        raise UnreadableAnswer(_("The answer holds characters that cannot be kept."))
    return answer if answer.strip() else None


def answer_from_form(question: Question, form: FormData, name: str) -> Answer | None:
    """The answer in the fields that `components/answer.html` draws under `name`.

    Raises:
        UnreadableAnswer: as `readable`; or two items were given the same place.
    """
    if isinstance(question, ChoiceQuestion) and question.type == "multiple":
        return readable(question, form.getlist(name))
    if isinstance(question, MatchQuestion):
        return readable(question, _fields(form, name, [item.id for item in question.left]))
    if isinstance(question, ClozeQuestion):
        return readable(question, _fields(form, name, [blank.id for blank in question.blanks]))
    if isinstance(question, OrderQuestion):
        places = _fields(form, name, [item.id for item in question.items])
        return readable(question, _by_place(places))
    return readable(question, _first(form, name))


def _first(form: FormData, name: str) -> str | None:
    values = form.getlist(name)
    return values[0] if values else None


def _fields(form: FormData, name: str, ids: list[str]) -> dict[str, str]:
    given = {key: _first(form, f"{name}[{key}]") for key in ids}
    return {key: value for key, value in given.items() if value}


def _by_place(places: dict[str, str]) -> list[str]:
    if not all(place.isascii() and place.isdigit() and len(place) < 5 for place in places.values()):
        raise UnreadableAnswer(_("A place in the order is a number."))
    if len({int(place) for place in places.values()}) < len(places):
        raise UnreadableAnswer(_("Give each item a place of its own."))
    return sorted(places, key=lambda item: int(places[item]))
