"""The aiohttp application behind every URL."""
