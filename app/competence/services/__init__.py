"""Acts on competence: frameworks, evidence, and certifications of others."""

from app.competence.services.evidence import (
    judge,
    rate_oneself,
    record_evidence,
    record_work,
    withdraw_evidence,
    withdraw_from_source,
)
from app.competence.services.frameworks import (
    publish_certifications,
    publish_crosswalks,
    publish_framework,
    publish_profiles,
)
from app.competence.services.goals import drop_goal, set_goal
from app.competence.services.holdings import record_holding, withdraw_holding

__all__ = [
    "drop_goal",
    "judge",
    "publish_certifications",
    "publish_crosswalks",
    "publish_framework",
    "publish_profiles",
    "rate_oneself",
    "record_evidence",
    "record_holding",
    "record_work",
    "set_goal",
    "withdraw_evidence",
    "withdraw_from_source",
    "withdraw_holding",
]
