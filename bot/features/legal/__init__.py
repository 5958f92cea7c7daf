"""Privacy, terms and support."""
