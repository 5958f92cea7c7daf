"""One folder per thing a person can do in chat: router, cards, texts; strangers to each other."""
