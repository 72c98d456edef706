"""Practice of questions already met, and how ready somebody is. For the learner alone."""
