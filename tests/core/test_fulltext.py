"""Search finds the same on both databases, and reads no query as syntax."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core import db, fulltext
from app.core.fulltext import Entry

pytestmark = pytest.mark.usefixtures("app")

RISK = Entry("risk", "", "Risk in practice", "Name a risk", "Cause, event and effect of a threat.")
OWNER = Entry("risk", "owner", "Owning it", "One person", "Every risk has one owner. Größe zählt.")
COST = Entry("cost", "", "Costs", "Money", "The budget & <b>its</b> risk reserve.")


@pytest.fixture(autouse=True)
def _entries(app: Flask):
    with db.transaction():
        fulltext.replace("risk", [RISK, OWNER])
        fulltext.replace("cost", [COST])


def found(text: str, scopes: tuple[str, ...] = ("risk", "cost")) -> list[tuple[str, str]]:
    return [(hit.scope, hit.key) for hit in fulltext.search(text, scopes=scopes)]


def test_a_title_weighs_more_than_a_body():
    assert found("risk")[0] == ("risk", "")
    assert set(found("risk")) == {("risk", ""), ("risk", "owner"), ("cost", "")}


def test_every_word_has_to_begin_a_word_of_the_entry():
    assert found("ris own") == [("risk", "owner")]
    assert found("risk invoice") == []
    assert found("isk") == []


@pytest.mark.parametrize("text", ["GRÖSSE", "größe", "grosse", "Grösse"])
def test_case_and_accents_do_not_matter(text: str):
    assert found(text) == [("risk", "owner")]


def test_only_the_scopes_asked_for():
    assert found("risk", scopes=("cost",)) == [("cost", "")]
    assert found("risk", scopes=()) == []


HOSTILE = """ " * risk* "risk risk+AND NEAR( a:b risk+&+! '+OR+1=1+-- \\ ((( risk:* -risk ^risk
title:risk ² 𝔯𝔦𝔰𝔨 <-> {} %_% '';-- """.split()


@pytest.mark.parametrize(
    "text", ["", " ", "\0risk", "ri\x00sk", "\ud7ff", "x" * 5000, "a " * 3000, *HOSTILE]
)
def test_no_query_is_an_error(text: str):
    fulltext.search(text.replace("+", " "), scopes=("risk", "cost"))


def test_signs_only_divide_words():
    assert found('"risk*" (owner)') == [("risk", "owner")]


def test_what_is_shown_is_escaped_and_marked():
    [hit] = fulltext.search("reserve its", scopes=("cost",))

    assert hit.title == "Costs"
    assert "&amp; &lt;b&gt;<mark>its</mark>&lt;/b&gt; risk <mark>reserve</mark>." in hit.snippet


def test_a_snippet_is_cut_around_the_densest_place():
    filler = "word " * 400
    entry = Entry("long", "", "Long", "", f"alpha {filler} alpha beta {filler}")
    with db.transaction():
        fulltext.replace("long", [entry])

    [hit] = fulltext.search("alpha beta", scopes=("long",))

    assert "<mark>alpha</mark> <mark>beta</mark>" in hit.snippet
    assert hit.snippet.startswith("… ")
    assert hit.snippet.endswith(" …")
    assert len(hit.snippet) < 400


def test_replace_leaves_other_scopes_alone():
    with db.transaction():
        fulltext.replace("risk", [])

    assert found("risk") == [("cost", "")]
