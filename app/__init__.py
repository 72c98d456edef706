"""Cadre: learn a method, prove it, be put on the projects that fit."""
