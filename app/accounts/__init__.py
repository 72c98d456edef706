"""People who log in: sessions, roles, invitations, throttling."""
