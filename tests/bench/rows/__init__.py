"""One module a bench; each says how it measures."""
