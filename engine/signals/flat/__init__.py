"""Flat JSON with the usual strategy placeholders, in the spellings people use."""
