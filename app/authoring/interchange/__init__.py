"""Questions from other systems' files and back. Pure: bytes in, questions and a report out."""
