"""Messages on their way out: rows first, then one sender that keeps to Telegram's limits."""
