"""`courses preview`: a course as its author writes it, in the browser, again with each change."""
