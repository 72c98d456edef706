"""A file that is a framework."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.authoring.diagnostics import Code
from app.authoring.frameworks.matter import CriterionMatter, FrameworkMatter, GroupMatter
from app.authoring.frameworks.source import Reading
from app.authoring.frameworks.values import Criterion, Element, ElementGroup, Framework
from app.authoring.frontmatter import Path
from app.core.i18n import gettext as _
from app.core.values import Duration, Unit


def framework(seen: set[str], names: set[str], reading: Reading) -> Framework | None:
    """The framework of a file.

    Args:
        seen: codes of competencies in the files before, to which it adds its own.
        names: codes of frameworks before, likewise.
    """
    matter = reading.matter(FrameworkMatter)
    if matter is None:
        return None
    reading.refuse_twins([(matter.framework, ("framework",))], names)
    _check_scale(reading, matter)
    _check_elements(reading, matter, seen)
    _check_rubric(reading, matter.rubric, ("rubric",))
    _check_half_life(reading, matter.half_life)
    return Framework(
        code=matter.framework,
        version=matter.version,
        title=matter.title,
        language=matter.language,
        levels=_in_order(matter.levels),
        groups=tuple(_group(group) for group in matter.groups),
        policy=matter.policy,
        half_life=matter.half_life,
        four_eyes=matter.four_eyes,
        ceiling=matter.ceiling,
        rubric=_rubric(matter.rubric),
        publisher=matter.publisher,
        identifier=matter.identifier,
    )


def _check_half_life(reading: Reading, half_life: Duration | None) -> None:
    if half_life is None:
        return
    most = {Unit.DAYS: 36500, Unit.MONTHS: 1200, Unit.YEARS: 100}.get(half_life.unit)
    if most is None or not 1 <= half_life.count <= most:
        message = _("A half-life is given in days, months or years, up to a hundred years.")
        reading.refuse(Code.BAD_VALUE, ("half_life",), message)


def _check_scale(reading: Reading, matter: FrameworkMatter) -> None:
    """A scale runs from 1 to the highest level named, and has two at least."""
    highest = max(matter.levels, default=0)
    _refuse_missing(reading, matter.levels, range(1, max(highest, 2) + 1), ("levels",))
    if matter.ceiling and matter.ceiling > highest:
        message = _("The scale has no level %(level)s.", level=matter.ceiling)
        reading.refuse(Code.BAD_VALUE, ("ceiling",), message)


def _check_elements(reading: Reading, matter: FrameworkMatter, seen: set[str]) -> None:
    scale = sorted(matter.levels)
    codes: list[tuple[str, Path]] = []
    parts: dict[str, tuple[str | None, Path]] = {}
    for n, group in enumerate(matter.groups):
        for m, element in enumerate(group.elements):
            at: Path = ("groups", n, "elements", m)
            codes.append((element.code, (*at, "code")))
            parts[element.code] = (element.part_of, (*at, "part_of"))
            _refuse_missing(reading, element.levels, scale, (*at, "levels"))
            _refuse_beyond(reading, element.levels, scale, (*at, "levels"))
            _warn_of_same(reading, element.levels, (*at, "levels"))
            _check_rubric(reading, element.rubric, (*at, "rubric"))
    _check_parts(reading, parts)
    reading.refuse_twins(codes, seen)


def _refuse_missing(
    reading: Reading, levels: dict[Any, str], wanted: Iterable[int], path: Path
) -> None:
    if missing := [str(level) for level in wanted if level not in levels]:
        message = _("These levels are missing: %(levels)s.", levels=", ".join(missing))
        reading.refuse(Code.MISSING_KEY, path, message)


def _refuse_beyond(
    reading: Reading, levels: dict[Any, str], scale: Sequence[int], path: Path
) -> None:
    for level in levels:
        if level not in scale:
            message = _("The scale has no level %(level)s.", level=level)
            reading.refuse(Code.BAD_VALUE, (*path, level), message)


def _warn_of_same(reading: Reading, levels: dict[Any, str], path: Path) -> None:
    first: dict[str, int] = {}
    for level, text in sorted(levels.items()):
        other = first.setdefault(text.strip().lower(), level)
        if other != level:
            message = _(
                "Levels %(one)s and %(other)s say the same: nobody can tell them apart.",
                one=other,
                other=level,
            )
            reading.refuse(Code.SAME_LEVELS, (*path, level), message)


def _check_parts(reading: Reading, parts: dict[str, tuple[str | None, Path]]) -> None:
    for code, (whole, path) in parts.items():
        if whole is None or reading.refuse_unknown(whole, path, parts):
            continue
        above: list[str] = [code]
        step: str | None = whole
        while step is not None and step in parts and step not in above:
            above.append(step)
            step = parts[step][0]
        if step == code:
            chain = " → ".join([*above, code])
            message = _("An element is a part of itself: %(chain)s.", chain=chain)
            reading.refuse(Code.CYCLE, path, message)


def _check_rubric(reading: Reading, rubric: Sequence[CriterionMatter], path: Path) -> None:
    reading.refuse_twins([(one.code, (*path, n, "code")) for n, one in enumerate(rubric)])
    for n, one in enumerate(rubric):
        if one.needed > one.points:
            message = _("More points are needed than there are.")
            reading.refuse(Code.BAD_VALUE, (*path, n, "needed"), message)


def _group(group: GroupMatter) -> ElementGroup:
    elements = tuple(
        Element(
            code=element.code,
            title=element.title,
            description=element.description,
            levels=_in_order(element.levels),
            part_of=element.part_of,
            rubric=_rubric(element.rubric),
            identifier=element.identifier,
        )
        for element in group.elements
    )
    return ElementGroup(group.code, group.title, elements, group.identifier)


def _rubric(rubric: Iterable[CriterionMatter]) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(one.code, one.title, one.description, one.points, one.needed) for one in rubric
    )


def _in_order(levels: dict[Any, str]) -> tuple[str, ...]:
    return tuple(text for _level, text in sorted(levels.items()))
