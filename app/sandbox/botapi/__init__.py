"""The Bot API over HTTP: requests, methods, errors and objects as Telegram has them."""
