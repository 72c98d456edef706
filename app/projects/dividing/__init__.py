"""Divide a role, so that more than one person can take it: by time, or by share."""
