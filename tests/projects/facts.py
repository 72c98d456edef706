"""Projects and roles as somebody would enter them."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.core.values import Period
from app.projects.models import Project
from app.projects.services import ProjectFacts, RoleFacts

SPRING = Period(date(2031, 3, 3), date(2031, 6, 29))


def project_facts(**values: Any) -> ProjectFacts:
    return ProjectFacts(
        **{
            "code": "CRM-1",
            "title": "Customer portal",
            "unit": "Retail",
            "period": Period(date(2031, 1, 1), date(2031, 12, 31)),
            **values,
        }
    )


def facts_of(project: Project, **values: Any) -> ProjectFacts:
    """A project as it stands, but for `values`."""
    return project_facts(
        **{
            "code": project.code,
            "title": project.title,
            "unit": project.unit,
            "period": Period(project.start_date, project.end_date),
            "state": project.state,
            **values,
        }
    )


def role_facts(**values: Any) -> RoleFacts:
    return RoleFacts(**{"title": "Risk manager", "period": SPRING, "allocation": 60, **values})
