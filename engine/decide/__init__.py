"""The decision itself: one event in; the account after it, commands and notices out. Pure."""
