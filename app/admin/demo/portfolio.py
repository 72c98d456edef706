"""What the demo organisation is working on. Days are counted from today."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """A demand of a role: `level` for a competency, none for the rest."""

    kind: str
    code: str
    level: int | None = None
    must: bool = True
    weight: int = 1


def must(code: str, level: int) -> Ask:
    return Ask("competency", code, level)


def want(code: str, level: int, weight: int = 1) -> Ask:
    return Ask("competency", code, level, must=False, weight=weight)


def holds(code: str) -> Ask:
    return Ask("certification", code)


def speaks(code: str) -> Ask:
    return Ask("language", code)


def sits_in(place: str) -> Ask:
    return Ask("location", place)


def shares_hours(zone: str, hours: int) -> Ask:
    return Ask("hours", zone, hours)


@dataclass(frozen=True, slots=True)
class Place:
    """A role. `fill` says what became of it: confirmed, requested, proposed or open."""

    title: str
    first: int
    last: int
    allocation: int
    asks: tuple[Ask, ...]
    fill: str = "open"
    rate_cap: int | None = None
    raised: tuple[Ask, ...] = ()
    """What it asks for instead, once somebody was booked: the watch finds it."""


@dataclass(frozen=True, slots=True)
class Venture:
    """A project. Its budget is in whole EUR."""

    code: str
    title: str
    summary: str
    unit: str
    first: int
    last: int
    priority: int
    budget: int
    state: str
    places: tuple[Place, ...]


_PM = (must("planning", 3), must("risk-management", 3))

VENTURES = (
    Venture(
        "DEPOT",
        "Depot move to Marlow Park",
        "Move the northern depot before its lease ends, without a day of empty shelves.",
        "Logistics",
        -60,
        190,
        5,
        1_850_000,
        "active",
        (
            Place("Project manager", -60, 190, 60, (*_PM, want("negotiation", 3)), "confirmed"),
            Place("Risk manager", -30, 150, 30, (must("risk-management", 4),), "confirmed"),
            Place("Scheduler", 14, 160, 40, (must("scheduling", 3), want("planning", 3)), "open"),
        ),
    ),
    Venture(
        "TILL",
        "New tills in all stores",
        "Replace 2,400 tills, store by store, while every store stays open.",
        "Stores",
        -120,
        240,
        5,
        4_200_000,
        "active",
        (
            Place(
                "Programme manager", -120, 240, 50, (must("programme-management", 3),), "confirmed"
            ),
            Place(
                "Project manager, south",
                -90,
                200,
                60,
                (*_PM, want("stakeholder-engagement", 4, 2)),
                "confirmed",
            ),
            Place(
                "Project manager, north",
                21,
                230,
                60,
                (*_PM, holds("prince2-practitioner"), want("leadership", 4, 2)),
                "open",
                120,
            ),
            Place(
                "Project support", -60, 200, 50, (must("information-management", 2),), "confirmed"
            ),
        ),
    ),
    Venture(
        "LEDGER",
        "One ledger for five countries",
        "Bring five ledgers into one before the year is closed.",
        "Finance",
        -30,
        300,
        4,
        2_600_000,
        "active",
        (
            Place(
                "Project manager",
                -30,
                300,
                70,
                (must("planning", 4), must("risk-management", 3), want("cost-management", 3)),
                "confirmed",
            ),
            Place(
                "Business analyst",
                7,
                220,
                60,
                (must("requirements", 4), want("business-case", 3)),
                "requested",
            ),
            Place(
                "Compliance lead",
                30,
                280,
                40,
                (must("compliance", 4), holds("prince2-practitioner"), speaks("pl")),
            ),
        ),
    ),
    Venture(
        "PICKUP",
        "Order today, collect tonight",
        "Collect in the store what was ordered in the morning, in 300 stores.",
        "Customer Service",
        10,
        260,
        4,
        1_400_000,
        "planned",
        (
            Place(
                "Agile lead",
                10,
                200,
                50,
                (must("agile-delivery", 3), want("coaching", 3)),
                "proposed",
            ),
            Place("Project manager", 10, 260, 60, (*_PM, want("agile-delivery", 2, 2))),
            Place(
                "Business analyst", 20, 180, 60, (must("requirements", 3), want("facilitation", 3))
            ),
        ),
    ),
    Venture(
        "COLD",
        "Cold chain under watch",
        "Every lorry and every shelf reports its temperature.",
        "Logistics",
        -10,
        170,
        4,
        900_000,
        "active",
        (
            Place("Project manager", -10, 170, 50, (*_PM, want("procurement", 2)), "confirmed"),
            Place(
                "Scheduler",
                0,
                120,
                30,
                (must("scheduling", 4),),
                "confirmed",
                raised=(must("scheduling", 5),),
            ),
        ),
    ),
    Venture(
        "SHIFT",
        "Rosters that people can plan with",
        "A roster four weeks ahead for 9,000 colleagues.",
        "Stores",
        30,
        330,
        3,
        760_000,
        "planned",
        (Place("Project manager", 30, 330, 50, (*_PM, must("organisational-change", 2))),),
    ),
    Venture(
        "VOICE",
        "One number for every customer",
        "Five hotlines become one, with a person at its end.",
        "Customer Service",
        -45,
        130,
        3,
        540_000,
        "active",
        (
            Place("Project manager", -45, 130, 60, (must("planning", 3),), "confirmed"),
            Place(
                "Agile lead",
                -20,
                110,
                40,
                (must("agile-delivery", 4), want("teamwork", 4)),
                "confirmed",
            ),
        ),
    ),
    Venture(
        "GREEN",
        "Stores that use a third less",
        "Light, heat and cold in 120 stores, a third less energy each.",
        "Stores",
        45,
        420,
        3,
        3_100_000,
        "planned",
        (
            Place(
                "Programme manager",
                45,
                420,
                60,
                (
                    must("programme-management", 4),
                    must("sustainability", 3),
                    holds("msp-practitioner"),
                ),
            ),
            Place("Risk manager", 60, 300, 30, (must("risk-management", 4), holds("pmi-rmp"))),
            Place("Project support", 45, 400, 40, (must("information-management", 3),)),
        ),
    ),
    Venture(
        "PORTO",
        "A second hub in Porto",
        "An office for 80 people who build and run what the stores use.",
        "Retail IT",
        60,
        310,
        2,
        680_000,
        "planned",
        (
            Place(
                "Project manager",
                60,
                310,
                50,
                (*_PM, speaks("pt"), sits_in("Porto")),
            ),
            Place(
                "Project support",
                75,
                310,
                40,
                (
                    must("information-management", 2),
                    speaks("pt"),
                    shares_hours("Europe/Lisbon", 30),
                ),
            ),
        ),
    ),
    Venture(
        "DATA",
        "Figures that agree",
        "One set of sales figures that Finance, Logistics and Stores all use.",
        "Retail IT",
        -75,
        100,
        3,
        450_000,
        "active",
        (
            Place("Business analyst", -75, 100, 50, (must("requirements", 3),), "confirmed"),
            Place("Project manager", -75, 100, 40, (must("planning", 3),), "confirmed"),
        ),
    ),
    Venture(
        "AUDIT",
        "Ready for the auditors",
        "Evidence for 140 controls, found in a minute each.",
        "Finance",
        20,
        140,
        4,
        220_000,
        "planned",
        (
            Place("Risk manager", 20, 140, 50, (must("risk-management", 4), want("governance", 3))),
            Place(
                "Project support", 20, 140, 50, (must("information-management", 3),), "requested"
            ),
        ),
    ),
    Venture(
        "LEAVE",
        "Returns without a queue",
        "Bring it back in the store, at the locker or from the doorstep.",
        "Customer Service",
        -200,
        -20,
        2,
        310_000,
        "closed",
        (
            Place("Project manager", -200, -20, 50, (must("planning", 3),), "confirmed"),
            Place("Business analyst", -190, -60, 40, (must("requirements", 3),), "confirmed"),
        ),
    ),
)
