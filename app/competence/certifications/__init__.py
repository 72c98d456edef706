"""Certifications of others: how they are kept in force, who holds which, and points earned."""
