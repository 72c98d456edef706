"""Courses as learners meet them: catalogue, reading, enrolment, progress."""
