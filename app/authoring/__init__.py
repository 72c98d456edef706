"""The course compiler: files of Markdown in, a course or diagnostics out. Pure."""
