"""What projects need of their teams."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.db import Base
from app.projects.models import Project, RoleSlot
from app.staffing.rules.team import TeamRule


class TeamNeedRow(Base):
    """One need of a project. Every change is audited."""

    __tablename__ = "team_need"
    __table_args__ = (
        CheckConstraint(
            "(rule IN ('at-least', 'share')) = (amount IS NOT NULL)"
            " AND (rule IN ('at-least', 'share', 'stretch')) = (code IS NOT NULL)"
            " AND (rule <> 'stretch' OR level IS NOT NULL)",
            name="amount_of_a_demand",
        ),
        CheckConstraint("amount IS NULL OR amount BETWEEN 1 AND 100", name="amount_in_range"),
        CheckConstraint("level IS NULL OR level BETWEEN 1 AND 5", name="level_in_range"),
        CheckConstraint(
            "(rule IN ('together', 'apart')) = (first_id IS NOT NULL AND second_id IS NOT NULL)",
            name="pair_of_people",
        ),
        CheckConstraint("first_id <> second_id", name="two_people"),
        CheckConstraint("(rule = 'essential') = (slot_id IS NOT NULL)", name="role_of_essential"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id), index=True)
    rule: Mapped[TeamRule]
    amount: Mapped[int | None]
    """A number of people, or percent of the team."""
    code: Mapped[str | None] = mapped_column(String(64))
    level: Mapped[int | None]
    """Of a competency; a demand without one is a certification."""
    first_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    second_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    slot_id: Mapped[int | None] = mapped_column(ForeignKey(RoleSlot.id))

    first: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[first_id])
    second: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[second_id])
    slot: Mapped[RoleSlot | None] = relationship(lazy="raise")
