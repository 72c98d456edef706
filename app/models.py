"""Every feature's tables, for the mapper, the migrations and the tests."""

from app.accounts import models as accounts
from app.api import models as api
from app.assessment import models as assessment
from app.competence import models as competence
from app.competence.certifications import models as certifications
from app.competence.judging import models as judging
from app.core import audit, jobs
from app.core.db import Base
from app.credentials import models as credentials
from app.learning import models as learning
from app.practice import models as practice
from app.projects import models as projects
from app.renewals import models as renewals
from app.staffing import models as staffing
from app.staffing.calendars import models as calendars
from app.staffing.deciding import models as deciding
from app.staffing.fairness import models as fairness
from app.staffing.feeds import models as feeds
from app.staffing.own import models as own
from app.staffing.teams import models as teams
from app.staffing.training import models as training
from app.staffing.watch import models as watch

__all__ = [
    "Base",
    "accounts",
    "api",
    "assessment",
    "audit",
    "calendars",
    "certifications",
    "competence",
    "credentials",
    "deciding",
    "fairness",
    "feeds",
    "jobs",
    "judging",
    "learning",
    "own",
    "practice",
    "projects",
    "renewals",
    "staffing",
    "teams",
    "training",
    "watch",
]
