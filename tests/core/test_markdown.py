"""Markdown: what the course format lists, and nothing that could do harm."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import markdown
from app.core.markdown import Heading, clean, convert, convert_line, plain, render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("| a | b |\n|---|--:|\n| 1 | 2 |", '<td align="right">2</td>'),
        ("x[^1]\n\n[^1]: note", '<a class="footnote-ref" href="#t-fn:1"'),
        ("PMO\n\n*[PMO]: office", '<abbr title="office">PMO</abbr>'),
        ("Term\n:   meaning", "<dd>meaning</dd>"),
        ("## Deep *in*", '<h2 id="t-deep-in">Deep <em>in</em></h2>'),
        ("## A\n\n[TOC]", '<a href="#t-a"'),
        ("```python\nx = 1\n```", '<span class="n">x</span>'),
        ("- a\n\n    ```\n    code\n    ```", "<code>code"),
        ('=== "One"\n\n    1\n\n=== "Two"\n\n    2', '<label for="t-__tabbed_1_2">Two</label>'),
        ('??? note "More"\n    inside', "<summary>More</summary>"),
        ("- [x] done\n- [ ] open", '<span class="task-box">☑</span> done'),
        ("> [!WARNING]\n> Hot.", '<div class="admonition warning">\n<p class="admonition-title">'),
        ("++ctrl+c++", '<kbd class="key-control">Ctrl</kbd>'),
        ("==marked== ^up^ ~down~ ~~gone~~", "<mark>marked</mark> <sup>up</sup> <sub>down</sub>"),
        ("$a^2$", "<msup><mi>a</mi><mn>2</mn></msup>"),
        ("$$\na\n$$", '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">'),
        ("```mermaid\na-->b\n```", '<pre class="mermaid-source"><code>a--&gt;b</code></pre>'),
        ("# Title", '<h2 id="t-title">Title</h2>'),
        ("[[not a link]]", "<p>[[not a link]]</p>"),
        ("![plan](a.png){: .wide }", 'class="wide"'),
    ],
)
def test_what_the_course_format_lists(text, html):
    assert html in render(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>bad()</script>",
        "<img src=a onerror=bad()>",
        "[a](javascript:bad)",
        "[a](JaVaScRiPt&#58;bad)",
        "[a](data:text/html,bad)",
        "<p hx-get=bad data-hx-get=bad style=bad onclick=bad>a</p>",
        "<svg><script>bad</script></svg>",
        "a\n{: onclick=bad data-hx-post=bad style=bad }",
        '<math href="javascript:bad"><mi>a</mi></math>',
        '<p class="bad site-header">a</p>',
        "<form action=bad><button name=bad></button></form>",
    ],
)
def test_what_could_do_harm_is_gone(text):
    assert "bad" not in render(text)


def test_ids_and_what_points_at_them_are_prefixed():
    html = render("## A\n\n[to a](#a) <i id='main'>x</i>", prefix="u7-")

    assert 'id="u7-a"' in html
    assert 'href="#u7-a"' in html
    assert 'id="u7-main"' in html


def test_links_are_led_where_the_caller_says():
    html = convert("[a](one.md) ![b](two.png) [c](gone.md)").html

    seen = []

    def resolve(tag, target):
        seen.append((tag, target))
        return None if target == "gone.md" else f"/x/{target}"

    shown = clean(html, prefix="p-", resolve=resolve)

    assert seen == [("a", "one.md"), ("img", "two.png"), ("a", "gone.md")]
    assert 'href="/x/one.md"' in shown
    assert 'src="/x/two.png"' in shown
    assert "gone.md" not in shown


def test_headings_are_told_as_they_are_read():
    assert convert("## A & *b* `c`\n\n### A & *b* `c`").headings == (
        Heading(2, "a-b-c", "A & b c"),
        Heading(3, "a-b-c_1", "A & b c"),
    )
    assert markdown.anchor("Größe & Ziel") == "größe-ziel"


def test_a_formula_that_cannot_be_read_is_shown_as_typed_and_reported():
    converted = convert(r"$\frac$ and $a$")

    assert converted.bad_formulas == (r"\frac",)
    assert "<code>\\frac</code>" in clean(converted.html, prefix="")


def test_a_line_is_never_a_block():
    assert convert_line("1. April").html == "1. April"
    assert convert_line("- *a*").html == "- <em>a</em>"
    assert convert_line("# x").html == "# x"


def test_the_words_of_a_text():
    read = plain(render("A **b**\n\n- c\n- ![pic](x.png) ![](y.png)"))

    assert read.text == "A b c pic"
    assert read.undescribed == ("y.png",)


@pytest.mark.parametrize("text", ["[" * 20_000, "> " * 5000, "1. " * 5000, "*[a]: b\n" * 5000])
def test_text_that_no_parser_should_see_is_shown_as_typed(text):
    assert render(text).startswith("<p>")


def test_a_failure_leaves_nothing_behind():
    with pytest.raises(RecursionError):
        convert("1. " * 5000)

    assert render("- a") == "<ul>\n<li>a</li>\n</ul>"


@settings(max_examples=200, derandomize=True)
@given(st.text("abc XY 12,.?%()’-“”€é_*", max_size=30))
def test_the_short_way_for_plain_lines_gives_what_the_long_one_does(text):
    if markdown._PLAIN.fullmatch(text):
        engine = markdown._engine()
        engine.reset()
        assert convert(text).html == engine.convert(text)


@settings(max_examples=200, derandomize=True)
@given(st.text(max_size=60))
def test_nothing_that_is_typed_raises_or_runs(text):
    html = render(text)

    assert "<script" not in html.lower()
    assert render(text) == html


@pytest.mark.parametrize("text", ["C#", "F##", r"C\#", "# 1", "a # b", "#"])
def test_a_line_keeps_its_number_signs(text: str):
    html = convert_line(text).html
    assert plain(html).text.count("#") == text.count("#")
