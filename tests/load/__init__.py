"""Many people at once, over HTTP, against a started server."""
