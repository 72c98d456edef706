"""What staffing knows and says of oneself: matches, wishes, objections, staying out of plans."""
