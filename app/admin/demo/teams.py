"""What one project of the demo needs of its team as a whole."""

from __future__ import annotations

from app.core.policy import Actor
from app.projects import queries as projects
from app.staffing.rules.team import TeamRule
from app.staffing.teams import services
from app.staffing.teams.services import Entered

PROJECT = "TILL"


def load_teams(pmo: Actor) -> None:
    """Enough people who know risks, half of them certified; a role that must be; one to learn."""
    slots = projects.project_for(pmo, PROJECT).slots
    needs = (
        Entered(TeamRule.AT_LEAST, 2, "risk-management", 3),
        Entered(TeamRule.SHARE, 50, "prince2-practitioner"),
        Entered(TeamRule.ESSENTIAL, slot_id=slots[0].id),
        Entered(TeamRule.STRETCH, code="planning", level=3),
    )
    for need in needs:
        services.add_need(PROJECT, need, by=pmo)
