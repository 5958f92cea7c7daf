"""One folder per thing a person can do in chat: router, cards and texts; strangers to each other."""
