"""Comparing people for a role, deciding, and what is kept of a decision."""
