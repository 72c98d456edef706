"""A new course to write over: small, real, and without a diagnostic."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _

_MODEL = Path(__file__).parent / "course"
_ID, _COMPETENCY = "a-useful-meeting", "facilitation"

NotMade = (Invalid, Conflict)


def make_course(course_id: str, folder: Path, competencies: Collection[str]) -> Path:
    """Write the model course as `folder/course_id` and return where it stands.

    Args:
        competencies: codes that exist; if the model's own is not among them, another one is
            written in its place.

    Raises:
        Invalid: the id cannot be one.
        Conflict: there is such a folder already.
    """
    if not re.fullmatch(r"[a-z0-9-]{2,64}", course_id):
        raise Invalid(_("An id is made of 2 to 64 small letters, digits and hyphens."))
    place = folder / course_id
    if place.exists():
        raise Conflict(_("%(path)s is there already.", path=place))
    code = min(competencies, default=_COMPETENCY)
    code = _COMPETENCY if _COMPETENCY in competencies else code
    for model in sorted(_MODEL.rglob("*.md")):
        text = model.read_text(encoding="utf-8")
        text = text.replace(f"id: {_ID}\n", f"id: {course_id}\n").replace(_COMPETENCY, code)
        target = place / model.relative_to(_MODEL)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return place
