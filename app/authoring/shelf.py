"""A folder of courses on disk, and the frameworks beside them: what a course may refer to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.authoring import frontmatter
from app.authoring.compiler import COURSE
from app.authoring.diagnostics import Report
from app.authoring.frameworks import Frameworks, compile_framework
from app.authoring.known import Known
from app.authoring.source import SourceFile, decode
from app.core.files import MAX_TEXT, read_folder

COURSES = Path(__file__).resolve().parents[2] / "courses"
FRAMEWORKS = "frameworks"


@dataclass(frozen=True, slots=True)
class Announced:
    """What a course's own file says of it, as far as it can be read without compiling it."""

    id: str
    prerequisites: tuple[str, ...]


def course_folders(path: Path) -> list[Path]:
    """The folder itself if it is a course, else the courses right below it, by name."""
    if (path / COURSE).is_file():
        return [path]
    return sorted(found.parent for found in path.glob(f"*/{COURSE}") if found.is_file())


def frameworks_beside(folder: Path) -> Frameworks:
    """The frameworks beside a course or in a folder of courses; else those of the platform."""
    for place in (folder / FRAMEWORKS, folder.parent / FRAMEWORKS, COURSES / FRAMEWORKS):
        if place.is_dir():
            return compile_framework(read_folder(place))
    return Frameworks((), (), ())


def known_beside(folder: Path) -> Known:
    """What the course in `folder` may refer to: frameworks, and its neighbours."""
    frameworks = frameworks_beside(folder)
    # Later ones win: a neighbour in the same folder before one of the product's own courses.
    neighbours = dict.fromkeys([*course_folders(COURSES), *course_folders(folder.parent), folder])
    announced = [found for place in neighbours if (found := announced_in(place))]
    return Known(
        competencies=frameworks.competency_codes,
        courses={course.id: course.prerequisites for course in announced},
        certifications=frameworks.certification_codes,
        ceilings=frameworks.ceilings,
    )


def announced_in(folder: Path) -> Announced | None:
    """Id and prerequisites of a course; None where they cannot be read."""
    try:
        with (folder / COURSE).open("rb") as file:
            source = SourceFile(COURSE, decode(file.read(MAX_TEXT)))
    except (OSError, UnicodeDecodeError):
        return None
    found = frontmatter.split(source)
    located = frontmatter.read(found[0], COURSE, 2, Report()) if found else None
    return _announced(located.value) if located else None


def _announced(matter: dict[object, object]) -> Announced | None:
    course_id, wanted = matter.get("id"), matter.get("prerequisites")
    if not isinstance(course_id, str):
        return None
    listed = wanted if isinstance(wanted, list) else []
    ids = [one.get("course") for one in listed if isinstance(one, dict)]
    return Announced(course_id, tuple(one for one in ids if isinstance(one, str)))
