"""Pages of practice and of readiness: each shows whoever asks their own, and nobody else's."""

from app.practice.routes import practising, readiness
from app.practice.routes.blueprint import bp

__all__ = ["bp", "practising", "readiness"]
