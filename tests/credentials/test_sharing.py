"""Badges, links, the public page, and designs that are looked at."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from openbadgeslib import baking as second
from PIL import Image

from app.accounts.models import Person
from app.core import clock, db, jobs
from app.core.policy import Role
from app.credentials import queries, services
from app.credentials.issuer import Issuer
from app.credentials.models import PublicProfile
from app.credentials.signing import baking
from app.credentials.signing.keys import KeyRing
from app.credentials.verification import Answer, Verifier
from tests.cast import PASSWORD, actor_of, make_person
from tests.credentials.signing import make_ring
from tests.credentials.test_services import TERMS, certificates, issue, passed
from tests.learning.courses import make_course, publish
from tests.visitor import Visitor


@pytest.fixture
def ada(app: Flask) -> Person:
    publish(make_course(certificate=TERMS))
    ada = make_person("Ada Lovelace")
    issue(passed(ada, clock.now()))
    jobs.run_due()
    return ada


@pytest.fixture
def serial(ada: Person) -> str:
    return certificates()[0].serial


def test_badges_open_as_pictures_and_carry_what_others_find_in_them(
    app: Flask, visitor: Visitor, serial: str
):
    issuer: Issuer = app.config["ISSUER"]
    visitor.log_in("ada@example.com", PASSWORD)
    png = visitor.client.get(f"/certificates/{serial}/badge.png").data
    svg = visitor.client.get(f"/certificates/{serial}/badge.svg").data
    credential = visitor.client.get(f"/certificates/{serial}/credential.json").data.decode()

    Image.open(BytesIO(png)).verify()
    found = second.extract_png(png, keyword=second.ITXT_KEYWORD_OB3)
    assert (found.decode() if isinstance(found, bytes) else found) == credential
    assert baking.unbake(svg) == credential
    verifier = Verifier(issuer.base_url, issuer.ring)
    for data in (png, svg, credential.encode()):
        assert verifier.examine(data, clock.today()).answer is Answer.IN_FORCE
    assert verifier.examine(png.replace(b"Ada", b"Eve"), clock.today()).answer is Answer.EDITED


def test_what_is_baked_twice_holds_the_last_one():
    png = baking.bake_png(baking.bake_png(baking.picture("badge.png"), "{1}"), "{2}")
    assert baking.unbake(png) == "{2}"
    assert png.count(b"openbadgecredential") == 1


def test_the_link_fills_in_the_form_of_linkedin(visitor: Visitor, serial: str):
    visitor.log_in("ada@example.com", PASSWORD)
    page = visitor.open(f"/certificates/{serial}")
    (link,) = [one["href"] for one in page.soup.select("main a[href*='linkedin.com']")]
    values = parse_qs(urlsplit(str(link)).query)
    assert values["certId"] == [serial]
    assert values["certUrl"][0].endswith(f"/verify/{serial}")
    assert values["issueYear"] == [str(certificates()[0].issued_on.year)]


def test_a_public_page_is_off_until_asked_for_and_shows_what_was_chosen(
    app: Flask, visitor: Visitor, ada: Person
):
    stranger = Visitor(app)
    visitor.log_in("ada@example.com", PASSWORD)
    off = visitor.open("/certificates/profile")
    visitor.send("/certificates/profile", name="y")
    address = db.session.scalars(db_profile()).one()
    bare = stranger.open(f"/p/{address}")
    visitor.send("/certificates/profile", name="y", certificates=str(certificates()[0].id))
    shown = stranger.open(f"/p/{address}")
    visitor.send("/certificates/profile", certificates=str(certificates()[0].id))
    nameless = stranger.open(f"/p/{address}")
    visitor.open("/certificates/profile")
    visitor.send("/certificates/profile/removal")
    gone = stranger.open(f"/p/{address}")

    assert "Your page is on" not in off.text
    assert "Nothing is shown" in bare.text
    assert "Ada Lovelace" in shown.text
    assert "Risk practitioner" in shown.text
    assert "noindex" in shown.response.headers["X-Robots-Tag"]
    assert "Ada" not in nameless.response.get_data(as_text=True)
    assert certificates()[0].serial not in nameless.response.get_data(as_text=True)
    assert gone.status == 404


def db_profile():
    from sqlalchemy import select

    return select(PublicProfile.address)


def test_nobody_shows_what_is_not_theirs(visitor: Visitor, ada: Person):
    make_person("Eve Stranger")
    visitor.log_in("eve@example.com", PASSWORD)
    visitor.open("/certificates/profile")
    refused = visitor.send("/certificates/profile", certificates=str(certificates()[0].id))
    assert refused.status == 422


def test_a_public_page_tells_that_a_certificate_was_revoked(
    app: Flask, visitor: Visitor, ada: Person, serial: str
):
    visitor.log_in("ada@example.com", PASSWORD)
    visitor.open("/certificates/profile")
    visitor.send("/certificates/profile", name="y", certificates=str(certificates()[0].id))
    grace = make_person("Grace Hopper", Role.PMO)
    services.revoke(serial, "A mistake", by=actor_of(grace, Role.PMO))
    address = db.session.scalars(db_profile()).one()
    assert "Revoked" in Visitor(app).open(f"/p/{address}").text


@pytest.mark.parametrize(
    ("demo_allowed", "said"), [(True, "proves nothing"), (False, "Nothing can be signed")]
)
def test_the_pmo_is_told_that_there_is_no_key_of_ones_own(
    app: Flask, visitor: Visitor, tmp_path: Path, demo_allowed: bool, said: str
):
    issuer: Issuer = app.config["ISSUER"]
    ring = KeyRing(tmp_path, None, "Example PMO", demo_allowed=demo_allowed)
    app.config["ISSUER"] = Issuer(issuer.base_url, issuer.organisation, issuer.courses, ring)
    make_person("Grace Hopper", Role.PMO)
    visitor.log_in("grace@example.com", PASSWORD)
    before = visitor.open("/certificates/all").text
    ring.create()
    after = visitor.open("/certificates/all").text
    app.config["ISSUER"] = issuer
    assert said in before
    assert "keys create" not in after


# --- Designs ---------------------------------------------------------------------------------


@pytest.fixture
def designs(app: Flask, tmp_path: Path):
    """A PMO that adds designs to a folder of courses of its own."""
    issuer: Issuer = app.config["ISSUER"]
    folder = tmp_path / "certificates"
    for name, page in (
        ("gala", '<html lang="en"><title>Gala</title><h1>{{ name }}</h1>{{ serial }}'),
        ("broken", "{{ nothing }}"),
    ):
        (folder / name).mkdir(parents=True)
        (folder / name / "design.html").write_text(page)
    ring = make_ring(tmp_path / "keys")
    app.config["ISSUER"] = Issuer(issuer.base_url, issuer.organisation, tmp_path, ring)
    yield
    app.config["ISSUER"] = issuer


def test_the_pmo_looks_at_designs_before_anybody_is_given_one(visitor: Visitor, designs: None):
    make_person("Grace Hopper", Role.PMO)
    visitor.log_in("grace@example.com", PASSWORD)
    page = visitor.open("/certificates/designs")
    good = visitor.client.get("/certificates/designs/gala/preview?name=Søren")
    bad = visitor.open("/certificates/designs/broken/preview")
    unheard = visitor.open("/certificates/designs/gala/preview?name=\U00012000")

    assert "gala" in page.text
    assert "standard" in page.text
    assert good.data.startswith(b"%PDF-")
    assert (bad.status, unheard.status) == (422, 422)
    assert "'nothing' is undefined" in bad.text
    assert "U+12000" in unheard.text


def test_a_course_names_its_design_and_an_unknown_one_is_the_one_of_the_house(
    app: Flask, designs: None
):
    from dataclasses import replace

    publish(make_course(certificate=replace(TERMS, design="gala")))
    issue(passed(make_person("Ada Lovelace"), clock.now()))
    issuer: Issuer = app.config["ISSUER"]
    named = issuer.drawn(queries.certificate(certificates()[0].serial))
    with db.transaction():
        certificates()[0].design = "gone"
    unknown = issuer.drawn(queries.certificate(certificates()[0].serial))
    assert (named.design, unknown.design) == ("gala", "standard")
