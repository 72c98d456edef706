"""Addresses and forms that nobody means are answered, not a fault."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.policy import Role
from tests.cast import PASSWORD, make_person
from tests.visitor import Visitor


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/admin/people/99999999999999999999", 404),
        ("/admin/people/2147483647", 404),
        ("/admin/people?q=%00", 400),
        ("/projects/%00", 400),
    ],
)
def test_what_no_row_can_have_is_answered(app: Flask, address: str, status: int):
    make_person("Root Admin", Role.ADMIN)
    visitor = Visitor(app)
    visitor.log_in("root@example.com", PASSWORD)
    assert visitor.open(address).status == status


def test_a_form_without_meaning_is_answered(visitor: Visitor):
    visitor.open("/login")
    assert visitor.send("/login", email="a\0@example.com", password="x").status == 400
