"""Pages of staffing: candidates of a role, the portfolio, one's own bookings."""

from flask import Blueprint

bp = Blueprint("staffing", __name__, template_folder="../templates")

from app.staffing.planning import question_routes as questions  # noqa: E402, F401
from app.staffing.planning import routes as planning  # noqa: E402, F401
from app.staffing.routes import mine, portfolio, role  # noqa: E402, F401  (views need `bp`)
