"""Rules of learning: progress in a course, and what a new revision changes."""
