"""What a file is worth that calls itself a certificate: each case has an answer of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import time_machine
from flask import Flask

from app.accounts.models import Person
from app.core import db, jobs
from app.core.policy import Role
from app.credentials import queries, services
from app.credentials.issuer import Issuer
from app.credentials.models import CertificateDrawing
from app.credentials.signing import baking
from app.credentials.verification import Answer, Finding, Verifier
from tests.cast import actor_of, make_person
from tests.credentials.signing import (
    javascript_accepts,
    make_ring,
)
from tests.credentials.test_services import NOW, TERMS, certificates, issue, passed
from tests.learning.courses import make_course, publish
from tests.visitor import Visitor

DAY = date(2027, 2, 1)
Examine = Callable[..., Finding]


@pytest.fixture
def ada(app: Flask) -> Person:
    publish(make_course(certificate=TERMS))
    ada = make_person("Ada Lovelace")
    issue(passed(ada))
    jobs.run_due()
    return ada


@pytest.fixture
def issuer(app: Flask) -> Issuer:
    found: Issuer = app.config["ISSUER"]
    return found


@pytest.fixture
def examine(issuer: Issuer) -> Examine:
    verifier = Verifier(issuer.base_url, issuer.ring)
    return lambda data, day=DAY: verifier.examine(data, day)


def drawing() -> CertificateDrawing:
    found = queries.drawing(certificates()[0].id)
    assert found is not None
    return found


def as_json(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


def edited(**values: Any) -> bytes:
    return as_json({**json.loads(drawing().credential or ""), **values})


def test_both_files_are_ours_untouched_and_in_force(ada: Person, examine: Examine):
    for data in (drawing().pdf, (drawing().credential or "").encode()):
        found = examine(data)
        assert found.answer is Answer.IN_FORCE
        assert found.certificate is not None
        assert found.certificate.name_on_it == "Ada Lovelace"
        assert found.demo


def test_the_credential_in_it_is_believed_by_others(ada: Person, issuer: Issuer):
    document = json.loads(drawing().credential or "")
    did = issuer.did_document()
    assert javascript_accepts(document, did)
    assert document["credentialStatus"]["statusListIndex"] == str(certificates()[0].id)


def test_expired_is_told_from_in_force_by_the_day(ada: Person, examine: Examine):
    assert examine(drawing().pdf, date(2029, 1, 31)).answer is Answer.IN_FORCE
    assert examine(drawing().pdf, date(2029, 2, 1)).answer is Answer.EXPIRED


def test_revoked(ada: Person, examine: Examine):
    grace = make_person("Grace Hopper", Role.PMO)
    services.revoke(certificates()[0].serial, "A mistake", by=actor_of(grace, Role.PMO))
    assert examine(drawing().pdf).answer is Answer.REVOKED
    assert examine((drawing().credential or "").encode()).answer is Answer.REVOKED


def test_superseded(ada: Person, examine: Examine):
    issue(passed(ada, datetime(2028, 12, 1, 9, tzinfo=UTC)))
    assert examine(drawing().pdf, date(2028, 12, 2)).answer is Answer.SUPERSEDED


def test_a_credential_that_was_changed_is_edited(ada: Person, examine: Examine):
    assert examine(edited(name="Programme director")).answer is Answer.EDITED
    assert examine(edited(validUntil="2099-01-01T00:00:00Z")).answer is Answer.EDITED
    assert examine(edited(extra="with honours")).answer is Answer.EDITED


def test_a_pdf_that_was_changed_is_edited(ada: Person, examine: Examine):
    place = len(drawing().pdf) // 3
    changed = bytearray(drawing().pdf)
    changed[place] ^= 1
    pdf = pikepdf.open(BytesIO(drawing().pdf))
    pdf.Root.Lang = pikepdf.String("de")
    anew = BytesIO()
    pdf.save(anew)
    for data in (bytes(changed), drawing().pdf + b"\n%", anew.getvalue()):
        assert examine(data).answer is Answer.EDITED


def test_a_pdf_whose_signature_was_taken_off_is_edited(ada: Person, examine: Examine):
    pdf = pikepdf.open(BytesIO(drawing().pdf))
    del pdf.Root.AcroForm
    del pdf.Root.Perms
    del pdf.pages[0].Annots
    out = BytesIO()
    pdf.save(out)
    assert examine(out.getvalue()).answer is Answer.EDITED


def forged(issuer: Issuer, tmp_path: Path) -> tuple[bytes, dict[str, Any]]:
    """The same certificate, signed by somebody else with a key of theirs."""
    other = make_ring(tmp_path)
    theirs = Issuer(issuer.base_url, issuer.organisation, issuer.courses, other)
    drawn = theirs.drawn(queries.certificate(certificates()[0].serial))
    return drawn.pdf, json.loads(drawn.credential)


def test_what_another_key_signed_is_forged(
    ada: Person, issuer: Issuer, examine: Examine, tmp_path: Path
):
    theirs = Path(tmp_path / "keys")
    pdf, document = forged(issuer, theirs)
    named = document["proof"]["verificationMethod"]
    document["proof"]["verificationMethod"] = named.replace("demo", "key-2020-01-01-abcdef")
    assert examine(pdf).answer is Answer.FORGED
    assert examine(as_json(document)).answer is Answer.FORGED


def test_a_number_that_was_made_up_is_forged(ada: Person, issuer: Issuer, examine: Examine):
    made_up = f"{issuer.base_url}/verify/0000-0000-0000-0000-0000-0000-0000"
    assert examine(edited(id=made_up)).answer is Answer.FORGED


def test_what_our_key_signed_and_no_row_knows_is_unknown(ada: Person, examine: Examine):
    credential = (drawing().credential or "").encode()
    with db.transaction() as session:
        for table in ("certificate_drawing", "certificate"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")
    assert examine(credential) == Finding(Answer.UNKNOWN)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"{}",
        b"[]",
        b'{"proof": []}',
        b'{"proof": {"verificationMethod": "#demo"}}',
        b"{" * 5000,
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
        b"%PDF-",
        b"%PDF-1.7\n" + b"9" * 10000,
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 100,
        b"<svg/>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        b"GIF89a",
        b"{" + b" " * (4 * 1024 * 1024),
        "{\udcff".encode("utf-8", "surrogatepass"),
    ],
    ids=range(18),
)
def test_malformed_files_are_unknown(app: Flask, examine: Examine, data: bytes):
    assert examine(data) == Finding(Answer.UNKNOWN)


def test_a_pdf_of_somebody_else_s_is_unknown(app: Flask, examine: Examine, tmp_path: Path):
    pdf = pikepdf.new()
    pdf.add_blank_page()
    out = BytesIO()
    pdf.save(out)
    assert examine(out.getvalue()) == Finding(Answer.UNKNOWN)


def test_badges_carry_it_and_verify(ada: Person, examine: Examine):
    credential = drawing().credential or ""
    svg = baking.bake_svg(b'<svg xmlns="http://www.w3.org/2000/svg"/>', credential, "Badge")
    assert examine(svg).answer is Answer.IN_FORCE
    assert examine(svg.replace(b"Ada", b"Eve")).answer is Answer.EDITED


def test_what_was_drawn_before_there_were_keys_still_verifies(
    ada: Person, examine: Examine, issuer: Issuer
):
    plain = pikepdf.new()
    plain.add_blank_page()
    out = BytesIO()
    plain.save(out)
    services.keep_drawing(
        certificates()[0].serial,
        services.Drawn(out.getvalue(), None, None, None),
        in_place=True,
    )
    assert examine(out.getvalue()).answer is Answer.IN_FORCE


# --- Pages -----------------------------------------------------------------------------------


def hand_in(visitor: Visitor, data: bytes) -> Any:
    visitor.open("/verify")
    return visitor.send("/verify", file=(BytesIO(data), "it.pdf"))


ANSWERS = ("In force", "Changed", "Forged", "Unknown", "Revoked", "Expired", "Renewed")


def answer_of(page: Any) -> set[str]:
    titles = {title.get_text(" ", strip=True) for title in page.soup.main.select(".callout strong")}
    titles |= {one.get_text(" ", strip=True) for one in page.soup.main.select(".callout-title")}
    return titles & set(ANSWERS)


def test_each_answer_has_a_page_of_its_own(
    visitor: Visitor, ada: Person, issuer: Issuer, tmp_path: Path
):
    with time_machine.travel(NOW, tick=False):
        good = hand_in(visitor, drawing().pdf)
        changed = hand_in(visitor, edited(name="x"))
        false = hand_in(visitor, forged(issuer, tmp_path)[0])
        nothing = hand_in(visitor, b"%PDF-")
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        late = hand_in(visitor, drawing().pdf)

    pages = (good, changed, false, nothing, late)
    assert [page.status for page in pages] == [200, 200, 200, 404, 200]
    assert [answer_of(page) for page in pages] == [
        {"In force"},
        {"Changed"},
        {"Forged"},
        {"Unknown"},
        {"Expired"},
    ]
    assert "demo key" in good.text
    assert "Ada Lovelace" in good.text
    assert "Ada Lovelace" not in changed.text + false.text
    assert "noindex" in good.response.headers["X-Robots-Tag"]


def test_the_page_of_a_number_says_that_the_key_is_a_demo_key(visitor: Visitor, ada: Person):
    assert "demo key" in visitor.open(f"/verify/{certificates()[0].serial}").text


def test_no_file_is_asked_for_again(visitor: Visitor, app: Flask):
    visitor.open("/verify")
    assert visitor.send("/verify").status == 422


def test_a_flood_is_told_to_wait(visitor: Visitor, app: Flask):
    visitor.open("/verify")
    answers = [visitor.send("/verify", file=(BytesIO(b"x"), "x")) for _ in range(21)]
    assert [answer.status for answer in answers] == [404] * 20 + [429]
    assert int(answers[-1].response.headers["Retry-After"]) > 0


def test_the_keys_are_published(visitor: Visitor, issuer: Issuer, ada: Person):
    answer = visitor.client.get("/.well-known/did.json")
    assert answer.json == issuer.did_document()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_status_list_is_published_and_believed(visitor: Visitor, ada: Person, issuer: Issuer):
    grace = make_person("Grace Hopper", Role.PMO)
    before = visitor.client.get("/credentials/status/0").get_json(force=True)
    services.revoke(certificates()[0].serial, "A mistake", by=actor_of(grace, Role.PMO))
    after = visitor.client.get("/credentials/status/0").get_json(force=True)

    assert javascript_accepts(after, issuer.did_document())
    assert before["credentialSubject"] != after["credentialSubject"]
    assert visitor.client.get("/credentials/status/7").status_code == 404


def test_the_contexts_are_published(visitor: Visitor, app: Flask):
    answer = visitor.client.get("/credentials/contexts/open-badges-3.0.3.json")
    assert answer.get_json(force=True)["@context"]
    assert visitor.client.get("/credentials/contexts/keys.py").status_code == 404


# --- The command -----------------------------------------------------------------------------


def test_the_command_says_it_without_a_network(app: Flask, ada: Person, tmp_path: Path):
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(drawing().pdf)
    bad.write_bytes(drawing().pdf.replace(b"Ada", b"Eve") + b"x")
    with time_machine.travel(NOW, tick=False):
        runner = app.test_cli_runner()
        right = runner.invoke(args=["certificates", "verify", str(good)])
        wrong = runner.invoke(args=["certificates", "verify", str(bad)])

    assert right.exit_code == 0, right.output
    assert right.output.startswith("in force: ")
    assert "Ada Lovelace" in right.output
    assert "demo key" in right.output
    assert (wrong.exit_code, wrong.output.split(":")[0]) == (1, "edited")


def test_keys_are_made_listed_and_rotated_from_a_terminal(app: Flask, tmp_path: Path):
    issuer: Issuer = app.config["ISSUER"]
    runner = app.test_cli_runner()
    app.config["ISSUER"] = Issuer(
        issuer.base_url, issuer.organisation, issuer.courses, make_ring(tmp_path)
    )
    try:
        nothing = runner.invoke(args=["keys", "list"]).output
        made = runner.invoke(args=["keys", "create"]).output
        runner.invoke(args=["keys", "rotate"])
        listed = runner.invoke(args=["keys", "list"]).output.splitlines()
    finally:
        app.config["ISSUER"] = issuer

    assert "keys create" in nothing
    assert "signs from now on" in made
    assert ["signs" in line for line in listed] == [True, False]
    assert "verifies only" in listed[1]
