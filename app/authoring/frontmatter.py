"""YAML with the place of every value: front matter and the files of frameworks.

Only what a form needs: no aliases, merges, tags or duplicate keys, not deeper than eight. Always
the pure loader: the one in C takes the process down with 40,000 brackets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from app.authoring.diagnostics import Code, Place, Report
from app.authoring.source import SourceFile
from app.core.i18n import gettext as _

MAX_BYTES = 16 * 1024
MAX_DEPTH = 8
_SCALARS = ("str", "int", "float", "bool", "null", "timestamp")

Path = tuple[str | int, ...]
Mark = Any
"""Where the YAML library says something stands; it has two kinds that share no type."""


@dataclass
class Located:
    """A value, and where each part of it stands: by the path of keys and positions to it."""

    value: Any
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)

    def value_at(self, path: Path) -> Place:
        """The place of a value, or of the nearest thing around it."""
        return next(self.values[p] for p in _outwards(path) if p in self.values)

    def key_at(self, path: Path) -> Place:
        return self.keys.get(path) or self.value_at(path)


class Refused(Exception):
    """The text is not what YAML may be here."""

    def __init__(self, message: str, mark: Mark | None) -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark


def split(source: SourceFile) -> tuple[str, int] | None:
    """Front matter and the number of its last line; `("", 0)` without one, None if unclosed."""
    if source.lines[0].text.rstrip() != "---":
        return "", 0
    for line in source.lines[1:]:
        if line.text.rstrip() == "---":
            matter = "\n".join(text.text for text in source.lines[1 : line.number - 1])
            return matter, line.number
    return None


def read(
    text: str, path: str, first_line: int, report: Report, limit: int = MAX_BYTES
) -> Located | None:
    """The mapping that `text` holds; None (and reported) if it is none or may not stand here.

    Args:
        first_line: the line of the file on which `text` begins.
        limit: how many bytes it may have.
    """
    reader = _Reader(path, first_line)
    try:
        return reader.read(text, limit)
    except Refused as refused:
        report.add(Code.FRONT_MATTER, reader.place(refused.mark), refused.message)
    except yaml.MarkedYAMLError as error:
        problem = _("This is not YAML: %(problem)s.", problem=error.problem or error.context)
        report.add(Code.FRONT_MATTER, reader.place(error.problem_mark), problem)
    except yaml.YAMLError as error:
        problem = _("This is not YAML: %(problem)s.", problem=str(error).split("\n")[0])
        report.add(Code.FRONT_MATTER, reader.place(None), problem)
    return None


class _Reader:
    def __init__(self, path: str, first_line: int) -> None:
        self.path = path
        self.first_line = first_line
        self.located = Located({})

    def read(self, text: str, limit: int) -> Located:
        if len(text.encode()) > limit:
            kib = limit // 1024
            raise Refused(_("This is longer than the %(kib)s KiB it may have.", kib=kib), None)
        _refuse_cleverness(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            self.located.values[()] = self.place(None)
            return self.located
        if not isinstance(node, yaml.MappingNode):
            raise Refused(_("Lines of the form “key: value” are expected here."), node.start_mark)
        self.located.value = self._value(node, ())
        return self.located

    def place(self, mark: Mark | None, end: Mark | None = None) -> Place:
        if mark is None:
            return Place(self.path, self.first_line)
        one_line = end is not None and end.line == mark.line
        width = max(1, end.column - mark.column) if end is not None and one_line else 1
        return Place(self.path, self.first_line + mark.line, mark.column + 1, width)

    def _value(self, node: yaml.Node, path: Path) -> Any:
        self.located.values[path] = self.place(node.start_mark, node.end_mark)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, n)) for n, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[Any, Any]:
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise Refused(_("A key is one word."), key_node.start_mark)
            key = _scalar(key_node)
            if key in mapping:
                raise Refused(_("The key “%(key)s” stands twice.", key=key), key_node.start_mark)
            self.located.keys[(*path, key)] = self.place(key_node.start_mark, key_node.end_mark)
            mapping[key] = self._value(value_node, (*path, key))
        return mapping


def _refuse_cleverness(text: str) -> None:
    """Look at the events before anything is built from them."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Refused(_("Anchors and aliases (& and *) are not allowed."), event.start_mark)
        if getattr(event, "tag", None):
            raise Refused(_("Tags (!) are not allowed."), event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise Refused(
                _("Lists and mappings are nested deeper than %(depth)s.", depth=MAX_DEPTH),
                event.start_mark,
            )


def _scalar(node: yaml.Node) -> Any:
    kind = node.tag.rpartition(":")[2]
    if kind not in _SCALARS:
        raise Refused(_("“%(text)s” is not allowed here.", text=node.value), node.start_mark)
    try:
        return SafeConstructor().construct_object(node)
    except (ValueError, OverflowError, yaml.YAMLError):
        return node.value


def _outwards(path: Path) -> Iterator[Path]:
    for length in range(len(path), -1, -1):
        yield path[:length]
