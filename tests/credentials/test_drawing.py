"""The sheet: PDF/A-3a and PDF/UA-1 as far as it can be read back, signed, in any script, confined.

veraPDF is not to be had as a package; what it would look at first is looked at here one by one.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from app.core import i18n
from app.credentials.drawing import designs, press, sheet
from app.credentials.drawing.designs import Design
from app.credentials.drawing.fonts import NotCovered
from app.credentials.drawing.press import CannotDraw, Limits, Press
from app.credentials.signing import pades
from app.credentials.signing.keys import KeyRing
from tests.credentials.signing import BASE, NOW, make_ring, signed

COURSES = Path(__file__).parents[2] / "courses"
WORDS = sheet.Words(
    serial="0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV",
    name="Ada Lovelace",
    title="Risk practitioner (internal)",
    course_title="Risk management essentials",
    organisation="Example PMO",
    address=f"{BASE}/verify/0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV",
    issued_on=date(2026, 11, 23),
    valid_to=date(2028, 11, 23),
    demo=False,
)
LOOP = "{% for a in range(9999) %}" * 3 + "{% endfor %}" * 3
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


@pytest.fixture(scope="module")
def machine() -> Iterator[Press]:
    made = Press()
    yield made
    made.close()


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return make_ring(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def credential(ring: KeyRing) -> bytes:
    return json.dumps(signed(ring)).encode()


@pytest.fixture(scope="module")
def drawn(machine: Press, ring: KeyRing, credential: bytes) -> bytes:
    order = sheet.order(designs.design(COURSES, None), WORDS, credential, NOW)
    key = ring.current()
    secret = ring.secrets(key)
    return pades.sign(machine.draw(order), secret.document, key.certificate, "Issued")


def draw(machine: Press, words: sheet.Words, design: Design | None = None) -> bytes:
    design = design or designs.design(COURSES, None)
    return machine.draw(sheet.order(design, words, None, NOW))


def page_of(html: str) -> Design:
    return Design("made-up", html, {})


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    assert len(document) == 1
    text = document[0].get_textpage().get_text_range()
    return " ".join(unicodedata.normalize("NFKC", text).split())


# --- The file --------------------------------------------------------------------------------


def test_qpdf_finds_nothing_wrong(drawn: bytes, tmp_path: Path):
    (tmp_path / "it.pdf").write_bytes(drawn)
    found = subprocess.run(["qpdf", "--check", tmp_path / "it.pdf"], capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")


def test_poppler_finds_the_signature_valid_over_the_whole_document(drawn: bytes, tmp_path: Path):
    (tmp_path / "it.pdf").write_bytes(drawn)
    found = subprocess.run(["pdfsig", tmp_path / "it.pdf"], capture_output=True, text=True).stdout
    assert "Signature Validation: Signature is Valid." in found
    assert "Signature Type: ETSI.CAdES.detached" in found
    assert "Total document signed" in found


def test_pyhanko_trusts_it_with_the_key_of_the_operator_and_without_it_does_not(
    drawn: bytes, ring: KeyRing
):
    from asn1crypto.x509 import Certificate

    own = Certificate.load(ring.current().certificate)
    (signature,) = PdfFileReader(BytesIO(drawn)).embedded_regular_signatures
    trusting = ValidationContext(trust_roots=[own], allow_fetching=False)
    believed = validate_pdf_signature(signature, trusting)
    doubted = validate_pdf_signature(signature, ValidationContext(trust_roots=[]))

    assert believed.bottom_line
    assert believed.coverage.name == "ENTIRE_FILE"
    assert doubted.intact and doubted.valid
    assert not doubted.trusted


def test_the_metadata_say_pdfa_3a_and_pdfua_1(drawn: bytes):
    pdf = pikepdf.open(BytesIO(drawn))
    root = ElementTree.fromstring(pdf.Root.Metadata.read_bytes())
    values: dict[str, str] = {}
    for description in root.iter(f"{RDF}Description"):
        values |= description.attrib
    assert values["{http://www.aiim.org/pdfa/ns/id/}part"] == "3"
    assert values["{http://www.aiim.org/pdfa/ns/id/}conformance"] == "A"
    assert values["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
    spaces = [one.text for one in root.iter("{http://www.aiim.org/pdfa/ns/schema#}namespaceURI")]
    assert spaces == ["http://www.aiim.org/pdfua/ns/id/"]
    titles = [one.text for one in root.iter(f"{RDF}li")]
    assert "Risk practitioner (internal) · Ada Lovelace" in titles


def test_it_keeps_to_pdf_17_with_its_colours_its_language_and_its_title(drawn: bytes):
    pdf = pikepdf.open(BytesIO(drawn))
    assert pdf.pdf_version == "1.7"
    assert "/Version" not in pdf.Root
    assert str(pdf.Root.Lang) == "en"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 3
    assert not pdf.is_encrypted
    assert len(pdf.trailer.ID) == 2


def test_every_font_is_inside_it(drawn: bytes):
    pdf = pikepdf.open(BytesIO(drawn))
    fonts = [thing for thing in pdf.objects if _is(thing, "/FontDescriptor")]
    assert fonts
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
    described = [thing for thing in pdf.objects if _is(thing, "/Font") and "/ToUnicode" in thing]
    assert described


def _is(thing: Any, kind: str) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == kind


def test_the_structure_tree_has_a_heading_the_picture_s_words_and_the_signature(drawn: bytes):
    pdf = pikepdf.open(BytesIO(drawn))
    assert pdf.Root.MarkInfo.Marked
    elements = [thing for thing in pdf.objects if _is(thing, "/StructElem")]
    kinds = [str(one.S) for one in elements]
    assert kinds.count("/H1") == 1
    assert kinds.count("/Form") == 1
    figures = [one for one in elements if one.S == "/Figure"]
    assert figures
    assert all(str(one.Alt) for one in figures)


INSIDE = {
    "/Document": {"/Div", "/H1", "/P", "/Form"},
    "/Div": {"/Div", "/H1", "/P", "/Span", "/Link", "/Figure"},
    "/H1": {"/Span"},
    "/P": {"/Span", "/Link", "/Figure"},
    "/Span": {"/Span"},
    "/Link": {"/Span", "/Figure"},
    "/Figure": set(),
    "/Form": set(),
}
"""What may stand in what, of all that the designs use."""


@pytest.mark.parametrize("name", designs.names(COURSES))
def test_everything_stands_where_it_may(machine: Press, name: str):
    order = sheet.order(designs.design(COURSES, name), WORDS, b"{}", NOW)
    pdf = pikepdf.open(BytesIO(machine.draw(order)))
    elements = [thing for thing in pdf.objects if _is(thing, "/StructElem")]
    met = {
        (str(one.S), str(kid.S))
        for one in elements
        for kid in one.get("/K", [])
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid
    }
    assert {(parent, child) for parent, child in met if child not in INSIDE[parent]} == set()


@pytest.mark.parametrize("name", designs.names(COURSES))
def test_nothing_is_painted_that_is_neither_tagged_nor_told_to_be_decoration(
    machine: Press, name: str
):
    pdf = pikepdf.open(BytesIO(draw(machine, WORDS, designs.design(COURSES, name))))
    page = pdf.pages[0]
    assert _bare(page, page.Resources) == []


PAINTING = frozenset({*"fFSsBb", "f*", "B*", "b*", "Tj", "TJ", "'", '"', "sh", "INLINE IMAGE"})


def _bare(stream: Any, resources: Any) -> list[str]:
    """What is painted outside of marked content; a form is looked into."""
    depth, bare = 0, []
    for step in pikepdf.parse_content_stream(stream):
        operator = str(step.operator)
        depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
        if depth == 0 and operator == "Do":
            inner = resources.XObject[step.operands[0]]
            form = inner.Subtype == "/Form"
            bare += _bare(inner, inner.get("/Resources", resources)) if form else ["image"]
        elif depth == 0 and operator in PAINTING:
            bare.append(operator)
    return bare


def test_every_annotation_is_in_the_structure_tree_and_printed(drawn: bytes):
    pdf = pikepdf.open(BytesIO(drawn))
    page = pdf.pages[0]
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    parents = {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}
    assert page.Tabs == "/S"
    assert {str(one.Subtype) for one in page.Annots} == {"/Link", "/Widget"}
    for annotation in page.Annots:
        parent = parents[int(annotation.StructParent)]
        assert any(_refers(kid, annotation) for kid in parent.K)
        assert int(annotation.F) & 4
        assert str(annotation.Contents)


def _refers(kid: Any, annotation: Any) -> bool:
    return isinstance(kid, pikepdf.Dictionary) and kid.get("/Obj") == annotation


def test_the_credential_is_an_associated_file_and_comes_out_as_it_went_in(
    drawn: bytes, credential: bytes
):
    pdf = pikepdf.open(BytesIO(drawn))
    (described,) = pdf.Root.AF
    assert described.AFRelationship == "/Alternative"
    assert described.EF.F.Subtype == "/application/ld+json"
    assert pades.read(drawn).attachments == {"credential.json": credential}


# --- What becomes of it ----------------------------------------------------------------------


def test_the_signature_holds_to_the_last_byte(drawn: bytes, ring: KeyRing):
    read = pades.read(drawn)
    assert (read.seal, read.certificate) == (pades.Seal.WHOLE, ring.current().certificate)


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.7])
def test_one_byte_changed_breaks_it(drawn: bytes, share: float):
    place = int(len(drawn) * share)
    changed = drawn[:place] + bytes([drawn[place] ^ 1]) + drawn[place + 1 :]
    with suppress(pades.NotPdf):
        assert pades.read(changed).seal is not pades.Seal.WHOLE


def test_something_put_after_it_breaks_it(drawn: bytes):
    assert pades.read(drawn + b"\n").seal is pades.Seal.BROKEN
    writer = pades._Writer(BytesIO(drawn))
    writer.root["/Cadre"] = writer.root["/Lang"]
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    assert pades.read(out.getvalue()).seal is pades.Seal.BROKEN


def test_written_anew_it_is_not_signed(drawn: bytes):
    pdf = pikepdf.open(BytesIO(drawn))
    pdf.Root.Lang = pikepdf.String("de")
    out = BytesIO()
    pdf.save(out)
    assert pades.read(out.getvalue()).seal is pades.Seal.BROKEN


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"%PDF-1.7\n1 0 obj\n<<>>", b"\x89PNG", b"%PDF-" + b"\0" * 5000]
)
def test_what_is_no_pdf_is_told_so(data: bytes):
    with pytest.raises(pades.NotPdf):
        pades.read(data)


def made_up(*objects: bytes) -> bytes:
    """A PDF of these objects, the first of which is its catalogue."""
    data, places = b"%PDF-1.7\n", []
    for number, held in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    end = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return data + trailer % (len(objects) + 1, end)


def test_forms_that_lead_in_circles_or_double_at_each_step_are_not_followed():
    root = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>"
    pages = b"<</Type/Pages/Kids[]/Count 0>>"
    circle = made_up(root, pages, b"<</T(a)/Kids[3 0 R 3 0 R]>>")
    doubling = [b"<</T(a)/Kids[%d 0 R %d 0 R]>>" % (at + 1, at + 1) for at in range(3, 60)]
    begun = time.monotonic()
    for data in (circle, made_up(root, pages, *doubling, b"<</T(z)>>")):
        assert pades.read(data).seal is pades.Seal.BROKEN
    assert time.monotonic() - begun < 2


def test_references_and_brackets_without_end_are_no_pdf():
    deep = b"<</Type/Catalog/X " + b"[" * 50_000 + b"]" * 50_000 + b">>"
    for data in (made_up(b"2 0 R", b"1 0 R"), made_up(deep)):
        with pytest.raises(pades.NotPdf):
            pades.read(data)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=20))
@settings(max_examples=150)
def test_whatever_is_changed_it_is_never_whole_again(drawn: bytes, changes: list[tuple[int, int]]):
    changed = bytearray(drawn)
    for place, mask in changes:
        changed[place % len(drawn)] ^= mask
    if bytes(changed) != drawn:
        with suppress(pades.NotPdf):
            assert pades.read(bytes(changed)).seal is not pades.Seal.WHOLE


@pytest.mark.parametrize("place", [7, 51, 57, -2, -1000])
def test_nor_is_it_where_no_digest_covers(drawn: bytes, place: int):
    """In the signature's own frame, and in the zeros that fill the room behind it."""
    gap = re.search(rb"/Contents *(<[0-9A-F]+>)", drawn)
    assert gap is not None
    changed = bytearray(drawn)
    changed[(gap.start(1) if place > 0 else gap.end(1)) + place] ^= 1

    assert pades.read(bytes(changed)).seal is pades.Seal.BROKEN


# --- Names -----------------------------------------------------------------------------------

NAMES = [
    "Łukasz Żółć-Dvořák",
    "Nguyễn Thị Ánh",
    "Αλέξανδρος Παπαδόπουλος",
    "Екатерина Иванова",
    "שרה כהן",
    "王小明",
    "李經濟",
    "田中さくら",
    "김민수",
    "สมชาย",
    "გიორგი",
    "Արամ",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_of_these_scripts_stands_on_it(machine: Press, name: str):
    data = draw(machine, replace(WORDS, name=name))
    text = text_of(data).replace(" ", "")  # where the font changes, some is read as a space
    plain = unicodedata.normalize("NFKC", name).replace(" ", "")
    assert plain in text or plain[::-1] in text
    known = ("Display", "Text", "Noto")
    assert all(any(word in font for word in known) for font in fonts_of(data)), fonts_of(data)


def fonts_of(data: bytes) -> list[str]:
    pdf = pikepdf.open(BytesIO(data))
    found = [str(one.FontName) for one in pdf.objects if _is(one, "/FontDescriptor")]
    assert found
    return found


@pytest.mark.parametrize("name", ["محمد عبد الله", "प्रिया शर्मा", "প্রিয়া", "பிரியா"])
def test_scripts_whose_letters_join_are_drawn_with_their_font(machine: Press, name: str):
    data = draw(machine, replace(WORDS, name=name))
    assert len(pypdfium2.PdfDocument(data)) == 1
    assert any("Noto" in font for font in fonts_of(data))


def test_a_sign_that_no_font_holds_is_named():
    with pytest.raises(NotCovered, match=r"𒀀 \(U\+12000\)"):
        sheet.order(designs.design(COURSES, None), replace(WORDS, name="Ada 𒀀"), None, NOW)


@pytest.mark.parametrize("length", [1, 60, 120, 200])
def test_long_names_and_titles_fit_on_one_page(machine: Press, length: int):
    name = ("Wolfeschlegelsteinhausen " * 9)[:length].strip()
    title = ("Practitioner of risk and opportunity management " * 7)[: length + 100].strip()
    text = text_of(draw(machine, replace(WORDS, name=name, title=title)))
    assert name in text
    assert title in text
    assert WORDS.serial in text


def test_a_demo_key_says_so_on_the_page(machine: Press):
    assert "demo key" in text_of(draw(machine, replace(WORDS, demo=True)))
    assert "demo key" not in text_of(draw(machine, WORDS))


def test_it_speaks_german(machine: Press):
    with i18n.speaking("de"):
        order = sheet.order(designs.design(COURSES, None), WORDS, None, NOW)
    assert "23. November 2026" in text_of(machine.draw(order))


# --- Designs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", designs.names(COURSES))
def test_every_design_that_comes_along_draws_one_page(machine: Press, name: str):
    data = draw(machine, WORDS, designs.design(COURSES, name))
    assert "Ada Lovelace" in text_of(data)
    assert WORDS.serial in text_of(data)


def test_a_design_of_the_pmo_s_is_found_and_takes_the_place_of_ours(tmp_path: Path):
    for name in ("standard", "gala", "Not A Name"):
        folder = tmp_path / "certificates" / name
        folder.mkdir(parents=True)
        (folder / "design.html").write_text(f"<title>{name}</title>")
    (tmp_path / "certificates" / "gala" / "seal.svg").write_text("<svg/>")
    (tmp_path / "certificates" / "gala" / "notes.txt").write_text("not for the page")

    assert designs.names(tmp_path) == ["standard", "gala"]
    assert designs.design(tmp_path, "standard").page == "<title>standard</title>"
    assert list(designs.design(tmp_path, "gala").files) == ["seal.svg"]
    assert designs.design(tmp_path, "../../etc").id == "standard"


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "SecurityError"),
        ("{{ range.__init__.__globals__ }}", "SecurityError"),
        ("{% include '/etc/passwd' %}", "TemplateNotFound"),
        ("{{ nothing }}", "UndefinedError"),
        ("{% for %}", "TemplateSyntaxError"),
        ("{% for i in range(10**9) %}{% endfor %}", "OverflowError"),
        ('<title>x</title><img alt="x" src="file:///etc/passwd">', "files that it does not have"),
        ('<title>x</title><img alt="x" src="http://169.254.169.254/">', "does not have"),
        ('<title>x</title><style>@import "http://example.com/x.css";</style>', "does not have"),
        ("<title>x</title><style>body{background:url(/etc/passwd)}</style>", "does not have"),
        ('<title>x</title><link rel="attachment" href="file:///etc/passwd">', "does not have"),
    ],
)
def test_a_design_reaches_nothing_but_what_it_was_given(machine: Press, page: str, problem: str):
    with pytest.raises(CannotDraw, match=problem):
        draw(machine, WORDS, page_of(page))
    assert "Ada" in text_of(draw(machine, WORDS))  # and the next one is drawn


def test_a_design_that_loops_is_stopped():
    machine = Press(Limits(processor=2, seconds=20))
    begun = time.monotonic()
    with pytest.raises(CannotDraw, match="processor time or memory"):
        draw(machine, WORDS, page_of(LOOP))
    assert time.monotonic() - begun < 15
    assert "Ada" in text_of(draw(machine, WORDS))
    machine.close()


def test_a_design_that_waits_is_stopped_by_the_clock():
    machine = Press(Limits(processor=30, seconds=1))
    with pytest.raises(CannotDraw, match="longer than 1 seconds"):
        draw(machine, WORDS, page_of(LOOP))
    assert machine.process_id is None


def test_a_design_that_wants_all_memory_is_stopped():
    machine = Press(Limits(memory=700))
    greedy = "{% set x = 'x' * 900000000 %}{{ x }}"
    with pytest.raises(CannotDraw):
        draw(machine, WORDS, page_of(greedy))
    machine.close()


def test_the_process_is_changed_for_a_fresh_one_in_time():
    machine = Press(Limits(drawings=2))
    processes = []
    for _ in range(3):
        draw(machine, WORDS, page_of('<html lang="en"><title>x</title>x'))
        processes.append(machine.process_id)
    machine.close()
    assert processes[0] == processes[1] != processes[2]


def test_values_are_escaped(machine: Press):
    data = draw(machine, replace(WORDS, name="<img src='asset:qr.svg'> & Co"))
    assert "<img src='asset:qr.svg'> & Co" in text_of(data)


def test_the_child_holds_no_key():
    order = sheet.order(designs.design(COURSES, None), WORDS, b"{}", NOW)
    assert b"PRIVATE KEY" not in press.pickle.dumps(order)
