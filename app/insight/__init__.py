"""What people see first: their own home, and the figures of the organisation."""
