"""The Telegram surface."""
