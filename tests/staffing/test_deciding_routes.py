"""Pages of deciding: weights, shortlist, side by side, names hidden, overrides, the ledger."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.models import Person
from app.core.policy import Role
from app.projects.models import RoleSlot
from app.staffing.deciding import queries
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.weights import PRESETS, Preset
from tests.cast import PASSWORD, make_person
from tests.staffing.world import attest, make_framework, make_project, make_slot, states_of
from tests.statements import counted
from tests.visitor import Visitor

S = BookingState
WHY = "They know the customer."


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    make_framework()
    return make_slot(make_project(), must=[("risk-management", 3)])


@pytest.fixture
def pmo(visitor: Visitor, slot: RoleSlot) -> Visitor:
    visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)
    return visitor


@pytest.fixture
def best(slot: RoleSlot) -> Person:
    person = make_person("Best Placed")
    attest(person, level=5)
    return person


@pytest.fixture
def second(slot: RoleSlot) -> Person:
    person = make_person("Second Placed")
    attest(person, level=3)
    return person


@pytest.fixture
def short(slot: RoleSlot) -> Person:
    person = make_person("One Short")
    attest(person, level=2)
    return person


def address_of(slot: RoleSlot, rest: str = "") -> str:
    return f"/projects/CRM-1/roles/{slot.id}{rest}"


def text_of(page) -> str:
    return " ".join(page.soup.find("main").get_text(" ").split())


# --- Choosing ------------------------------------------------------------------------------


def test_whoever_stands_behind_the_first_is_chosen_with_a_reason(pmo, slot, best, second):
    page = pmo.open(address_of(slot))
    dialogs = page.soup.select(".ranked details.dialog-host textarea[name=reason]")
    assert len(dialogs) == 1
    seen = page.soup.select_one("input[name=seen]")["value"]
    silent = pmo.send(address_of(slot, "/bookings"), person=second.id, state="proposed", seen=seen)
    assert silent.status == 422
    assert "Say why you choose otherwise" in text_of(silent)
    done = pmo.send(
        address_of(slot, "/bookings"), person=second.id, state="proposed", seen=seen, reason=WHY
    )
    assert done.status == 302
    card = text_of(pmo.open(address_of(slot)))
    assert "Not the first: Second Placed They know the customer. By Petra Osei" in card
    project = text_of(pmo.open("/projects/CRM-1"))
    assert "Not the first" in project
    assert WHY in project


def test_a_list_that_changed_is_shown_again(pmo, slot, best, second):
    page = pmo.open(address_of(slot))
    seen = page.soup.select_one("input[name=seen]")["value"]
    attest(second, level=5)
    stale = pmo.send(address_of(slot, "/bookings"), person=best.id, state="proposed", seen=seen)
    assert stale.status == 409
    assert "The list has changed since you opened it" in text_of(stale)
    assert states_of(slot) == []


# --- Weights -------------------------------------------------------------------------------


def test_weights_are_changed_on_the_page_and_stand(pmo, slot, best):
    pmo.open(address_of(slot, "/weights"))
    numbers = {part.value: number for part, number in PRESETS[Preset.MASTERY].items()}
    assert pmo.send(address_of(slot, "/weights"), **numbers).status == 302
    assert "Weights: Proven most" in text_of(pmo.open(address_of(slot)))
    assert "Time to spare" not in pmo.open(address_of(slot)).soup.select_one(".ranked-parts").text
    wrong = pmo.send(address_of(slot, "/weights"), wants="101")
    assert wrong.status == 422
    nothing = pmo.send(address_of(slot, "/weights"), wants="0")
    assert nothing.status == 422
    assert "at least one more than 0" in text_of(nothing)
    assert queries.weights_of(slot.id) == PRESETS[Preset.MASTERY]


# --- Shortlist and side by side ------------------------------------------------------------


def test_the_shortlist_stands_side_by_side(pmo, slot, best, second, short):
    pmo.open(address_of(slot))
    for person in (short, second, best):
        assert pmo.send(address_of(slot, "/shortlist"), person=person.id).status == 302
    page = pmo.open(address_of(slot, "/compare"))
    heads = [one.text for one in page.soup.select("thead .person-name")]
    assert heads == ["Best Placed", "Second Placed", "One Short"]
    text = text_of(page)
    assert "Risk management 2, needs 3" in text
    assert "level 5 level 3" in text
    assert page.soup.select_one('a[href$="/override"]') is not None
    pmo.send(address_of(slot, "/shortlist"), person=short.id, off="1", back="compare")
    assert len(queries.shortlist(slot.id)) == 2


def test_names_can_be_hidden_from_whoever_decides(pmo, slot, best, second, short):
    blind = pmo.open(address_of(slot, "?blind=1"))
    for person in (best, second, short):
        assert person.name not in blind.text
        assert f"/people/{person.id}" not in str(blind.soup.find("main"))
    assert "Candidate 1" in blind.text
    mask = blind.soup.select_one(".ranked input[name=mask]")["value"]
    assert pmo.send(address_of(slot, "/shortlist"), mask=mask).status == 302
    side = pmo.open(address_of(slot, "/compare?blind=1"))
    assert "Candidate A" in side.text
    assert best.name not in side.text
    assert str(best.id) not in [one["value"] for one in side.soup.select("input[name=person]")]
    seen = side.soup.select_one("input[name=seen]")["value"]
    pmo.send(address_of(slot, "/bookings"), mask=mask, state="proposed", seen=seen)
    assert states_of(slot) == [S.PROPOSED]
    assert queries.gone(slot.id) == {best.id}


def test_a_refusal_and_a_change_of_weights_show_no_names(pmo, slot, best, second, short):
    pmo.open(address_of(slot))
    for person in (best, second, short):
        pmo.send(address_of(slot, "/shortlist"), person=person.id)
    for place in ("?blind=1", "/compare?blind=1"):
        page = pmo.open(address_of(slot, place))
        form = page.soup.select_one("main details.dialog-host form")
        mask = form.select_one("input[name=mask]")["value"]
        refused = pmo.send(form["action"], mask=mask, state="proposed")
        assert refused.status == 422
        assert "Candidate 1" in refused.text
        assert all(one.name not in refused.text for one in (best, second, short))
    page = pmo.open(address_of(slot, "?blind=1"))
    weights = pmo.open(page.soup.select_one("main a[href*='/weights']")["href"])
    changed = pmo.send(weights.soup.select_one("main form")["action"], wants="1")
    assert changed.status == 302
    assert "Candidate 1" in pmo.open(changed.response.location).text
    inside = {one["href"] for one in page.soup.select("main a") if "/roles/" in one["href"]}
    named = [one for one in inside if "blind=1" not in one]
    assert sorted(named) == [address_of(slot, rest) for rest in ("", "/edit")]


@pytest.mark.parametrize("fields", [{}, {"mask": "0123456789ab"}, {"mask": "x"}, {"person": "77"}])
def test_nobody_is_shortlisted_who_is_not_there(pmo, slot, fields):
    pmo.open(address_of(slot))
    assert pmo.send(address_of(slot, "/shortlist"), **fields).status == 404
    assert queries.shortlist(slot.id) == []


def test_side_by_side_asks_as_often_for_many_as_for_one(pmo, slot, best):
    pmo.open(address_of(slot))
    pmo.send(address_of(slot, "/shortlist"), person=best.id)
    with counted() as few:
        pmo.open(address_of(slot, "/compare"))
    for number in range(8):
        person = make_person(f"Another{number} One")
        attest(person, level=3)
        pmo.send(address_of(slot, "/shortlist"), person=person.id)
    with counted() as many:
        pmo.open(address_of(slot, "/compare"))
    assert len(many) == len(few)


# --- Overrides -----------------------------------------------------------------------------


def test_an_override_goes_from_the_role_to_a_second_member_and_onto_the_project(
    app, pmo, slot, short
):
    address = address_of(slot, f"/people/{short.id}/override")
    assert pmo.open(address_of(slot)).soup.select_one(f'a[href="{address}"]')
    assert "Risk management 2, needs 3" in text_of(pmo.open(address))
    assert pmo.send(address, reason="").status == 422
    assert pmo.send(address, reason=WHY).status == 302
    assert "Waiting for a second member" in text_of(pmo.open(address_of(slot)))
    own = pmo.open("/staffing/overrides")
    assert "You asked for this" in text_of(own)
    pmo.open("/staffing/overrides")
    assert pmo.send("/staffing/overrides/1", grant="yes").status == 403

    other = Visitor(app)
    other.log_in(make_person("Paul Adeyemi", Role.PMO).email, PASSWORD)
    page = other.open("/staffing/overrides")
    assert WHY in text_of(page)
    assert other.send("/staffing/overrides/1", grant="no").status == 422
    assert other.send("/staffing/overrides/1", grant="yes", note="Agreed.").status == 302
    assert states_of(slot) == [S.PROPOSED]
    assert "Nothing waits" in text_of(other.open("/staffing/overrides"))
    late = other.send("/staffing/overrides/1", grant="no", note="No, after all.")
    assert late.status == 409
    assert "is decided already" in late.soup.select_one("[role=alert]").text
    ledger = text_of(other.open(address_of(slot, "/decisions")))
    assert "By Petra Osei, seconded by Paul Adeyemi." in ledger
    assert "Paul Adeyemi: Agreed." in ledger
    project = text_of(other.open("/projects/CRM-1"))
    assert "Override" in project
    assert "Risk management 2, needs 3" in project


def test_the_ledger_shows_the_list_as_it_was(pmo, slot, best, second):
    assert "Nothing decided yet" in text_of(pmo.open(address_of(slot, "/decisions")))
    pmo.open(address_of(slot))
    pmo.send(address_of(slot, "/bookings"), person=best.id, state="proposed")
    attest(second, level=5)
    text = text_of(pmo.open(address_of(slot, "/decisions")))
    assert "By Petra Osei, from place 1." in text
    assert "The list as it was: 2 of 3 people qualified" in text
    assert text.index("1 Best Placed") < text.index("2 Second Placed")
