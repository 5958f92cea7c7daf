"""What the bot tells Telegram about itself: commands, menu button, descriptions, webhook."""
