"""Reminders: to the person and as a digest to the PMO, at four marks, once each."""

from __future__ import annotations

import email
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from email.message import Message
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Person
from app.competence import services as competence
from app.competence.certifications import services as certifications
from app.competence.certifications.rules import Way
from app.competence.certifications.services import Renewal
from app.core import db, jobs
from app.core.policy import Role
from app.renewals import services
from app.renewals.models import Reminder
from tests.cast import actor_of, make_person
from tests.competence.certifications import hold, publish

LAST = date(2027, 3, 31)
BASE = "https://cadre.example.com"


@pytest.fixture
def ada(app: Flask) -> Person:
    publish()
    make_person("Petra Osei", Role.PMO)
    return make_person("Ada Lovelace")


def remind(day: date) -> int:
    return services.remind(datetime.combine(day, time(6), UTC), BASE)


def letters(outbox: Path) -> list[tuple[str, str]]:
    """To whom and about what, in order of address; the folder is empty afterwards."""
    jobs.run_due()
    found: list[Message] = []
    for letter in outbox.glob("*.eml"):
        found.append(email.message_from_bytes(letter.read_bytes(), policy=email.policy.default))
        letter.unlink()
    return sorted((str(one["To"]), str(one["Subject"])) for one in found)


def test_a_year_of_days_tells_each_mark_once(ada: Person, outbox: Path):
    hold(ada)
    told = {}
    with time_machine.travel(LAST - timedelta(120), tick=False) as clock:
        for left in range(120, -30, -1):
            day = LAST - timedelta(left)
            clock.move_to(datetime.combine(day, time(6), UTC))
            assert remind(day) == remind_again(day) + (left in (90, 30, 7, 0))
            if found := letters(outbox):
                told[left] = found

    assert list(told) == [90, 30, 7, 0]
    assert told[90] == [
        ("ada@example.com", "Exam Only: lapses in 90 days, on 31 March 2027"),
        ("petra@example.com", "1 certification or certificate lapses"),
    ]
    assert told[7][0] == ("ada@example.com", "Exam Only: lapses in 7 days, on 31 March 2027")
    assert told[0][0] == ("ada@example.com", "Exam Only: today is its last day")


def remind_again(day: date) -> int:
    """Nothing, however often it is asked on the same day."""
    again = remind(day)
    assert again == 0
    return again


def test_a_mark_that_was_missed_is_told_later_and_only_the_latest(ada: Person, outbox: Path):
    hold(ada)
    assert remind(LAST - timedelta(25)) == 1
    assert letters(outbox)[0][1] == "Exam Only: lapses in 25 days, on 31 March 2027"
    assert remind(LAST - timedelta(24)) == 0
    assert remind(LAST + timedelta(2)) == 1
    assert letters(outbox)[0][1] == "Exam Only: lapsed on 31 March 2027"


def test_the_digest_names_everybody_who_was_told_that_day(ada: Person, outbox: Path):
    bob = make_person("Bob Byron", language="de")
    hold(ada)
    hold(bob, "by-points")
    assert remind(LAST - timedelta(30)) == 2
    jobs.run_due()
    (digest,) = [
        text
        for letter in outbox.glob("*.eml")
        if "petra@example.com" in (text := letter.read_text())
    ]
    assert "- Ada Lovelace: Exam Only" in digest
    assert "- Bob Byron: By Points" in digest
    assert f"{BASE}/certifications/calendar" in digest


def test_what_was_renewed_withdrawn_or_is_of_somebody_who_left_is_not_told(ada: Person):
    gone = make_person("Gone Away", active=False)
    hold(gone)
    renewed, withdrawn = hold(ada), hold(ada, "by-points")
    me = actor_of(ada)
    competence.withdraw_holding(withdrawn, "Typing", by=me)
    exam = Renewal(Way.EXAM, completed_on=date(2027, 1, 5))
    certifications.renew(renewed, exam, by=me, today=date(2027, 1, 5))
    assert remind(LAST - timedelta(30)) == 0


def test_a_renewal_is_told_anew_when_it_lapses_itself(ada: Person):
    first = hold(ada)
    assert remind(LAST - timedelta(30)) == 1
    exam = Renewal(Way.EXAM, completed_on=LAST)
    certifications.renew(first, exam, by=actor_of(ada), today=LAST)
    assert remind(LAST) == 0
    assert remind(date(2030, 3, 31) - timedelta(30)) == 1


def test_many_workers_tell_once(ada: Person):
    hold(ada)

    def tell(_n: int) -> int:
        try:
            return remind(LAST - timedelta(30))
        finally:
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(tell, range(6))) == 1
    assert db.session.scalar(select(func.count()).select_from(Reminder)) == 1


def test_a_letter_that_cannot_be_written_leaves_nothing_told(
    ada: Person, monkeypatch: pytest.MonkeyPatch
):
    hold(ada)

    def broken(*_args: str, **_options: str) -> None:
        raise RuntimeError("no mail today")

    with monkeypatch.context() as patch:
        patch.setattr("app.core.mail.enqueue", broken)
        with pytest.raises(RuntimeError):
            remind(LAST - timedelta(30))
    assert remind(LAST - timedelta(30)) == 1


def test_the_worker_looks_once_a_day(ada: Person):
    hold(ada)
    round_ = services.reminder_round(BASE)
    noon = datetime.combine(LAST - timedelta(30), time(12), UTC)
    assert round_(noon) == 1
    assert round_(noon + timedelta(minutes=1)) == 0
