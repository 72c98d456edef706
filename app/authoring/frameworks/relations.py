"""The files that speak of competencies: crosswalks between frameworks, and role profiles."""

from __future__ import annotations

from collections.abc import Mapping

from app.authoring.diagnostics import Code
from app.authoring.frameworks.matter import CrosswalksMatter, PairMatter, ProfilesMatter
from app.authoring.frameworks.source import Reading
from app.authoring.frameworks.values import Link, RoleProfile
from app.authoring.frontmatter import Path
from app.core.i18n import gettext as _

Scales = Mapping[str, tuple[str, int]] | None
"""The framework of each competency and how many levels it has; None: nobody knows."""


def crosswalks(scales: Scales, reading: Reading) -> tuple[Link, ...] | None:
    """The links of a file."""
    matter = reading.matter(CrosswalksMatter)
    if matter is None:
        return None
    seen: set[frozenset[str]] = set()
    for n, pair in enumerate(matter.crosswalks):
        at: Path = ("crosswalks", n)
        if (both := frozenset((pair.source, pair.target))) in seen:
            message = _("These two are linked already.")
            reading.refuse(Code.DUPLICATE_ID, at, message)
        seen.add(both)
        if scales is not None:
            _check_pair(reading, pair, scales, at)
    return tuple(
        Link(one.source, one.target, one.relation, tuple(sorted(one.levels.items())))
        for one in matter.crosswalks
    )


def _check_pair(
    reading: Reading, pair: PairMatter, scales: Mapping[str, tuple[str, int]], at: Path
) -> None:
    unknown = [
        reading.refuse_unknown(code, (*at, key), scales)
        for key, code in (("from", pair.source), ("to", pair.target))
    ]
    if any(unknown):
        return
    source, target = scales[pair.source], scales[pair.target]
    if source[0] == target[0]:
        message = _("Both are of one framework: a crosswalk leads from one to another.")
        reading.refuse(Code.BAD_VALUE, at, message)
    for level, meant in pair.levels.items():
        if level > source[1] or meant > target[1]:
            message = _("The scale has no level %(level)s.", level=max(level, meant))
            reading.refuse(Code.BAD_VALUE, (*at, "levels", level), message)
    if source[1] != target[1] and not pair.levels:
        message = _("The two scales differ: say in “levels” which level is which.")
        reading.refuse(Code.MISSING_KEY, at, message)


def profiles(scales: Scales, reading: Reading) -> tuple[RoleProfile, ...] | None:
    """The role profiles of a file."""
    matter = reading.matter(ProfilesMatter)
    if matter is None:
        return None
    reading.refuse_twins(
        [(one.code, ("profiles", n, "code")) for n, one in enumerate(matter.profiles)]
    )
    for n, one in enumerate(matter.profiles):
        for code, level in one.needs.items():
            at: Path = ("profiles", n, "needs", code)
            if scales is None or reading.refuse_unknown(code, at, scales):
                continue
            if level > scales[code][1]:
                message = _("The scale has no level %(level)s.", level=level)
                reading.refuse(Code.BAD_VALUE, at, message)
    return tuple(
        RoleProfile(one.code, one.title, one.description, tuple(one.needs.items()))
        for one in matter.profiles
    )
