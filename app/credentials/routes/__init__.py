"""Pages of certificates: one's own and everybody's, and what the public sees of them."""

from app.credentials.routes import own, public, published
from app.credentials.routes.blueprint import bp

__all__ = ["bp", "own", "public", "published"]
