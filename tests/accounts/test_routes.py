"""Logging in and out, as a visitor meets it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from app.core import jobs
from app.core.policy import Role
from tests.cast import PASSWORD, make_person
from tests.visitor import Visitor

WRONG = "quite another password"


def test_the_right_password_leads_on_to_where_one_wanted_to_go(visitor: Visitor):
    make_person("Ada Lovelace")
    visitor.open("/login?next=/account%23password")

    page = visitor.send(
        "/login", email=" ADA@example.com ", password=PASSWORD, next="/account#password"
    )

    assert (page.status, page.location) == (302, "/account#password")
    assert "Ada Lovelace" in visitor.open("/account").text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//e.x",
    ],
)
def test_next_never_leads_to_another_site(visitor: Visitor, elsewhere: str):
    make_person("Ada Lovelace")
    visitor.open("/login")

    page = visitor.send("/login", email="ada@example.com", password=PASSWORD, next=elsewhere)

    assert (page.status, page.location) == (302, "/")


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(visitor: Visitor):
    make_person("Ada Lovelace")
    visitor.open("/login")

    wrong = visitor.send("/login", email="ada@example.com", password=WRONG)
    unknown = visitor.send("/login", email="eve@example.com", password=WRONG)

    assert wrong.status == unknown.status == 401
    assert wrong.text == unknown.text
    assert "do not match" in wrong.text


def test_an_empty_login_names_the_fields(visitor: Visitor):
    visitor.open("/login")
    page = visitor.send("/login", email="", password="")
    assert page.status == 422
    assert len(page.soup.select("[aria-invalid=true]")) == 2


def test_five_wrong_passwords_close_the_account_for_a_while(app: Flask, visitor: Visitor):
    make_person("Ada Lovelace")
    with time_machine.travel(datetime(2027, 3, 1, 9, tzinfo=UTC), tick=False) as clock:
        visitor.open("/login")
        answers = [
            visitor.send("/login", email="ada@example.com", password=WRONG).status for _ in range(5)
        ]
        closed = visitor.send("/login", email="ada@example.com", password=PASSWORD)
        clock.shift(15 * 60 + 1)
        again = visitor.send("/login", email="ada@example.com", password=PASSWORD)

    assert answers == [401] * 5
    assert (closed.status, closed.response.headers["Retry-After"]) == (429, "900")
    assert again.status == 302


def test_logging_in_starts_a_new_session(app: Flask, visitor: Visitor):
    make_person("Ada Lovelace")
    with visitor.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    visitor.log_in("ada@example.com", PASSWORD)
    with visitor.client.session_transaction() as session:
        assert "planted" not in session


def test_logging_out_ends_the_session(visitor: Visitor):
    make_person("Ada Lovelace")
    visitor.log_in("ada@example.com", PASSWORD)

    assert visitor.send("/logout").status == 302
    assert visitor.open("/account").location == "/login?next=/account"


def test_a_form_from_elsewhere_is_refused(visitor: Visitor):
    make_person("Ada Lovelace")
    visitor.log_in("ada@example.com", PASSWORD)
    assert visitor.client.post("/logout").status_code == 400
    assert visitor.open("/account").status == 200


def link_in(outbox: Path) -> str:
    (letter,) = outbox.glob("*.eml")
    text = letter.read_text().replace("=\n", "")
    letter.unlink()
    found = re.search(r"/password/[\w-]+", text)
    assert found is not None
    return found[0]


def test_a_forgotten_password_is_set_anew_through_the_letter(
    app: Flask, visitor: Visitor, outbox: Path
):
    make_person("Ada Lovelace")
    elsewhere = Visitor(app)
    elsewhere.log_in("ada@example.com", PASSWORD)

    visitor.open("/forgot")
    assert "on its way" in visitor.send("/forgot", email="ada@example.com").text
    jobs.run_due()
    link = link_in(outbox)
    visitor.open(link)
    new = "a password never used before"
    assert visitor.send(link, password=new, repeated="something else").status == 422
    assert visitor.send(link, password=new, repeated=new).status == 302

    visitor.log_in("ada@example.com", new)
    assert visitor.open(link).status == 404, "a link works once"
    assert elsewhere.open("/account").status == 302, "other sessions have ended"


def test_asking_for_an_unknown_address_is_answered_alike_and_sends_nothing(
    app: Flask, visitor: Visitor, outbox: Path
):
    visitor.open("/forgot")
    page = visitor.send("/forgot", email="nobody@example.com")
    jobs.run_due()
    assert (page.status, list(outbox.glob("*.eml"))) == (200, [])
    assert "on its way" in page.text


def test_a_reset_link_lives_two_hours(app: Flask, visitor: Visitor, outbox: Path):
    make_person("Ada Lovelace")
    with time_machine.travel(datetime(2027, 3, 1, 9, tzinfo=UTC), tick=False) as clock:
        visitor.open("/forgot")
        visitor.send("/forgot", email="ada@example.com")
        jobs.run_due()
        link = link_in(outbox)
        clock.shift(2 * 3600 + 1)
        assert visitor.open(link).status == 404


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(
    app: Flask, visitor: Visitor
):
    make_person("Ada Lovelace")
    elsewhere = Visitor(app)
    elsewhere.log_in("ada@example.com", PASSWORD)
    visitor.log_in("ada@example.com", PASSWORD)
    new = "a password never used before"

    refused = visitor.send("/account/password", current=WRONG, password=new, repeated=new)
    changed = visitor.send("/account/password", current=PASSWORD, password=new, repeated=new)

    assert refused.status == 422
    assert "not your current password" in refused.text
    assert changed.status == 302
    assert visitor.open("/account").status == 200
    assert elsewhere.open("/account").status == 302


def test_a_person_reads_cadre_in_their_language_wherever_they_log_in(app: Flask, visitor: Visitor):
    make_person("Ada Lovelace")
    visitor.log_in("ada@example.com", PASSWORD)
    visitor.send("/language", language="de", next="/account")
    assert visitor.open("/account").soup.html["lang"] == "de"

    elsewhere = Visitor(app)
    elsewhere.log_in("ada@example.com", PASSWORD)
    assert elsewhere.open("/account").soup.html["lang"] == "de"


def test_a_token_is_shown_once_and_can_be_revoked(visitor: Visitor):
    make_person("Ada Lovelace", Role.LEARNER)
    visitor.log_in("ada@example.com", PASSWORD)

    shown = visitor.send("/account/tokens", name="nightly export")
    later = visitor.open("/account")
    action = later.soup.select_one("form[action$=revocation]")["action"]
    visitor.send(action)

    assert "cadre_" in shown.text
    assert "cadre_" not in later.text
    assert "nightly export" in later.text
    assert "nightly export" not in visitor.open("/account").text
