"""The HTTP server, over real HTTP, before a real database."""
