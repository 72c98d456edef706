"""Pages of certificates: one's own and everybody's, and what the public sees of them."""

from app.credentials.routes import batches, designs, own, public, published, sharing
from app.credentials.routes.blueprint import bp

__all__ = ["batches", "bp", "designs", "own", "public", "published", "sharing"]
