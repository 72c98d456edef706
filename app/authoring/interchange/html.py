"""HTML of other systems as Markdown."""

from __future__ import annotations

import re

import nh3
from markdownify import MarkdownConverter

from app.authoring.interchange.imported import Unreadable, escaped, legible
from app.core.i18n import gettext as _

_TAGS = {
    "a", "b", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "i", "img", "li", "ol", "p", "pre", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "th", "thead", "tr", "u", "ul",
}  # fmt: skip


UNSAID = ("audio", "video", "object", "embed", "iframe", "svg", "math", "canvas")
"""Elements that show something Markdown of a question cannot."""
_UNSAID = re.compile(rf"<({'|'.join(UNSAID)})\b", re.IGNORECASE)


class _Converter(MarkdownConverter):
    """As the library does it, but nothing in the text itself is taken for markup."""

    def escape(self, text: str, parent_tags: object = None) -> str:
        lead = text[: len(text) - len(text.lstrip())]
        trail = text[len(text.rstrip()) :] if text.strip() else ""
        return f"{lead}{escaped(text)}{trail}" if text.strip() else text


def to_markdown(html: str) -> str:
    """Markdown of untrusted HTML: scripts and styles are left out with what they hold.

    Raises:
        Unreadable: it is nested more deeply than anybody writes.
    """
    clean = nh3.clean(
        legible(html),
        tags=_TAGS,
        attributes={"a": {"href"}, "img": {"src", "alt"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    converter = _Converter(heading_style="ATX", bullets="*", strip=["h1", "h2", "h3"])
    try:
        text = converter.convert(clean)
    except RecursionError as error:
        raise Unreadable(_("A text is nested too deeply. Simplify it.")) from error
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def loses(html: str) -> bool:
    """Whether something of it is seen or heard that Markdown cannot say."""
    return _UNSAID.search(html) is not None
