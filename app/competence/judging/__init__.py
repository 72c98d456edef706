"""Assessment by people: a piece of work, a rubric, a decision with reasons, an appeal."""
