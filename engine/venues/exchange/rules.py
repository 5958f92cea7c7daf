"""Rules of what is traded: read from the exchange, kept in the database, joined over its nets."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import asyncpg

from engine.domain.commands import PlaceOrder
from engine.domain.instrument import Instrument
from engine.domain.words import OrderType
from engine.venues.exchange.dialect import Listing
from engine.venues.exchange.net import Place
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import CountersignError, Unavailable
from foundation.log import get_logger
from foundation.money import plain

_log = get_logger("engine.venues")
_Meaning = TypeVar("_Meaning")

UNREADABLE: Final = (KeyError, TypeError, ValueError, ArithmeticError, CountersignError)
"""What reading a row raises that is something else than a symbol."""
_AWAY: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_KEEP: Final = """
insert into venue_rules (venue, market, test_net, rules, read_at)
values ($1, $2, $3, $4::jsonb, $5)
on conflict (venue, market, test_net) do update
set rules = excluded.rules, read_at = excluded.read_at
"""
_KEPT: Final = """
select rules, read_at from venue_rules where venue = $1 and market = $2 and test_net = $3
"""
_ALL: Final = "select rules from venue_rules where venue = $1"
_READ: Final = """
select market, test_net, read_at from venue_rules where venue = $1 order by market, test_net
"""
_DECIMALS: Final = ("tick", "step", "min_quantity", "min_notional", "contract_size")


class RuleBook:
    """The rules in the database. Raises Unavailable when it is away."""

    def __init__(self, database: Database) -> None:
        self._pool = database.pool

    async def keep(self, place: Place, listings: Iterable[Listing], at: datetime) -> None:
        rows = json.dumps([_row(one) for one in listings])
        try:
            market = place.market.value
            await self._pool.execute(_KEEP, place.venue, market, place.test_net, rows, at)
        except _AWAY as error:
            raise Unavailable(f"the rules cannot be kept: {type(error).__name__}") from error

    async def kept(self, place: Place) -> tuple[tuple[Listing, ...], datetime] | None:
        """What was read last, and when."""
        market = place.market.value
        found = await self._fetch(_KEPT, place.venue, market, place.test_net)
        if not found:
            return None
        return tuple(_listing(row) for row in json.loads(found[0]["rules"])), found[0]["read_at"]

    async def instruments(self, venue: str) -> Mapping[str, Instrument]:
        """Rules of a venue over all its markets and nets, for whoever does not trade."""
        found = await self._fetch(_ALL, venue)
        return joined([_listing(row) for one in found for row in json.loads(one["rules"])])

    async def read_at(self, venue: str) -> tuple[tuple[str, bool, datetime], ...]:
        """When the rules of each of a venue's markets and nets were read."""
        found = await self._fetch(_READ, venue)
        return tuple((row["market"], row["test_net"], row["read_at"]) for row in found)

    async def _fetch(self, sql: str, *values: object) -> list[Any]:
        try:
            rows: list[Any] = await self._pool.fetch(sql, *values)
        except _AWAY as error:
            raise Unavailable(f"the rules cannot be read: {type(error).__name__}") from error
        return rows


class VenueRules:
    """One venue's rules as any process can read them from the database; parsed when they change."""

    def __init__(self, database: Database, venue: str) -> None:
        self._book = RuleBook(database)
        self._venue = venue
        self._version: object = None
        self._known: Mapping[str, Instrument] = {}

    async def instruments(self) -> Mapping[str, Instrument]:
        """Empty while no account trades there. Raises Unavailable."""
        version = await self._book.read_at(self._venue)
        if version != self._version:
            self._known = await self._book.instruments(self._venue)
            self._version = version
        return self._known


def readable(make: Callable[[Any], _Meaning | None], row: Any) -> _Meaning | None:
    """What ``make`` reads in a row of an exchange's list; None, and said, when it cannot.

    One symbol that is described in a way of its own must not keep us from all the others.
    """
    try:
        return make(row)
    except UNREADABLE as error:
        name = row.get("symbol") if isinstance(row, Mapping) else row
        _log.warning("a symbol is left out", symbol=name, reason=f"{type(error).__name__}: {error}")
        return None


def joined(listings: Iterable[Listing]) -> dict[str, Instrument]:
    """One set of rules by symbol; where nets differ, rules that both of them accept."""
    found: dict[str, Instrument] = {}
    for one in listings:
        rules = one.instrument
        known = found.get(rules.symbol)
        found[rules.symbol] = rules if known is None else _strictest(known, rules)
    return found


def broken_rule(order: PlaceOrder, rules: Instrument, exempt_reducers: bool) -> str | None:
    """Which rule of the exchange an order breaks, as a sentence; None when it keeps them all."""
    symbol, quantity = rules.symbol, order.quantity
    if quantity <= 0 or quantity % rules.step:
        return f"{symbol}: quantity {plain(quantity)} is not a multiple of {plain(rules.step)}"
    if quantity < rules.min_quantity:
        least = plain(rules.min_quantity)
        return f"{symbol}: quantity {plain(quantity)} is under the smallest, {least}"
    if rules.max_quantity is not None and quantity > rules.max_quantity:
        most = plain(rules.max_quantity)
        return f"{symbol}: quantity {plain(quantity)} is over the largest, {most}"
    wanted = {OrderType.LIMIT: order.price, OrderType.STOP: order.trigger_price}
    price = wanted.get(order.order_type)
    if order.order_type is not OrderType.MARKET and (price is None or price <= 0):
        return f"{symbol}: a {order.order_type} order needs a price"
    if price is None:
        return None
    if price % rules.tick:
        return f"{symbol}: price {plain(price)} is not a multiple of {plain(rules.tick)}"
    small = quantity * price * rules.contract_size < rules.min_notional
    if small and not (order.reduce_only and exempt_reducers):
        worth, least = plain(quantity * price * rules.contract_size), plain(rules.min_notional)
        return f"{symbol}: {worth} {rules.quote} is under the smallest order of {least}"
    return None


def _strictest(one: Instrument, other: Instrument) -> Instrument:
    most = [top for top in (one.max_quantity, other.max_quantity) if top is not None]
    return replace(
        one,
        tick=_common_step(one.tick, other.tick),
        step=_common_step(one.step, other.step),
        min_quantity=max(one.min_quantity, other.min_quantity),
        min_notional=max(one.min_notional, other.min_notional),
        max_quantity=min(most, default=None),
        tradable=one.tradable or other.tradable,
        market_open=one.market_open or other.market_open,
        max_leverage=min(one.max_leverage, other.max_leverage),
    )


def _common_step(one: Decimal, other: Decimal) -> Decimal:
    """The smallest step that is a multiple of both."""
    places = max(-int(one.normalize().as_tuple().exponent), 0)
    places = max(-int(other.normalize().as_tuple().exponent), places)
    scale = Decimal(10) ** places
    return Decimal(math.lcm(int(one * scale), int(other * scale))) / scale


def _row(one: Listing) -> dict[str, Any]:
    rules = asdict(one.instrument)
    for name in (*_DECIMALS, "max_quantity"):
        rules[name] = None if rules[name] is None else plain(rules[name])
    return {"id": one.market_id, "types": sorted(one.order_types), "rules": rules}


def _listing(row: Any) -> Listing:
    rules = dict(row["rules"])
    for name in (*_DECIMALS, "max_quantity"):
        rules[name] = None if rules[name] is None else Decimal(rules[name])
    return Listing(Instrument(**rules), row["id"], frozenset(row["types"]))


class RuleReader:
    """Fills a net with rules: the exchange's, or, while it is away, those read last."""

    def __init__(self, book: RuleBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    async def cached(self, place: Place) -> tuple[tuple[Listing, ...], float] | None:
        """What the database has, and its age in seconds."""
        found = await self._book.kept(place)
        if found is None:
            return None
        listings, at = found
        return listings, max((self._clock.now() - at).total_seconds(), 0.0)

    async def keep(self, place: Place, listings: tuple[Listing, ...]) -> None:
        await self._book.keep(place, listings, self._clock.now())
