"""Fair by design: every input is stated, rates of selection tell of groups and of nobody else."""

from __future__ import annotations

import io
import re
from dataclasses import fields, is_dataclass
from datetime import timedelta
from inspect import signature
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.models import Person as AnyPerson
from app.core import clock, db
from app.core.audit import AuditEntry
from app.core.errors import Invalid, NotAllowed
from app.core.policy import Role
from app.core.values import Money, Period
from app.projects.models import RoleSlot
from app.staffing.deciding import services as deciding
from app.staffing.deciding.models import Decision
from app.staffing.deciding.rules import Choice
from app.staffing.fairness import queries, services
from app.staffing.fairness.inputs import inputs
from app.staffing.fairness.models import FairnessGroup
from app.staffing.fairness.rules import SMALLEST, Chosen, Rate, rates
from app.staffing.rules.booking import BookingState
from app.staffing.rules.capacity import Load
from app.staffing.rules.hours import Week
from app.staffing.rules.matcher.problem import Attestation, Held, Need, Person, Slot
from app.staffing.rules.portfolio.organisation import Open, portfolio_of
from app.staffing.rules.team import TeamNeed
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import BASE, PMO, attest, book, make_framework, make_project, make_slot
from tests.visitor import Visitor

ROOT = Path(__file__).parents[2]

# --- Inputs --------------------------------------------------------------------------------


def values_inside(kind: type) -> set[type]:
    """The dataclasses that a value of this kind is made of, itself among them."""
    found, ahead = set(), [kind]
    while ahead:
        one = ahead.pop()
        if is_dataclass(one) and one not in found:
            found.add(one)
            ahead.extend(get_type_hints(one).values())
        ahead.extend(get_args(one))
    return found


def test_every_input_of_the_matcher_is_stated_and_nothing_else():
    kinds = {one for kind in (Person, Slot, Open, TeamNeed) for one in values_inside(kind)}
    assert {Attestation, Held, Need, Load, Week} <= kinds
    said_by_their_name = {Period, Money}  # days, and an amount with its currency
    known = [
        f"{kind.__name__}.{one.name}" for kind in kinds - said_by_their_name for one in fields(kind)
    ]
    beside = set(signature(portfolio_of).parameters) - {"roles", "people"}
    known += [f"portfolio_of.{name}" for name in beside]
    stated = [field for _title, some in inputs() for one in some for field in one.fields]
    assert sorted(stated) == sorted(known)


def test_what_is_known_of_people_is_job_related():
    """A new field of a person is a decision about fairness: it is written down here, too."""
    assert {one.name for one in fields(Person)} == {
        "id",
        "capacity",
        "employed_from",
        "employed_to",
        "rate",
        "location",
        "languages",
        "attested",
        "held",
        "booked",
        "away",
        "attributes",
        "last_booked_to",
        "study_hours",
        "similar",
        "consents",
        "weeks",
        "wishes",
    }


def test_nothing_but_these_pages_reads_groups():
    """Neither the matcher nor anything that feeds it can know somebody's group."""
    readers = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if "fairness" not in path.parts
        and re.search(r"staffing\.fairness|FairnessGroup|fairness_group", path.read_text("utf-8"))
    }
    assert readers == {"app/factory.py", "app/models.py"}


def test_everybody_can_read_what_the_matcher_knows(visitor: Visitor, app: Flask):
    visitor.log_in(make_person("Ada Lovelace").email, PASSWORD)
    page = visitor.open("/staffing/fairness")
    for title, some in inputs():
        assert title in page.text
        assert all(one.title in page.text for one in some)
    assert "Rates of selection" not in page.text
    assert visitor.open("/staffing/fairness/rates").status == 403


# --- Rates ---------------------------------------------------------------------------------


def test_the_ratio_is_to_the_highest_rate():
    groups = {number: "a" if number < 10 else "b" for number in range(20)}
    everybody = range(20)
    decisions = [Chosen(everybody, number) for number in (*range(8), *range(10, 15))]
    first, second = rates(decisions, groups)
    assert first == Rate("a", 10, 130, 8, 8 / 130, 1.0)
    assert (second.rate, second.low) == (5 / 130, True)
    assert second.ratio == pytest.approx(5 / 8)


def test_four_fifths_is_not_low():
    groups = {number: "a" if number < 5 else "b" for number in range(10)}
    chosen = [*range(5), *range(5, 10), *range(5), 0, 0, 0, 0, 0, *range(5, 10), 5, 5]
    decisions = [Chosen(range(10), number) for number in chosen]
    assert [one.low for one in rates(decisions, groups)] == [False, False]


def test_a_small_group_takes_the_next_smallest_with_it():
    sizes = {"few": 4, "some": 6, "many": 30}
    groups: dict[int, str] = {}
    for name, size in sizes.items():
        groups |= {len(groups) + number: name for number in range(size)}
    told = rates([Chosen(range(40), number) for number in range(10, 40)], groups)
    assert {one.group: one.suppressed for one in told} == {
        "few": True,
        "some": True,
        "many": False,
    }


def test_small_groups_that_are_small_together_take_another_with_them():
    groups = {0: "a", 1: "b", 2: "b"} | dict.fromkeys(range(10, 20), "c")
    groups |= dict.fromkeys(range(20, 40), "d")
    everybody = list(groups)
    told = rates([Chosen(everybody, number) for number in range(10, 40)], groups)
    assert [one.group for one in told if one.suppressed] == ["a", "b", "c"]


def test_the_group_of_somebody_chosen_is_not_told_by_a_count_of_one():
    """Who was chosen stands on the project; a count of one would tell whose group it is."""
    groups = {number: "a" if number < 10 else "b" for number in range(20)}
    assert all(one.suppressed for one in rates([Chosen(range(20), 0)], groups))
    mixed = [Chosen(range(20), number) for number in (0, 10, 11, 12, 13, 14)]
    assert all(one.suppressed for one in rates(mixed, groups))


def test_a_group_of_which_nobody_is_ever_chosen_is_told():
    groups = {number: "a" if number < 10 else "b" for number in range(20)}
    first, second = rates([Chosen(range(20), number) for number in range(6)], groups)
    assert (first.suppressed, second.selected, second.ratio, second.low) == (False, 0, 0.0, True)


def test_who_was_passed_an_override_was_on_no_list():
    groups = dict.fromkeys(range(6), "a") | {7: "a"}
    listed = [Chosen(range(6), number) for number in range(5)]
    (one,) = rates([*listed, Chosen(range(6), 99), Chosen(range(6), 7)], groups)
    assert (one.selected, one.listed) == (5, 42)


@given(
    st.dictionaries(st.integers(0, 40), st.sampled_from("aaabbbccd"), min_size=20, max_size=41),
    st.lists(st.tuples(st.sets(st.integers(0, 40), min_size=15), st.integers(0, 40)), max_size=40),
)
def test_no_told_cell_is_small_and_never_is_one_hidden_alone(groups, made):
    decisions = [Chosen(pool, chosen) for pool, chosen in made]
    told = rates(decisions, groups)
    hidden = {one.group for one in told if one.suppressed}
    chosen = {one.person_id for one in decisions if one.person_id in one.pool}
    for one in told:
        if not one.suppressed:
            assert one.people >= SMALLEST
            assert 0 <= one.selected <= one.listed
            assert one.ratio is None or 0 <= one.ratio <= 1
            assert len({key for key in chosen if groups.get(key) == one.group}) not in range(1, 5)
    listed = {key for one in decisions for key in one.pool}
    if hidden and len(hidden) < len(told):  # what can be worked out from the sum
        assert len(hidden) > 1
        assert len({key for key in listed if groups.get(key) in hidden}) >= SMALLEST
        assert len({key for key in chosen if groups.get(key) in hidden}) not in range(1, 5)


# --- Groups --------------------------------------------------------------------------------


@pytest.fixture
def admin(app: Flask):
    return actor_of(make_person("Adele Min", Role.ADMIN), Role.ADMIN)


def csv_of(*rows: str) -> bytes:
    return "\n".join(["email,group", *rows]).encode()


def known() -> dict[int, str]:
    db.session.rollback()
    return {one.person_id: one.name for one in db.session.query(FairnessGroup)}


def test_groups_are_replaced_as_a_whole_and_deleted_as_a_whole(admin):
    ada, ben = make_person("Ada Lovelace"), make_person("Ben Other")
    assert services.supply(csv_of(f"{ada.email},a", f"{ben.email.upper()},b"), by=admin) == 2
    services.supply(csv_of(f"{ben.email},c"), by=admin)
    assert known() == {ben.id: "c"}
    services.forget(by=admin)
    assert known() == {}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name,team\nx,y\n", "columns"),
        (b"", "columns"),
        (b"\xff\xfe\x00", "CSV"),
        (b'email,group\nadele@example.com,a\n"x', "Line 3"),
        (b"email,group\nadele@example.com,a\x00b", "Line 2"),
        (b"email;group\nadele@example.com", "Line 2"),
        (csv_of("nobody@example.com,a"), "Line 2"),
        (csv_of("adele@example.com,"), "Line 2"),
        (csv_of("adele@example.com,a", "Adele@example.com,b"), "twice"),
        (csv_of(f"adele@example.com,{'x' * 61}"), "Line 2"),
        (b"email,group\n" + b"a" * 2_000_001, "too big"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing(admin, data: bytes, words: str):
    services.supply(csv_of("adele@example.com,kept"), by=admin)
    with pytest.raises(Invalid, match=words):
        services.supply(data, by=admin)
    assert list(known().values()) == ["kept"]


def test_only_an_administrator_supplies_groups(admin, app):
    for act in (lambda: services.supply(csv_of(), by=PMO), lambda: services.forget(by=PMO)):
        with pytest.raises(NotAllowed):
            act()


def test_a_file_as_spreadsheets_write_it_in_europe_is_read(admin):
    data = "\ufeffemail;group\r\nadele@example.com;Gruppe, links\r\n".encode()
    assert services.supply(data, by=admin) == 1
    assert list(known().values()) == ["Gruppe, links"]


def choose(slot: RoleSlot, people: list[AnyPerson]) -> None:
    """So many decisions, each for another of these people, all of whom qualified."""
    ids = [one.id for one in people]
    for person in people:
        booking = book(person, slot, BookingState.DECLINED)
        with db.transaction() as session:
            session.add(
                Decision(
                    slot_id=slot.id,
                    person_id=person.id,
                    booking_id=booking.id,
                    choice=Choice.FIRST,
                    place=1,
                    weights={},
                    shown=[],
                    pool=ids,
                    considered=len(ids),
                    qualified=len(ids),
                    by_name="Petra Osei",
                    at=clock.now() - timedelta(days=1),
                )
            )


def test_the_page_tells_of_groups_and_never_of_a_person(visitor: Visitor, admin):
    make_framework()
    slot = make_slot(make_project(), must=[("risk-management", 3)])
    people = [make_person(f"Person{number} Example") for number in range(12)]
    for person in people:
        attest(person)
    row = deciding.projects.slot_for(PMO, slot.id)
    first = deciding.ranked(row).ranking.candidates[0].person_id
    deciding.book(slot.id, first, BookingState.PROPOSED, by=PMO, base_url=BASE)
    data = csv_of(*(f"{one.email},{'left' if n % 2 else 'right'}" for n, one in enumerate(people)))
    visitor.log_in("adele@example.com", PASSWORD)
    assert "No groups are known" in visitor.open("/staffing/fairness/rates").text
    file = (io.BytesIO(data), "groups.csv")
    assert visitor.send("/staffing/fairness/groups", file=file).status == 302
    text = visitor.open("/staffing/fairness/rates").text
    assert "left too few to be told" in text
    choose(make_slot(make_project("CRM-2")), people)
    text = visitor.open("/staffing/fairness/rates").text
    assert re.search(r"left 6 78 [67] ", text)
    assert re.search(r"right 6 78 [67] ", text)
    assert not any(one.name in text for one in people)
    assert queries.supplied() == 12
    bad = (io.BytesIO(b"nothing"), "groups.csv")
    assert visitor.send("/staffing/fairness/groups", file=bad).status == 422
    visitor.open("/staffing/fairness/rates")
    assert visitor.send("/staffing/fairness/groups/deletion").status == 302
    assert queries.supplied() == 0


def test_groups_are_supplied_and_deleted_on_the_record(admin):
    services.supply(csv_of("adele@example.com,a"), by=admin)
    services.forget(by=admin)
    rows = db.session.query(AuditEntry).filter(AuditEntry.verb.like("groups.%"))
    found = [(one.verb, one.actor_id) for one in rows.order_by(AuditEntry.id)]
    assert found == [("groups.supply", admin.person_id), ("groups.forget", admin.person_id)]
    assert "adele" not in " ".join(str(one.details) for one in rows)


def test_the_pmo_sees_rates_but_supplies_no_groups(visitor: Visitor, app: Flask):
    visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)
    page = visitor.open("/staffing/fairness/rates")
    assert (page.status, page.soup.select_one("input[type=file]")) == (200, None)
    file = (io.BytesIO(csv_of()), "groups.csv")
    assert visitor.send("/staffing/fairness/groups", file=file).status == 403
    assert visitor.send("/staffing/fairness/groups/deletion").status == 403
