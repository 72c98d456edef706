"""The ground: database, clock, values, jobs, mail. Knows neither Flask nor any feature."""
