"""The instrument rules of every venue, held ready for the worker and refreshed now and then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from engine.domain.instrument import Instrument
from engine.runtime.ports import Ports
from foundation import limits
from foundation.errors import Unavailable
from foundation.log import get_logger

_log = get_logger("engine.runtime.rules")


class Rules:
    """Asks each venue again and again, for it answers from what it keeps; a market that an account
    opened anew is known within moments. Old rules stay usable while a venue fails.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._known: dict[str, Mapping[str, Instrument]] = {}
        self._ask_at: dict[str, datetime] = {}

    def get(self, venue: str, symbol: str) -> Instrument | None:
        return self._known.get(venue, {}).get(symbol)

    async def turn(self) -> bool:
        """Ask the venues whose rules are missing or old; True when something was learnt."""
        learnt = False
        for name, venue in self._ports.venues.items():
            now = self._ports.clock.now()
            if now < self._ask_at.get(name, now):
                continue
            try:
                found = await venue.instruments()
            except Unavailable as error:
                self._ask_at[name] = now + timedelta(seconds=limits.RULES_RETRY_S)
                _log.warning("no instrument rules", venue=name, reason=str(error))
                continue
            except Exception as error:  # noqa: BLE001 - what breaks at one venue stops no other
                self._ask_at[name] = now + timedelta(seconds=limits.RULES_RETRY_S)
                _log.error("reading instrument rules broke", venue=name, exc_info=error)
                continue
            self._ask_at[name] = now + timedelta(seconds=limits.VENUE_RULES_ASK_S)
            learnt = learnt or self._known.get(name) != found
            self._known[name] = found
        if learnt:
            self._ports.bus.wake("inbox")
        return learnt
