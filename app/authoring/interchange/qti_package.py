"""Packages of QTI: what is in them, within limits, and where a test asks which item."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.authoring.interchange.html import UNSAID
from app.authoring.interchange.imported import MAX_QUESTIONS, Imported, Unreadable
from app.authoring.interchange.pictures import ELSEWHERE, KINDS, MAX_FILE, safe_name
from app.core.i18n import gettext as _

MAX_BYTES = 32 * 1024 * 1024
MAX_UNPACKED = 128 * 1024 * 1024
MAX_ITEM = 2 * 1024 * 1024
MAX_RATIO = 200


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """Where a test asks an item, and the title of the section it stands in."""

    number: int
    section: str


def places_of(roots: Mapping[str, Element]) -> dict[str, Where]:
    """The items that a test of the package names, in its order."""
    found: dict[str, Where] = {}
    for name, section, title in sections_of(roots):
        for reference in section.findall("assessmentItemRef"):
            href = posixpath.normpath(
                posixpath.join(posixpath.dirname(name), reference.get("href", ""))
            )
            found.setdefault(href, Where(len(found), title))
    return found


def sections_of(roots: Mapping[str, Element]) -> Iterator[tuple[str, Element, str]]:
    """Every section of a test, the file it stands in and its title.

    The only section of a test needs no title, unless it says something to its candidates.
    """
    for name, root in roots.items():
        if root.tag == "assessmentTest":
            sections = list(root.iter("assessmentSection"))
            for one in sections:
                named = len(sections) > 1 or one.find("rubricBlock") is not None
                yield name, one, (one.get("title") or one.get("identifier") or "") if named else ""


class Package:
    """A package of files, or one item by itself."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._pictures: dict[str, bytes] = {}

    def documents(self) -> Iterator[tuple[str, bytes]]:
        """Every XML file by name; pictures are read on the way."""
        if not self._data.startswith(b"PK"):
            yield "item", self._data
            return
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as package:
                listed = [
                    one for one in package.infolist() if one.filename.endswith((".xml", *KINDS))
                ]
                _check_size(listed)
                for one in listed:
                    most = MAX_ITEM if one.filename.endswith(".xml") else MAX_FILE
                    with package.open(one) as file:
                        data = file.read(most + 1)
                    if one.filename.endswith(".xml"):
                        if len(data) > most:
                            raise Unreadable(_("%(name)s is too large.", name=one.filename))
                        yield one.filename, data
                    elif len(data) <= most:
                        self._pictures[one.filename] = data
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            RuntimeError,
            EOFError,
        ) as error:
            raise Unreadable(
                _("The package is damaged or locked: %(fault)s.", fault=error)
            ) from error

    def picture(self, item: str, address: str) -> bytes | None:
        """A picture that an item names from where it stands; None if it is not in the package."""
        place = posixpath.join(posixpath.dirname(item), unquote(address))
        return self._pictures.get(posixpath.normpath(place))


def keep_pictures(found: Imported, package: Package, label: str, place: str, root: Element) -> None:
    """Pictures of the package stand beside the bank; recordings and others are left out."""
    if any(one.tag in UNSAID for one in root.iter()):
        found.note(label, _("Recordings, frames, drawings and set formulas in it are left out."))
    for one in root.iter("img"):
        address = one.get("src", "")
        name, data = safe_name(address), package.picture(place, address)
        if name is None or data is None:
            found.note(label, _("The picture “%(name)s” is left out.", name=address))
        else:
            found.keep_picture(label, name, data)
            one.set("src", f"{ELSEWHERE}{name}")


def _check_size(listed: list[zipfile.ZipInfo]) -> None:
    if len(listed) > MAX_QUESTIONS or sum(one.file_size for one in listed) > MAX_UNPACKED:
        raise Unreadable(_("The package unpacks to more than is accepted. Split it."))
    for one in listed:
        if one.file_size > MAX_ITEM and one.file_size > MAX_RATIO * max(1, one.compress_size):
            raise Unreadable(_("%(name)s is packed suspiciously tight.", name=one.filename))


def parsed(xml: bytes, name: str) -> Element:
    try:
        root = fromstring(xml, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable(
            _("%(name)s declares a document type or entities, which are refused.", name=name)
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(
            _("%(name)s is no well-formed XML: %(fault)s.", name=name, fault=error)
        ) from error
    for element in root.iter():
        element.tag = _folded(str(element.tag))
        for key in list(element.attrib):
            element.set(_folded(key), element.attrib.pop(key))
    return root


def _folded(name: str) -> str:
    """`{namespace}qti-choice-interaction` and `choiceInteraction` alike as the latter."""
    bare = name.rpartition("}")[2].removeprefix("qti-")
    first, *rest = bare.split("-")
    return first + "".join(part.capitalize() for part in rest)
