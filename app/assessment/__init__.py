"""Attempts at quizzes: their clock, their answers, their grades."""
