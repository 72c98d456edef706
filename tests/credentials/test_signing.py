"""Keys, credentials and status lists, believed by verifiers that are not ours."""

from __future__ import annotations

import gzip
import json
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.credentials.signing import contexts, credential, multibase, proof, status
from app.credentials.signing.keys import KeyRing, NoKey, WrongPassphrase
from tests.credentials.signing import (
    BASE,
    NOW,
    did_document,
    javascript_accepts,
    make_ring,
    openbadgeslib_accepts,
    plain_credential,
    signed,
)


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return make_ring(tmp_path_factory.mktemp("keys"))


# --- Keys ------------------------------------------------------------------------------------


def test_where_there_is_no_key_a_demo_key_is_made_once_and_says_so(tmp_path: Path):
    rings = [make_ring(tmp_path / "keys") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda ring: ring.current(), rings))
    assert {key.public for key in keys} == {keys[0].public}
    assert keys[0].demo
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["demo.json"]


def test_production_makes_no_key_by_itself(tmp_path: Path):
    ring = KeyRing(tmp_path, None, "Example PMO", demo_allowed=False)
    with pytest.raises(NoKey, match="keys create"):
        ring.current()


def test_a_key_of_ones_own_takes_the_place_of_the_demo_key(tmp_path: Path):
    ring = make_ring(tmp_path)
    demo = ring.current()
    made = ring.create()
    assert (ring.current().id, ring.current().demo) == (made.id, False)
    assert ring.key(demo.id).retired_at is not None


def test_files_of_keys_are_for_their_owner_alone(tmp_path: Path):
    ring = make_ring(tmp_path)
    ring.create()
    ring.rotate()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_passphrase_encrypts_them(tmp_path: Path):
    key = make_ring(tmp_path, "correct horse").create()
    assert "ENCRYPTED" in json.loads(key.path.read_text())["private"]["credential"]
    assert make_ring(tmp_path, "correct horse").secrets(key)
    for wrong in ("battery", None):
        with pytest.raises(WrongPassphrase, match=key.id):
            make_ring(tmp_path, wrong).secrets(key)


def test_what_an_older_key_signed_still_verifies(tmp_path: Path):
    ring = make_ring(tmp_path)
    old = ring.create()
    document = signed(ring)
    new = ring.rotate()
    published = did_document(*ring.all())

    assert [key.id for key in ring.all()] == [new.id, old.id]
    assert openbadgeslib_accepts(document, published)
    assert openbadgeslib_accepts(signed(ring), published)


# --- Credentials -----------------------------------------------------------------------------


def test_two_verifiers_that_are_not_ours_believe_it(ring: KeyRing):
    document, published = signed(ring), did_document(ring.current())
    proof.check(document, ring.current().ed25519)
    assert openbadgeslib_accepts(document, published)
    assert javascript_accepts(document, published)


def changed(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(document))
    *parents, last = path.split(".")
    place: Any = copy
    for part in parents:
        place = place[int(part)] if part.isdigit() else place[part]
    place[last] = value
    return copy


TAMPERED = {
    "name": ("credentialSubject.identifier.0.identityHash", "Eve Stranger"),
    "title": ("credentialSubject.achievement.name", "Programme director"),
    "longer": ("validUntil", "2099-01-01T00:00:00Z"),
    "status": ("credentialStatus.statusListIndex", "8"),
    "number": ("id", f"{BASE}/verify/another"),
    "issuer": ("issuer.name", "Somebody else"),
    "added": ("description", "also holds everything else"),
    "undefined": ("distinction", "with honours"),
    "created": ("proof.created", "2020-01-01T00:00:00Z"),
    "signature": ("proof.proofValue", "z" + "1" * 87),
    "purpose": ("proof.proofPurpose", "authentication"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_nobody_believes_it_once_it_was_changed(ring: KeyRing, what: str):
    document = changed(signed(ring), *TAMPERED[what])
    with pytest.raises(proof.BadProof):
        proof.check(document, ring.current().ed25519)
    assert not openbadgeslib_accepts(document, did_document(ring.current()))


@pytest.mark.parametrize("what", ["name", "longer", "signature"])
def test_nor_does_javascript(ring: KeyRing, what: str):
    document = changed(signed(ring), *TAMPERED[what])
    assert not javascript_accepts(document, did_document(ring.current()))


def test_another_key_is_not_believed(ring: KeyRing, tmp_path: Path):
    other = make_ring(tmp_path)
    with pytest.raises(proof.BadProof):
        proof.check(signed(other), ring.current().ed25519)


def test_nothing_is_signed_that_no_context_defines(ring: KeyRing):
    key = ring.secrets(ring.current()).credential
    for path, value in (("shoeSize", 42), ("credentialSubject.achievement.colour", "red")):
        document = changed(plain_credential(), path, value)
        with pytest.raises(proof.NotDefined):
            proof.sign(document, key, "did:web:x#y", NOW)


def test_no_other_context_is_loaded(ring: KeyRing):
    with pytest.raises(contexts.UnknownContext):
        contexts.load("https://example.com/context")
    document = changed(signed(ring), "@context", ["http://169.254.169.254/latest"])
    with pytest.raises(proof.BadProof, match="NotDefined"):
        proof.check(document, ring.current().ed25519)


def test_every_copy_of_a_context_is_the_one_that_was_published():
    assert all(contexts.context(url)["@context"] for url in contexts.FILES)


def test_a_document_that_would_keep_the_machine_busy_is_refused_at_once(ring: KeyRing):
    deep: dict[str, Any] = {}
    for _ in range(40):
        deep = {"credentialSubject": deep}
    wide = {"credentialSubject": [{"type": "AchievementSubject"}] * 2000}
    for document in (deep, wide):
        with pytest.raises(proof.BadProof):
            proof.check({**signed(ring), **document}, ring.current().ed25519)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=8,
    )
)
def test_whatever_stands_in_its_place_is_a_bad_proof_and_no_fault(ring: KeyRing, value: Any):
    document = signed(ring)
    for name in ("proof", "@context", "credentialSubject"):
        if document[name] != value:
            with pytest.raises(proof.BadProof):
                proof.check({**document, name: value}, ring.current().ed25519)


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://cadre.example.com", "did:web:cadre.example.com"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
        ("https://example.com/cadre", "did:web:example.com:cadre"),
    ],
)
def test_the_address_gives_the_identifier(address: str, did: str):
    assert credential.did(address) == did


@given(st.binary(max_size=80))
def test_base58_comes_back(data: bytes):
    assert multibase.from_base58(multibase.base58(data)) == data


# --- Status ----------------------------------------------------------------------------------


def bits(document: dict[str, Any]) -> str:
    encoded = document["credentialSubject"]["encodedList"]
    packed = gzip.decompress(urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    return "".join(f"{byte:08b}" for byte in packed)


def test_the_list_has_one_bit_for_each_certificate_the_first_leftmost():
    document = status.document(BASE, "did:web:x", 0, [0, 9, status.SIZE + 3], NOW)
    found = bits(document)
    assert len(found) == 131_072
    assert [place for place, bit in enumerate(found) if bit == "1"] == [0, 9]
    second = status.document(BASE, "did:web:x", 1, [0, 9, status.SIZE + 3], NOW)
    assert [place for place, bit in enumerate(bits(second)) if bit == "1"] == [3]


def test_the_list_is_a_credential_that_others_believe(ring: KeyRing):
    document = status.document(BASE, credential.did(BASE), 0, [4], NOW)
    assert javascript_accepts(signed(ring, document), did_document(ring.current()))
