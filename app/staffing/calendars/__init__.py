"""How much time people have from which day on, and on which days they have none."""
