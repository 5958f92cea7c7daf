"""Wakes whoever waits for the bot's queue; a ring is a hint, the queue is in the database."""

from __future__ import annotations

import asyncio


class Bell:
    """Take a ticket, look at the queue, wait on the ticket: no ring in between is lost."""

    def __init__(self) -> None:
        self._ticket = asyncio.Event()
        self.closed = False

    def ticket(self) -> asyncio.Event:
        """Set at the next ring after now."""
        return self._ticket

    def ring(self) -> None:
        rung, self._ticket = self._ticket, asyncio.Event()
        if self.closed:
            self._ticket.set()
        rung.set()

    def close(self) -> None:
        """Wake everybody for good: the stand-in is stopping."""
        self.closed = True
        self.ring()
