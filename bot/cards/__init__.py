"""Presenters: data in, a card out; nothing here talks to Telegram or to a table."""
