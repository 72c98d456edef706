"""Tests with a real browser against a started server."""
