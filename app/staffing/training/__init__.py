"""Training that makes people fit for roles: who could be ready when, assigned on one click."""
