"""Whom the demo organisation employs. Names are made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from app.core.policy import Role

SEED = 20270104
UNITS = ("Retail IT", "Logistics", "Stores", "Finance", "Customer Service")
PLACES = (("Berlin", "de"), ("London", "en"), ("Warsaw", "pl"), ("Porto", "pt"))
ZONES = {
    "Berlin": "Europe/Berlin",
    "London": "Europe/London",
    "Warsaw": "Europe/Warsaw",
    "Porto": "Europe/Lisbon",
}

GIVEN_NAMES = (
    "Amara Anselm Beata Bruno Camille Dario Elif Emeka Farida Felix Greta Hamid Hanna Ines Isak"
    " Jelena Jiro Kaya Kofi Lasse Leila Linus Magda Malik Mira Nadia Nils Noor Olga Omar Paula"
    " Piotr Quentin Rana Renata Rasmus Sade Sami Sigrid Silvio Tamar Tariq Teresa Tomas Ulla Uri"
    " Valentina Viktor Wanda Wim Xenia Yara Yusuf Zofia Zeno Aylin Bastian Carla Dilan Edda"
).split()
FAMILY_NAMES = (
    "Abara Almeida Andersen Bakker Baumann Bianchi Brandt Castro Cohen Dabrowski Demir Dietrich"
    " Duarte Ekström Farouk Ferrari Fischer Fontaine Gruber Haas Hansen Hoffmann Ibrahim Ivanov"
    " Jansen Kaminski Karlsson Keller Kovač Kowalski Lang Larsen Lehmann Lopes Maes Mazur Meyer"
    " Moreau Nakamura Nowak Novak Nwosu Oliveira Osei Özkan Pavlov Pereira Petrov Rahimi Ricci"
    " Rossi Santos Schäfer Silva Sørensen Tanaka Vasquez Wagner Yilmaz Zieliński"
).split()


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with a known address and password."""

    email: str
    name: str
    roles: tuple[Role, ...]
    title: str


ACCOUNTS = (
    Account("admin@example.com", "Sofia Adamidis", (Role.ADMIN,), "Platform administrator"),
    Account("pmo@example.com", "Marta Lindqvist", (Role.PMO, Role.LEARNER), "Head of PMO"),
    Account("author@example.com", "Henrik Vogel", (Role.AUTHOR, Role.LEARNER), "Method lead"),
    Account("mentor@example.com", "Ruth Okonkwo", (Role.MENTOR, Role.LEARNER), "Senior mentor"),
    Account("learner@example.com", "Jonas Weber", (Role.LEARNER,), "Project manager"),
    Account("learner2@example.com", "Priya Raman", (Role.LEARNER,), "Business analyst"),
    Account("newcomer@example.com", "Leo Sandoval", (Role.LEARNER,), "Junior project manager"),
)


@dataclass(frozen=True, slots=True)
class Craft:
    """What a kind of person can usually do, holds, and costs an hour (whole EUR)."""

    title: str
    rate: int
    levels: dict[str, int]
    holdings: tuple[str, ...] = ()


CRAFTS = (
    Craft(
        "Project manager",
        92,
        {
            "planning": 3,
            "risk-management": 3,
            "stakeholder-engagement": 3,
            "progress-control": 3,
            "business-case": 2,
            "leadership": 3,
            "communication": 3,
            "cost-management": 2,
        },
        ("prince2-foundation", "prince2-practitioner", "ipma-level-d"),
    ),
    Craft(
        "Senior project manager",
        118,
        {
            "planning": 4,
            "risk-management": 4,
            "stakeholder-engagement": 4,
            "progress-control": 4,
            "business-case": 3,
            "leadership": 4,
            "governance": 3,
            "negotiation": 3,
            "cost-management": 3,
        },
        ("prince2-practitioner", "pmp", "ipma-level-c"),
    ),
    Craft(
        "Programme manager",
        138,
        {
            "programme-management": 4,
            "governance": 4,
            "benefits-management": 4,
            "stakeholder-engagement": 4,
            "organisational-change": 3,
            "leadership": 4,
            "strategy-alignment": 3,
            "risk-management": 3,
        },
        ("msp-practitioner", "prince2-practitioner", "pgmp"),
    ),
    Craft(
        "Project support",
        64,
        {
            "information-management": 3,
            "progress-control": 2,
            "planning": 2,
            "issue-and-change-control": 2,
            "pmo-services": 2,
            "communication": 2,
        },
        ("prince2-foundation", "p3o-foundation"),
    ),
    Craft(
        "Scheduler",
        84,
        {
            "scheduling": 4,
            "planning": 3,
            "resource-management": 3,
            "progress-control": 3,
            "risk-management": 2,
        },
        ("prince2-foundation", "capm"),
    ),
    Craft(
        "Risk manager",
        102,
        {
            "risk-management": 4,
            "issue-and-change-control": 3,
            "governance": 2,
            "communication": 3,
            "cost-management": 2,
            "facilitation": 3,
        },
        ("pmi-rmp", "prince2-foundation"),
    ),
    Craft(
        "Business analyst",
        88,
        {
            "requirements": 4,
            "business-case": 3,
            "stakeholder-engagement": 3,
            "facilitation": 3,
            "scope-management": 3,
            "agile-delivery": 2,
        },
        ("pmi-acp", "prince2-agile-practitioner"),
    ),
    Craft(
        "Agile lead",
        98,
        {
            "agile-delivery": 4,
            "facilitation": 4,
            "teamwork": 4,
            "coaching": 3,
            "planning": 3,
            "requirements": 2,
        },
        ("scrum-master", "pmi-acp", "prince2-agile-practitioner"),
    ),
)


@dataclass(frozen=True, slots=True)
class Held:
    """A certification, by days from today."""

    code: str
    issued: int
    expires: int


@dataclass(frozen=True, slots=True)
class Employee:
    """One of the sixty. Days are counted from today."""

    email: str
    name: str
    title: str
    unit: str
    place: str
    spoken: tuple[str, ...]
    capacity: int
    rate: int
    levels: dict[str, int] = field(hash=False)
    holdings: tuple[Held, ...] = ()


def employees(count: int = 60) -> list[Employee]:
    """The same people every time."""
    random = Random(SEED)  # noqa: S311  (a demo, not a secret)
    given, family = list(GIVEN_NAMES), list(FAMILY_NAMES)
    random.shuffle(given)
    random.shuffle(family)
    return [_employee(random, given[i], family[i], CRAFTS[_craft(i)]) for i in range(count)]


def _craft(number: int) -> int:
    # Project managers are many, programme managers few.
    return (0, 0, 1, 3, 6, 0, 4, 1, 7, 5, 2, 0)[number % 12]


def _employee(random: Random, given: str, family: str, craft: Craft) -> Employee:
    place, spoken = random.choice(PLACES)
    return Employee(
        email=f"{_plain(given)}.{_plain(family)}@example.com",
        name=f"{given} {family}",
        title=craft.title,
        unit=random.choice(UNITS),
        place=place,
        spoken=tuple(sorted({"en", spoken, *random.sample(["de", "fr"], random.randint(0, 1))})),
        capacity=random.choice((100, 100, 100, 80, 50)),
        rate=craft.rate + random.randrange(-8, 9),
        levels=_levels(random, craft),
        holdings=_holdings(random, craft),
    )


def _levels(random: Random, craft: Craft) -> dict[str, int]:
    varied = {
        code: min(5, max(1, level + random.choice((-1, 0, 0, 0, 1))))
        for code, level in craft.levels.items()
    }
    dropped = random.choice(sorted(varied))
    return {code: level for code, level in varied.items() if code != dropped or level > 3}


def _holdings(random: Random, craft: Craft) -> tuple[Held, ...]:
    held = []
    for code in craft.holdings:
        if random.random() < 0.7:
            # Between lapsing three weeks ago and holding for another two and a half years.
            expires = random.choice((-21, 20, 45, 75, 120, 200, 300, 420, 600, 800, 900))
            held.append(Held(code, expires - 3 * 365, expires))
    return tuple(held)


def _plain(name: str) -> str:
    table = str.maketrans("äöüøæåčńłóéÖ", "aouoaacnloeo")
    return name.lower().translate(table).encode("ascii", "ignore").decode()
