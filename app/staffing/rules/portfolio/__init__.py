"""Staffing a whole portfolio: who takes which role, for all open roles at once.

Values in, values out. The same portfolio gives the same plan, unless a time limit ends the search.
"""

from app.staffing.rules.portfolio.greedy import greedy as greedy
from app.staffing.rules.portfolio.problem import Pair as Pair
from app.staffing.rules.portfolio.problem import Portfolio as Portfolio
from app.staffing.rules.portfolio.problem import Role as Role
from app.staffing.rules.portfolio.problem import Stage as Stage
from app.staffing.rules.portfolio.problem import Taken as Taken
from app.staffing.rules.portfolio.problem import Worker as Worker
from app.staffing.rules.portfolio.solve import Plan as Plan
from app.staffing.rules.portfolio.solve import Reached as Reached
from app.staffing.rules.portfolio.solve import solve as solve
