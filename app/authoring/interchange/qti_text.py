"""Texts of items as HTML and as Markdown, with marks where their gaps are."""

from __future__ import annotations

import re
from copy import deepcopy
from xml.etree.ElementTree import Element, tostring

from app.authoring.interchange.html import to_markdown
from app.authoring.interchange.pictures import ELSEWHERE, MEDIA
from app.authoring.questions.written import Text

GAP = "\ue100"
END = "\ue101"
FEEDBACK = ("feedbackInline", "feedbackBlock")


def stands_alone(body: Element, gap: Element) -> bool:
    """Whether nothing stands beside a gap in its paragraph: then it is the answer to the stem."""
    around = [one for one in body.iter() if one.tag in ("p", "div") and gap in one.iter()]
    if not around:
        return False
    words = "".join(around[-1].itertext()).strip()
    return words == "".join(gap.itertext()).strip()


def for_scorers(element: Element) -> bool:
    """Whether this says what earns points, to those who give them."""
    return element.tag == "rubricBlock" and "candidate" not in element.get("view", "")


def inner_html(
    element: Element, places: dict[int, int], leave_out: set[int] | frozenset[int] = frozenset()
) -> str:
    """The inside of an element as HTML, gaps as marks and interactions left out."""
    copy = _without(element, places, set(leave_out))
    inner = tostring(copy, encoding="unicode")
    return re.sub(r"^<[^>]*>|</[^>]*>$", "", inner, count=0) if len(copy) or copy.text else ""


def _without(element: Element, places: dict[int, int], leave_out: set[int]) -> Element:
    tag = "div" if element.tag in ("rubricBlock", "contentBody") else element.tag
    found = Element(tag, element.attrib)
    found.text, found.tail = element.text, element.tail
    for child in element:
        if child.tag == "img" and not child.get("src", "").startswith(ELSEWHERE):
            _append(found, f"[{child.get('alt') or '…'}]{child.tail or ''}")
            continue
        hidden = id(child) in leave_out or child.tag in FEEDBACK or for_scorers(child)
        if id(child) in places or hidden:
            mark = f"{GAP}{places[id(child)]}{END}" if id(child) in places else ""
            _append(found, mark + (child.tail or ""))
        else:
            found.append(_without(child, places, leave_out))
    return found


def _append(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def as_markdown(element: Element) -> str:
    plain = deepcopy(element)
    plain.tail = None
    return to_markdown(inner_html(plain, {})).replace(ELSEWHERE, f"{MEDIA}/")


def feedback_of(option: Element) -> Text | None:
    told = "\n\n".join(as_markdown(one) for one in option if one.tag in FEEDBACK)
    return Text(told) if told.strip() else None


def plain(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
