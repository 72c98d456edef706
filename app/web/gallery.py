"""What the page of components shows: a small PMO, as data. Nothing here comes from the database."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace as Item
from typing import Any

from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange

from app.core.i18n import gettext as _
from app.web.charts import (
    Bar,
    RadarAxis,
    RadarChart,
    Row,
    Schedule,
    Span,
    bar,
    radar,
    schedule,
)
from app.web.forms import Choice

_UNITS = [
    Choice("digital", "Digital"),
    Choice("grid", "Grid and plants"),
    Choice("finance", "Finance"),
]
_METHODS = [
    Choice("plan", "Plan-driven"),
    Choice("agile", "Agile"),
    Choice("both", "Both"),
]


class ProjectForm(Form):
    """One field of each kind."""

    title = StringField("Title", validators=[InputRequired()])
    unit = SelectField("Business unit", choices=_UNITS, validators=[InputRequired()])
    start = DateField("Start", validators=[InputRequired()])
    budget = IntegerField(
        "Budget, EUR", description="Whole euro, without VAT.", validators=[NumberRange(min=1)]
    )
    method = RadioField("Method", choices=_METHODS, validators=[InputRequired()])
    case = TextAreaField("Business case")
    plan = FileField("Plan as a spreadsheet")
    passphrase = PasswordField("Your password", validators=[InputRequired()])
    confidential = BooleanField(
        "Confidential", description="Only the PMO and the project's manager see it."
    )


def examples() -> dict[str, Any]:
    """Everything that `components/gallery.html` draws, by name."""
    return {
        "form": _filled_form(),
        "wrong_form": _wrong_form(),
        "bars": _bars(),
        "radar": _radar(),
        "schedule": _schedule(),
        "timeline": _timeline(),
        "tabs": _tabs(),
        "steps": _steps(),
        "outline": _outline(),
        "weeks": _weeks(),
        "load_rows": _load_rows(),
        "people": _people(),
        "question": _question(),
        "map": _map(),
    }


def _filled_form() -> ProjectForm:
    return ProjectForm(
        data={
            "title": "Meter data platform",
            "unit": "digital",
            "start": date(2027, 2, 1),
            "budget": 480000,
            "method": "both",
            "confidential": True,
        }
    )


def _wrong_form() -> ProjectForm:
    form = ProjectForm(prefix="wrong-", data={"budget": -5})
    form.title.errors = [_("Give the project a title.")]
    form.budget.errors = [_("Enter an amount above zero.")]
    form.method.errors = [_("Choose one.")]
    form.form_errors = [_("The budget year 2027 is closed for this business unit.")]
    return form


def _bars() -> list[Bar]:
    return [
        bar("Wanted competencies", 32, 40, "32 of 40"),
        bar("Margin above the must", 14, 20, "14 of 20"),
        bar("Time left beside it", 9, 20, "9 of 20"),
        bar("Rate below the cap", 3, 20, "3 of 20", "warn"),
    ]


def _radar() -> RadarChart:
    return radar(
        [
            RadarAxis("Risk management", 3, 3),
            RadarAxis("Scheduling", 4, 3),
            RadarAxis("Stakeholder engagement", 2, 4),
            RadarAxis("Cost management", 3, 2),
            RadarAxis("Leadership", 2, 3),
            RadarAxis("Governance", 1, None),
            RadarAxis("Quality management", 4, 3),
        ]
    )


def _schedule() -> Schedule:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    rows = [
        Row(
            "Project manager",
            (
                Span(date(2027, 1, 11), date(2027, 6, 30), "Ada Lindqvist, 11 Jan to 30 Jun"),
                Span(date(2027, 7, 1), date(2027, 9, 30), "open, 1 Jul to 30 Sep", "open"),
            ),
            "60 %",
        ),
        Row(
            "Risk lead",
            (Span(date(2027, 3, 1), date(2027, 5, 31), "requested, 1 Mar to 31 May", "requested"),),
            "40 %",
        ),
        Row(
            "Data architect",
            (Span(date(2027, 2, 1), date(2027, 8, 31), "open, 1 Feb to 31 Aug", "open"),),
            "100 %",
        ),
    ]
    return schedule(rows, date(2027, 1, 1), date(2027, 9, 30), date(2027, 4, 12), months)


def _timeline() -> list[Item]:
    return [
        Item(
            when="12 March 2026",
            datetime="2026-03-12",
            title="Passed the exam of Risk management essentials",
            text="84 %. Counts as level 3 in risk management until 12 March 2028.",
            tone="good",
            icon="check",
            url="#",
        ),
        Item(
            when="14 May 2025",
            datetime="2025-05-14",
            title="PRINCE2 Practitioner recorded",
            text="Lapses on 14 May 2028.",
            icon="badge-check",
            tone="info",
        ),
        Item(when="3 February 2025", title="Joined the pool of project managers"),
    ]


def _tabs() -> list[Item]:
    return [
        Item(label="Overview", url="#", current=True),
        Item(label="Roles", url="#", current=False, count=4),
        Item(label="Risks", url="#", current=False, count=11),
        Item(label="Status reports", url="#", current=False),
    ]


def _steps() -> list[Item]:
    return [
        Item(label="Describe the role", state="done", url="#"),
        Item(label="Compare candidates", state="current", detail="5 qualify, 7 fall just short"),
        Item(label="Ask for their time", state="open"),
        Item(label="Confirmed by the line manager", state="locked"),
    ]


def _outline() -> list[Item]:
    def item(label: str, state: str, detail: str, kind: str = "lesson") -> Item:
        return Item(label=label, state=state, detail=detail, kind=kind, url="#")

    return [
        Item(
            title="Foundations",
            items=[
                item("What counts as a risk", "done", "12 min"),
                item("Writing a risk people can act on", "current", "14 min"),
                item("Checkpoint: statements", "open", "6 questions", "checkpoint"),
            ],
        ),
        Item(
            title="Judging and answering",
            items=[
                item("Probability and impact", "open", "15 min"),
                item("Responses and their owners", "open", "13 min"),
                item("Final exam", "locked", "20 questions, 40 min", "exam"),
            ],
        ),
    ]


def _weeks() -> list[Item]:
    months = {5: "Feb", 9: "Mar"}
    return [Item(label=str(week), month=months.get(week, "")) for week in range(5, 13)]


def _load_rows() -> list[Item]:
    loads = [
        (
            "Ada Lindqvist",
            "60 % capacity",
            [(40, "busy")] * 2 + [(60, "full")] * 3 + [(80, "over"), (60, "full"), (40, "busy")],
        ),
        (
            "Bo Tanaka",
            "Project manager",
            [(0, "free"), (20, "light"), (50, "light"), (80, "busy")] * 2,
        ),
        ("Chidi Ferreira", "Risk lead", [(100, "full")] * 5 + [(0, "free")] * 3),
    ]
    rows = [
        Item(
            name=name,
            url="#",
            detail=detail,
            cells=[
                Item(percent=percent, band=band, text=f"{percent} %") for percent, band in percents
            ],
        )
        for name, detail, percents in loads
    ]
    for cell in rows[2].cells[5:7]:
        cell.band, cell.percent, cell.text = "away", "–", _("not available")
    return rows


def _people() -> list[Item]:
    return [
        Item(name="Ada Lindqvist", role="Senior project manager", score=87, level=4, free=40),
        Item(name="Bo Tanaka", role="Project manager", score=74, level=3, free=60),
        Item(name="Chidi Ferreira", role="Risk lead", score=71, level=3, free=100),
    ]


def _question() -> Item:
    def option(key: str, text: str, state: str | None = None, feedback: str = "") -> Item:
        return Item(id=key, html=text, state=state, feedback=feedback)

    return Item(
        stem=Markup("<p>The server room is already flooded. What is it?</p>"),
        scenario=Markup(
            "<p><strong>Harbour data centre.</strong> The move of 40 servers has been under way"
            " for three weeks. Heavy rain is forecast for the weekend.</p>"
        ),
        options=[
            option("a", "A threat"),
            option("b", "An issue"),
            option("c", "An opportunity"),
            option("d", "An assumption that nobody has written down and nobody has tested so far"),
        ],
        graded=[
            option("a", "A threat", "wrong", "Threats have not happened yet."),
            option("b", "An issue", "missed"),
            option("c", "An opportunity"),
        ],
        left=[
            Item(id="l1", html="Cause"),
            Item(id="l2", html="Event"),
            Item(id="l3", html="Effect"),
        ],
        right=[
            ("r1", "Why could it happen?"),
            ("r2", "What may happen?"),
            ("r3", "What would it do to an objective?"),
            ("r4", "Who is to blame?"),
        ],
        items=[
            Item(id="i1", html="Assess"),
            Item(id="i2", html="Identify"),
            Item(id="i3", html="Plan a response"),
            Item(id="i4", html="Carry it out and watch"),
        ],
        blanks=[("d1", "avoid"), ("d2", "reduce"), ("d3", "accept")],
        hints=[
            Markup("<p>Has it occurred?</p>"),
            Markup("<p>A risk is uncertain by definition.</p>"),
        ],
    )


def _map() -> list[Item]:
    states = ["answered", "answered", "flagged", "answered", "open", "open", "answered", "open"]
    states += ["right", "partly", "wrong", "open"]
    return [
        Item(number=number, url="#", state=state, current=number == 5)
        for number, state in enumerate(states, start=1)
    ]
