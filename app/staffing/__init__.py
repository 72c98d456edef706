"""Who fits which role on its dates; bookings of people's time."""
