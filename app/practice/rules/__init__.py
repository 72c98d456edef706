"""When a question is asked again, how able somebody is, and how ready for an exam."""

from app.practice.rules.rasch import difficulty as difficulty
from app.practice.rules.readiness import ENOUGH as ENOUGH
from app.practice.rules.readiness import LIKELY as LIKELY
from app.practice.rules.readiness import Answered as Answered
from app.practice.rules.readiness import Domain as Domain
from app.practice.rules.readiness import Readiness as Readiness
from app.practice.rules.readiness import machine_graded as machine_graded
from app.practice.rules.readiness import readiness as readiness
from app.practice.rules.scheduling import Memory as Memory
from app.practice.rules.scheduling import Rating as Rating
from app.practice.rules.scheduling import rate as rate
from app.practice.rules.scheduling import remember as remember
