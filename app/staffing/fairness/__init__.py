"""What the matcher knows of people, said openly, and rates of selection by group."""
