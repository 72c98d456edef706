"""Questions: read from Markdown, written back as Markdown, built into the compiled document."""
