"""PDF from HTML by WeasyPrint, which is slow to import and needs Pango: both only when drawing.

What is drawn is PDF/A-3a and PDF/UA-1 at once. WeasyPrint writes one of them at a time, so the
other is added here before the file is put together, and with it an empty signature field that is
part of the structure tree: who signs later fills it and changes nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

SIGNATURE_FIELD = "Signature"

_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" \
pdfuaid:part="1"/><rdf:Description rdf:about="" \
xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema\
</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/\
</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property>\
<rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal\
</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289 that is followed\
</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>\
</pdfaExtension:schemas></rdf:Description>"""
"""PDF/A knows the words of PDF/UA only where they are explained."""


class MissingAsset(RuntimeError):
    """The document asks for something it was not given: a fault in its design."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF that says the same as its pages, for machines."""

    name: str
    content_type: str
    data: bytes
    description: str
    made_at: datetime


@lru_cache
def available() -> bool:
    """Whether the libraries that draw are installed on this machine."""
    return all(find_library(name) for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset"))


def draw(
    html: str,
    assets: Mapping[str, tuple[str, bytes]],
    attachments: Sequence[Attachment] = (),
    signature_label: str | None = None,
) -> bytes:
    """Draw an archivable, tagged PDF (PDF/A-3a and PDF/UA-1).

    Args:
        html: the document; it names its files as `asset:NAME`.
        assets: content type and bytes by name. Nothing else is fetched, from disk or network.
        attachments: files to carry along.
        signature_label: what a screen reader calls the empty signature field; None for no field.

    Raises:
        MissingAsset: the document asks for anything else.
    """
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    missing: list[str] = []
    fetcher = _closed_fetcher(assets, missing)

    def finish(_document: object, pdf: Any) -> None:
        if "AF" in pdf.catalog:  # WeasyPrint names each file twice there
            pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
            for reference, attached in zip(pdf.catalog["AF"], attachments, strict=True):
                _say_type(pdf, reference, attached.content_type)
        _say_accessible(pdf)
        if signature_label is not None:
            _add_signature_field(pdf, signature_label)

    document = HTML(string=html, base_url="asset:", url_fetcher=fetcher)
    pdf = document.write_pdf(
        pdf_variant="pdf/a-3a",
        font_config=FontConfiguration(),
        attachments=[_attached(one, fetcher) for one in attachments],
        finisher=finish,
    )
    if missing:
        raise MissingAsset(", ".join(missing))
    assert isinstance(pdf, bytes)
    return pdf


def _attached(one: Attachment, fetcher: Any) -> Any:
    from weasyprint import Attachment as Attached

    return Attached(
        string=one.data,
        name=one.name,
        description=one.description,
        created=one.made_at,
        modified=one.made_at,
        relationship="Alternative",
        url_fetcher=fetcher,
    )


def _say_type(pdf: Any, reference: bytes, content_type: str) -> None:
    """WeasyPrint guesses it from the name."""
    file = _object(pdf, _object(pdf, reference)["EF"]["F"])
    file.extra["Subtype"] = "/" + content_type.replace("/", "#2f").replace("+", "#2b")


def _say_accessible(pdf: Any) -> None:
    metadata = _object(pdf, pdf.catalog["Metadata"])
    (xml,) = metadata.stream
    head, end, tail = xml.rpartition(b"</rdf:RDF>")
    metadata.stream = [head + _UA + end + tail]


def _add_signature_field(pdf: Any, label: str) -> None:
    """An empty field of no size on the first page, with its place in the structure tree."""
    import pydyf

    page = pdf.page_references[0]
    tree = _object(pdf, pdf.catalog["StructTreeRoot"])
    numbers = _object(pdf, tree["ParentTree"])["Nums"]
    key = max(numbers[::2]) + 1
    field = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(SIGNATURE_FIELD),
            "TU": pydyf.String(label),
            "Contents": pydyf.String(label),
            "Rect": pydyf.Array([0, 0, 0, 0]),
            "F": 4 + 128,  # printed, locked
            "P": page,
            "StructParent": key,
        }
    )
    pdf.add_object(field)
    shown = pydyf.Dictionary({"Type": "/OBJR", "Obj": field.reference, "Pg": page})
    pdf.add_object(shown)
    document = _object(pdf, tree["K"][0])
    element = pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "Alt": pydyf.String(label),
            "K": pydyf.Array([shown.reference]),
            "Pg": page,
            "P": document.reference,
        }
    )
    pdf.add_object(element)
    document["K"].append(element.reference)
    numbers += [key, element.reference]
    first = _object(pdf, page)
    first["Annots"] = pydyf.Array([*first.get("Annots", []), field.reference])
    form = pydyf.Dictionary({"Fields": pydyf.Array([field.reference]), "SigFlags": 0})
    pdf.add_object(form)
    pdf.catalog["AcroForm"] = form.reference


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _closed_fetcher(assets: Mapping[str, tuple[str, bytes]], missing: list[str]) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Closed(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            name = url.removeprefix("asset:")
            if not url.startswith("asset:") or name not in assets:
                missing.append(url[:200])
                raise ValueError(f"not an asset of this document: {url[:200]}")
            content_type, data = assets[name]
            return URLFetcherResponse(url, data, {"Content-Type": content_type})

    return Closed()
