"""What lapses: reminders, the calendar of it and its feed, for certifications and certificates."""
