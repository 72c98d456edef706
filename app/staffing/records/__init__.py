"""Project record: what the sponsor says of work that has ended, and the evidence that it is."""
