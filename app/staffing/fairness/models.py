"""Groups that an organisation supplies for rates of selection. Never shown of a person."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Person
from app.core.db import Base


class FairnessGroup(Base):
    """The group of one person, as supplied last. Replaced as a whole, or deleted."""

    __tablename__ = "fairness_group"
    __table_args__ = (CheckConstraint("name <> ''", name="has_a_name"),)

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
