"""Certificates that Cadre issues: number, drawing, verification."""
