"""Signatures of PDFs: PAdES baseline B-B, filled into the field that the drawing left empty.

Nobody stamps the time (that would be B-T), because an installation need not reach an authority.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pyhanko.pdf_utils.decode_limits import DecodeLimits, StreamDecodeLimits
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, Signer, sign_pdf
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from app.core.pdf import SIGNATURE_FIELD

_MOST_OBJECTS, _MOST_FIELDS = 5000, 20
_LIMITS = DecodeLimits(per_stream=StreamDecodeLimits(max_output_size=4 * 1024 * 1024))


class Seal(StrEnum):
    """What became of the signature of a file."""

    WHOLE = "whole"
    BROKEN = "broken"
    """It is there, and the file was changed since."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Sealed:
    """`certificate`: of the signer (X.509, DER), as the file gives it; None without a signature."""

    seal: Seal
    certificate: bytes | None
    attachments: dict[str, bytes]
    links: list[str]
    """Where the links on its first pages lead."""


class NotPdf(ValueError):
    """Not a PDF that can be read."""


class _Signer(Signer):
    """Signs with a key that is loaded already: pyHanko's own loads and checks it anew each time."""

    key: RSAPrivateKey

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if dry_run:
            return bytes(self.key.key_size // 8)
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


class _Writer(IncrementalPdfFileWriter):
    """Adds the signature and nothing else: the metadata was complete when it was drawn."""

    def _update_meta(self) -> None:
        pass


def sign(drawn: bytes, key: RSAPrivateKey, certificate: bytes, reason: str) -> bytes:
    """The PDF with its signature, which allows no change after it."""
    signer = _Signer(
        signing_cert=asn1_x509.Certificate.load(certificate),
        signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
    )
    signer.key = key
    metadata = PdfSignatureMetadata(
        field_name=SIGNATURE_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
    )
    signed = sign_pdf(_Writer(BytesIO(drawn)), metadata, signer, existing_fields_only=True)
    return bytes(signed.getvalue())


def read(data: bytes) -> Sealed:
    """What a PDF carries, without trusting anybody yet.

    Raises:
        NotPdf: it cannot be read.
    """
    try:
        return _read(data)
    except NotPdf:
        raise
    except Exception as error:  # whatever a hostile file makes a parser raise
        raise NotPdf(type(error).__name__) from None


def _read(data: bytes) -> Sealed:
    if not data.startswith(b"%PDF-"):
        raise NotPdf("no header")
    reader = PdfFileReader(BytesIO(data), strict=False, decode_limits=_LIMITS)
    if int(reader.trailer["/Size"]) > _MOST_OBJECTS:
        raise NotPdf("too many objects")
    attachments, links = _attachments(reader), _links(reader)
    if not _has_plain_form(reader):
        return Sealed(Seal.BROKEN, None, attachments, links)
    signatures = reader.embedded_regular_signatures
    if not signatures:
        return Sealed(Seal.MISSING, None, attachments, links)
    seal = _seal(signatures[0], data) if len(signatures) == 1 else Seal.BROKEN
    return Sealed(seal, _signer(signatures[0]), attachments, links)


def _has_plain_form(reader: PdfFileReader) -> bool:
    """Whether its form is like ours: few fields, and none within another.

    Fields that share the fields within them would keep whoever walks through them busy for ever.
    """
    if "/AcroForm" not in reader.root or "/Fields" not in reader.root["/AcroForm"]:
        return True
    fields = reader.root["/AcroForm"]["/Fields"]
    return len(fields) <= _MOST_FIELDS and not any(
        "/Kids" in field for field in _first(fields, _MOST_FIELDS)
    )


def _signer(signature: EmbeddedPdfSignature) -> bytes | None:
    certificate = signature.signer_cert
    return bytes(certificate.dump()) if certificate is not None else None


def _seal(signature: EmbeddedPdfSignature, data: bytes) -> Seal:
    """Whether the signature is right and covers the file to its last byte.

    The certificate in the file is taken at its word here; whose it is, is asked afterwards.
    """
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]
    covered: object = signature.coverage  # set by the call before
    if covered is not SignatureCoverageLevel.ENTIRE_FILE or not _fills_its_gap(signature, data):
        return Seal.BROKEN
    intact, valid = _check(signature)
    return Seal.WHOLE if intact and valid else Seal.BROKEN


def _fills_its_gap(signature: EmbeddedPdfSignature, data: bytes) -> bool:
    """Whether the gap that no digest covers holds what `sign` put there, and nothing else.

    The room for a signature is larger than the signature, and not every byte of a signature is
    signed: what nobody reads could be anything. So all of it is written anew from what is signed.
    """
    first, length, second, _rest = (int(one) for one in signature.byte_range)
    ours = _written_anew(signature.signer_info, signature.signer_cert)
    room = (second - first - length - 2) // 2
    return data[first + length : second] == b"<%s>" % ours.ljust(room, b"\0").hex().upper().encode()


def _written_anew(signer: cms.SignerInfo, certificate: asn1_x509.Certificate) -> bytes:
    issued = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier(name="issuer_and_serial_number", value=issued),
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": signer["signed_attrs"],
        "signature_algorithm": {"algorithm": "sha256_rsa"},
        "signature": signer["signature"],
    }
    content = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "data"},
        "certificates": [certificate],
        "signer_infos": [info],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())


def _check(signature: EmbeddedPdfSignature) -> tuple[bool, bool]:
    return validate_sig_integrity(
        signature.signer_info,
        signature.signer_cert,
        expected_content_type="data",
        actual_digest=signature.compute_digest(),
    )


def _attachments(reader: PdfFileReader) -> dict[str, bytes]:
    root = reader.root
    if "/Names" not in root or "/EmbeddedFiles" not in root["/Names"]:
        return {}
    names = root["/Names"]["/EmbeddedFiles"]["/Names"]
    found = {}
    for position in range(1, min(len(names), 20), 2):
        described = names[position]
        name = str(described["/UF"] if "/UF" in described else described["/F"])
        found[name[:200]] = bytes(described["/EF"]["/F"].data)
    return found


def _links(reader: PdfFileReader) -> list[str]:
    found = []
    for page in _first(reader.root["/Pages"]["/Kids"], 3):
        for annotation in _first(page["/Annots"], 50) if "/Annots" in page else []:
            if "/A" in annotation and "/URI" in annotation["/A"]:
                found.append(str(annotation["/A"]["/URI"]))
    return found


def _first(array: Any, most: int) -> list[Any]:
    """Its first members, as what they refer to: only asking by place follows the reference."""
    return [array[place] for place in range(min(len(array), most))]
