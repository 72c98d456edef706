"""The bookings of a person as a calendar under a secret address."""
