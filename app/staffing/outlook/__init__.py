"""Capacity and demand, week by week: who can do which kind of work, and how much is asked for."""
