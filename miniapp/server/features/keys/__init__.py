"""Exchange accounts and their keys over HTTP."""
