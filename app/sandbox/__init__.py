"""A local stand-in for Telegram, for machines without a bot token."""
