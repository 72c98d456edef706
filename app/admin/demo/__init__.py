"""The demo organisation: the same people, projects and dates on any machine, counted from the day
on which it is loaded."""
