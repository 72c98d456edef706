"""What a line manager sees: their people, how full they are, which requests wait."""
