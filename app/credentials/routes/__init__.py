"""Pages of certificates: one's own and everybody's, and what the public sees of them."""

from app.credentials.routes import batches, own, public, published
from app.credentials.routes.blueprint import bp

__all__ = ["batches", "bp", "own", "public", "published"]
