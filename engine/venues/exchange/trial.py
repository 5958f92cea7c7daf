"""Trying a key before it is kept: does it reach the exchange, and what may it do there?"""

from __future__ import annotations

import asyncio

from engine.venues.exchange.failure import Failure, Rejection
from engine.venues.exchange.net import Net, Place
from engine.venues.exchange.venue import Exchange
from engine.venues.exchange.wire import Carrier, Secret, Wire
from engine.venues.keys import KeyCheck, Seat
from engine.venues.port import CREDENTIAL_CODES, RefusalCode
from foundation import limits
from foundation.clock import Clock
from foundation.errors import CountersignError, InvalidInput, Unavailable


async def tried(exchange: Exchange, seat: Seat, secret: Secret, clock: Clock) -> KeyCheck:
    """What the key may do.

    Raises InvalidInput when the exchange does not accept it, Unavailable when it cannot be
    asked or the clocks differ too much.
    """
    carrier = Carrier()
    place, dialect = Place(seat.venue, seat.market, seat.test_net), exchange.dialect(seat.market)
    net = Net(place, dialect, clock, exchange.rules_refresh_s)
    address = exchange.addresses.get(seat.market.value)
    try:
        client = await carrier.client(exchange.name, net, secret, address)
        wire = Wire(client, net, carrier.session)
        try:
            async with asyncio.timeout(limits.VENUE_KEY_CHECK_S):
                await wire.settle_clock()
                return await net.dialect.check(wire)
        finally:
            wire.drop()
    except TimeoutError:
        raise Unavailable(f"{exchange.title} does not answer; try again later.") from None
    except Failure as failure:
        raise _told(net, failure) from failure
    finally:
        await carrier.close()


def _told(net: Net, failure: Failure) -> CountersignError:
    errors = net.dialect.errors
    verdict = errors.verdict(failure) if isinstance(failure, Rejection) else None
    if verdict is not None and verdict.code in CREDENTIAL_CODES:
        return InvalidInput(f"{verdict.text}.", code=verdict.code.value, field="key")
    if verdict is not None and verdict.code is RefusalCode.REJECTED:
        return InvalidInput(f"{verdict.text}.", code="key_refused", field="key")
    return errors.unavailable(failure)
