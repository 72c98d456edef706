"""How a claim in one framework answers for another: over links, each with its levels."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.authoring.frameworks import Link, Relation

HIGHEST = 5
Levels = tuple[int, ...]
"""Which level of another competency each level is, counted from 0; 0 is none."""

SAME: Levels = tuple(range(HIGHEST + 1))


@dataclass(frozen=True, slots=True)
class Bridge:
    """Evidence of `source` answers for `target`.

    Attributes:
        path: the competencies on the way, source and target included.
    """

    source: str
    target: str
    path: tuple[str, ...]
    levels: Levels


def bridges(links: Iterable[Link]) -> dict[str, tuple[Bridge, ...]]:
    """Whatever answers for each competency, over any number of links, by the shortest way."""
    steps = _steps(links)
    found: dict[str, list[Bridge]] = defaultdict(list)
    for source in sorted(steps):
        for bridge in _reached(source, steps):
            found[bridge.target].append(bridge)
    return {target: tuple(sorted(ways, key=lambda b: b.path)) for target, ways in found.items()}


def _steps(links: Iterable[Link]) -> dict[str, dict[str, Levels]]:
    """By competency: those that it answers for directly. A narrower one answers for none."""
    steps: dict[str, dict[str, Levels]] = defaultdict(dict)
    for link in links:
        there = _there(dict(link.levels))
        if link.relation in (Relation.SAME, Relation.BROADER):
            steps[link.source][link.target] = there
        if link.relation in (Relation.SAME, Relation.NARROWER):
            steps[link.target][link.source] = _back(there)
    return steps


def _there(levels: Mapping[int, int]) -> Levels:
    if not levels:
        return SAME
    return tuple(
        max((meant for level, meant in levels.items() if level <= own), default=0)
        for own in range(HIGHEST + 1)
    )


def _back(there: Levels) -> Levels:
    """The highest level that means no more than what was shown."""
    return tuple(
        max(
            level
            for level in range(HIGHEST + 1)
            if there[level] <= shown and _reaches(there, level)
        )
        for shown in range(HIGHEST + 1)
    )


def _reaches(there: Levels, level: int) -> bool:
    """Whether the level is one that the link knows, not one above its last."""
    return level == 0 or there[level] > there[level - 1]


def _reached(source: str, steps: Mapping[str, Mapping[str, Levels]]) -> Iterator[Bridge]:
    waiting = deque([Bridge(source, source, (source,), SAME)])
    seen = {source}
    while waiting:
        so_far = waiting.popleft()
        for target, levels in sorted(steps.get(so_far.target, {}).items()):
            if target in seen:
                continue
            seen.add(target)
            through = tuple(levels[level] for level in so_far.levels)
            bridge = Bridge(source, target, (*so_far.path, target), through)
            waiting.append(bridge)
            yield bridge
