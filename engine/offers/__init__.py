"""A signal put to a person: pricing, decision, undo, expiry."""
