"""Markdown into HTML that is safe to show: what COURSE-FORMAT lists and nothing more.

`render` does it in one step for text that people type. The course compiler takes the two steps
apart: `convert` first, then `clean` once it knows where each link leads. Whatever `convert` gives
is not safe; only what `clean` gives may be shown.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Any
from xml.etree.ElementTree import Element

import nh3
from latex2mathml import converter as latex
from markdown import Extension, Markdown
from markdown.extensions.toc import slugify_unicode
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pygments.token import STANDARD_TYPES
from pymdownx.superfences import fence_code_format

from app.core import i18n
from app.core.i18n import gettext as _

Resolve = Callable[[str, str], str | None]
"""Tag and target as written in; the address to show out, or None to drop the attribute."""

MAX_FORMULA = 2000
MAX_TYPED = 50_000
MAX_BRACKETS = 500
"""What `render` still gives to the parser: its time grows with the square of open brackets."""


@dataclass(frozen=True, slots=True)
class Heading:
    """`anchor` as `convert` made it: without the prefix that `clean` puts before it."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Converted:
    """HTML as it came from Markdown: not safe. `bad_formulas` are shown as they were typed."""

    html: str
    headings: tuple[Heading, ...] = ()
    bad_formulas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plain:
    """What is left of HTML when it is read aloud, and the pictures that nobody described."""

    text: str
    undescribed: tuple[str, ...]


def render(text: str, *, prefix: str = "t-", language: str | None = None) -> str:
    """Markdown that a person typed, as safe HTML. Never raises.

    Args:
        text: anything; what no parser should be given is shown as it was typed.
        prefix: put before every id, so that two texts on one page do not clash.
        language: what the titles of callouts are written in; by default the reader's.
    """
    if len(text) > MAX_TYPED or text.count("[") > MAX_BRACKETS or _nested(text):
        return _as_typed(text)
    try:
        return clean(convert(text, language=language).html, prefix=prefix)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError):
        return _as_typed(text)  # a fault of the parser is not the reader's


def convert(text: str, *, language: str | None = None) -> Converted:
    """Markdown as HTML that is still to be cleaned."""
    if _PLAIN.fullmatch(text):
        return Converted(f"<p>{text}</p>")
    engine = _engine()
    engine.reset()
    _notes(engine).bad_formulas.clear()
    try:
        with i18n.speaking(language) if language else nullcontext():
            html = engine.convert(text)
    except BaseException:
        del _local.engine  # it may have stopped inside a list, and would go on from there
        raise
    headings = tuple(_headings(getattr(engine, "toc_tokens", [])))
    return Converted(html, headings, tuple(_notes(engine).bad_formulas))


_CLOSING = re.compile(r"(?:\\?#)+$")


def convert_line(text: str, *, language: str | None = None) -> Converted:
    """One line of Markdown in which nothing is a block: `1. April` stays what it says."""
    if _PLAIN.fullmatch(text):
        return Converted(text)
    # Signs at the end of a heading close it; here they belong to the text, as in “C#”.
    line = _CLOSING.sub(lambda signs: "&#35;" * signs[0].count("#"), " ".join(text.split()))
    converted = convert(f"###### {line}", language=language)
    inner = re.fullmatch(r"<h6[^>]*>(.*)</h6>", converted.html, re.DOTALL)
    if inner is None:
        return Converted(escape(text, quote=False))
    return Converted(inner[1], (), converted.bad_formulas)


def clean(html: str, *, prefix: str, resolve: Resolve | None = None) -> str:
    """HTML reduced to what may be shown, ids prefixed and links led through `resolve`."""
    if "<" not in html and "&" not in html:
        return html
    token = _PAGE.set(_Page(prefix, resolve or _unchanged))
    try:
        return _CLEANER.clean(html)
    finally:
        _PAGE.reset(token)


def plain(html: str) -> Plain:
    """The words of HTML, white space folded."""
    if "<" not in html and "&" not in html:
        return Plain(" ".join(html.split()), ())
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Plain(" ".join("".join(reader.words).split()), tuple(reader.undescribed))


def anchor(heading: str) -> str:
    """The anchor that a heading of this text gets, as long as it is the first of its kind."""
    return slugify_unicode(heading, "-")


_PLAIN = re.compile(r"[^\W\d_][\w ,.?%()’“”–—€-]*(?<!_)(?<! )")
"""One line that Markdown leaves as it is: most options and answers, and a hundred times faster."""


def _as_typed(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)


def _nested(text: str) -> bool:
    return re.search(r"^(?:[ \t]*[>*+-]){30}|^[ \t]{120}", text, re.MULTILINE) is not None


# --- From Markdown to HTML ------------------------------------------------------------------


class _Formulas(Treeprocessor):
    """Formulas as MathML, which browsers draw without a script."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.bad_formulas: list[str] = []

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.get("class") == "arithmatex":
                self._draw(element)

    def _draw(self, element: Element) -> None:
        source = (element.text or "").strip()[2:-2].strip()  # between \( and \) or \[ and \]
        display = "block" if element.tag == "div" else "inline"
        try:
            formula = latex.convert(source[:MAX_FORMULA], display=display)
        except Exception:  # the library lets any error of its parser through
            self.bad_formulas.append(source)
            formula = f"<code>{escape(source)}</code>"
        element.text = AtomicString(self.md.htmlStash.store(formula))


class _Callouts(Treeprocessor):
    """Titles of callouts in the language of the text."""

    def run(self, root: Element) -> None:
        titles = {
            "Note": _("Note"),
            "Tip": _("Tip"),
            "Important": _("Important"),
            "Warning": _("Warning"),
            "Caution": _("Caution"),
        }
        for element in root.iter("p"):
            if element.get("class") == "admonition-title" and element.text in titles:
                element.text = titles[element.text]


class _Headings(Treeprocessor):
    """A page has one H1, and it is the page's own."""

    def run(self, root: Element) -> None:
        for element in root.iter("h1"):
            element.tag = "h2"


class _Tasks(Treeprocessor):
    """A task's box as a sign: a control would want a label."""

    def run(self, root: Element) -> None:
        stash = self.md.htmlStash
        for number, html in enumerate(stash.rawHtmlBlocks):
            if isinstance(html, str) and html.startswith('<input type="checkbox" disabled'):
                sign = "☑" if "checked" in html else "☐"
                stash.rawHtmlBlocks[number] = f'<span class="task-box">{sign}</span> '


class _Own(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802, the library's name
        md.treeprocessors.register(_Formulas(md), "cadre-formulas", 15)  # after inline, 20
        md.treeprocessors.register(_Callouts(md), "cadre-callouts", 15)
        md.treeprocessors.register(_Tasks(md), "cadre-tasks", 15)
        md.treeprocessors.register(_Headings(md), "cadre-headings", 6)  # before contents, 5


_EXTENSIONS: list[str | Extension] = [
    "tables", "footnotes", "abbr", "def_list", "attr_list", "toc",
    "pymdownx.superfences", "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.tabbed",
    "pymdownx.details", "pymdownx.tasklist", "pymdownx.quotes", "pymdownx.keys",
    "pymdownx.mark", "pymdownx.caret", "pymdownx.tilde", "pymdownx.arithmatex",
]  # fmt: skip
_MERMAID = {"name": "mermaid", "class": "mermaid-source", "format": fence_code_format}
_SETTINGS: dict[str, dict[str, Any]] = {
    "tables": {"use_align_attribute": True},
    "footnotes": {"BACKLINK_TITLE": "↑ {}"},
    "toc": {"slugify": slugify_unicode},
    "pymdownx.superfences": {"custom_fences": [_MERMAID]},
    "pymdownx.highlight": {"guess_lang": False},
    "pymdownx.tabbed": {"alternate_style": True},
    "pymdownx.quotes": {"callouts": True},
    "pymdownx.arithmatex": {"generic": True},
}
_local = threading.local()


def _engine() -> Markdown:
    """This thread's converter: making one takes 100 times as long as using it."""
    if not hasattr(_local, "engine"):
        _local.engine = Markdown(extensions=[*_EXTENSIONS, _Own()], extension_configs=_SETTINGS)
    engine: Markdown = _local.engine
    return engine


def _notes(engine: Markdown) -> _Formulas:
    formulas = engine.treeprocessors["cadre-formulas"]
    assert isinstance(formulas, _Formulas)
    return formulas


def _headings(tokens: list[dict[str, Any]]) -> Iterator[Heading]:
    for token in tokens:
        yield Heading(token["level"], token["id"], plain(token["html"]).text)
        yield from _headings(token["children"])


# --- From HTML to what may be shown -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    prefix: str
    resolve: Resolve


def _unchanged(_tag: str, target: str) -> str:
    return target


_PAGE: ContextVar[_Page] = ContextVar("page")

_TAGS = """
    a abbr audio b blockquote br caption cite code col colgroup dd del details dfn div dl dt em
    figcaption figure h2 h3 h4 h5 h6 hr i img input ins kbd label li mark ol p pre q s samp small
    source span strong sub summary sup table tbody td tfoot th thead time tr track u ul var video
"""
_MATH = """
    math menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts
    mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none
"""
_MATH_ATTRIBUTES = """
    accent accentunder align class columnalign columnlines columnspacing depth displaystyle fence
    form height largeop linethickness lspace mathsize mathvariant maxsize minsize movablelimits
    notation rowalign rowlines rowspacing rspace scriptlevel separator stretchy symmetric voffset
    width
"""
_CLASSES = frozenset(
    """
    admonition admonition-title arithmatex caution footnote footnote-backref footnote-ref highlight
    important keys linenos math mermaid-source narrow note success tabbed-alternate tabbed-block
    tabbed-content tabbed-labels tabbed-set table-scroll task-box task-list task-list-item tip toc
    warning wide
    """.split()
) | {name for name in STANDARD_TYPES.values() if name}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Decide about one attribute that stands on the list."""
    page = _PAGE.get()
    if name in ("id", "for", "name"):
        return page.prefix + value
    if name == "href" and value.startswith("#"):
        return f"#{page.prefix}{value[1:]}"
    if name in ("href", "src", "poster"):
        return page.resolve(tag, value)
    if name == "class":
        known = [word for word in value.split() if word in _CLASSES or word.startswith("key-")]
        return " ".join(known) or None
    return value


# Built once: it takes a hundred times as long as one use. `class` goes through the filter, because
# `allowed_classes` beside it panics. No prefix `data-` ever: htmx would take orders from it.
_CLEANER = nh3.Cleaner(
    tags={*_TAGS.split(), *_MATH.split()},
    clean_content_tags={"script", "style", "template", "iframe", "object", "noscript", "title"},
    attributes={
        "*": {"class", "dir", "id", "lang", "title"},
        "a": {"href", "hreflang"},
        "audio": {"controls", "preload", "src"},
        "col": {"span"},
        "details": {"open"},
        "img": {"alt", "height", "src", "width"},
        "input": {"checked", "name"},
        "label": {"for"},
        "li": {"value"},
        "ol": {"reversed", "start", "type"},
        "source": {"src", "type"},
        "td": {"align", "colspan", "rowspan"},
        "th": {"align", "colspan", "rowspan", "scope"},
        "time": {"datetime"},
        "track": {"kind", "label", "src", "srclang"},
        "video": {"controls", "height", "poster", "preload", "src", "width"},
        "math": {"display", "xmlns", *_MATH_ATTRIBUTES.split()},
        **{tag: set(_MATH_ATTRIBUTES.split()) for tag in _MATH.split() if tag != "math"},
    },
    set_tag_attribute_values={
        "input": {"type": "radio"},  # tabs without a script: no other control comes from a text
        "img": {"loading": "lazy"},
    },
    attribute_filter=_attribute,
    link_rel="noopener",
    url_schemes={"http", "https", "mailto"},
)


class _Reader(HTMLParser):
    """Collects the words of HTML, and the pictures without a description."""

    _INLINE = frozenset(
        "a abbr b cite code del dfn em i ins kbd mark q s samp small span strong sub sup u "
        "var".split()
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.undescribed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self._picture(dict(attrs))
        elif tag not in self._INLINE and tag not in _MATH_TAGS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._INLINE and tag not in _MATH_TAGS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def _picture(self, attributes: dict[str, str | None]) -> None:
        if described := (attributes.get("alt") or "").strip():
            self.words.append(described)
        else:
            self.undescribed.append(attributes.get("src") or "")


_MATH_TAGS = frozenset(_MATH.split())
