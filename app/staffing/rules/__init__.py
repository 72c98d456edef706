"""Who fits a role, how well, and whether their time allows it. Pure."""
