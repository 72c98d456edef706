"""Bookings whose people will no longer qualify: seen 90 days ahead, with what prevents it."""
