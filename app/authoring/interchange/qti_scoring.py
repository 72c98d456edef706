"""Response processing of QTI 3.0: how an item says what an answer is worth.

Every item computes SCORE from 0 to MAXSCORE, and FEEDBACK where its author has something to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement

from app.authoring.document import (
    Blank,
    ChoiceBlank,
    ChoiceQuestion,
    ClozeQuestion,
    EssayQuestion,
    MatchQuestion,
    NumberBlank,
    NumberKey,
    NumberQuestion,
    OrderQuestion,
    Question,
    TextQuestion,
)
from app.authoring.interchange.writing import tolerance

_PLACES = 6


def share(parts: int) -> str:
    """One of so many equal parts of the whole."""
    return f"{round(Decimal(1) / parts, _PLACES):f}"


def worths(question: ChoiceQuestion) -> dict[str, Decimal]:
    """What each option is worth where that adds up to the credit; nothing where it does not."""
    if question.type != "multiple":
        if all(option.weight is None for option in question.options):
            return {}
        found = {option.id: Decimal(1) for option in question.options if option.correct}
        return found | {
            option.id: option.weight for option in question.options if option.weight is not None
        }
    if question.credit != "net" or any(option.weight for option in question.options):
        return {}
    keys = sum(option.correct for option in question.options)
    each = round(Decimal(1) / keys, _PLACES)
    return {option.id: each if option.correct else -each for option in question.options}


def exactly(question: ChoiceQuestion | OrderQuestion) -> bool:
    """Whether the format can say how partly right answers count."""
    if isinstance(question, OrderQuestion):
        return question.credit == "exact"
    if question.type != "multiple":
        return True
    weighted = any(option.weight for option in question.options)
    return not weighted and question.credit in ("all", "net")


def process(root: Element, question: Question, told: Sequence[str]) -> None:
    """How an answer becomes a score, and which words it is told."""
    if isinstance(question, EssayQuestion):
        return  # somebody reads it
    processing = SubElement(root, "qti-response-processing")
    _score(processing, question)
    if any(one.get("identifier") == "CHOSEN" for one in root.iter("qti-outcome-declaration")):
        chosen = SubElement(processing, "qti-set-outcome-value", identifier="CHOSEN")
        SubElement(chosen, "qti-variable", identifier="RESPONSE")
    if told:
        _tell(processing, told)


def _score(processing: Element, question: Question) -> None:
    whole = f"{question.points:f}"
    match question:
        case ChoiceQuestion() if worths(question):
            _set_mapped(processing, "RESPONSE", whole)
        case MatchQuestion(credit="each"):
            _set_mapped(processing, "RESPONSE", whole)
        case TextQuestion():
            _set_mapped(processing, "RESPONSE", whole)
        case ClozeQuestion(credit="each"):
            part = round(question.points / len(question.blanks), _PLACES)
            for number, blank in enumerate(question.blanks):
                when = _when(processing)
                _gap_right(when, f"GAP{number}", blank)
                _add(when, f"{part:f}")
        case ClozeQuestion():
            when = _when(processing)
            every = SubElement(when, "qti-and")
            for number, blank in enumerate(question.blanks):
                _gap_right(every, f"GAP{number}", blank)
            _set(when, "SCORE", "float", whole)
        case NumberQuestion():
            when = _when(processing)
            _near(when, "RESPONSE", question.key)
            _set(when, "SCORE", "float", whole)
        case _:
            when = _when(processing)
            _same(when, "RESPONSE")
            _set(when, "SCORE", "float", whole)


def _when(processing: Element) -> Element:
    condition = SubElement(processing, "qti-response-condition")
    return SubElement(condition, "qti-response-if")


def _gap_right(when: Element, name: str, blank: Blank) -> None:
    if isinstance(blank, ChoiceBlank):
        _same(when, name)
    elif isinstance(blank, NumberBlank):
        _near(when, name, blank.key)
    else:
        more = SubElement(when, "qti-gt")
        SubElement(more, "qti-map-response", identifier=name)
        SubElement(more, "qti-base-value", {"base-type": "float"}).text = "0"


def _same(when: Element, name: str) -> None:
    same = SubElement(when, "qti-match")
    SubElement(same, "qti-variable", identifier=name)
    SubElement(same, "qti-correct", identifier=name)


def _near(when: Element, name: str, key: NumberKey) -> None:
    off = tolerance(key)
    exact = {"tolerance-mode": "exact"}
    about = {"tolerance-mode": "absolute", "tolerance": f"{off:f} {off:f}"}
    near = SubElement(when, "qti-equal", about if off else exact)
    SubElement(near, "qti-variable", identifier=name)
    SubElement(near, "qti-correct", identifier=name)


def _set(when: Element, name: str, base: str, value: str) -> None:
    found = SubElement(when, "qti-set-outcome-value", identifier=name)
    SubElement(found, "qti-base-value", {"base-type": base}).text = value


def _add(when: Element, value: str) -> None:
    found = SubElement(when, "qti-set-outcome-value", identifier="SCORE")
    total = SubElement(found, "qti-sum")
    SubElement(total, "qti-variable", identifier="SCORE")
    SubElement(total, "qti-base-value", {"base-type": "float"}).text = value


def _set_mapped(processing: Element, name: str, points: str) -> None:
    found = SubElement(processing, "qti-set-outcome-value", identifier="SCORE")
    product = SubElement(found, "qti-product")
    SubElement(product, "qti-map-response", identifier=name)
    SubElement(product, "qti-base-value", {"base-type": "float"}).text = points


def _tell(processing: Element, told: Sequence[str]) -> None:
    """The explanation always; the words for right and wrong by the score."""
    condition = SubElement(processing, "qti-response-condition")
    right = SubElement(condition, "qti-response-if")
    full = SubElement(right, "qti-gte")
    SubElement(full, "qti-variable", identifier="SCORE")
    SubElement(full, "qti-variable", identifier="MAXSCORE")
    _say(right, [name for name in told if name != "incorrect"])
    _say(SubElement(condition, "qti-response-else"), [one for one in told if one != "correct"])


def _say(when: Element, names: Sequence[str]) -> None:
    found = SubElement(when, "qti-set-outcome-value", identifier="FEEDBACK")
    if not names:
        SubElement(found, "qti-null")
        return
    several = SubElement(found, "qti-multiple")
    for name in names:
        SubElement(several, "qti-base-value", {"base-type": "identifier"}).text = name
