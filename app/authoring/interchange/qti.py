"""QTI 2.1, 2.2 and 3.0 in, 3.0 out (imsglobal.org/spec/qti): single items and packages.

Version 3 writes `qti-choice-interaction` where version 2 writes `choiceInteraction`; names are
folded to the latter on reading, and the rest is the same for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from xml.etree.ElementTree import Element

from app.authoring.document import NumberKey, TextKey
from app.authoring.interchange.html import to_markdown
from app.authoring.interchange.imported import (
    Imported,
    Unreadable,
    decimal,
    drop_down,
    gap_text,
)
from app.authoring.interchange.pictures import ELSEWHERE, MEDIA
from app.authoring.interchange.qti_package import (
    MAX_BYTES,
    Package,
    Where,
    keep_pictures,
    parsed,
    places_of,
    sections_of,
)
from app.authoring.interchange.qti_text import (
    END,
    FEEDBACK,
    GAP,
    as_markdown,
    cell,
    feedback_of,
    for_scorers,
    inner_html,
    plain,
    stands_alone,
)
from app.authoring.questions.written import (
    Answer,
    Attributes,
    Choice,
    Cloze,
    DropDown,
    Essay,
    Explanation,
    Match,
    Number,
    Order,
    Text,
    Typed,
    WrittenOption,
)
from app.core.i18n import gettext as _

_INLINE = ("textEntryInteraction", "inlineChoiceInteraction", "gap")


def read(data: bytes) -> Imported:
    """The items of a package, or the one item of an XML file.

    Raises:
        Unreadable: it is neither, is too large once unpacked, or holds entities.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(_("The file is larger than %(most)s MiB. Split it.", most=MAX_BYTES >> 20))
    found, package = Imported(), Package(data)
    roots = {name: parsed(xml, name) for name, xml in package.documents()}
    places = places_of(roots)
    _describe(found, roots, package)
    for name in sorted(roots, key=lambda one: places.get(one, Where(len(places), ""))):
        root = roots[name]
        if root.tag == "assessmentItem":
            found.met += 1
            section = places[name].section if name in places else ""
            try:
                _Item(found, root, name, package, section).read()
            except RecursionError as error:
                raise Unreadable(_("%(name)s is nested too deeply.", name=name)) from error
        elif root.tag not in ("manifest", "assessmentTest", "assessmentSection"):
            found.note(name, _("It is no item of QTI and is left out."))
    return found


def _describe(found: Imported, roots: Mapping[str, Element], package: Package) -> None:
    """What a section tells its candidates stands above its questions."""
    for name, section, title in sections_of(roots):
        told = [one for one in section.findall("rubricBlock") if "candidate" in one.get("view", "")]
        for one in told:
            keep_pictures(found, package, title, name, one)
        if words := "\n\n".join(filter(None, (as_markdown(one) for one in told))):
            found.describe(title, words, title)


@dataclass(slots=True)
class _Item:
    """One assessment item on its way to a question."""

    found: Imported
    root: Element
    name: str
    package: Package
    section: str

    @property
    def label(self) -> str:
        return self.root.get("identifier") or self.root.get("title") or "item"

    def read(self) -> None:
        body = self.root.find("itemBody")
        if body is None:
            self._leave(_("It has no body and is left out."))
            return
        if self.root.find("templateProcessing") is not None:
            self._leave(_("Its numbers are made up for each reader: it is left out."))
            return
        keep_pictures(self.found, self.package, self.label, self.name, self.root)
        blocks = [one for one in body.iter() if one.tag.endswith("Interaction")]
        kinds = {one.tag for one in blocks}
        stem: str | None = None
        answer: Answer | None
        if kinds <= set(_INLINE) and blocks:
            stem, answer = self._inline(body, blocks)
        elif len(blocks) == 1:
            answer = self._block(blocks[0])
            if kinds == {"gapMatchInteraction"}:
                stem, answer = self._gap_match(blocks[0])
        else:
            answer = None
            self._leave(_("It has no interaction, or several, and is left out."))
        if answer is None:
            return
        words = self._stem(body, blocks) if stem is None else stem
        self.found.take(
            self.label,
            (words or self.label).replace(ELSEWHERE, f"{MEDIA}/"),
            answer,
            self._explained(),
            self._attributes(answer, blocks),
            self.section,
        )

    def _leave(self, message: str) -> None:
        self.found.note(self.label, message)

    # --- Blocks ----------------------------------------------------------------------------

    def _block(self, one: Element) -> Answer | None:
        match one.tag:
            case "choiceInteraction":
                return self._choice(one)
            case "matchInteraction":
                return self._match(one)
            case "orderInteraction":
                return self._order(one)
            case "extendedTextInteraction" | "gapMatchInteraction":
                return Essay()
        self._leave(_("Interactions of type “%(kind)s” are left out.", kind=one.tag))
        return None

    def _choice(self, one: Element) -> Choice | None:
        keys = set(self._correct(one))
        options = tuple(
            WrittenOption(
                Text(as_markdown(option)),
                option.get("identifier") in keys,
                None,
                feedback_of(option),
            )
            for option in one.findall("simpleChoice")
        )
        if len(options) < 2 or not any(option.correct for option in options):
            self._leave(_("It has no right option and is left out."))
            return None
        texts = [option.text.markdown for option in options]
        if texts == ["True", "False"] and len(keys) == 1:
            return Choice("truefalse", options)
        declared = self._declaration(one)
        several = declared is not None and declared.get("cardinality") == "multiple"
        if not several and len(keys) == 1:
            return Choice("single", self._weighted(one, options))
        if several and self._mapped(one) and not self._is_net(one, keys):
            self._leave(_("Weights of several right options are left out: all count alike."))
        return Choice("multiple", options)

    def _mapped(self, one: Element) -> dict[str, Decimal]:
        """What a mapping says each value is worth."""
        declared = self._declaration(one)
        entries = declared.iterfind("mapping/mapEntry") if declared is not None else ()
        values = {each.get("mapKey", ""): decimal(each.get("mappedValue")) for each in entries}
        return {key: value for key, value in values.items() if value is not None}

    def _is_net(self, one: Element, keys: set[str]) -> bool:
        """Whether each key adds what each wrong option takes away, down to nothing."""
        mapped, part = self._mapped(one), Decimal(1) / max(1, len(keys))
        near = Decimal("0.001")
        return all(
            abs(value - (part if key in keys else -part)) < near for key, value in mapped.items()
        ) and len(mapped) == len(one.findall("simpleChoice"))

    def _weighted(
        self, one: Element, options: tuple[WrittenOption, ...]
    ) -> tuple[WrittenOption, ...]:
        """Options that are partly right, by a mapping where the key is worth 1."""
        mapped = self._mapped(one)
        choices = [each.get("identifier", "") for each in one.findall("simpleChoice")]
        weighted = []
        for name, option in zip(choices, options, strict=True):
            value = mapped.get(name)
            if value is not None and not option.correct and 0 < value < 1:
                option = replace(option, weight=value)
            elif value is not None and not option.correct and value != 0:
                self._leave(_("A weight that is not between 0 and 1 is left out."))
            weighted.append(option)
        return tuple(weighted)

    def _attributes(self, answer: Answer, blocks: list[Element]) -> Attributes:
        kinds = {Match: "match", Order: "order", Essay: "essay"}
        points = None
        for declared in self.root.iter("outcomeDeclaration"):
            if declared.get("identifier") == "MAXSCORE":
                points = decimal(declared.findtext("defaultValue/value"))
        kept = [one.get("shuffle") == "false" for one in blocks if one.tag == "choiceInteraction"]
        choice = answer if isinstance(answer, Choice) else None
        net = choice is not None and choice.kind == "multiple" and bool(blocks)
        keys = set(self._correct(blocks[0])) if net else set()
        return Attributes(
            type=kinds.get(type(answer)),
            points=points if points is not None and points not in (0, 1) else None,
            credit="net"
            if net and self._mapped(blocks[0]) and self._is_net(blocks[0], keys)
            else None,
            shuffle=False if choice and choice.kind != "truefalse" and any(kept) else None,
        )

    def _match(self, one: Element) -> Match | None:
        sets = [
            {choice.get("identifier", ""): cell(as_markdown(choice)) for choice in each}
            for each in one.findall("simpleMatchSet")
        ]
        pairs = [tuple(value.split()) for value in self._correct(one)]
        if len(sets) != 2 or len(pairs) < 2 or any(len(pair) != 2 for pair in pairs):
            self._leave(_("Fewer than two pairs: it is left out."))
            return None
        left, right = sets
        known = [(a, b) for a, b in pairs if a in left and b in right]
        used = {b for _a, b in known}
        return Match(
            Text(_("This")),
            Text(_("goes with")),
            tuple((Text(left[a]), Text(right[b])) for a, b in known),
            tuple(Text(text) for key, text in right.items() if key not in used),
        )

    def _order(self, one: Element) -> Order | None:
        items = {
            each.get("identifier", ""): as_markdown(each) for each in one.findall("simpleChoice")
        }
        right = [key for key in self._correct(one) if key in items]
        if len(right) < 2 or len(right) != len(items):
            self._leave(_("Its order is not complete, and it is left out."))
            return None
        return Order(tuple(Text(items[key]) for key in right))

    # --- Gaps ------------------------------------------------------------------------------

    def _inline(self, body: Element, gaps: list[Element]) -> tuple[str | None, Answer | None]:
        blanks = [self._blank(one) for one in gaps]
        if any(blank is None for blank in blanks):
            self._leave(_("A gap has no right answer, and the question is left out."))
            return None, None
        alone = blanks[0] if len(blanks) == 1 and stands_alone(body, gaps[0]) else None
        if isinstance(alone, Number | Typed):
            return None, alone
        kept = tuple(blank for blank in blanks if blank is not None)
        return self._with_gaps(body, gaps, kept), Cloze(kept)

    def _gap_match(self, one: Element) -> tuple[str | None, Answer | None]:
        texts = {each.get("identifier", ""): plain(each) for each in one.findall("gapText")}
        pairs = [value.split() for value in self._correct(one)]
        right = {pair[1]: pair[0] for pair in pairs if len(pair) == 2}
        gaps = [each for each in one.iter() if each.tag == "gap"]
        if not gaps or any(right.get(gap.get("identifier", "")) not in texts for gap in gaps):
            self._leave(_("A gap has no right answer, and the question is left out."))
            return None, None
        self._leave(_("Words to drag become a list to choose from in each gap."))
        options = tuple(texts.values())
        blanks = tuple(drop_down(options, texts[right[gap.get("identifier", "")]]) for gap in gaps)
        for each in one.findall("gapText"):
            one.remove(each)
        return self._with_gaps(one, gaps, blanks), Cloze(blanks)

    def _blank(self, one: Element) -> Number | Typed | DropDown | None:
        right = self._correct(one)
        if not right:
            return None
        if one.tag == "inlineChoiceInteraction":
            options = {
                each.get("identifier", ""): plain(each) for each in one.findall("inlineChoice")
            }
            key = options.get(right[0])
            return drop_down(options.values(), key) if key else None
        declared = self._declaration(one)
        if declared is not None and declared.get("baseType") in ("float", "integer"):
            value = decimal(right[0])
            return (
                Number(NumberKey(value=value, tolerance=self._tolerance(one)))
                if value is not None
                else None
            )
        mapped = declared.iter("mapEntry") if declared is not None else ()
        entries = list(mapped)
        others = [
            entry.get("mapKey", "") for entry in entries if decimal(entry.get("mappedValue")) == 1
        ]
        if any(entry.get("caseSensitive", "true") == "true" for entry in entries):
            self._leave(_("Capital and small letters count alike here."))
        if any(0 < (decimal(entry.get("mappedValue")) or 0) < 1 for entry in entries):
            self._leave(_("Answers that count in part are left out."))
        kept = self.found.variants(self.label, [*right, *others], in_gap=True)
        return Typed(TextKey(kept)) if kept else None

    def _tolerance(self, one: Element) -> Decimal | None:
        """Of the rule that compares this response, if there is one."""
        name = one.get("responseIdentifier")
        for rule in self.root.iter("equal"):
            asks = any(each.get("identifier") == name for each in rule.iter("variable"))
            if asks and rule.get("toleranceMode") == "absolute":
                return decimal((rule.get("tolerance") or "").split(" ")[0]) or None
        return None

    def _with_gaps(
        self, body: Element, gaps: list[Element], blanks: tuple[Number | Typed | DropDown, ...]
    ) -> str:
        places = {id(gap): number for number, gap in enumerate(gaps)}
        text = to_markdown(inner_html(body, places)).replace(ELSEWHERE, f"{MEDIA}/")
        for number, blank in enumerate(blanks):
            text = text.replace(f"{GAP}{number}{END}", f"[[{gap_text(blank)}]]")
        return text

    # --- Pieces ----------------------------------------------------------------------------

    def _declaration(self, one: Element) -> Element | None:
        name = one.get("responseIdentifier", "RESPONSE")
        for declared in self.root.iter("responseDeclaration"):
            if declared.get("identifier") == name:
                return declared
        return None

    def _correct(self, one: Element) -> list[str]:
        declared = self._declaration(one)
        values = declared.iterfind("correctResponse/value") if declared is not None else ()
        return [(value.text or "").strip() for value in values]

    def _stem(self, body: Element, blocks: list[Element]) -> str:
        prompts = [prompt for one in blocks if (prompt := one.find("prompt")) is not None]
        html = inner_html(body, {}, leave_out={id(one) for one in blocks})
        return to_markdown(html + "".join(f"<p>{inner_html(prompt, {})}</p>" for prompt in prompts))

    def _tells_in_its_body(self) -> bool:
        """Whether it says something of an answer elsewhere than at its option."""
        told = [one for one in self.root.iterfind("itemBody//*") if one.tag in FEEDBACK]
        at_options = [
            one
            for option in self.root.iter("simpleChoice")
            for one in option
            if one.tag in FEEDBACK
        ]
        return len(told) > len(at_options)

    def _explained(self) -> Explanation:
        told = {one.get("identifier"): one for one in self.root.findall("modalFeedback")}
        rubric = next(filter(for_scorers, self.root.iterfind("itemBody//rubricBlock")), None)
        words = {key: as_markdown(one) for key, one in told.items()}
        why = words.pop("why", None) or words.pop("general", None)
        correct, incorrect = words.pop("correct", None), words.pop("incorrect", None)
        if words or self._tells_in_its_body():
            self._leave(_("Feedback that depends on the answer is left out."))
        return Explanation(
            why=Text(why) if why else None,
            correct=Text(correct) if correct else None,
            incorrect=Text(incorrect) if incorrect else None,
            rubric=Text(as_markdown(rubric)) if rubric is not None else None,
        )
