"""Everything that the matcher knows, in words. A test holds this list against the code."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Input:
    """One thing the matcher reads: what, from where, and what it does with it."""

    fields: tuple[str, ...]
    """Of the values that the matcher reads, and of those inside them: `Person.rate`."""
    title: str
    source: str
    use: str


def inputs() -> list[tuple[str, list[Input]]]:
    """Of people, of roles, and of plans, under a title each."""
    return [
        (_("Of people"), _of_people()),
        (_("Of roles"), _of_roles()),
        (_("In plans of the portfolio, besides these"), _of_plans()),
    ]


def _of_people() -> list[Input]:
    return [
        Input(
            (
                "Person.attested",
                "Attestation.level",
                "Attestation.first",
                "Attestation.last",
                "Attestation.source",
                "Attestation.proven",
            ),
            _("Levels in competencies"),
            _("Exams passed, assessments by people, certificates, project records"),
            _("Decides whether a demand is met, and counts as want, margin and evidence."),
        ),
        Input(
            ("Person.held", "Held.first", "Held.last", "Held.renewable"),
            _("Certifications and their dates"),
            _("What people record and the PMO verifies"),
            _("Decides whether a demand is met on every day, and counts as want and margin."),
        ),
        Input(
            ("Person.languages",),
            _("Working languages"),
            _("Your profile"),
            _("Only where a role asks for a language."),
        ),
        Input(
            ("Person.location",),
            _("Place of work"),
            _("Your profile"),
            _("Only where a role asks for a place."),
        ),
        Input(
            (
                "Person.weeks",
                "Week.first",
                "Week.zone",
                "Week.days",
                "Week.begins",
                "Week.ends",
            ),
            _("Working hours with their time zone"),
            _("Your page “Working time”, your line manager or the PMO"),
            _("Only where a role asks for hours in common."),
        ),
        Input(
            ("Person.consents",),
            _("Whether somebody stays out of plans"),
            _("Your page “Roles that fit me”"),
            _("A plan leaves them out and says so; the list of a role shows them like everybody."),
        ),
        Input(
            ("Person.capacity", "Person.away", "Person.booked", "Load.period", "Load.percent"),
            _("Time: share of full time, absences without their reason, bookings, roles at a time"),
            _("The PMO, your line manager, your page “Working time”, and what was agreed"),
            _(
                "Decides whether the role fits beside what is there, and counts as time to spare."
                " The number of roles at a time binds plans only."
            ),
        ),
        Input(
            ("Person.employed_from", "Person.employed_to"),
            _("First and last day of employment"),
            _("Your profile"),
            _("A role has to lie inside it. How long somebody has been here counts nothing."),
        ),
        Input(
            ("Person.rate",),
            _("Rate an hour"),
            _("Your profile"),
            _("Decides where a role has a highest rate, and counts as cost there only."),
        ),
        Input(
            ("Person.similar",),
            _("Earlier roles that asked for the same competencies"),
            _("Bookings in Cadre"),
            _("Counts as similar work, up to two roles for each competency."),
        ),
        Input(
            ("Person.wishes",),
            _("What somebody says of a role"),
            _("Your page “Roles that fit me”"),
            _("Counts as wish; silence counts half."),
        ),
        Input(
            ("Person.last_booked_to",),
            _("The end of the latest booking"),
            _("Bookings in Cadre"),
            _("Only between equal scores: who has waited longest comes first."),
        ),
        Input(
            ("Person.study_hours",),
            _("Hours a week for learning"),
            _("Your account, or the PMO"),
            _("Only to say by when a course could be finished."),
        ),
        Input(
            ("Person.attributes",),
            _("Further facts of a problem file"),
            _("Whoever writes the file; this organisation's own data has none"),
            _("Only where a role of the file asks for them."),
        ),
        Input(
            ("Person.id",),
            _("A number"),
            _("Cadre"),
            _("Only to draw lots between people who are equal in everything, anew for each role."),
        ),
    ]


def _of_roles() -> list[Input]:
    return [
        Input(
            ("Slot.period", "Slot.allocation", "Slot.relief", "Slot.throughout", "Slot.renewals"),
            _("Dates and share of full time; whether demands hold on every day or may be renewed"),
            _("The PMO"),
            _("Everything is judged for these days."),
        ),
        Input(
            (
                "Slot.musts",
                "Slot.wants",
                "Need.kind",
                "Need.code",
                "Need.level",
                "Need.weight",
                "Need.any",
            ),
            _("What must be and what is wanted, with levels and weights"),
            _("The PMO"),
            _("A missing must is never traded for anything; wants decide the order."),
        ),
        Input(
            ("Slot.stretch",),
            _("Competencies in which one level less will do beside a mentor"),
            _("The PMO; who is on the project, and what they have"),
            _("Whoever is one level short qualifies; it earns them no margin."),
        ),
        Input(
            ("Slot.rate_cap",),
            _("Highest rate"),
            _("The PMO"),
            _("See rate."),
        ),
        Input(
            ("Slot.id",),
            _("A number"),
            _("Cadre"),
            _("Only to draw lots."),
        ),
    ]


def _of_plans() -> list[Input]:
    return [
        Input(
            ("Open.slot", "Open.project", "Open.priority"),
            _("The open roles with their projects, and the priority of each project"),
            _("The PMO"),
            _("Roles of a higher priority are filled first."),
        ),
        Input(
            ("Open.weights",),
            _("Weights of the parts of the score"),
            _("The PMO, for each role"),
            _("The same as on the list of the role."),
        ),
        Input(
            ("Open.kept",),
            _("Who is proposed or asked for a role today"),
            _("Bookings in Cadre"),
            _("Only between plans that are equal in everything else: the one that changes less."),
        ),
        Input(
            ("Open.mentors",),
            _("What makes somebody a mentor on a project"),
            _("The PMO"),
            _("One level less will do only beside such a person."),
        ),
        Input(
            (
                "TeamNeed.id",
                "TeamNeed.rule",
                "TeamNeed.amount",
                "TeamNeed.need",
                "TeamNeed.pair",
                "TeamNeed.slot_id",
            ),
            _("What a project needs of its team, and who is on it together or never"),
            _("The PMO"),
            _("A plan keeps to it: places for those who meet a need, two people joined or parted."),
        ),
        Input(
            ("portfolio_of.budgets", "portfolio_of.most_parallel", "portfolio_of.own_parallel"),
            _("What is left of each budget, and how many roles somebody may have at a time"),
            _("The PMO"),
            _("No plan goes beyond them."),
        ),
    ]
