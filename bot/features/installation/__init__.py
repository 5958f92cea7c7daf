"""`/halt` and `/unhalt`: the trading state of all accounts, for owner and admins."""
