"""Full-text search: FTS5 on SQLite, tsvector with GIN on PostgreSQL, one `search` for both.

Words are cut and folded here, not by the databases, so that both find the same things and the
text of a query is never read as syntax. Every word of a query has to begin some word of an entry;
titles weigh more than summaries, and summaries more than bodies.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import (
    Column,
    ColumnElement,
    Insert,
    MetaData,
    Select,
    Table,
    Text,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from app.core import db

_COLUMNS = ("scope", "key", "title", "summary", "body")


def _table(*index: Column[Any]) -> Table:
    # In a metadata of its own: a migration makes it by hand, unlike on each database.
    return Table(TABLE, MetaData(), *(Column(name, Text) for name in _COLUMNS), *index)


TABLE = "search_entry"
_ENTRIES = _table()

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 12
_LONGEST_WORD = 64
_MOST_INDEXED = 200_000
"""Characters of a body that are indexed; PostgreSQL takes 1 MiB of distinct words at most."""
_SNIPPET_WORDS = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """A text to be found. `scope` and `key` together name it; all of it is plain text."""

    scope: str
    key: str
    title: str
    summary: str
    body: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, with the words found marked."""

    scope: str
    key: str
    title: Markup
    snippet: Markup


def replace(scope: str, entries: Iterable[Entry]) -> None:
    """Put `entries` in place of all that were in `scope`. Joins the open transaction."""
    db.session.execute(delete(_ENTRIES).where(_ENTRIES.c.scope == scope))
    index = _vectors if _on_postgresql() else _columns
    for entry in entries:
        row = _row(entry)
        words = {name: " ".join(_words(row[name][:_MOST_INDEXED])) for name in _WEIGHTS}
        db.session.execute(index(row, words))


def search(
    text: str, *, scopes: Select[str] | Sequence[str], limit: int = 20, offset: int = 0
) -> list[Hit]:
    """Find entries of `scopes` (names, or a query for them), the best first.

    Args:
        text: as somebody typed it; quotes, stars and other signs only divide words.
    """
    words = _query_words(text)
    if not words:
        return []
    query = select(_ENTRIES).where(_ENTRIES.c.scope.in_(scopes), _matches(words))
    query = query.order_by(*_ranking(words), _ENTRIES.c.scope, _ENTRIES.c.key)
    rows = db.session.execute(query.limit(limit).offset(offset)).all()
    return [_hit(row, words) for row in rows]


def _row(entry: Entry) -> dict[str, str]:
    # A null byte is no text for PostgreSQL, and nothing that anybody searches for.
    return {name: str(getattr(entry, name)).replace("\0", "") for name in _COLUMNS}


# --- Words -----------------------------------------------------------------------------------


def _fold(text: str) -> str:
    """Case and accents do not tell words apart."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _words(text: str) -> list[str]:
    return [word[:_LONGEST_WORD] for word in _WORD.findall(_fold(text))]


def _query_words(text: str) -> list[str]:
    return list(dict.fromkeys(_words(text[:1000])))[:_MOST_WORDS]


# --- The two databases -----------------------------------------------------------------------

_WEIGHTS = {"title": "'A'", "summary": "'B'", "body": "'C'"}


def _on_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def _columns(row: dict[str, str], words: dict[str, str]) -> Insert:
    """On SQLite the folded words are columns of their own, and those are indexed."""
    table = _table(*(Column(f"{name}_words", Text) for name in words))
    return insert(table).values(row | {f"{name}_words": words[name] for name in words})


def _vectors(row: dict[str, str], words: dict[str, str]) -> Insert:
    """On PostgreSQL the words are one vector, those of the title weighing most."""
    vectors = [
        func.setweight(func.to_tsvector("simple", words[name]), literal_column(weight))
        for name, weight in _WEIGHTS.items()
    ]
    vector = vectors[0].op("||")(vectors[1]).op("||")(vectors[2])
    return insert(_table(Column("vector", TSVECTOR))).values(row | {"vector": vector})


def _matches(words: list[str]) -> ColumnElement[bool]:
    if _on_postgresql():
        return column("vector", TSVECTOR).bool_op("@@")(_tsquery(words))
    return literal_column(TABLE).bool_op("MATCH")(" AND ".join(f'"{word}" *' for word in words))


def _ranking(words: list[str]) -> list[ColumnElement[Any]]:
    if _on_postgresql():
        return [func.ts_rank(column("vector"), _tsquery(words), 1).desc()]
    return [func.bm25(literal_column(TABLE), 0, 0, 0, 0, 0, 10, 4, 1)]


def _tsquery(words: list[str]) -> ColumnElement[Any]:
    return func.to_tsquery("simple", " & ".join(f"'{word}':*" for word in words))


# --- What is shown ---------------------------------------------------------------------------


def _hit(row: Any, words: list[str]) -> Hit:
    return Hit(
        scope=row.scope,
        key=row.key,
        title=_marked(row.title, words),
        snippet=_snippet(" ".join((row.summary, row.body)), words),
    )


def _snippet(text: str, words: list[str]) -> Markup:
    """The stretch of text in which most of the words stand."""
    found = list(_WORD.finditer(text[:_MOST_INDEXED]))
    if not found:
        return Markup("")
    places = [(n, word) for n, match in enumerate(found) if (word := _begun(match[0], words))]
    first = _densest(places)
    start, last = max(0, first - 6), min(len(found), first - 6 + _SNIPPET_WORDS) - 1
    last = max(last, min(len(found), _SNIPPET_WORDS) - 1)
    cut = text[found[start].start() : found[last].end()]
    before = "… " if start else ""
    after = " …" if last < len(found) - 1 else text[found[last].end() :][:1].strip()
    return Markup("{}{}{}").format(before, _marked(" ".join(cut.split()), words), after)


def _densest(places: list[tuple[int, str]]) -> int:
    """The number of the word where the stretch with most different words begins."""
    best, most = 0, 0
    for n, (place, _word) in enumerate(places):
        near = {word for at, word in places[n : n + 40] if at - place < _SNIPPET_WORDS - 6}
        if len(near) > most:
            best, most = place, len(near)
    return best


def _marked(text: str, words: list[str]) -> Markup:
    pieces: list[Markup] = []
    end = 0
    for match in _WORD.finditer(text):
        if _begun(match[0], words):
            pieces += [
                escape(text[end : match.start()]),
                Markup("<mark>{}</mark>").format(match[0]),
            ]
            end = match.end()
    return Markup("").join([*pieces, escape(text[end:])])


def _begun(word: str, words: list[str]) -> str | None:
    """Which of `words` this one begins with."""
    folded = _fold(word)
    return next((begin for begin in words if folded.startswith(begin)), None)
