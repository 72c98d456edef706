"""Matching people to a role: values in, values out; no clock, no rows, no settings."""
